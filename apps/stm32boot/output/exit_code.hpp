// SPDX-License-Identifier: GPL-3.0-or-later
// What the shell sees. The numbers are sysexits.h's where dfu-util uses them.
#pragma once

#include "sysboot/error.hpp"

namespace stm32boot {

enum ExitCode : int {
  exit_ok = 0,
  exit_usage = 64,      // also: several boards fit and none was chosen
  exit_bad_image = 65,  // the image is broken, or does not fit this board
  exit_no_input = 66,
  exit_no_board = 69,      // also: no usable driver
  exit_internal = 70,      // a defect of stm32boot itself
  exit_cannot_write = 73,  // the output cannot be written
  exit_io = 74,            // USB or serial I/O failed
  exit_no_show = 75,       // in time nothing came: ignored, bounced, lost, not proved
  exit_mismatch = 76,      // flash does not match; protocol violated; read-protected
  exit_not_permitted = 77,
  exit_application_missing = 79,  // flashed and verified, but no application; none there to run
  exit_interrupted = 130,
};

ExitCode exit_code(sysboot::Errc code);

}  // namespace stm32boot
