// SPDX-License-Identifier: 0BSD
#include "usb/dfu_runtime.h"

// DFU 1.1 tables 3.2 and section 6.1.2.
enum { DETACH = 0, GETSTATUS = 3, GETSTATE = 5 };
enum { OK = 0, APP_IDLE = 0, APP_DETACH = 1 };

bool usb_dfu_request(const struct usb_setup* setup, struct usb_data* data) {
  static uint8_t status[6];  // bStatus, bwPollTimeout (3), bState, iString
  status[4] = usb_rom_wanted() ? APP_DETACH : APP_IDLE;
  switch (setup->request) {
    case DETACH: usb_want_rom(); return true;
    case GETSTATUS: *data = (struct usb_data){status, sizeof status}; return true;
    case GETSTATE: *data = (struct usb_data){&status[4], 1}; return true;
    default: return false;
  }
}
