// SPDX-License-Identifier: 0BSD
// USB on-the-go full-speed core of the STM32F411 in device mode (RM0383 chapter 22).
#pragma once

#include <stdint.h>

#ifndef OTG_REGISTER  // tests put a model in the place of the core
#define OTG_REGISTER volatile uint32_t
#define OTG_BASE 0x50000000u
#endif

struct otg_global {
  OTG_REGISTER gotgctl, gotgint, gahbcfg, gusbcfg, grstctl, gintsts, gintmsk, grxstsr, grxstsp;
  OTG_REGISTER grxfsiz, dieptxf0, hnptxsts, reserved1[2], gccfg, cid, reserved2[48];
  OTG_REGISTER hptxfsiz, dieptxf[3];
};
struct otg_device {
  OTG_REGISTER dcfg, dctl, dsts, reserved1, diepmsk, doepmsk, daint, daintmsk;
};
/// The same for IN and OUT. TXFSTS: IN only.
struct otg_endpoint {
  OTG_REGISTER ctl, reserved1, interrupts, reserved2, size, reserved3, txfsts, reserved4;
};

#define OTG ((struct otg_global*)OTG_BASE)
#define OTG_DEVICE ((struct otg_device*)(OTG_BASE + 0x800u))
#define OTG_IN ((struct otg_endpoint*)(OTG_BASE + 0x900u))
#define OTG_OUT ((struct otg_endpoint*)(OTG_BASE + 0xB00u))
#define OTG_PCGCCTL (*(OTG_REGISTER*)(OTG_BASE + 0xE00u))
/// Writing feeds endpoint n's transmit FIFO, reading takes from the one receive FIFO.
#define OTG_FIFO(n) (*(OTG_REGISTER*)(OTG_BASE + 0x1000u * ((uint32_t)(n) + 1u)))
#define OTG_FIFO_WORDS 320u  // RM0383 section 22.11: 1.25 Kbytes

#define GAHBCFG_GINT (1u << 0)

#define GUSBCFG_PHYSEL (1u << 6)
#define GUSBCFG_TRDT(n) ((uint32_t)(n) << 10)
#define GUSBCFG_FDMOD (1u << 30)

#define GRSTCTL_CSRST (1u << 0)
#define GRSTCTL_RXFFLSH (1u << 4)
#define GRSTCTL_TXFFLSH (1u << 5)
#define GRSTCTL_TXFNUM(n) ((uint32_t)(n) << 6)
#define GRSTCTL_ALL_TX_FIFOS 16u
#define GRSTCTL_AHBIDL (1u << 31)

// GINTSTS and GINTMSK.
#define GINT_RXFLVL (1u << 4)
#define GINT_GONAKEFF (1u << 7)
#define GINT_USBSUSP (1u << 11)
#define GINT_USBRST (1u << 12)
#define GINT_ENUMDNE (1u << 13)
#define GINT_IEPINT (1u << 18)
#define GINT_WKUPINT (1u << 31)

// GRXSTSP.
#define RX_ENDPOINT(status) ((status)&0xFu)
#define RX_BYTES(status) ((status) >> 4 & 0x7FFu)
#define RX_KIND(status) ((status) >> 17 & 0xFu)
enum rx_kind {
  RX_GLOBAL_OUT_NAK = 1,
  RX_OUT_DATA = 2,
  RX_OUT_DONE = 3,
  RX_SETUP_DONE = 4,
  RX_SETUP_DATA = 6,
};

#define GCCFG_PWRDWN (1u << 16)  // 1: the transceiver is on
#define GCCFG_NOVBUSSENS (1u << 21)

#define DCFG_FULL_SPEED 3u
#define DCFG_DAD (0x7Fu << 4)

#define DCTL_SDIS (1u << 1)
#define DCTL_SGONAK (1u << 9)
#define DCTL_CGONAK (1u << 10)

#define DSTS_SUSPSTS (1u << 0)

// DIEPCTL and DOEPCTL.
#define EPCTL_USBAEP (1u << 15)
#define EPCTL_TYPE(type) ((uint32_t)(type) << 18)
#define EPCTL_STALL (1u << 21)
#define EPCTL_TXFNUM(n) ((uint32_t)(n) << 22)
#define EPCTL_CNAK (1u << 26)
#define EPCTL_SNAK (1u << 27)
#define EPCTL_SD0PID (1u << 28)
#define EPCTL_EPDIS (1u << 30)
#define EPCTL_EPENA (1u << 31)

// DIEPINT and DOEPINT.
#define EPINT_XFRC (1u << 0)
#define EPINT_EPDISD (1u << 1)
#define EPINT_INEPNE (1u << 6)

// DIEPTSIZ and DOEPTSIZ.
#define EPSIZE_ONE_PACKET (1u << 19)
#define EPSIZE_THREE_SETUPS (3u << 29)  // DOEPTSIZ0
