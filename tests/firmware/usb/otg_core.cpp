// SPDX-License-Identifier: GPL-3.0-or-later
// The driver's C, unchanged, on the model of its registers.
#include "register.hpp"

#define _Static_assert static_assert
extern "C" {
#include "usb/otg_core.c"
}
