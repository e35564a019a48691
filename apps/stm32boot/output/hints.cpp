// SPDX-License-Identifier: GPL-3.0-or-later
#include "hints.hpp"

#include <fmt/core.h>

#include <sstream>

#include "sysboot/loader.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

#if defined(_WIN32)
constexpr std::string_view this_system = "windows";
#elif defined(__APPLE__)
constexpr std::string_view this_system = "mac";
#else
constexpr std::string_view this_system = "linux";
#endif

enum class When { always, can_be_forced, cannot_be_forced, with_remedy, without_remedy };

/// A row of the table. It is shown where all of it is so, with Error::remedy for "{}".
struct Hint {
  Errc code;
  std::string text;
  std::string_view commands = {};  ///< after one of these; empty: after any
  When when = When::always;
  std::string_view system = {};  ///< on this one; empty: on any
};

constexpr std::string_view writing = "flash erase unlock option-bytes";

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

// Causes are listed as usual causes, never as the cause: the program cannot know.
const std::vector<Hint>& table() {
  static const std::vector<Hint> rows = {
      {Errc::no_board, "is the board connected with a cable that carries data?"},
      {Errc::no_board, "`stm32boot list` shows what can be used"},

      {Errc::not_in_dfu_mode, "`stm32boot enter` takes it into DFU mode"},

      {Errc::not_permitted,
       "serial ports: `sudo usermod -aG dialout $USER`, then log out and in",
       {},
       When::always,
       "linux"},
      {Errc::not_permitted,
       "bootloaders: put this line into /etc/udev/rules.d/60-stm32boot.rules",
       {},
       When::always,
       "linux"},
      {Errc::not_permitted, "  " + sysboot::udev_rule_for_loaders(), {}, When::always, "linux"},
      {Errc::not_permitted,
       "  then `sudo udevadm control --reload` and plug the board in again",
       {},
       When::always,
       "linux"},
      {Errc::not_permitted,
       "in a container: `stm32boot doctor` shows what it has to be given",
       {},
       When::always,
       "linux"},

      {Errc::no_driver,
       "once for each PC: for ST's ROM install STM32CubeProgrammer, which brings its driver; for "
       "any bootloader use Zadig (https://zadig.akeo.ie): Options > List All Devices > its name, "
       "such as \"STM32 BOOTLOADER\" > WinUSB > Install or Replace Driver"},
      {Errc::no_driver, "only ever choose the entry with the USB ID of the bootloader: " +
                            ids_of_loaders() + "; STTub30, ST's old driver, is rightly replaced"},
      {Errc::no_driver, "then run the same command again"},

      {Errc::busy, "close the other program, then run the same command again"},

      {Errc::board_gone, "usual causes: the cable, a hub, a reset by hand"},
      {Errc::board_gone,
       "plug it in again and run the same command: what is right already is left alone", "flash"},
      {Errc::board_gone, "plug it in again and run the same command",
       "enter verify read info run erase unlock option-bytes"},
      {Errc::board_gone, "if its application no longer starts, hold BOOT0 while plugging it in",
       writing},

      {Errc::usb_io, "run the same command again; try another cable or port if it stays"},

      {Errc::ignored, "hold BOOT0, press and release NRST: a board in DFU mode is used as it is"},
      {Errc::ignored, "if `stm32boot profiles` lists its firmware: --firmware NAME"},
      {Errc::ignored, "if its firmware has a command for it: --text 'COMMAND\\r'"},
      {Errc::ignored, "to teach your firmware, see firmware/README.md"},

      {Errc::bounced,
       "F4 and F7 ROMs measure the crystal with an oscillator that drifts with temperature; "
       "25 MHz crystals are misjudged when the chip is hot or cold"},
      {Errc::bounced, "try again at room temperature, or with --tries 10"},
      {Errc::bounced,
       "the ROMs of STM32F04x, F070x6, L07x and L08x go back to an application that jumps to them "
       "(AN2606): hold BOOT0, press and release NRST"},

      {Errc::lost,
       "usual causes: PA10 (USART1 RX) floating or driven, so that the ROM listens to the UART "
       "instead; a 25 MHz crystal misjudged on a hot or cold chip; a missing crystal"},
      {Errc::lost,
       "tie PA10 to 3V3 with 10 kOhm, unplug serial adapters, let the chip come to room "
       "temperature; a power cycle brings the application back"},
      {Errc::lost,
       "in a virtual machine or WSL: the bootloader is another USB device (ST's is 0483:df11), "
       "which has to be passed through, too, by a USB filter of VirtualBox or VMware, or by usbipd "
       "bind and attach --auto-attach: see `stm32boot doctor`"},

      {Errc::mismatch,
       "the board is still in DFU mode: run the same command again; a sector that stays wrong is "
       "write-protected or worn out",
       "flash erase"},
      {Errc::mismatch,
       "or the chip erases other sectors than its bootloader names, as some with two banks and "
       "clones do: --full erases all of them before it writes",
       "flash"},
      {Errc::mismatch,
       "or option bytes swap the banks or change their sectors (BFB2, DB1M, nDBANK, DBANK): "
       "`stm32boot option-bytes` shows them",
       "flash erase"},
      {Errc::mismatch, "`stm32boot option-bytes` shows what they are now", "option-bytes"},

      {Errc::not_proved, "hold BOOT0, press and release NRST: a board in DFU mode can be asked"},
      {Errc::not_proved,
       "`stm32boot unlock` then says whether it is still protected, and asks before it erases; "
       "`stm32boot option-bytes` shows its option bytes"},

      {Errc::differs,
       "`stm32boot flash` writes the sectors that differ and leaves the others alone"},

      {Errc::read_protected,
       "`stm32boot unlock` lifts the protection; the flash is erased as a whole by that",
       "flash verify read erase run info option-bytes"},

      {Errc::bad_image, "is this the right file? --address says where a raw binary goes", "flash",
       When::can_be_forced},
      {Errc::bad_image, "--force flashes it all the same", "flash", When::can_be_forced},
      {Errc::image_does_not_fit, "--force flashes it all the same", "flash", When::can_be_forced},
      {Errc::linked_elsewhere, "`--address {}` puts it where it is linked for", "flash",
       When::with_remedy},
      {Errc::linked_elsewhere,
       "its addresses do not fit its code: an offset was added after linking (objcopy "
       "--change-addresses), or a raw binary was converted for the wrong address",
       "flash", When::without_remedy},
      {Errc::linked_elsewhere, "--force flashes it to the other address all the same", "flash"},
      {Errc::made_for_another,
       "--force flashes it all the same, if it is known to run on this board", "flash"},

      {Errc::not_only_flash,
       "--only-flash takes what is for internal flash and leaves out the rest",
       "flash verify info"},

      {Errc::application_missing, "press NRST or power-cycle the board"},
      {Errc::application_missing,
       "the ROM starts programs without a reset: they must set VTOR and their clocks themselves"},
      {Errc::application_missing, "--no-wait is for firmware that has no USB", "flash run"},

      {Errc::no_program,
       "the board is still in DFU mode: `stm32boot flash FILE` writes a program, and finishes one "
       "that broke off"},
      {Errc::no_program, "--force starts it all the same", "run", When::can_be_forced},

      {Errc::interrupted,
       "the same command again finishes the work; what is right already is left alone", "flash"},
      {Errc::interrupted, "the same command again finishes the work", "erase unlock option-bytes"},
      {Errc::interrupted, "`stm32boot run` starts what is in flash",
       "flash enter verify read info"},

      {Errc::internal, "this is a defect in stm32boot: please report it with the command line"},
      {Errc::usage, "`stm32boot --help` and `stm32boot COMMAND --help` tell what there is"},
  };
  return rows;
}

bool is_one_of(std::string_view command, std::string_view commands) {
  std::istringstream words{std::string(commands)};
  for (std::string word; words >> word;) {
    if (word == command) return true;
  }
  return false;
}

bool helps(const Hint& hint, const Error& error, std::string_view command) {
  if (hint.code != error.code()) return false;
  if (!hint.commands.empty() && !is_one_of(command, hint.commands)) return false;
  if (!hint.system.empty() && hint.system != this_system) return false;
  switch (hint.when) {
    case When::always: return true;
    case When::can_be_forced: return error.can_be_forced();
    case When::cannot_be_forced: return !error.can_be_forced();
    case When::with_remedy: return !error.remedy().empty();
    case When::without_remedy: return error.remedy().empty();
  }
  return false;
}

std::string text_of(const Hint& hint, const Error& error) {
  if (hint.when != When::with_remedy) return hint.text;
  return fmt::format(fmt::runtime(hint.text), error.remedy());
}

}  // namespace

std::vector<std::string> hints(const Error& error, std::string_view command) {
  std::vector<std::string> lines;
  for (const Hint& hint : table()) {
    if (helps(hint, error, command)) lines.push_back(text_of(hint, error));
  }
  return lines;
}

}  // namespace stm32boot
