// SPDX-License-Identifier: 0BSD
// The control endpoint: setup, data and status stages (USB 2.0 section 8.5.3).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void usb_control_reset(void);
void usb_control_setup(const uint8_t packet[8]);
void usb_control_received(const uint8_t* bytes, size_t count);
void usb_control_sent(void);

/// Is no transfer in any of its stages?
bool usb_control_is_idle(void);
