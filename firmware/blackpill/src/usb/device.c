// SPDX-License-Identifier: 0BSD
#include "usb/device.h"

#include "usb/cdc.h"
#include "usb/control.h"
#include "usb/dfu_runtime.h"
#include "usb/driver.h"
#include "usb/standard.h"

static bool suspended;
static bool rom_wanted;

void usb_device_start(void) {
  suspended = false;
  rom_wanted = false;
}

bool usb_device_is_configured(void) {
  return usb_standard_configuration() != 0u;
}

bool usb_device_is_suspended(void) {
  return suspended;
}

bool usb_device_is_idle(void) {
  return usb_control_is_idle();
}

bool usb_rom_wanted(void) {
  return rom_wanted;
}

void usb_want_rom(void) {
  rom_wanted = true;
}

static bool class_request(const struct usb_setup* setup, struct usb_data* data) {
  if ((setup->type & USB_RECIPIENT_MASK) != USB_TO_INTERFACE) return false;
  switch (setup->index) {
    case USB_CDC_INTERFACE: return usb_cdc_request(setup, data);
    case USB_DFU_INTERFACE: return BLACKPILL_TRIGGER_DETACH && usb_dfu_request(setup, data);
    default: return false;
  }
}

bool usb_device_request(const struct usb_setup* setup, struct usb_data* data) {
  switch (setup->type & USB_TYPE_MASK) {
    case USB_TYPE_STANDARD: return usb_standard_request(setup, data);
    case USB_TYPE_CLASS: return class_request(setup, data);
    default: return false;
  }
}

void usb_on_reset(void) {
  suspended = false;
  usb_control_reset();
  usb_standard_reset();
}

void usb_on_suspend(void) {
  suspended = true;
}

void usb_on_resume(void) {
  suspended = false;
}

void usb_on_setup(const uint8_t packet[8]) {
  suspended = false;
  usb_control_setup(packet);
}

void usb_on_received(uint8_t endpoint, const uint8_t* bytes, size_t count) {
  if (endpoint == USB_CDC_OUT) {
    usb_cdc_received(bytes, count);
  } else {
    usb_control_received(bytes, count);
  }
}

void usb_on_sent(uint8_t endpoint) {
  if (endpoint == USB_CDC_IN) usb_cdc_sent();
  if (endpoint == 0x80u) usb_control_sent();
}
