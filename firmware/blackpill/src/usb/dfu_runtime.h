// SPDX-License-Identifier: 0BSD
// DFU 1.1 in its run-time half: a host may tell the application to give way to its bootloader.
#pragma once

#include "usb/device.h"

/// Requests to its interface. DETACH reboots into the ROM, without a reset of the bus
/// (bitWillDetach).
bool usb_dfu_request(const struct usb_setup* setup, struct usb_data* data);
