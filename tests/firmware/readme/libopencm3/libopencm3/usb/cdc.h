// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

#define USB_CDC_REQ_SET_LINE_CODING 0x20
#define USB_CDC_REQ_SET_CONTROL_LINE_STATE 0x22
#define USB_CDC_1_STOP_BITS 0
#define USB_CDC_NO_PARITY 0

struct usb_cdc_line_coding {
  uint32_t dwDTERate;
  uint8_t bCharFormat;
  uint8_t bParityType;
  uint8_t bDataBits;
} __attribute__((packed));
