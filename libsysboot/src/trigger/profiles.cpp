// SPDX-License-Identifier: GPL-3.0-or-later
// The table of profiles. Facts: the projects' own sources, host tools and documents, as `evidence`
// says.
#include "sysboot/profile.hpp"

namespace sysboot {
namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;

Step write(std::string_view text) {
  return {.kind = Step::Kind::write, .text = text};
}
Step await(std::string_view text, milliseconds wait, std::string_view meaning) {
  return {.kind = Step::Kind::await, .text = text, .wait = wait, .meaning = meaning};
}
Step confirm(std::string_view text, milliseconds wait) {
  return {.kind = Step::Kind::confirm, .text = text, .wait = wait};
}
Step silence(milliseconds wait) {
  return {.kind = Step::Kind::silence, .wait = wait};
}
Step lines(bool dtr, bool rts) {
  return {.kind = Step::Kind::lines, .dtr = dtr, .rts = rts};
}
Step touch() {
  return {.kind = Step::Kind::touch};
}
Step detach() {
  return {.kind = Step::Kind::detach};
}
Step control(const Setup& setup) {
  return {.kind = Step::Kind::control, .setup = setup};
}

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
constexpr Refusal armed = {msp_answer, "it is armed", true, 9, 0x01};
constexpr Refusal msp_error = {"$M!", "it answered with an MSP error"};

// Who is it, and is it armed? Both are questions only.
std::vector<Step> after_msp_questions(std::string_view variant, const std::vector<Step>& steps) {
  Step status = await(msp_answer, msp_wait, "an answer to MSP_STATUS");
  status.offset = armed.offset;
  std::vector<Step> all = {write(msp_fc_variant),
                           await(variant, msp_wait, "the right answer to MSP_FC_VARIANT"),
                           write(msp_status), status};
  all.insert(all.end(), steps.begin(), steps.end());
  return all;
}

// MSP_REBOOT means a plain reboot without its payload, and to those that ignore the payload. API
// 1.42 is Betaflight 4.1, the first with today's types.
Step await_msp_api_1_42() {
  Step step = await("$M>\x03\x01\x00\x01"sv, msp_wait, "MSP API 1.42 or later");
  step.offset = 1;
  step.least = 42;
  return step;
}

// A lone '#' opens the command line; in some builds any byte behind it cancels that.
std::vector<Step> cli(std::string_view variant, std::string_view command) {
  return after_msp_questions(variant, {silence(guard), write("#"), silence(guard),
                                       await("CLI", milliseconds(2000), "the command line"),
                                       write(command), confirm("ebooting", milliseconds(300))});
}

// Somebody left it open: MSP is deaf then, and its questions make a line, without which there is no
// prompt.
std::vector<Step> open_cli(std::string_view command) {
  return {write(msp_fc_variant), write("\r\n"),
          await("\r\n# ", msp_wait, "the prompt of an open command line"), write(command),
          confirm("ebooting", milliseconds(300))};
}

std::vector<Step> reboot_character(std::string_view variant) {
  return after_msp_questions(variant, {silence(guard), write("R"), silence(guard)});
}

constexpr auto unknown_command = "UNKNOWN COMMAND"sv;

Profile betaflight() {
  return {
      .name = "betaflight",
      .what = "Betaflight flight controllers",
      .evidence = Evidence::firmware_source,
      .ways = {{"betaflight msp",
                after_msp_questions(
                    "BTFL", {write(msp_api_version), await_msp_api_1_42(), write(msp_reboot_to_rom),
                             confirm("$M>\x01\x44\x01\x44"sv, milliseconds(300))}),
                {armed, msp_error},
                {}},
               {"betaflight R", reboot_character(msp_answer), {armed}, {}},
               {"betaflight cli", cli("BTFL", "bl rom\r\n"), {armed, {unknown_command}}, {}},
               {"betaflight open cli", open_cli("bl rom\r\n"), {}, {}}},
      .loaders = {{0x0483, 0xDF11},
                  {0x2E3C, 0xDF11},
                  {0x314B, 0x0106},
                  {0x28E9, 0x0189},
                  {0x3997, 0xDF11}},
      .note = "take the propellers off; an armed craft is left alone",
  };
}

Profile inav() {
  return {
      .name = "inav",
      .what = "INAV flight controllers",
      .evidence = Evidence::project_tool,
      .ways = {{"inav cli", cli("INAV", "dfu\r\n"), {armed, {unknown_command}}, {}},
               {"inav R", reboot_character("INAV"), {armed}, {}},
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
                {write("\r\x03"), silence(milliseconds(100)), write("\r\x01"),
                 await("raw REPL; CTRL-B to exit\r\n>", milliseconds(3000), "the raw REPL"),
                 write(python_reboot), await("rebooting", milliseconds(2000), "its consent")},
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
      .ways = {{"touch-1200", {touch()}, {}, {}},
               {"circuitpython repl",
                {write("\x03\x03\r"), await(">>> ", milliseconds(2000), "the prompt \">>> \""),
                 write("import microcontroller as m;m.on_next_reset(m.RunMode.BOOTLOADER);"
                       "m.reset()\r\n"),
                 silence(milliseconds(300))},
                {{"Error"}},
                {}}},
      .note = "F4 only; interrupts the program that runs; 12 MHz boards may need ten tries",
  };
}

Profile espruino() {
  return {
      .name = "espruino",
      .what = "Espruino (STM32F4)",
      .evidence = Evidence::firmware_source,
      .ways = {{"espruino console",
                {write("\x03\x10print(typeof E.rebootToDFU)\n"),
                 await("function", prompt_wait, "\"function\" as the type of E.rebootToDFU"),
                 write("\x10"
                       "E.rebootToDFU()\n"),
                 silence(milliseconds(200))},
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
      .ways = {{"touch-1200", {touch()}, {}, {}}},
      .loaders = {{0x0483, 0xDF11}, {0x1D50, 0x6177}, {0x1209, 0xBEBA}, {0x1EAF, 0x0003}},
      .note = "boards with Katapult or an HID loader land there instead",
  };
}

Profile grblhal() {
  return {
      .name = "grblhal",
      .what = "grblHAL (STM32F4) on USB",
      .evidence = Evidence::firmware_source,
      .ways = {{"grblhal $DFU",
                {write("\r\n"), await("ok", prompt_wait, "\"ok\" to an empty line"),
                 write("$DFU\n"), confirm("Entering DFU", milliseconds(500))},
                {{"error:"}},
                {}}},
      .note = "reboots in alarm states and during a job, too",
  };
}

// A tinySA Ultra takes `reset dfu` for `reset`.
constexpr Refusal tinysa_ultra = {"tinySA4_", "a tinySA Ultra has no command for DFU mode", true};

Way reset_dfu(std::string_view name, std::string_view version, std::string_view meaning) {
  return {name,
          {write("\r"), await("ch> ", prompt_wait, "the prompt \"ch> \""), write("version\r"),
           await(version, prompt_wait, meaning), write("reset dfu\r"),
           confirm("Performing reset to DFU mode", milliseconds(300))},
          {tinysa_ultra},
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
                {write("\r"), await(">: ", milliseconds(2000), "the prompt \">: \""),
                 write("power reboot2dfu\r"), silence(milliseconds(200))},
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
      .ways = {{"rusefi command", {write(rusefi_reboot)}, {}, {}}},
      .note = "never with a running engine",
  };
}

Profile speeduino() {
  return {
      .name = "speeduino",
      .what = "Speeduino on STM32",
      .evidence = Evidence::firmware_source,
      .ways = {{"speeduino command", {write(speeduino_reboot)}, {}, {}}},
      .note = "never with a running engine",
  };
}

Profile maple() {
  return {
      .name = "maple",
      .what = "Maple and Arduino_STM32 on STM32F1",
      .evidence = Evidence::firmware_source,
      .ways = {{"maple 1EAF",
                {lines(true, false), lines(false, false), lines(true, false),
                 silence(milliseconds(50)), lines(false, false), lines(false, true),
                 lines(true, true), silence(milliseconds(50)), lines(false, true),
                 silence(milliseconds(50)), write("1EAF")},
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
      .ways = {{"dfu-detach", {detach()}, {}, {}}},
      .note = "candleLight, Black Magic Probe, ...; some land in a DFU loader of their own",
  };
}

Profile panda() {
  return {
      .name = "panda",
      .what = "comma.ai panda",
      .evidence = Evidence::firmware_source,
      .ways = {{"panda request", {control({0xC0, 0xD1, 0, 0, 0})}, {}, {}}},
      .note = "debug builds and the bootstub only; has to be named",
  };
}

Profile touch_1200() {
  return {
      .name = "touch-1200",
      .what = "anything that obeys the 1200 baud touch",
      .evidence = Evidence::firmware_source,
      .is_generic = true,
      .ways = {{"touch-1200", {touch()}, {}, {}}},
      .note = "what Arduino's tools do",
  };
}

// The first carriage return ends any half-typed line.
Profile companion() {
  return {
      .name = "companion",
      .what = "firmware/blackpill of this project",
      .evidence = Evidence::firmware_source,
      .ways = {{"dfu line", {write("\rdfu\r"), silence(milliseconds(100))}, {}, {}}},
      .note = {},
  };
}

}  // namespace

const std::vector<Profile>& profiles() {
  static const std::vector<Profile> table = {
      companion(), betaflight(), inav(),    micropython(), circuitpython(), espruino(),
      klipper(),   grblhal(),    nanovna(), tinysa(),      flipper(),       rusefi(),
      speeduino(), maple(),      panda(),   dfu_runtime(), touch_1200()};
  return table;
}

}  // namespace sysboot
