/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seam under dfu-util's sources: they are compiled with libusb_control_transfer renamed to
 * this. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct libusb_device_handle;

/* Same contract as libusb_control_transfer. The handle is a sysboot::DfuRequests in disguise. */
int sysboot_control_transfer(struct libusb_device_handle* handle, uint8_t request_type,
                             uint8_t request, uint16_t value, uint16_t index, unsigned char* data,
                             uint16_t length, unsigned int timeout_ms);

#ifdef __cplusplus
}
#endif
