// SPDX-License-Identifier: GPL-3.0-or-later
// The application's C headers, for C++.
#pragma once

extern "C" {
#include "console.h"
#include "led.h"
#include "reboot.h"
#include "ring.h"
#include "text.h"
#include "ticks.h"
#include "usb/cdc.h"
#include "usb/device.h"
#include "usb/driver.h"
}
