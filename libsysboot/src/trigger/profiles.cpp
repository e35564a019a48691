// SPDX-License-Identifier: GPL-3.0-or-later
// The table of profiles. Facts: the projects' own sources, host tools and documents, as `evidence`
// says.
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;

// MSP version 1: "$M<", length, command, payload, XOR of the three.
constexpr auto msp_api_version = "$M<\x00\x01\x01"sv;
constexpr auto msp_fc_variant = "$M<\x00\x02\x02"sv;
constexpr auto msp_status = "$M<\x00\x65\x65"sv;
constexpr auto msp_reboot_to_rom = "$M<\x01\x44\x01\x44"sv;
constexpr auto msp_answer = "$M>"sv;
constexpr milliseconds msp_wait(500);
// Firmware acts upon a lone character after 100 ms without another.
constexpr milliseconds guard(150);
constexpr milliseconds prompt_wait(1000);

// Behind "$M>" come length, command, cycle time, I2C errors and sensors (2 bytes each), and the
// active modes, of which ARM is the first.
Refusal armed() {
  return {std::string(msp_answer), "it is armed", true, 9, 0x01};
}

// Who is it, and is it armed? Both are questions only.
std::vector<Step> after_msp_questions(std::string_view variant, const std::vector<Step>& steps) {
  std::vector<Step> all = {
      Write{std::string(msp_fc_variant)},
      Await{std::string(variant), msp_wait, "the right answer to MSP_FC_VARIANT"},
      Write{std::string(msp_status)},
      Await{std::string(msp_answer), msp_wait, "an answer to MSP_STATUS", armed().offset}};
  all.insert(all.end(), steps.begin(), steps.end());
  return all;
}

// MSP_REBOOT means a plain reboot without its payload, and to those that ignore the payload. API
// 1.42 is Betaflight 4.1, the first with today's types.
Await msp_api_1_42() {
  return {std::string("$M>\x03\x01\x00\x01"sv), msp_wait, "MSP API 1.42 or later", 1, 42};
}

// A lone '#' opens the command line; in some builds any byte behind it cancels that.
std::vector<Step> cli(std::string_view variant, std::string_view command) {
  return after_msp_questions(
      variant, {Silence{guard}, Write{"#"}, Silence{guard},
                Await{"CLI", milliseconds(2000), "the command line"}, Write{std::string(command)},
                Confirm{"ebooting", milliseconds(300)}});
}

// Somebody left it open: MSP is deaf then, and its questions make a line, without which there is no
// prompt.
std::vector<Step> open_cli(std::string_view command) {
  return {Write{std::string(msp_fc_variant)}, Write{"\r\n"},
          Await{"\r\n# ", msp_wait, "the prompt of an open command line"},
          Write{std::string(command)}, Confirm{"ebooting", milliseconds(300)}};
}

std::vector<Step> reboot_character(std::string_view variant) {
  return after_msp_questions(variant, {Silence{guard}, Write{"R"}, Silence{guard}});
}

Profile betaflight() {
  return {
      .name = "betaflight",
      .what = "Betaflight flight controllers",
      .evidence = Evidence::firmware_source,
      .ways = {{"betaflight msp",
                after_msp_questions(
                    "BTFL", {Write{std::string(msp_api_version)}, msp_api_1_42(),
                             Write{std::string(msp_reboot_to_rom)},
                             Confirm{std::string("$M>\x01\x44\x01\x44"sv), milliseconds(300)}}),
                {armed(), {"$M!", "it answered with an MSP error"}},
                {}},
               {"betaflight R", reboot_character(msp_answer), {armed()}, {}},
               {"betaflight cli", cli("BTFL", "bl rom\r\n"), {armed(), {"UNKNOWN COMMAND"}}, {}},
               {"betaflight open cli", open_cli("bl rom\r\n"), {}, {}}},
      .loaders = {st_rom, {0x2E3C, 0xDF11}, {0x314B, 0x0106}, {0x28E9, 0x0189}, {0x3997, 0xDF11}},
      .note = "take the propellers off; an armed craft is left alone",
  };
}

Profile inav() {
  return {
      .name = "inav",
      .what = "INAV flight controllers",
      .evidence = Evidence::project_tool,
      .ways = {{"inav cli", cli("INAV", "dfu\r\n"), {armed(), {"UNKNOWN COMMAND"}}, {}},
               {"inav R", reboot_character("INAV"), {armed()}, {}},
               {"inav open cli", open_cli("dfu\r\n"), {}, {}}},
      .note = "take the propellers off; an armed craft is left alone",
  };
}

