// SPDX-License-Identifier: 0BSD
// The USB device: its states (USB 2.0 section 9.1.1), and what a control request looks like.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "triggers.h"

/// USB 2.0 table 9-2.
struct usb_setup {
  uint8_t type;  ///< bmRequestType
  uint8_t request;
  uint16_t value;
  uint16_t index;
  uint16_t length;
};

enum { USB_TYPE_STANDARD = 0x00, USB_TYPE_CLASS = 0x20, USB_TYPE_MASK = 0x60 };
enum { USB_TO_DEVICE = 0, USB_TO_INTERFACE = 1, USB_TO_ENDPOINT = 2, USB_RECIPIENT_MASK = 0x1F };
#define USB_DEVICE_TO_HOST 0x80u

/// What a request carries besides its setup packet: from the host, or the answer.
struct usb_data {
  const uint8_t* bytes;  ///< an answer's stay valid until the next request
  size_t count;
};

// Interfaces and endpoints, as the configuration descriptor lists them.
enum {
  USB_CDC_INTERFACE = 0,
  USB_CDC_DATA_INTERFACE = 1,
  USB_DFU_INTERFACE = 2,
  USB_INTERFACES = BLACKPILL_TRIGGER_DETACH ? 3 : 2
};
enum { USB_CDC_OUT = 0x01, USB_CDC_IN = 0x81, USB_CDC_NOTIFY = 0x82 };

/// Before the first packet.
void usb_device_start(void);

bool usb_device_is_configured(void);
bool usb_device_is_suspended(void);
/// Is no control request being answered?
bool usb_device_is_idle(void);

/// Has the host asked for the ROM bootloader, by the touch or by DFU_DETACH?
bool usb_rom_wanted(void);
/// It has.
void usb_want_rom(void);

/// One request of any type, all its data there. False: STALL. Called by the control endpoint.
bool usb_device_request(const struct usb_setup* setup, struct usb_data* data);
