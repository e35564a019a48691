// SPDX-License-Identifier: GPL-3.0-or-later
#include "hints.hpp"

namespace stm32boot {

// Causes are listed as usual causes, never as the cause: the program cannot know.
std::vector<std::string> hints(sysboot::Errc code) {
  using sysboot::Errc;
  switch (code) {
    case Errc::no_board:
      return {"is the board connected with a cable that carries data?",
              "`stm32boot list` shows what can be used"};
    case Errc::not_in_dfu_mode: return {"`stm32boot enter` takes it into DFU mode"};
    case Errc::not_permitted:
      return {
          "serial ports: `sudo usermod -aG dialout $USER`, then log out and in",
          "the bootloader: put this line into /etc/udev/rules.d/60-stm32boot.rules",
          R"(  SUBSYSTEM=="usb", ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", MODE="0660", )"
          R"(GROUP="plugdev", TAG+="uaccess")",
          "  then `sudo udevadm control --reload` and plug the board in again",
          "in a container: `stm32boot doctor` shows what it has to be given"};
    case Errc::no_driver:
      return {
          "once for each PC: install STM32CubeProgrammer, which brings ST's driver; or use Zadig "
          "(https://zadig.akeo.ie): Options > List All Devices > \"STM32 BOOTLOADER\" > WinUSB > "
          "Install or Replace Driver",
          "only ever choose the entry with USB ID 0483 DF11; STTub30, ST's old driver, is rightly "
          "replaced",
          "then run the same command again"};
    case Errc::busy: return {"close the other program, then run the same command again"};
    case Errc::board_gone:
      return {"usual causes: the cable, a hub, a reset by hand",
              "plug it in again and run the same command: what is right already is left alone",
              "if its application no longer starts, hold BOOT0 while plugging it in"};
    case Errc::usb_io: return {"run the same command again; try another cable or port if it stays"};
    case Errc::ignored:
      return {"hold BOOT0, press and release NRST: a board in DFU mode is used as it is",
              "if `stm32boot profiles` lists its firmware: --firmware NAME",
              "if its firmware has a command for it: --text 'COMMAND\\r'",
              "to teach your firmware, see firmware/README.md"};
    case Errc::bounced:
      return {
          "F4 and F7 ROMs measure the crystal with an oscillator that drifts with temperature; "
          "25 MHz crystals are misjudged when the chip is hot or cold",
          "try again at room temperature, or with --tries 10",
          "the ROMs of STM32F04x, F070x6, L07x and L08x go back to an application that jumps to "
          "them (AN2606): hold BOOT0, press and release NRST"};
    case Errc::lost:
      return {
          "usual causes: PA10 (USART1 RX) floating or driven, so that the ROM listens to the UART "
          "instead; a 25 MHz crystal misjudged on a hot or cold chip; a missing crystal",
          "tie PA10 to 3V3 with 10 kOhm, unplug serial adapters, let the chip come to room "
          "temperature; a power cycle brings the application back"};
    case Errc::mismatch:
      return {
          "the board is still in DFU mode: run the same command again; a sector that stays wrong "
          "is write-protected or worn out"};
    case Errc::differs:
      return {"`stm32boot flash` writes the sectors that differ and leaves the others alone"};
    case Errc::read_protected:
      return {"`stm32boot unlock` lifts the protection; the flash is erased as a whole by that"};
    case Errc::bad_image:
      return {
          "is this the right file? --address says where a raw binary goes; --force flashes one "
          "that looks like no program"};
    case Errc::application_missing:
      return {
          "press NRST or power-cycle the board",
          "the ROM starts programs without a reset: they must set VTOR and their clocks themselves",
          "--no-wait is for firmware that has no USB"};
    case Errc::no_program:
      return {
          "the board is still in DFU mode: `stm32boot flash FILE` writes a program, and "
          "finishes one that broke off"};
    case Errc::interrupted:
      return {"the same command again finishes the work; what is right already is left alone",
              "`stm32boot run` starts what is in flash"};
    case Errc::internal:
      return {"this is a defect in stm32boot: please report it with the command line"};
    case Errc::usage:
      return {"`stm32boot --help` and `stm32boot COMMAND --help` tell what there is"};
    case Errc::ambiguous_board:
    case Errc::image_does_not_fit:
    case Errc::no_input:
    case Errc::cannot_write_output:
    case Errc::serial_io:
    case Errc::protocol: break;
  }
  return {};
}

}  // namespace stm32boot