// Finds the command before it says so, waits so that the port can be closed, and passes mboot by
// where there is one (any true argument does).
constexpr auto python_reboot =
    "import machine,time\n"
    "try:\n b=machine.bootloader\n"
    "except AttributeError:\n import pyb;b=pyb.bootloader\n"
    "print('rebooting')\n"
    "time.sleep_ms(100)\n"
    "try:\n b(1)\n"
    "except TypeError:\n b()\n"
    "\x04"sv;

Profile micropython() {
  return {
      .name = "micropython",
      .what = "MicroPython (stm32 port)",
      .evidence = Evidence::firmware_source,
      .ways = {{"micropython repl",
                {Write{"\r\x03"}, Silence{milliseconds(100)}, Write{"\r\x01"},
                 Await{"raw REPL; CTRL-B to exit\r\n>", milliseconds(3000), "the raw REPL"},
                 Write{std::string(python_reboot)},
                 Await{"rebooting", milliseconds(2000), "its consent"}},
                {{"Error"}},
                "\x02"}},
      .note = "interrupts the program that runs; passes mboot by",
  };
}

Profile circuitpython() {
  return {
      .name = "circuitpython",
      .what = "CircuitPython (stm port)",
      .evidence = Evidence::firmware_source,
      .ways = {touch_1200(),
               {"circuitpython repl",
                {Write{"\x03\x03\r"}, Await{">>> ", milliseconds(2000), "the prompt \">>> \""},
                 Write{"import microcontroller as m;m.on_next_reset(m.RunMode.BOOTLOADER);"
                       "m.reset()\r\n"},
                 Silence{milliseconds(300)}},
                {{"Error"}},
                {}}},
      .note = "F4 only; interrupts the program that runs; 12 MHz boards may need ten tries",
  };
}

// It takes its console to a port some 10 ms after a host has opened it.
constexpr milliseconds espruino_moves_its_console(50);

Profile espruino() {
  return {
      .name = "espruino",
      .what = "Espruino (STM32F4)",
      .evidence = Evidence::firmware_source,
      .ways = {{"espruino console",
                {Silence{espruino_moves_its_console},
                 Write{"\x03\x10print(typeof E.rebootToDFU)\n"},
                 Await{"function", prompt_wait, "\"function\" as the type of E.rebootToDFU"},
                 Write{"\x10"
                       "E.rebootToDFU()\n"},
                 Silence{milliseconds(200)}},
                {{"undefined", "this Espruino has no E.rebootToDFU"}, {"Uncaught"}},
                {}}},
      .note = "firmware of November 2024 or later",
  };
}

Profile klipper() {
  return {
      .name = "klipper",
      .what = "Klipper on USB",
      .evidence = Evidence::firmware_source,
      .ways = {touch_1200()},
      .loaders = {st_rom, {0x1D50, 0x6177}, {0x1209, 0xBEBA}, {0x1EAF, 0x0003}},
      .note = "boards with Katapult or an HID loader land there instead",
  };
}

// What it says in the first 15 ms after DTR has come on is lost.
constexpr milliseconds grblhal_is_mute(50);

Profile grblhal() {
  return {
      .name = "grblhal",
      .what = "grblHAL (STM32F4) on USB",
      .evidence = Evidence::firmware_source,
      .ways = {{"grblhal $DFU",
                {Silence{grblhal_is_mute}, Write{"\r\n"},
                 Await{"ok", prompt_wait, "\"ok\" to an empty line"}, Write{"$DFU\n"},
                 Confirm{"Entering DFU", milliseconds(500)}},
                {{"error:"}},
                {}}},
      .note = "reboots in alarm states and during a job, too",
  };
}

// A tinySA Ultra takes `reset dfu` for `reset`.
Refusal tinysa_ultra() {
  return {"tinySA4_", "a tinySA Ultra has no command for DFU mode", true};
}

Way reset_dfu(std::string_view name, std::string_view version, std::string_view meaning) {
  return {std::string(name),
          {Write{"\r"}, Await{"ch> ", prompt_wait, "the prompt \"ch> \""}, Write{"version\r"},
           Await{std::string(version), prompt_wait, std::string(meaning)}, Write{"reset dfu\r"},
           Confirm{"Performing reset to DFU mode", milliseconds(300)}},
          {tinysa_ultra()},
          {}};
}

