// SPDX-License-Identifier: 0BSD
#include "usb/cdc.h"

#include "ring.h"
#include "ticks.h"
#include "triggers.h"
#include "usb/driver.h"

// PSTN 1.2 table 13.
enum { SET_LINE_CODING = 0x20, GET_LINE_CODING = 0x21, SET_CONTROL_LINE_STATE = 0x22 };
enum { DTR = 1 };
#define LINE_CODING_LENGTH 7u
#define TOUCH_BAUD 1200u
#define HOST_READS_WITHIN_MS 100u

static uint8_t line_coding[LINE_CODING_LENGTH];
static uint16_t line_state;

static uint8_t to_host_bytes[1024];
static uint8_t from_host_bytes[256];
static struct ring to_host = {to_host_bytes, sizeof to_host_bytes, 0, 0};
static struct ring from_host = {from_host_bytes, sizeof from_host_bytes, 0, 0};

static bool configured;
static bool receiving;          ///< the endpoint accepts a packet
static bool sending;            ///< a packet waits for the host
static bool owes_empty_packet;  ///< the last one was full; without more the host would wait on
static uint32_t host_read_at;

static void set_line_coding(const uint8_t* bytes) {
  for (size_t n = 0; n < LINE_CODING_LENGTH; ++n) line_coding[n] = bytes[n];
}

static uint32_t baud(void) {
  return line_coding[0] | (uint32_t)line_coding[1] << 8 | (uint32_t)line_coding[2] << 16 |
         (uint32_t)line_coding[3] << 24;
}

static void set_line_state(uint16_t state) {
  const bool dtr_falls = (line_state & DTR) != 0u && (state & DTR) == 0u;
  line_state = state;
  if (BLACKPILL_TRIGGER_TOUCH && dtr_falls && baud() == TOUCH_BAUD) usb_want_rom();
}

bool usb_cdc_request(const struct usb_setup* setup, struct usb_data* data) {
  switch (setup->request) {
    case SET_LINE_CODING:
      if (data->count != LINE_CODING_LENGTH) return false;
      set_line_coding(data->bytes);
      return true;
    case GET_LINE_CODING: *data = (struct usb_data){line_coding, LINE_CODING_LENGTH}; return true;
    case SET_CONTROL_LINE_STATE: set_line_state(setup->value); return true;
    default: return false;
  }
}

void usb_cdc_stop(void) {
  static const uint8_t usual[LINE_CODING_LENGTH] = {0x00, 0xC2, 0x01, 0x00, 0, 0, 8};  // 115200 8N1
  set_line_coding(usual);
  line_state = 0;
  configured = receiving = sending = owes_empty_packet = false;
  ring_clear(&to_host);
  ring_clear(&from_host);
}

void usb_cdc_start(void) {
  configured = true;
  host_read_at = ticks_now();
}

void usb_cdc_received(const uint8_t* bytes, size_t count) {
  receiving = false;
  ring_put(&from_host, bytes, count);
}

void usb_cdc_sent(void) {
  sending = false;
  host_read_at = ticks_now();
}

static void send(void) {
  uint8_t packet[USB_PACKET];
  const size_t count = ring_take(&to_host, packet, sizeof packet);
  if (count == 0 && !owes_empty_packet) return;
  owes_empty_packet = count == sizeof packet;
  sending = true;
  usb_driver_send(USB_CDC_IN, packet, count);
}

void usb_cdc_poll(void) {
  if (!configured) return;
  if (!sending) send();
  if (!receiving && ring_room(&from_host) >= USB_PACKET) {
    receiving = true;
    usb_driver_receive(USB_CDC_OUT);
  }
}

int usb_cdc_read(void) {
  uint8_t byte;
  return ring_take(&from_host, &byte, 1) == 1 ? byte : -1;
}

void usb_cdc_write(const char* text, size_t count) {
  if (!configured) return;
  if (usb_cdc_is_idle()) host_read_at = ticks_now();  // it could not have read before
  ring_put(&to_host, (const uint8_t*)text, count);
}

bool usb_cdc_can_answer(void) {
  return ring_room(&to_host) >= USB_CDC_ANSWER || ticks_passed(host_read_at, HOST_READS_WITHIN_MS);
}

bool usb_cdc_is_idle(void) {
  return !sending && ring_used(&to_host) == 0 && !owes_empty_packet;
}
