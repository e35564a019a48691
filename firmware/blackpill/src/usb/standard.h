// SPDX-License-Identifier: 0BSD
// The standard requests (USB 2.0 section 9.4).
#pragma once

#include "usb/device.h"

bool usb_standard_request(const struct usb_setup* setup, struct usb_data* data);
/// The bus was reset: no address, no configuration.
void usb_standard_reset(void);
/// 0 or 1.
uint8_t usb_standard_configuration(void);
