// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define USB_REQ_TYPE_CLASS 0x20
#define USB_REQ_TYPE_INTERFACE 0x01
#define USB_REQ_TYPE_TYPE 0x60
#define USB_REQ_TYPE_RECIPIENT 0x1F
#define USB_ENDPOINT_ATTR_BULK 0x02
#define USB_ENDPOINT_ATTR_INTERRUPT 0x03

typedef struct _usbd_device usbd_device;
struct usb_setup_data {
  uint8_t bmRequestType;
  uint8_t bRequest;
  uint16_t wValue;
  uint16_t wIndex;
  uint16_t wLength;
};
enum usbd_request_return_codes {
  USBD_REQ_NOTSUPP = 0,
  USBD_REQ_HANDLED = 1,
  USBD_REQ_NEXT_CALLBACK = 2,
};
typedef void (*usbd_control_complete_callback)(usbd_device* device, struct usb_setup_data* request);
typedef enum usbd_request_return_codes (*usbd_control_callback)(
    usbd_device* device, struct usb_setup_data* request, uint8_t** data, uint16_t* length,
    usbd_control_complete_callback* complete);
typedef void (*usbd_set_config_callback)(usbd_device* device, uint16_t configuration);
typedef void (*usbd_endpoint_callback)(usbd_device* device, uint8_t endpoint);

void usbd_poll(usbd_device* device);
void usbd_disconnect(usbd_device* device, bool disconnected);
void usbd_ep_setup(usbd_device* device, uint8_t address, uint8_t type, uint16_t size,
                   usbd_endpoint_callback callback);
uint16_t usbd_ep_read_packet(usbd_device* device, uint8_t address, void* bytes, uint16_t length);
int usbd_register_control_callback(usbd_device* device, uint8_t type, uint8_t mask,
                                   usbd_control_callback callback);
