// SPDX-License-Identifier: 0BSD
#include "usb/descriptors.h"

#include "board.h"
#include "text.h"
#include "usb/driver.h"

// USB 2.0 table 9-5; the others are of a class.
enum { DEVICE = 1, CONFIGURATION = 2, STRING = 3, INTERFACE = 4, ENDPOINT = 5 };
enum { INTERFACE_ASSOCIATION = 11, DFU_FUNCTIONAL = 0x21, CDC = 0x24 };
enum { LANGUAGES = 0, MANUFACTURER = 1, PRODUCT = 2, SERIAL = 3, DFU_INTERFACE = 4 };

#define WORD(value) (uint8_t)((value) % 256), (uint8_t)((value) / 256)

#define VENDOR 0x0483      // STMicroelectronics
#define PRODUCT_ID 0x5740  // its virtual serial port
#define RELEASE 0x0100
#define DFU_FUNCTIONAL_LENGTH 9
#define DFU_LENGTH (BLACKPILL_TRIGGER_DETACH ? 9 + DFU_FUNCTIONAL_LENGTH : 0)
#define TOTAL_LENGTH (9 + 8 + 9 + 5 + 5 + 4 + 5 + 7 + 9 + 7 + 7 + DFU_LENGTH)

// clang-format off
static const uint8_t device[] = {
    18, DEVICE, WORD(0x0200),
    0xEF, 2, 1,                  // functions are groups of interfaces
    USB_PACKET, WORD(VENDOR), WORD(PRODUCT_ID), WORD(RELEASE),
    MANUFACTURER, PRODUCT, SERIAL, 1,
};

static const uint8_t configuration[] = {
    9, CONFIGURATION, WORD(TOTAL_LENGTH), USB_INTERFACES, 1, 0,
       0x80, 50,                 // powered by the bus, 100 mA
    8, INTERFACE_ASSOCIATION, USB_CDC_INTERFACE, 2, 2, 2, 0, 0,
    // Communication, abstract control model. Protocol 0, no AT commands: modem managers stay away.
    9, INTERFACE, USB_CDC_INTERFACE, 0, 1, 2, 2, 0, 0,
    5, CDC, 0x00, WORD(0x0110),                               // header, CDC 1.10
    5, CDC, 0x01, 0, USB_CDC_DATA_INTERFACE,                  // call management: none
    4, CDC, 0x02, 2,                                          // line coding and line state
    5, CDC, 0x06, USB_CDC_INTERFACE, USB_CDC_DATA_INTERFACE,  // union
    7, ENDPOINT, USB_CDC_NOTIFY, USB_INTERRUPT, WORD(8), 16,  // every 16 ms
    9, INTERFACE, USB_CDC_DATA_INTERFACE, 0, 2, 0x0A, 0, 0, 0,
    7, ENDPOINT, USB_CDC_OUT, USB_BULK, WORD(USB_PACKET), 0,
    7, ENDPOINT, USB_CDC_IN, USB_BULK, WORD(USB_PACKET), 0,
#if BLACKPILL_TRIGGER_DETACH
    9, INTERFACE, USB_DFU_INTERFACE, 0, 0, 0xFE, 1, 1, DFU_INTERFACE,
    // Can download, detaches by itself; within 255 ms; 2048 bytes at a time; DFU 1.1.
    DFU_FUNCTIONAL_LENGTH, DFU_FUNCTIONAL, 0x09, WORD(255), WORD(2048), WORD(0x0110),
#endif
};
// clang-format on
_Static_assert(sizeof configuration == TOTAL_LENGTH, "wTotalLength");

#define LONGEST_STRING 24u
#define ENGLISH 0x0409

static uint8_t string[2u + 2u * LONGEST_STRING];

static bool text_descriptor(const char* text, struct usb_data* data) {
  size_t at = 2;
  for (size_t n = 0; text[n] != '\0' && n < LONGEST_STRING; ++n) {
    string[at++] = (uint8_t)text[n];
    string[at++] = 0;
  }
  string[0] = (uint8_t)at;
  string[1] = STRING;
  *data = (struct usb_data){string, at};
  return true;
}

static bool string_descriptor(uint8_t index, struct usb_data* data) {
  static const uint8_t languages[] = {4, STRING, WORD(ENGLISH)};
  char serial[13];
  switch (index) {
    case LANGUAGES: *data = (struct usb_data){languages, sizeof languages}; return true;
    case MANUFACTURER: return text_descriptor("stm32boot", data);
    case PRODUCT: return text_descriptor("stm32boot Black Pill", data);
    case SERIAL: board_serial_number(serial); return text_descriptor(serial, data);
#if BLACKPILL_TRIGGER_DETACH
    case DFU_INTERFACE: return text_descriptor("DFU run-time", data);
#endif
    default: return false;
  }
}

bool usb_descriptor(uint16_t value, struct usb_data* data) {
  const uint8_t index = value & 0xFFu;
  switch (value >> 8) {
    case DEVICE: *data = (struct usb_data){device, sizeof device}; return index == 0u;
    case CONFIGURATION:
      *data = (struct usb_data){configuration, sizeof configuration};
      return index == 0u;
    case STRING: return string_descriptor(index, data);
    default: return false;  // among them what only high-speed devices have
  }
}

bool usb_interface_descriptor(uint16_t value, uint16_t interface, struct usb_data* data) {
  const bool is_there = BLACKPILL_TRIGGER_DETACH && interface == USB_DFU_INTERFACE;
  if (value >> 8 != DFU_FUNCTIONAL || !is_there) return false;
  *data = (struct usb_data){configuration + sizeof configuration - DFU_FUNCTIONAL_LENGTH,
                            DFU_FUNCTIONAL_LENGTH};
  return true;
}
