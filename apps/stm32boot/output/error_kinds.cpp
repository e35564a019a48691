// SPDX-License-Identifier: GPL-3.0-or-later
#include "error_kinds.hpp"

namespace stm32boot {

using sysboot::Errc;

std::vector<Errc> error_kinds() {
  std::vector<Errc> kinds;
  for (int number = 0; number <= static_cast<int>(Errc::internal); ++number) {
    kinds.push_back(static_cast<Errc>(number));
  }
  return kinds;
}

std::string_view meaning(Errc kind) {
  switch (kind) {
    case Errc::usage: return "The command line or a setting makes no sense";
    case Errc::ambiguous_board: return "Several boards fit, and none was chosen";
    case Errc::bad_image: return "The image is broken, or is no firmware";
    case Errc::linked_elsewhere: return "The image is made for another address than it goes to";
    case Errc::image_does_not_fit:
      return "The image is for addresses that this board does not have";
    case Errc::guarded: return "It would overwrite guard, or what guard needs";
    case Errc::made_for_another: return "The image is made for another device or chip";
    case Errc::not_only_flash:
      return "Parts of the image are for other memories than internal flash";
    case Errc::no_input: return "A file is missing, or cannot be read";
    case Errc::no_board: return "No board that fits is connected";
    case Errc::not_in_dfu_mode:
      return "The board runs its application, and the command needs DFU mode";
    case Errc::no_driver:
      return "This machine has no driver for the board, or *doctor* found trouble";
    case Errc::cannot_write_output: return "A file or standard output cannot be written";
    case Errc::usb_io: return "A USB transfer failed";
    case Errc::serial_io: return "A serial port failed";
    case Errc::board_gone: return "The board left the bus in the middle of the work";
    case Errc::busy: return "Another program holds the port or the board";
    case Errc::ignored: return "The application did not react to any way of rebooting it";
    case Errc::bounced: return "The board rebooted, but its application came back every time";
    case Errc::lost: return "The board left the bus, and nothing came back";
    case Errc::not_proved:
      return "The board was told to do it and reset, but what came of it cannot be asked";
    case Errc::not_heard: return "The board did not say what was waited for";
    case Errc::mismatch: return "Flash does not hold what was written";
    case Errc::differs: return "Flash does not hold the image that it was compared with";
    case Errc::protocol: return "The device broke the DFU protocol, or refused a request";
    case Errc::read_protected: return "Read protection is active";
    case Errc::not_permitted: return "The system does not let this user open the device";
    case Errc::application_missing: return "The application was started, but did not come back";
    case Errc::no_program: return "There is no program in flash to start";
    case Errc::interrupted: return "The user stopped it";
    case Errc::internal: return "A defect in stm32boot";
  }
  return "";
}

}  // namespace stm32boot
