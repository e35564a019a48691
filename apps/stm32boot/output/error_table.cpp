// SPDX-License-Identifier: GPL-3.0-or-later
#include "error_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "sysboot/board.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

constexpr std::array exit_code_rows = {
    ExitCodeRow{exit_ok, "done", "done: flashed, verified, application back"},
    ExitCodeRow{exit_usage, "command line, or no board chosen",
                "the command line makes no sense, several boards fit and none was chosen, or "
                "guard would be overwritten"},
    ExitCodeRow{exit_bad_image, "image broken, or not for this board",
                "the image is broken, is no firmware, or does not fit the board"},
    ExitCodeRow{exit_no_input, "file not read", "the image cannot be read"},
    ExitCodeRow{exit_no_board, "no board",
                "no such board, or none in DFU mode; or `doctor` found trouble"},
    ExitCodeRow{exit_internal, "defect in stm32boot", "a defect in stm32boot: please report it"},
    ExitCodeRow{exit_cannot_write, "output not written", "output cannot be written"},
    ExitCodeRow{exit_io, "USB or serial port failed",
                "USB or serial port failed, was unplugged, or is held by another program"},
    ExitCodeRow{
        exit_no_show, "did not enter DFU mode",
        "the board did not enter DFU mode: ignored, bounced or lost; or it reset, as after "
        "`unlock` or writing option bytes, and did not come back to be asked; or `monitor` did not "
        "hear what it waited for"},
    ExitCodeRow{exit_mismatch, "flash does not match",
                "flash does not hold what was written, or the device broke the protocol"},
    ExitCodeRow{exit_not_permitted, "not permitted", "not permitted"},
    ExitCodeRow{exit_application_missing, "flashed, but the application is not back",
                "flashed and verified, but the application did not come back; or `run` found no "
                "program"},
    ExitCodeRow{exit_interrupted, "interrupted",
                "interrupted by Ctrl-C, SIGTERM or SIGHUP; the same command finishes the work"},
};

#if defined(_WIN32)
constexpr std::string_view this_system = "windows";
#elif defined(__APPLE__)
constexpr std::string_view this_system = "mac";
#else
constexpr std::string_view this_system = "linux";
#endif
#ifdef _WIN32
constexpr std::string_view troubleshooting = "TROUBLESHOOTING.txt";  // beside the program
#else
constexpr std::string_view troubleshooting = "man 7 stm32boot-troubleshooting";
#endif

enum class If { always, can_be_forced, with_remedy, with_file_as_remedy, without_remedy };

/// It is shown where all of it is so, with Error::remedy for "{}".
struct Hint {
  std::string text;
  std::string_view commands = {};  ///< after one of these; empty: after any
  If when = If::always;
  std::string_view system = {};  ///< on this one; empty: on any
};

struct ErrorRow {
  Errc code;
  ExitCode exit;
  int section = 0;  ///< of stm32boot-troubleshooting(7); 0: none
  std::vector<Hint> hints = {};
};

Hint on_linux(const std::string& text) {
  return {text, {}, If::always, "linux"};
}

Hint on_mac(const std::string& text) {
  return {text, {}, If::always, "mac"};
}

// "0483 DF11 (the STM32 ROM bootloader), ...", as Zadig shows ids.
std::string ids_of_loaders() {
  std::string text;
  for (const auto& loader : sysboot::known_loaders()) {
    if (!loader.is_dfuse) continue;
    text += fmt::format("{}{:04X} {:04X} ({})", text.empty() ? "" : ", ", loader.id.vendor,
                        loader.id.product, loader.name);
  }
  return text;
}

constexpr std::string_view writing = "flash erase unlock option-bytes";

