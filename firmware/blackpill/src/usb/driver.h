// SPDX-License-Identifier: 0BSD
// The seam between the USB device and its hardware: packets on endpoints.
//
// Endpoints are named by their address: number, and 0x80 for IN. Nothing here is called from an
// interrupt: usb_driver_poll() does all the work and calls the usb_on_…() functions.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USB_PACKET 64u  // the largest of every endpoint

enum usb_endpoint_type { USB_CONTROL = 0, USB_BULK = 2, USB_INTERRUPT = 3 };

/// Sets the core up and attaches to the bus.
void usb_driver_start(void);
/// Detaches from the bus: drops the pull-up.
void usb_driver_stop(void);
/// Handles what has happened since.
void usb_driver_poll(void);
/// Is there something to handle? To be asked with interrupts off.
bool usb_driver_needs_poll(void);
/// Wakes the main loop; nothing else.
void usb_driver_interrupt(void);

/// From now on; the core wants it before the request's status stage.
void usb_driver_set_address(uint8_t address);
/// Starts over with DATA0, not stalled, nothing under way.
void usb_driver_open(uint8_t endpoint, enum usb_endpoint_type type);
void usb_driver_close(uint8_t endpoint);
/// Endpoint 0: both directions, until the next SETUP.
void usb_driver_stall(uint8_t endpoint);
/// Not stalled any more, and DATA0 next.
void usb_driver_unstall(uint8_t endpoint);

/// Sends one packet of up to USB_PACKET bytes; usb_on_sent() follows when the host has taken it.
/// None may be under way on this endpoint.
void usb_driver_send(uint8_t endpoint, const uint8_t* bytes, size_t count);
/// Takes back what the host has not taken.
void usb_driver_cancel_send(uint8_t endpoint);
/// Accepts one packet; usb_on_received() follows. Other packets are NAKed; SETUPs never are.
void usb_driver_receive(uint8_t endpoint);

// Implemented by the device.
void usb_on_reset(void);
void usb_on_suspend(void);
void usb_on_resume(void);
void usb_on_setup(const uint8_t packet[8]);
void usb_on_received(uint8_t endpoint, const uint8_t* bytes, size_t count);
void usb_on_sent(uint8_t endpoint);
