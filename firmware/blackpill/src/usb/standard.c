// SPDX-License-Identifier: 0BSD
#include "usb/standard.h"

#include "usb/cdc.h"
#include "usb/descriptors.h"
#include "usb/driver.h"

// USB 2.0 tables 9-4 and 9-6.
enum {
  GET_STATUS = 0,
  CLEAR_FEATURE = 1,
  SET_FEATURE = 3,
  SET_ADDRESS = 5,
  GET_DESCRIPTOR = 6,
  GET_CONFIGURATION = 8,
  SET_CONFIGURATION = 9,
  GET_INTERFACE = 10,
  SET_INTERFACE = 11,
};
enum { ENDPOINT_HALT = 0 };

struct endpoint {
  uint8_t address;
  enum usb_endpoint_type type;
  bool halted;
};

static struct endpoint endpoints[] = {
    {USB_CDC_OUT, USB_BULK, false},
    {USB_CDC_IN, USB_BULK, false},
    {USB_CDC_NOTIFY, USB_INTERRUPT, false},
};
#define ENDPOINTS (sizeof endpoints / sizeof endpoints[0])

static uint8_t configuration;
static uint8_t answer[2];

uint8_t usb_standard_configuration(void) {
  return configuration;
}

void usb_standard_reset(void) {
  configuration = 0;
  usb_cdc_stop();
}

static bool reply(struct usb_data* data, uint8_t low, uint8_t high, size_t count) {
  answer[0] = low;
  answer[1] = high;
  *data = (struct usb_data){answer, count};
  return true;
}

/// Also for the configuration that is set already: toggles and halts start over (section 9.1.1.5).
static bool set_configuration(uint16_t value) {
  if (value > 1u) return false;
  usb_cdc_stop();
  for (size_t n = 0; n < ENDPOINTS; ++n) {
    endpoints[n].halted = false;
    if (value == 1u) {
      usb_driver_open(endpoints[n].address, endpoints[n].type);
    } else if (configuration != 0u) {
      usb_driver_close(endpoints[n].address);
    }
  }
  configuration = (uint8_t)value;
  if (configuration != 0u) usb_cdc_start();
  return true;
}

static bool device_request(const struct usb_setup* setup, struct usb_data* data) {
  switch (setup->request) {
    case GET_STATUS: return reply(data, 0, 0, 2);  // powered by the bus, no remote wake-up
    case SET_ADDRESS:
      if (setup->value > 127u) return false;
      usb_driver_set_address((uint8_t)setup->value);
      return true;
    case GET_DESCRIPTOR: return usb_descriptor(setup->value, data);
    case GET_CONFIGURATION: return reply(data, configuration, 0, 1);
    case SET_CONFIGURATION: return set_configuration(setup->value);
    default: return false;
  }
}

/// Every interface has one setting, number 0. Setting it again makes the endpoints start over.
static bool set_interface(uint16_t interface, uint16_t setting) {
  if (setting != 0u) return false;
  if (interface == USB_CDC_DATA_INTERFACE) {
    usb_driver_unstall(USB_CDC_OUT);
    usb_driver_unstall(USB_CDC_IN);
    endpoints[0].halted = endpoints[1].halted = false;
  }
  return true;
}

static bool interface_request(const struct usb_setup* setup, struct usb_data* data) {
  if (setup->index >= USB_INTERFACES) return false;
  if (setup->request == GET_DESCRIPTOR)
    return usb_interface_descriptor(setup->value, setup->index, data);
  if (configuration == 0u) return false;
  switch (setup->request) {
    case GET_STATUS: return reply(data, 0, 0, 2);
    case GET_INTERFACE: return reply(data, 0, 0, 1);
    case SET_INTERFACE: return set_interface(setup->index, setup->value);
    default: return false;
  }
}

static bool set_halt(struct endpoint* endpoint, bool halted) {
  endpoint->halted = halted;
  if (halted) {
    usb_driver_stall(endpoint->address);
  } else {
    usb_driver_unstall(endpoint->address);
  }
  return true;
}

static struct endpoint* find_endpoint(uint16_t address) {
  for (size_t n = 0; n < ENDPOINTS && configuration != 0u; ++n) {
    if (endpoints[n].address == address) return &endpoints[n];
  }
  return NULL;
}

/// Endpoint 0 is never halted: its STALL ends with the next request.
static bool endpoint_request(const struct usb_setup* setup, struct usb_data* data) {
  if (setup->request == GET_STATUS && (setup->index & 0x7Fu) == 0u) return reply(data, 0, 0, 2);
  struct endpoint* const endpoint = find_endpoint(setup->index);
  if (endpoint == NULL) return false;
  if (setup->request == GET_STATUS) return reply(data, endpoint->halted, 0, 2);
  if (setup->value != ENDPOINT_HALT) return false;
  switch (setup->request) {
    case CLEAR_FEATURE: return set_halt(endpoint, false);
    case SET_FEATURE: return set_halt(endpoint, true);
    default: return false;
  }
}

bool usb_standard_request(const struct usb_setup* setup, struct usb_data* data) {
  switch (setup->type & USB_RECIPIENT_MASK) {
    case USB_TO_DEVICE: return device_request(setup, data);
    case USB_TO_INTERFACE: return interface_request(setup, data);
    case USB_TO_ENDPOINT: return endpoint_request(setup, data);
    default: return false;
  }
}