// Causes are listed as usual causes, never as the cause: the program cannot know.
const std::vector<ErrorRow>& table() {
  static const std::vector<ErrorRow> rows = {
      {Errc::usage,
       exit_usage,
       0,
       {{"without an address a raw binary goes to 0x08000000; `{}@ADDRESS` puts it elsewhere",
         {},
         If::with_remedy},
        {"see `stm32boot --help` and `stm32boot COMMAND --help`", {}, If::without_remedy}}},
      {Errc::ambiguous_board,
       exit_usage,
       7,
       {{"--port, --usb or --serial says which, such as --usb {}", {}, If::with_remedy}}},
      {Errc::bad_image,
       exit_bad_image,
       9,
       {{"is this the right file? --address, or FILE@ADDRESS, says where a raw binary goes",
         "flash run", If::can_be_forced},
        {"--force flashes it anyway", "flash", If::can_be_forced},
        {"--force starts it anyway", "run", If::can_be_forced}}},
      {Errc::image_does_not_fit,
       exit_bad_image,
       9,
       {{"--force flashes it anyway", "flash", If::can_be_forced},
        {"`stm32boot {} FILE` loads it into RAM and starts it there; flash stays as it is", "flash",
         If::with_remedy},
        {"`stm32boot {} FILE` writes it to flash", "run", If::with_remedy}}},
      {Errc::linked_elsewhere,
       exit_bad_image,
       9,
       {{"`--address {}` puts it where it is linked for", "flash", If::with_remedy},
        {"`{}` puts it where it is linked for", "flash", If::with_file_as_remedy},
        {"its addresses do not fit its code: an offset was added after linking (objcopy "
         "--change-addresses), or a raw binary was converted for the wrong address",
         "flash", If::without_remedy},
        {"--force flashes it to the other address anyway", "flash"}}},
      {Errc::guarded,
       exit_usage,
       9,
       {{"link the program for 0x08004000: in its linker script ORIGIN = 0x08004000 and 16K less "
         "of "
         "LENGTH; with STM32CubeMX also USER_VECT_TAB_ADDRESS and a VECT_TAB_OFFSET of 0x4000 in "
         "system_stm32f4xx.c; with Zephyr CONFIG_FLASH_LOAD_OFFSET=0x4000; with Arduino "
         "build.flash_offset=0x4000; firmware/README.md has others",
         "flash info guard", If::without_remedy},
        {"`--unprotect` takes the {} back first", "guard", If::with_remedy},
        {"`stm32boot guard` puts guard on a board, replaces it, and takes it off"}}},
      {Errc::made_for_another,
       exit_bad_image,
       9,
       {{"--force flashes it anyway, if you know that it runs on this board", "flash"},
        {"--force starts it anyway, if you know that it runs on this board", "run"}}},
      {Errc::not_only_flash,
       exit_bad_image,
       9,
       {{"--only-flash takes what is for internal flash and leaves out the rest",
         "flash verify info"}}},
      {Errc::no_input, exit_no_input},
      {Errc::no_board,
       exit_no_board,
       1,
       {{"is the board connected with a cable that carries data?"},
        {hint_for_no_boards() + " (without --port and --serial, which belong to a program)"},
        {"`stm32boot list` shows what can be used, `stm32boot doctor` what keeps it from "
         "working"}}},
      {Errc::not_in_dfu_mode, exit_no_board, 2, {{"`stm32boot enter` takes it into DFU mode"}}},
      {Errc::no_driver,
       exit_no_board,
       6,
       {{"once for each PC: for ST's ROM install STM32CubeProgrammer, which brings its driver; for "
         "any bootloader use Zadig (https://zadig.akeo.ie): Options > List All Devices > its name, "
         "such as \"STM32 BOOTLOADER\" > WinUSB > Install or Replace Driver"},
        {"only ever choose the entry with the USB ID of the bootloader: " + ids_of_loaders() +
         "; STTub30, ST's old driver, may be replaced"},
        {"then run the same command again"}}},
      {Errc::cannot_write_output, exit_cannot_write},
      {Errc::usb_io,
       exit_io,
       10,
       {{"run the same command again; if the error stays, try another cable or port"}}},
      {Errc::serial_io, exit_io, 10},
      {Errc::board_gone,
       exit_io,
       10,
       {{"usual causes: the cable, a hub, a reset by hand"},
        {"plug it in again and run the same command: what is already right is left alone", "flash"},
        {"plug it in again and run the same command",
         "enter verify read info run erase unlock option-bytes"},
        {"if its application no longer starts, hold BOOT0 while plugging it in", writing}}},
      {Errc::busy, exit_io, 8, {{"close the other program, then run the same command again"}}},
      {Errc::ignored,
       exit_no_show,
       2,
       {{"hold BOOT0, press and release NRST: a board in DFU mode is used as it is"},
        {"if `stm32boot profiles` lists its firmware: --firmware NAME"},
        {"if its firmware has a command for it: --text 'COMMAND\\r'"},
        {"to teach your firmware, see firmware/README.md"}}},
      {Errc::bounced,
       exit_no_show,
       3,
       {{"F4 and F7 ROMs measure the crystal with an oscillator that drifts with temperature; "
         "25 MHz crystals are misjudged when the chip is hot or cold"},
        {"try again at room temperature, or with --tries 10"},
        {"the ROMs of STM32F04x, F070x6, L07x and L08x go back to an application that jumps to "
         "them (AN2606): hold BOOT0, press and release NRST"}}},
      {Errc::lost,
       exit_no_show,
       4,
       {{"usual causes: PA10 (USART1 RX) floating or driven, so that the ROM listens to the UART "
         "instead; a 25 MHz crystal misjudged on a hot or cold chip; a missing crystal"},
        {"tie PA10 to 3V3 with 10 kOhm, unplug serial adapters, let the chip come to room "
         "temperature; a power cycle brings the application back"},
        {"in a virtual machine or WSL: the bootloader is another USB device (ST's is 0483:df11), "
         "which has to be passed through as well, by a USB filter of VirtualBox or VMware, or by "
         "usbipd bind and attach --auto-attach: see `stm32boot doctor`"},
        on_mac("on Apple silicon the bootloader is a new accessory: answer 'Allow accessory to "
               "connect', or see System Settings, Privacy & Security")}},
      {Errc::not_proved,
       exit_no_show,
       4,
       {{"hold BOOT0, press and release NRST: a board in DFU mode can be asked"},
        {"`stm32boot unlock` then says whether it is still protected, and asks before it erases; "
         "`stm32boot option-bytes` shows its option bytes"}}},
      {Errc::not_heard, exit_no_show},
      {Errc::mismatch,
       exit_mismatch,
       11,
       {{"the board is still in DFU mode: run the same command again; a sector that stays wrong is "
         "write-protected or worn out",
         "flash erase"},
        {"or the chip erases other sectors than its bootloader names, as some with two banks and "
         "clones do: --full erases all of them before it writes",
         "flash"},
        {"or option bytes swap the banks or change their sectors (BFB2, DB1M, nDBANK, DBANK): "
         "`stm32boot option-bytes` shows them",
         "flash erase"},
        {"`stm32boot option-bytes` shows what they are now", "option-bytes"}}},
      {Errc::differs,
       exit_mismatch,
       11,
       {{"`stm32boot flash` writes the sectors that differ and leaves the others alone"}}},
      {Errc::protocol, exit_mismatch},
      {Errc::read_protected,
       exit_mismatch,
       12,
       {{"`stm32boot unlock` lifts the protection; the flash is erased as a whole by that",
         "flash verify read erase run info option-bytes"},
        {"a board that stays in DFU mode runs its application after a reset: press NRST or "
         "power-cycle it",
         "flash verify read erase run info option-bytes"}}},
      {Errc::not_permitted,
       exit_not_permitted,
       5,
       {on_linux("serial ports: `sudo usermod -aG dialout $USER`, then log out and in"),
        on_linux("bootloaders: put this line into /etc/udev/rules.d/60-stm32boot.rules"),
        on_linux("  " + sysboot::udev_rule_for_loaders()),
        on_linux("  then `sudo udevadm control --reload` and plug the board in again"),
        on_linux("in a container: `stm32boot doctor` shows what it needs")}},
      {Errc::application_missing,
       exit_application_missing,
       13,
       {{"press NRST or power-cycle the board"},
        {"the ROM starts programs without a reset: they must set VTOR and their clocks "
         "themselves"},
        {"--no-wait is for firmware that has no USB", "flash run"}}},
      {Errc::no_program,
       exit_application_missing,
       13,
       {{"the board is still in DFU mode: `stm32boot flash FILE` writes a program, and finishes "
         "one that broke off"},
        {"--force starts it anyway", "run", If::can_be_forced}}},
      {Errc::interrupted,
       exit_interrupted,
       10,
       {{"the same command again finishes the work; what is already right is left alone", "flash"},
        {"the same command again finishes the work", "erase unlock option-bytes"},
        {"`stm32boot run` starts what is in flash", "flash enter verify read info"}}},
      {Errc::internal,
       exit_internal,
       0,
       {{"this is a defect in stm32boot: please report it with the command line"}}},
  };
  return rows;
}

