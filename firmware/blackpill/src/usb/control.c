// SPDX-License-Identifier: 0BSD
#include "usb/control.h"

#include "usb/device.h"
#include "usb/driver.h"

enum stage { IDLE, DATA_IN, DATA_OUT, STATUS_IN, STATUS_OUT };

static enum stage stage;
static struct usb_setup setup;
static struct usb_data answer;       ///< what is still to be sent
static bool ends_with_empty_packet;  ///< or the host could not tell that it is over
static uint8_t from_host[USB_PACKET];
static size_t from_host_count;

void usb_control_reset(void) {
  stage = IDLE;
}

bool usb_control_is_idle(void) {
  return stage == IDLE;
}

static void stall(void) {
  stage = IDLE;
  usb_driver_stall(0);
}

static void send_next_packet(void) {
  const size_t count = answer.count < USB_PACKET ? answer.count : USB_PACKET;
  usb_driver_send(0x80, answer.bytes, count);
  answer.bytes += count;
  answer.count -= count;
  if (count < USB_PACKET) ends_with_empty_packet = false;
}

/// An answer shorter than asked for ends with a packet that is not full, if need be an empty one
/// (USB 2.0 section 5.5.3). The host may start the status stage at any time.
static void start_data_in(void) {
  ends_with_empty_packet = answer.count < setup.length;
  if (answer.count > setup.length) answer.count = setup.length;
  stage = DATA_IN;
  usb_driver_receive(0);
  send_next_packet();
}

static void start_status_in(void) {
  stage = STATUS_IN;
  usb_driver_send(0x80, NULL, 0);
}

void usb_control_setup(const uint8_t packet[8]) {
  setup = (struct usb_setup){
      .type = packet[0],
      .request = packet[1],
      .value = (uint16_t)(packet[2] | packet[3] << 8),
      .index = (uint16_t)(packet[4] | packet[5] << 8),
      .length = (uint16_t)(packet[6] | packet[7] << 8),
  };
  answer = (struct usb_data){from_host, 0};  // nothing, but not NULL: sending moves on from there
  const bool has_data_from_host = setup.length > 0u && (setup.type & USB_DEVICE_TO_HOST) == 0u;
  if (has_data_from_host) {
    if (setup.length > sizeof from_host) {
      stall();
      return;
    }
    from_host_count = 0;
    stage = DATA_OUT;
    usb_driver_receive(0);
  } else if (!usb_device_request(&setup, &answer)) {
    stall();
  } else if (setup.length == 0u) {  // then the direction bit means nothing (USB 2.0 section 9.3.1)
    start_status_in();
  } else {
    start_data_in();
  }
}

void usb_control_received(const uint8_t* bytes, size_t count) {
  if (stage != DATA_OUT) {  // the status stage, or the host has seen enough
    usb_driver_cancel_send(0x80);
    stage = IDLE;
    return;
  }
  for (size_t n = 0; n < count && from_host_count < sizeof from_host; ++n) {
    from_host[from_host_count++] = bytes[n];
  }
  if (from_host_count < setup.length && count == USB_PACKET) {
    usb_driver_receive(0);
    return;
  }
  struct usb_data data = {from_host, from_host_count};
  if (usb_device_request(&setup, &data)) {
    start_status_in();
  } else {
    stall();
  }
}

void usb_control_sent(void) {
  if (stage == STATUS_IN) {
    stage = IDLE;
  } else if (stage == DATA_IN) {
    if (answer.count > 0 || ends_with_empty_packet) {
      send_next_packet();
    } else {
      stage = STATUS_OUT;
    }
  }
}
