// SPDX-License-Identifier: 0BSD
// Packets on the endpoints of the STM32F411's OTG_FS core (RM0383 chapter 22).
//
// All that the host sends comes through one receive FIFO, in order, with words that say what it is.
// They tell all that the OUT interrupt flags tell, so those are cleared and not looked at. At most
// one packet is under way on an IN endpoint, and its FIFO holds at least one: so a packet is
// written at once, and no FIFO-empty interrupt is needed.
#include "registers/otg_fs.h"
#include "usb/driver.h"
#include "usb/otg.h"

// FIFO RAM, in words (RM0383 section 22.11.3). Receiving needs 13 for SETUPs, 2 x 17 for packets, 4
// for transfer status and 1 for the global NAK; more lets the host send on.
#define RX_WORDS 128u
#define TX0_WORDS 16u
#define TX1_WORDS 64u
#define TX2_WORDS 16u
_Static_assert(RX_WORDS + TX0_WORDS + TX1_WORDS + TX2_WORDS <= OTG_FIFO_WORDS, "FIFO RAM");

#define IN_ENDPOINTS 3u
#define OUT_ENDPOINTS 2u
#define ALL_IN_ENDPOINTS 7u  // in DAINTMSK
#define PATIENCE 10000u      // status words and register reads

struct packet {
  uint32_t words[USB_PACKET / 4u];
  size_t count;
  bool complete;
};
static struct packet received[OUT_ENDPOINTS];
static uint32_t setup[2];
static bool setup_complete;

static uint8_t number_of(uint8_t endpoint) {
  return endpoint & 0x0Fu;
}

static bool is_in(uint8_t endpoint) {
  return (endpoint & 0x80u) != 0u;
}

static struct otg_endpoint* registers_of(uint8_t endpoint) {
  return is_in(endpoint) ? &OTG_IN[number_of(endpoint)] : &OTG_OUT[number_of(endpoint)];
}

static uint32_t fifo_place(uint32_t words, uint32_t start) {
  return words << 16 | start;
}

/// Endpoint 0 keeps the packet size that it has after a reset of the core: 0, which means 64 bytes.
void otg_prepare_endpoints(void) {
  OTG->grxfsiz = RX_WORDS;
  OTG->dieptxf0 = fifo_place(TX0_WORDS, RX_WORDS);
  OTG->dieptxf[0] = fifo_place(TX1_WORDS, RX_WORDS + TX0_WORDS);
  OTG->dieptxf[1] = fifo_place(TX2_WORDS, RX_WORDS + TX0_WORDS + TX1_WORDS);
  otg_flush_transmit(GRSTCTL_ALL_TX_FIFOS);
  otg_flush_receive();
  OTG_DEVICE->diepmsk = EPINT_XFRC;
  OTG_DEVICE->daintmsk = ALL_IN_ENDPOINTS;
}

void otg_reset_endpoints(void) {
  for (uint8_t number = 0; number < IN_ENDPOINTS; ++number) {
    usb_driver_cancel_send((uint8_t)(0x80u | number));
  }
  for (uint8_t number = 0; number < OUT_ENDPOINTS; ++number) {
    OTG_OUT[number].ctl |= EPCTL_SNAK;
    received[number].complete = false;
  }
  setup_complete = false;
  otg_flush_transmit(GRSTCTL_ALL_TX_FIFOS);
  otg_flush_receive();
  OTG_OUT[0].size = EPSIZE_THREE_SETUPS;
}

// What comes.

/// How many bytes are kept. What is more than `room` is taken, too, and dropped: the next word in
/// the FIFO is a status again.
static size_t read_fifo(uint32_t* words, size_t room, size_t bytes) {
  for (size_t n = 0; n < (bytes + 3u) / 4u; ++n) {
    const uint32_t word = OTG_FIFO(0);
    if (n < room / sizeof word) words[n] = word;
  }
  return bytes < room ? bytes : room;
}

/// A SETUP ends whatever endpoint 0 was about to send: a host may break a transfer off.
static void drop_control_send(void) {
  usb_driver_cancel_send(0x80);
  OTG_IN[0].interrupts = EPINT_XFRC;
}

/// One status word off the receive FIFO, and the data that it announces.
static void take_from_fifo(void) {
  const uint32_t status = OTG->grxstsp;
  struct packet* const packet = &received[RX_ENDPOINT(status) % OUT_ENDPOINTS];
  switch (RX_KIND(status)) {
    case RX_SETUP_DATA:
      read_fifo(setup, sizeof setup, RX_BYTES(status));
      drop_control_send();
      break;
    case RX_SETUP_DONE: setup_complete = true; break;
    case RX_OUT_DATA:
      packet->count = read_fifo(packet->words, sizeof packet->words, RX_BYTES(status));
      break;
    case RX_OUT_DONE: packet->complete = true; break;
    default: break;
  }
}

static void pass_on_packet(uint8_t number) {
  struct packet* const packet = &received[number];
  if (!packet->complete) return;
  packet->complete = false;
  usb_on_received(number, (const uint8_t*)packet->words, packet->count);
}

static void pass_on_setup(void) {
  if (!setup_complete) return;
  setup_complete = false;
  OTG_OUT[0].size = EPSIZE_THREE_SETUPS;
  usb_on_setup((const uint8_t*)setup);
}

