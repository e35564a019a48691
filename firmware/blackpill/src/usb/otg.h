// SPDX-License-Identifier: 0BSD
// Internal to the driver: what its two files share.
#pragma once

#include <stdint.h>

#include "registers/otg_fs.h"

/// Until (*where & mask) == value. The core answers within microseconds; with one that does not
/// nothing can be done, and going on does no further harm.
void otg_wait_until(const OTG_REGISTER* where, uint32_t mask, uint32_t value);
void otg_flush_transmit(uint32_t fifo);
void otg_flush_receive(void);

/// FIFO RAM, endpoint interrupts: once, when the core starts.
void otg_prepare_endpoints(void);
/// After a reset of the bus: nothing under way, only endpoint 0 answers.
void otg_reset_endpoints(void);
/// Calls usb_on_setup(), usb_on_received() and usb_on_sent() for what has happened.
void otg_handle_packets(void);
