// SPDX-License-Identifier: 0BSD
// What the device says of itself (USB 2.0 section 9.6, CDC 1.2, PSTN 1.2, DFU 1.1).
#pragma once

#include "usb/device.h"

/// `value`: type in the upper byte, index in the lower, as in GET_DESCRIPTOR. False: there is none.
bool usb_descriptor(uint16_t value, struct usb_data* data);
/// The same for descriptors of a class, which GET_DESCRIPTOR asks an interface for.
bool usb_interface_descriptor(uint16_t value, uint16_t interface, struct usb_data* data);
