// SPDX-License-Identifier: 0BSD
// The STM32F411's OTG_FS core as a whole (RM0383 chapter 22): on and off the bus, reset, suspend.
#include "registers/core.h"
#include "registers/otg_fs.h"
#include "registers/rcc.h"
#include "ticks.h"
#include "usb/driver.h"
#include "usb/otg.h"

#define TURNAROUND 6u          // for AHB clocks from 32 MHz: OTG_FS_GUSBCFG, TRDT
#define FORCED_MODE_TAKES 25u  // ms: OTG_FS_GUSBCFG, FDMOD
#define PATIENCE 100000u       // register reads, some milliseconds

#define BUS_EVENTS (GINT_USBRST | GINT_ENUMDNE | GINT_USBSUSP | GINT_WKUPINT)

static bool running;
static volatile bool interrupted;

void otg_wait_until(const OTG_REGISTER* where, uint32_t mask, uint32_t value) {
  for (uint32_t n = 0; n < PATIENCE; ++n) {
    if ((*where & mask) == value) return;
  }
}

void otg_flush_transmit(uint32_t fifo) {
  otg_wait_until(&OTG->grstctl, GRSTCTL_AHBIDL, GRSTCTL_AHBIDL);
  OTG->grstctl = GRSTCTL_TXFFLSH | GRSTCTL_TXFNUM(fifo);
  otg_wait_until(&OTG->grstctl, GRSTCTL_TXFFLSH, 0u);
}

void otg_flush_receive(void) {
  OTG->grstctl = GRSTCTL_RXFFLSH;
  otg_wait_until(&OTG->grstctl, GRSTCTL_RXFFLSH, 0u);
}

static void reset_core(void) {
  otg_wait_until(&OTG->grstctl, GRSTCTL_AHBIDL, GRSTCTL_AHBIDL);
  OTG->grstctl = GRSTCTL_CSRST;
  otg_wait_until(&OTG->grstctl, GRSTCTL_CSRST, 0u);
  otg_wait_until(&OTG->grstctl, GRSTCTL_AHBIDL, GRSTCTL_AHBIDL);
}

/// RM0383 section 22.17.1, "Core initialization", and 22.17.3, "Device initialization". The Black
/// Pill does not wire VBUS to PA9, so it is not sensed and taken to be there.
void usb_driver_start(void) {
  RCC->ahb2enr |= RCC_AHB2_OTGFS;
  (void)RCC->ahb2enr;  // the clock is there two cycles later
  reset_core();
  OTG_DEVICE->dctl = DCTL_SDIS;
  OTG->gusbcfg = GUSBCFG_PHYSEL | GUSBCFG_TRDT(TURNAROUND) | GUSBCFG_FDMOD;
  ticks_wait(FORCED_MODE_TAKES);
  OTG->gccfg = GCCFG_PWRDWN | GCCFG_NOVBUSSENS;
  OTG_PCGCCTL = 0u;
  OTG_DEVICE->dcfg = DCFG_FULL_SPEED;
  otg_prepare_endpoints();
  OTG->gintsts = BUS_EVENTS;
  OTG->gintmsk = BUS_EVENTS | GINT_RXFLVL | GINT_IEPINT;
  OTG->gahbcfg = GAHBCFG_GINT;
  running = true;
  OTG_DEVICE->dctl = 0u;
}

void usb_driver_stop(void) {
  if (running) OTG_DEVICE->dctl |= DCTL_SDIS;
}

void usb_driver_set_address(uint8_t address) {
  OTG_DEVICE->dcfg = (OTG_DEVICE->dcfg & ~DCFG_DAD) | (uint32_t)address << 4;
}

/// RM0383 section 22.17.5, "Endpoint initialization on USB reset".
static void on_reset(void) {
  otg_reset_endpoints();
  usb_driver_set_address(0);
  usb_on_reset();
}

static void handle_bus(uint32_t events) {
  if ((events & GINT_USBRST) != 0u) on_reset();
  if ((events & GINT_WKUPINT) != 0u) usb_on_resume();
  const bool still = (OTG_DEVICE->dsts & DSTS_SUSPSTS) != 0u;
  if ((events & GINT_USBSUSP) != 0u && still) usb_on_suspend();
}

/// The interrupt was only there to wake the main loop, and is enabled again when its causes are
/// gone.
void usb_driver_poll(void) {
  if (!running) return;
  interrupted = false;
  const uint32_t events = OTG->gintsts & BUS_EVENTS;
  OTG->gintsts = events;
  handle_bus(events);
  otg_handle_packets();
  nvic_enable(OTG_FS_INTERRUPT);
}

bool usb_driver_needs_poll(void) {
  return interrupted;
}

void usb_driver_interrupt(void) {
  nvic_disable(OTG_FS_INTERRUPT);
  interrupted = true;
}