const ErrorRow* find_row(Errc code) {
  const auto row = std::find_if(table().begin(), table().end(),
                                [&](const ErrorRow& one) { return one.code == code; });
  return row == table().end() ? nullptr : &*row;
}

bool is_one_of(std::string_view command, std::string_view commands) {
  std::istringstream words{std::string(commands)};
  for (std::string word; words >> word;) {
    if (word == command) return true;
  }
  return false;
}

bool is_file_with_address(const std::string& remedy) {
  return remedy.find("@0x") != std::string::npos;
}

bool helps(const Hint& hint, const Error& error, std::string_view command) {
  if (!hint.commands.empty() && !is_one_of(command, hint.commands)) return false;
  if (!hint.system.empty() && hint.system != this_system) return false;
  switch (hint.when) {
    case If::always: return true;
    case If::can_be_forced: return error.can_be_forced();
    case If::with_remedy: return !error.remedy().empty() && !is_file_with_address(error.remedy());
    case If::with_file_as_remedy: return is_file_with_address(error.remedy());
    case If::without_remedy: return error.remedy().empty();
  }
  return false;
}

std::string text_of(const Hint& hint, const Error& error) {
  if (hint.when != If::with_remedy && hint.when != If::with_file_as_remedy) return hint.text;
  return fmt::format(fmt::runtime(hint.text), error.remedy());
}

}  // namespace

std::span<const ExitCodeRow> exit_codes() {
  return exit_code_rows;
}

ExitCode exit_code(Errc code) {
  const ErrorRow* row = find_row(code);
  return row != nullptr ? row->exit : exit_internal;
}

std::string more_about(Errc code) {
  const ErrorRow* row = find_row(code);
  if (row == nullptr || row->section == 0) return {};
  return fmt::format("{}, section {}", troubleshooting, row->section);
}

std::string hint_for_no_boards() {
  return "a board whose program has no USB, such as a blinking LED, cannot be found: hold BOOT0, "
         "press and release NRST, and run this again";
}

std::vector<std::string> hints(const Error& error, std::string_view command) {
  std::vector<std::string> lines;
  if (command == "doctor") return lines;  // it has named what helps, one by one
  const ErrorRow* row = find_row(error.code());
  for (const Hint& hint : row != nullptr ? row->hints : std::vector<Hint>()) {
    if (helps(hint, error, command)) lines.push_back(text_of(hint, error));
  }
  return lines;
}

}  // namespace stm32boot
