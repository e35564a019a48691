// SPDX-License-Identifier: GPL-3.0-or-later
// Offsets and bits of the OTG_FS registers (RM0383 22.16), shared by the files that make up the
// core.
#pragma once

#include "emulator/base/types.hpp"

namespace emulator::otg {

enum Register : std::uint16_t {
  GOTGCTL = 0x000,
  GOTGINT = 0x004,
  GAHBCFG = 0x008,
  GUSBCFG = 0x00C,
  GRSTCTL = 0x010,
  GINTSTS = 0x014,
  GINTMSK = 0x018,
  GRXSTSR = 0x01C,
  GRXSTSP = 0x020,
  GRXFSIZ = 0x024,
  DIEPTXF0 = 0x028,
  HNPTXSTS = 0x02C,
  GCCFG = 0x038,
  DIEPTXF1 = 0x104,
  DCFG = 0x800,
  DCTL = 0x804,
  DSTS = 0x808,
  DIEPMSK = 0x810,
  DOEPMSK = 0x814,
  DAINT = 0x818,
  DAINTMSK = 0x81C,
  DIEPEMPMSK = 0x834,
  IN_ENDPOINTS = 0x900,
  OUT_ENDPOINTS = 0xB00,
  PCGCCTL = 0xE00,
  FIFOS = 0x1000,
  FIFOS_END = 0x5000,
};
constexpr std::uint16_t endpoint_step = 0x20;
constexpr std::uint32_t fifo_step = 0x1000;
// Within an endpoint.
constexpr std::uint32_t CTL = 0x00;
constexpr std::uint32_t INT = 0x08;
constexpr std::uint32_t TSIZ = 0x10;
constexpr std::uint32_t TXFSTS = 0x18;

constexpr std::uint32_t in_endpoint(unsigned number, std::uint32_t reg) {
  return IN_ENDPOINTS + number * endpoint_step + reg;
}
constexpr std::uint32_t out_endpoint(unsigned number, std::uint32_t reg) {
  return OUT_ENDPOINTS + number * endpoint_step + reg;
}

// GINTSTS
constexpr std::uint32_t otg_event = bit(2);
constexpr std::uint32_t start_of_frame = bit(3);
constexpr std::uint32_t rx_not_empty = bit(4);
constexpr std::uint32_t tx0_empty = bit(5);
constexpr std::uint32_t in_nak_effective = bit(6);
constexpr std::uint32_t out_nak_effective = bit(7);
constexpr std::uint32_t early_suspend = bit(10);
constexpr std::uint32_t usb_suspend = bit(11);
constexpr std::uint32_t usb_reset = bit(12);
constexpr std::uint32_t enumeration_done = bit(13);
constexpr std::uint32_t in_endpoint_event = bit(18);
constexpr std::uint32_t out_endpoint_event = bit(19);
constexpr std::uint32_t periodic_tx_empty = bit(26);
constexpr std::uint32_t session_request = bit(30);
constexpr std::uint32_t wakeup = bit(31);
constexpr std::uint32_t cleared_by_writing_1 = 0xF030FC0A;

// DxEPCTL
constexpr std::uint32_t active = bit(15);
constexpr std::uint32_t data_pid_1 = bit(16);
constexpr std::uint32_t nak_status = bit(17);
constexpr std::uint32_t stall = bit(21);
constexpr std::uint32_t clear_nak = bit(26);
constexpr std::uint32_t set_nak = bit(27);
constexpr std::uint32_t set_data0 = bit(28);
constexpr std::uint32_t set_data1 = bit(29);
constexpr std::uint32_t disable = bit(30);
constexpr std::uint32_t enable = bit(31);

// DIEPINT and DOEPINT
constexpr std::uint32_t transfer_complete = bit(0);
constexpr std::uint32_t endpoint_disabled = bit(1);
constexpr std::uint32_t setup_done = bit(3);
constexpr std::uint32_t token_without_data = bit(4);    // IN: with its FIFO empty
constexpr std::uint32_t token_while_disabled = bit(4);  // OUT
constexpr std::uint32_t in_nak = bit(6);
constexpr std::uint32_t tx_empty = bit(7);

// DCTL
constexpr std::uint32_t remote_wakeup = bit(0);
constexpr std::uint32_t soft_disconnect = bit(1);
constexpr std::uint32_t global_in_nak = bit(2);
constexpr std::uint32_t global_out_nak = bit(3);

// DSTS
constexpr std::uint32_t suspended = bit(0);
constexpr std::uint32_t full_speed = 3U << 1;

// GCCFG
constexpr std::uint32_t powered = bit(16);
constexpr std::uint32_t sense_b = bit(19);
constexpr std::uint32_t no_sensing = bit(21);

constexpr unsigned fifo_ram_words = 320;

}  // namespace emulator::otg
