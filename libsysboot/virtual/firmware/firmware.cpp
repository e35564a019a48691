// SPDX-License-Identifier: GPL-3.0-or-later
// The table of virtual firmwares.
#include "sysboot/virtual/firmware.hpp"

#include <fmt/core.h>

#include <functional>

#include "consoles.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot::virtual_bench {
namespace {

using Make = std::function<std::unique_ptr<Console>()>;
using Reboot = Console::Reboot;

struct Row {
  std::string product_name;
  Make console;  // none for those whose console is not asked
  std::function<void(BoardSettings&)> apply = [](BoardSettings&) {};
};

void set_id(BoardSettings& board, std::uint16_t vendor, std::uint16_t product) {
  board.application.vendor = vendor;
  board.application.product = product;
}

Make msp(const MspRules& rules) {
  return [rules] { return make_msp_console(rules); };
}
Make shell(const LineRules& rules) {
  return [rules] { return make_line_console(rules); };
}
Make python(const PythonRules& rules) {
  return [rules] { return make_python_console(rules); };
}
Make envelope(const EnvelopeRules& rules) {
  return [rules] { return make_envelope_console(rules); };
}

// ChibiOS' shell. A tinySA Ultra resets on anything that starts with `reset`.
LineRules chibios(const std::string& version, Reboot reset_dfu) {
  LineRules rules;
  rules.prompt = "ch> ";
  rules.unknown = "%s?\r\n";
  rules.commands["version"] = {version + "\r\n"};
  rules.commands["reset"] = {"Performing reset\r\n", Reboot::application};
  rules.commands["reset dfu"] = {
      reset_dfu == Reboot::rom ? "Performing reset to DFU mode\r\n" : "Performing reset\r\n",
      reset_dfu};
  return rules;
}

LineRules grblhal(bool has_dfu) {
  LineRules rules;
  rules.ends = "\r\n";
  rules.echoes = false;
  rules.mute = std::chrono::milliseconds(15);
  rules.unknown = "error:20\r\n";
  rules.commands[""] = {"ok\r\n"};
  if (has_dfu) {
    rules.commands["$DFU"] = {"[MSG:Warning: Entering DFU Bootloader]\r\n", Reboot::rom};
  }
  return rules;
}

LineRules flipper() {
  LineRules rules;
  rules.prompt = "\r\n>: ";
  rules.unknown = "`%s` command not found";
  rules.commands["power reboot2dfu"] = {"", Reboot::rom};
  rules.commands["power reboot"] = {"", Reboot::application};
  return rules;
}

// Echo is off behind DLE, and there is always one where it matters.
LineRules espruino(bool has_reboot) {
  LineRules rules;
  rules.mute = std::chrono::milliseconds(15);
  rules.prompt = '>';  // as a string, GCC 12 warns of an overflow with -O3
  rules.clears = '\x03';
  rules.ends = "\r\n";
  rules.echoes = false;
  rules.unknown = "Uncaught SyntaxError: Got UNFINISHED\r\n";
  rules.commands["print(typeof E.rebootToDFU)"] = {has_reboot ? "function\r\n" : "undefined\r\n"};
  if (has_reboot) rules.commands["E.rebootToDFU()"] = {"", Reboot::rom};
  return rules;
}

PythonRules micropython() {
  return {"MicroPython v1.24.0", "machine.bootloader", ""};
}
PythonRules old_micropython() {
  return {"MicroPython v1.8.0", "pyb.bootloader", ""};
}
PythonRules micropython_without() {
  return {"MicroPython v1.24.0", "machine.bootloader", "machine.bootloader"};
}
PythonRules circuitpython() {
  return {"Adafruit CircuitPython 9.2", "RunMode.BOOTLOADER);m.reset()", "machine"};
}

void klipper_id(BoardSettings& board) {
  set_id(board, 0x1D50, 0x614E);
  board.application.shows_unique_id = true;
  board.application.obeys_touch = true;
  board.application.touch_in_any_order = true;
}

void lands_in(BoardSettings& board, const LoaderSettings& loader) {
  klipper_id(board);
  board.loader = loader;
}

void panda(BoardSettings& board, bool obeys) {
  set_id(board, 0xBBAA, 0xDDEE);
  board.application.has_serial_port = false;
  board.application.obeys_vendor_request = obeys;
}

std::map<std::string, Row> msp_rows() {
  MspRules unpaid{.api_minor = 36, .reboot_has_type = false};
  MspRules inav{.variant = "INAV", .api_minor = 5, .reboot_has_type = false, .rom_command = "dfu"};
  MspRules inav_cli = inav;
  inav_cli.starts_in_cli = true;
  MspRules inav_armed = inav;
  inav_armed.is_armed = true;
  return {
      {"betaflight", {"Betaflight STM32F405", msp({})}},
      {"betaflight-2025", {"Betaflight STM32F405", msp({.byte_cancels = true})}},
      {"betaflight-3.2", {"STM32 Virtual ComPort", msp(unpaid)}},
      {"betaflight-armed", {"Betaflight STM32F405", msp({.is_armed = true})}},
      {"betaflight-cli", {"Betaflight STM32F405", msp({.starts_in_cli = true})}},
      {"betaflight-at32",
       {"Betaflight AT32F435", msp({}),
        [](BoardSettings& b) {
          set_id(b, 0x2E3C, 0x5740);
          b.rom.vendor = 0x2E3C;
        }}},
      {"inav", {"STM32 Virtual ComPort", msp(inav)}},
      {"inav-armed", {"STM32 Virtual ComPort", msp(inav_armed)}},
      {"inav-cli", {"STM32 Virtual ComPort", msp(inav_cli)}},
  };
}

std::map<std::string, Row> shell_rows() {
  return {
      {"espruino", {"Espruino", shell(espruino(true))}},
      {"espruino-old", {"Espruino", shell(espruino(false))}},
      {"grblhal", {"STM32 Virtual ComPort", shell(grblhal(true))}},
      {"grblhal-without", {"STM32 Virtual ComPort", shell(grblhal(false))}},
      {"nanovna", {"NanoVNA-H", shell(chibios("1.2.27", Reboot::rom))}},
      {"tinysa", {"tinySA", shell(chibios("tinySA_v1.4-175-g1419a93", Reboot::rom))}},
      {"tinysa-ultra",
       {"tinySA4", shell(chibios("tinySA4_v1.4-199-gde12ba2", Reboot::application))}},
      {"flipper", {"Flipper Zorro", shell(flipper())}},
  };
}

std::map<std::string, Row> other_rows() {
  return {
      {"micropython",
       {"Pyboard Virtual Comm Port in FS Mode", python(micropython()),
        [](BoardSettings& b) { set_id(b, 0xF055, 0x9800); }}},
      {"micropython-old",
       {"Pyboard Virtual Comm Port in FS Mode", python(old_micropython()),
        [](BoardSettings& b) { set_id(b, 0xF055, 0x9800); }}},
      {"micropython-without",
       {"Pyboard Virtual Comm Port in FS Mode", python(micropython_without()),
        [](BoardSettings& b) { set_id(b, 0xF055, 0x9800); }}},
      {"circuitpython",
       {"Feather STM32F405 Express", python(circuitpython()),
        [](BoardSettings& b) {
          set_id(b, 0x239A, 0x805A);
          b.application.obeys_touch = true;
        }}},
      {"circuitpython-no-touch",
       {"Feather STM32F405 Express", python(circuitpython()),
        [](BoardSettings& b) { set_id(b, 0x239A, 0x805A); }}},
      {"klipper", {"stm32f407xx", {}, klipper_id}},
      {"klipper-katapult",
       {"stm32f407xx",
        {},
        [](BoardSettings& b) {
          lands_in(b, {0x1D50, 0x6177, "stm32f407xx", 0x02});
        }}},
      {"klipper-hid",
       {"stm32f407xx",
        {},
        [](BoardSettings& b) {
          lands_in(b, {0x1209, 0xBEBA, "HID Bootloader", 0x03});
        }}},
      {"rusefi", {"rusEFI ECU", envelope({"Ereboot_dfu", "", "rusEFI"})}},
      {"speeduino", {"Speeduino", envelope({"E2\x01", "", "Speeduino 2024.02"})}},
      {"speeduino-old", {"Speeduino", envelope({"", "E2\x01", "Speeduino 2019.12"})}},
      {"maple",
       {"Maple", make_maple_console,
        [](BoardSettings& b) {
          set_id(b, 0x1EAF, 0x0004);
          b.loader = LoaderSettings();
        }}},
      {"panda", {"panda", {}, [](BoardSettings& b) { panda(b, true); }}},
      {"panda-release", {"panda", {}, [](BoardSettings& b) { panda(b, false); }}},
      {"candlelight",
       {"candleLight USB to CAN adapter",
        {},
        [](BoardSettings& b) {
          set_id(b, 0x1D50, 0x606F);
          b.application.has_serial_port = false;
          b.application.has_dfu_runtime = true;
        }}},
      {"touch", {"Some Sketch", {}, [](BoardSettings& b) { b.application.obeys_touch = true; }}},
      {"deaf", {"Some Firmware", {}}},
  };
}

const std::map<std::string, Row>& rows() {
  static const std::map<std::string, Row> table = [] {
    std::map<std::string, Row> all = msp_rows();
    all.merge(shell_rows());
    all.merge(other_rows());
    return all;
  }();
  return table;
}

}  // namespace

BoardSettings board_with(std::string_view firmware) {
  const auto found = rows().find(std::string(firmware));
  if (found == rows().end()) {
    throw Error(Errc::usage, fmt::format("virtual board: unknown firmware '{}'; there are {}",
                                         firmware, joined(firmware_names())));
  }
  BoardSettings board;
  board.application.product_name = found->second.product_name;
  board.application.manufacturer = "Somebody";
  board.application.obeys_touch = false;
  board.application.reboot_line = "";
  board.application.firmware = firmware;
  found->second.apply(board);
  return board;
}

std::vector<std::string> firmware_names() {
  std::vector<std::string> names;
  for (const auto& [name, row] : rows()) names.push_back(name);
  return names;
}

std::unique_ptr<Console> make_console(std::string_view firmware) {
  const auto found = rows().find(std::string(firmware));
  return found == rows().end() || !found->second.console ? nullptr : found->second.console();
}

}  // namespace sysboot::virtual_bench
