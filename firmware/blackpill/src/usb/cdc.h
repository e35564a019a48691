// SPDX-License-Identifier: 0BSD
// A serial port: CDC abstract control model (USB PSTN 1.2), and the bytes in both directions.
#pragma once

#include <stdbool.h>

#include "usb/device.h"

/// Requests to its interface. DTR that falls while the rate is 1200 baud reboots into the ROM.
bool usb_cdc_request(const struct usb_setup* setup, struct usb_data* data);

/// The host has configured the device, or not any more. What was in the buffers is dropped.
void usb_cdc_start(void);
void usb_cdc_stop(void);

void usb_cdc_received(const uint8_t* bytes, size_t count);
void usb_cdc_sent(void);
/// Starts sending and receiving where it can. To be called after anything was read or written.
void usb_cdc_poll(void);

/// The next byte from the host; -1 when there is none.
int usb_cdc_read(void);
/// Dropped: what does not fit, and everything while there is no host.
void usb_cdc_write(const char* text, size_t count);
/// Is there room for an answer of USB_CDC_ANSWER bytes? Or has the host not read for 100 ms, so
/// that it is no use to wait? A host that does not read must not keep commands from working.
bool usb_cdc_can_answer(void);
#define USB_CDC_ANSWER 512u

/// Has the host taken everything?
bool usb_cdc_is_idle(void);