Profile nanovna() {
  return {
      .name = "nanovna",
      .what = "NanoVNA, NanoVNA-H and -H4",
      .evidence = Evidence::firmware_source,
      .ways = {reset_dfu("nanovna reset dfu", "ch> ", "an answer to \"version\"")},
      .note = {},
  };
}

Profile tinysa() {
  return {
      .name = "tinysa",
      .what = "tinySA (basic)",
      .evidence = Evidence::firmware_source,
      .ways = {reset_dfu("tinysa reset dfu", "tinySA_", "\"tinySA_\" as its version")},
      .note = "not the tinySA Ultra, which has no command for it",
  };
}

Profile flipper() {
  return {
      .name = "flipper",
      .what = "Flipper Zero",
      .evidence = Evidence::project_tool,
      .ways = {{"flipper cli",
                {Write{"\r"}, Await{">: ", milliseconds(2000), "the prompt \">: \""},
                 Write{"power reboot2dfu\r"}, Silence{milliseconds(200)}},
                {{"not found"}, {"sage:"}},
                {}}},
      .note = "STM32WB55: the radio stack needs the maker's own tool",
  };
}

// TunerStudio's envelope: length, payload, CRC-32 of the payload; firmware drops what does not fit.
constexpr auto rusefi_reboot =
    "\x00\x0B"
    "Ereboot_dfu\xFD\x68\xC0\xDF"sv;
// The payload is the bare command of older firmware, which skips what stands around it.
constexpr auto speeduino_reboot =
    "\x00\x03"
    "E2\x01\x13\x67\xF2\xDE"sv;

Profile rusefi() {
  return {
      .name = "rusefi",
      .what = "rusEFI engine control units",
      .evidence = Evidence::project_tool,
      .ways = {{"rusefi command", {Write{std::string(rusefi_reboot)}}, {}, {}}},
      .note = "never with a running engine",
  };
}

Profile speeduino() {
  return {
      .name = "speeduino",
      .what = "Speeduino on STM32",
      .evidence = Evidence::firmware_source,
      .ways = {{"speeduino command", {Write{std::string(speeduino_reboot)}}, {}, {}}},
      .note = "never with a running engine",
  };
}

Profile maple() {
  return {
      .name = "maple",
      .what = "Maple and Arduino_STM32 on STM32F1",
      .evidence = Evidence::firmware_source,
      .ways = {{"maple 1EAF",
                {Lines{true, false}, Lines{false, false}, Lines{true, false},
                 Silence{milliseconds(50)}, Lines{false, false}, Lines{false, true},
                 Lines{true, true}, Silence{milliseconds(50)}, Lines{false, true},
                 Silence{milliseconds(50)}, Write{"1EAF"}},
                {},
                {}}},
      .loaders = {{0x1EAF, 0x0003}},
      .note = "lands in the Maple bootloader: enter only, flash it with dfu-util",
  };
}

Profile dfu_runtime() {
  return {
      .name = "dfu-runtime",
      .what = "anything with a DFU run-time interface",
      .evidence = Evidence::firmware_source,
      .is_generic = true,
      .ways = {dfu_detach()},
      .note = "candleLight, Black Magic Probe, ...; some land in a DFU loader of their own",
  };
}

Profile panda() {
  return {
      .name = "panda",
      .what = "comma.ai panda",
      .evidence = Evidence::firmware_source,
      .ways = {{"panda request", {Control{{0xC0, 0xD1, 0, 0, 0}}}, {}, {}}},
      .note = "debug builds and the bootstub only; has to be named",
  };
}

Profile any_touch() {
  return {
      .name = "touch-1200",
      .what = "anything that obeys the 1200 baud touch",
      .evidence = Evidence::firmware_source,
      .is_generic = true,
      .ways = {touch_1200()},
      .note = "what Arduino's tools do",
  };
}

// The first carriage return ends any half-typed line.
Profile companion() {
  return {
      .name = "companion",
      .what = "firmware/blackpill of this project",
      .evidence = Evidence::firmware_source,
      .ways = {{"dfu line",
                {Write{"\rdfu\r"}, Confirm{"rebooting into the bootloader", milliseconds(100)}},
                {},
                {}}},
      .note = {},
  };
}

}  // namespace

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> table = {
      companion(), betaflight(), inav(),    micropython(), circuitpython(), espruino(),
      klipper(),   grblhal(),    nanovna(), tinysa(),      flipper(),       rusefi(),
      speeduino(), maple(),      panda(),   dfu_runtime(), any_touch()};
  return table;
}

}  // namespace sysboot