/// What came goes before what was sent: a SETUP that waits in the FIFO must not find the next
/// packet of the transfer that it ends.
static void pass_on_received(void) {
  for (;;) {
    for (uint8_t number = 0; number < OUT_ENDPOINTS; ++number) pass_on_packet(number);
    pass_on_setup();
    if ((OTG->gintsts & GINT_RXFLVL) == 0u) break;
    take_from_fifo();
  }
  for (uint8_t number = 0; number < OUT_ENDPOINTS; ++number) {
    OTG_OUT[number].interrupts = OTG_OUT[number].interrupts;  // write 1 to clear
  }
}

static void pass_on_sent(uint8_t endpoint) {
  struct otg_endpoint* const in = registers_of(endpoint);
  if ((in->interrupts & EPINT_XFRC) == 0u) return;
  in->interrupts = EPINT_XFRC;
  usb_on_sent(endpoint);
}

void otg_handle_packets(void) {
  pass_on_received();
  for (uint8_t number = 0; number < IN_ENDPOINTS; ++number) pass_on_sent((uint8_t)(0x80u | number));
}

// Endpoints.

/// RM0383 section 22.17.6, "IN endpoint disable".
void usb_driver_cancel_send(uint8_t endpoint) {
  struct otg_endpoint* const in = registers_of(endpoint);
  if ((in->ctl & EPCTL_EPENA) == 0u) return;
  in->ctl |= EPCTL_SNAK;
  otg_wait_until(&in->interrupts, EPINT_INEPNE, EPINT_INEPNE);
  in->ctl |= EPCTL_EPDIS | EPCTL_SNAK;
  otg_wait_until(&in->interrupts, EPINT_EPDISD, EPINT_EPDISD);
  in->interrupts = EPINT_EPDISD | EPINT_XFRC;
  otg_flush_transmit(number_of(endpoint));
}

/// RM0383 section 22.17.6, "Global OUT NAK" and "OUT endpoint disable". The NAK takes effect when
/// the word that announces it has been taken off the receive FIFO.
static void cancel_receive(uint8_t endpoint) {
  struct otg_endpoint* const out = registers_of(endpoint);
  if ((out->ctl & EPCTL_EPENA) == 0u) return;
  OTG_DEVICE->dctl |= DCTL_SGONAK;
  for (uint32_t n = 0; n < PATIENCE && (OTG->gintsts & GINT_GONAKEFF) == 0u; ++n) {
    if ((OTG->gintsts & GINT_RXFLVL) != 0u) take_from_fifo();
  }
  out->ctl |= EPCTL_EPDIS | EPCTL_SNAK;
  otg_wait_until(&out->interrupts, EPINT_EPDISD, EPINT_EPDISD);
  out->interrupts = EPINT_EPDISD;
  OTG_DEVICE->dctl |= DCTL_CGONAK;
  received[number_of(endpoint)].complete = false;
}

void usb_driver_open(uint8_t endpoint, enum usb_endpoint_type type) {
  usb_driver_close(endpoint);
  const uint32_t fifo = is_in(endpoint) ? EPCTL_TXFNUM(number_of(endpoint)) : 0u;
  registers_of(endpoint)->ctl =
      EPCTL_USBAEP | EPCTL_TYPE(type) | EPCTL_SD0PID | EPCTL_SNAK | fifo | USB_PACKET;
}

void usb_driver_close(uint8_t endpoint) {
  if (is_in(endpoint)) {
    usb_driver_cancel_send(endpoint);
  } else {
    cancel_receive(endpoint);
  }
  registers_of(endpoint)->ctl = EPCTL_SNAK;
}

void usb_driver_stall(uint8_t endpoint) {
  registers_of(endpoint)->ctl |= EPCTL_STALL;
  if (number_of(endpoint) == 0u) registers_of(endpoint ^ 0x80u)->ctl |= EPCTL_STALL;
}

void usb_driver_unstall(uint8_t endpoint) {
  struct otg_endpoint* const registers = registers_of(endpoint);
  registers->ctl = (registers->ctl & ~EPCTL_STALL) | EPCTL_SD0PID;
}

void usb_driver_send(uint8_t endpoint, const uint8_t* bytes, size_t count) {
  struct otg_endpoint* const in = registers_of(endpoint);
  in->size = EPSIZE_ONE_PACKET | (uint32_t)count;
  in->ctl |= EPCTL_EPENA | EPCTL_CNAK;
  for (size_t at = 0; at < count; at += 4u) {
    uint32_t word = 0;
    for (size_t n = 0; n < 4u && at + n < count; ++n) word |= (uint32_t)bytes[at + n] << 8u * n;
    OTG_FIFO(number_of(endpoint)) = word;
  }
}

void usb_driver_receive(uint8_t endpoint) {
  struct otg_endpoint* const out = registers_of(endpoint);
  const uint32_t setups = number_of(endpoint) == 0u ? EPSIZE_THREE_SETUPS : 0u;
  out->size = setups | EPSIZE_ONE_PACKET | USB_PACKET;
  out->ctl |= EPCTL_EPENA | EPCTL_CNAK;
}
