// SPDX-License-Identifier: GPL-3.0-or-later
// What a device in DFU mode says of itself, and what is known of its chip by that.
#pragma once

#include <optional>

#include "sysboot/layout.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

/// DFU 1.1 section 6.1.2. Spelled as in the specification.
enum class DfuState : std::uint8_t {
  appIDLE = 0,
  appDETACH = 1,
  dfuIDLE = 2,
  dfuDNLOAD_SYNC = 3,
  dfuDNBUSY = 4,
  dfuDNLOAD_IDLE = 5,
  dfuMANIFEST_SYNC = 6,
  dfuMANIFEST = 7,
  dfuMANIFEST_WAIT_RESET = 8,
  dfuUPLOAD_IDLE = 9,
  dfuERROR = 10,
};
/// "dfuDNLOAD-IDLE"; "state 77" for a number the specification does not know.
std::string to_string(DfuState state);

/// DFU 1.1 section 6.1.2; only those that this library acts upon have a name here.
enum class DfuStatusCode : std::uint8_t {
  ok = 0x00,
  errTARGET = 0x01,    ///< STM32 ROM: this address is not supported (AN3156)
  errFIRMWARE = 0x0A,  ///< STM32 ROM: how it starts
  errVENDOR = 0x0B,    ///< STM32 ROM: read protection is active (AN3156)
};
/// dfu-util's sentence for it; "status 77" for a number the specification does not know.
std::string to_string(DfuStatusCode status);

/// Only the interfaces, as far as the descriptor makes sense. For listing devices; throws nothing.
[[nodiscard]] std::vector<UsbInterface> interfaces_in(ByteView descriptor);

/// One alternate setting: a memory.
struct AltSetting {
  std::uint8_t number = 0;
  std::string name;  ///< as the device sent it: "@Internal Flash  /0x08000000/…"
  std::optional<MemoryLayout> layout;  ///< none when the name is not a layout
  std::string problem;                 ///< why not
};

/// Which STM32 it says it is. DFU carries no chip id, so this is a guess, and says so.
struct ChipGuess {
  /// "STM32F411xE"; several when they look alike; empty when unknown.
  std::vector<std::string> lines;
  /// Bootloader id byte read from system memory, such as 0xD0 (AN2606 tables 83 and 226).
  std::optional<std::uint8_t> bootloader_id;

  bool certain() const { return lines.size() == 1 && bootloader_id.has_value(); }
  std::string describe() const;  ///< "STM32F411xE (bootloader id 0xD0)"
};

/// One setting in option bytes, with what its value means.
struct OptionField {
  std::string_view name;  ///< as the reference manual spells it: "nWRP"
  std::uint32_t value = 0;
  std::string meaning;  ///< "no sector is write-protected"
};

}  // namespace sysboot
