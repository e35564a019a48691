// SPDX-License-Identifier: GPL-3.0-or-later
// The consoles of the virtual firmwares, one file a family.
#pragma once

#include <map>

#include "sysboot/virtual/console.hpp"

namespace sysboot::virtual_bench {

struct MspRules {
  std::string variant = "BTFL";
  std::uint8_t api_minor = 46;
  bool reboot_has_type = true;  ///< else MSP_REBOOT is a plain reboot, whatever its payload
  bool byte_cancels = false;    ///< Betaflight of 2024-10 to 2026-05
  bool is_armed = false;
  bool starts_in_cli = false;
  std::string rom_command = "bl rom";
};
/// Betaflight and INAV: MSP, lone characters, a command line.
std::unique_ptr<Console> make_msp_console(const MspRules& rules);

/// What a line makes a firmware do.
struct Command {
  std::string answer;
  Console::Reboot reboot = Console::Reboot::none;
};
struct LineRules {
  std::string prompt;
  std::string ends = "\r";  ///< characters that end a line
  bool echoes = true;
  bool drops_controls = true;  ///< other control characters are ignored, not taken into the line
  std::map<std::string, Command> commands;  ///< "" for the empty line
  std::string clears;                       ///< characters that drop a half-typed line
  std::string unknown;                      ///< answer to anything else; %s is the line
  Duration mute{};  ///< for so long after DTR has come on, what it says is dropped
};
/// Shells that read lines.
std::unique_ptr<Console> make_line_console(const LineRules& rules);

struct PythonRules {
  std::string banner;
  std::string reboot_code;  ///< what in a program reboots it into the ROM
  std::string missing;      ///< a word that raises an error when a program uses it; may be empty
};
/// MicroPython and CircuitPython: the friendly and the raw REPL.
std::unique_ptr<Console> make_python_console(const PythonRules& rules);

struct EnvelopeRules {
  std::string reboot_payload;  ///< of the envelope that reboots it
  std::string legacy_reboot;   ///< bare bytes that do, where it speaks the legacy protocol
  std::string name;            ///< answer to a bare 'S'; empty for none
};
/// rusEFI and Speeduino: TunerStudio's envelopes and bare bytes.
std::unique_ptr<Console> make_envelope_console(const EnvelopeRules& rules);

/// Maple: a falling DTR, then `1EAF`.
std::unique_ptr<Console> make_maple_console();

}  // namespace sysboot::virtual_bench
