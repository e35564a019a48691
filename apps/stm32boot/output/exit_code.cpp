// SPDX-License-Identifier: GPL-3.0-or-later
#include "exit_code.hpp"

namespace stm32boot {

ExitCode exit_code(sysboot::Errc code) {
  using sysboot::Errc;
  switch (code) {
    case Errc::usage:
    case Errc::ambiguous_board: return exit_usage;
    case Errc::bad_image:
    case Errc::linked_elsewhere:
    case Errc::image_does_not_fit:
    case Errc::made_for_another:
    case Errc::not_only_flash: return exit_bad_image;
    case Errc::no_input: return exit_no_input;
    case Errc::no_board:
    case Errc::not_in_dfu_mode:
    case Errc::no_driver: return exit_no_board;
    case Errc::cannot_write_output: return exit_cannot_write;
    case Errc::usb_io:
    case Errc::serial_io:
    case Errc::board_gone:
    case Errc::busy: return exit_io;
    case Errc::ignored:
    case Errc::bounced:
    case Errc::lost:
    case Errc::not_proved: return exit_no_show;
    case Errc::mismatch:
    case Errc::differs:
    case Errc::protocol:
    case Errc::read_protected: return exit_mismatch;
    case Errc::not_permitted: return exit_not_permitted;
    case Errc::application_missing:
    case Errc::no_program: return exit_application_missing;
    case Errc::interrupted: return exit_interrupted;
    case Errc::internal: return exit_internal;
  }
  return exit_internal;
}

}  // namespace stm32boot
