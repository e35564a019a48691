// SPDX-License-Identifier: GPL-3.0-or-later
// The registers of the core; its FIFOs are in otg_fifos.cpp, the bus in otg_bus.cpp.
#include "emulator/chip/otg_fs.hpp"

#include "emulator/chip/register_table.hpp"
#include "otg_registers.hpp"

namespace emulator {

using namespace otg;

namespace {

constexpr unsigned otg_irq = 67;

// RM0383 22.16, and for 0x040 to 0x050 what chips answer. Refused: forcing host mode.
constexpr Numbered rows[] = {
    {"GOTGCTL", GOTGCTL, 4, 1, 0x00010000, 0x00000E02},
    {"GOTGINT", GOTGINT},
    {"GAHBCFG", GAHBCFG, 4, 1, 0, 0x00000181},
    {"GUSBCFG", GUSBCFG, 4, 1, 0x00000A40, 0xC0003F07, 0x20000000},
    {"GRSTCTL", GRSTCTL, 4, 1, 0x80000000},
    {"GINTSTS", GINTSTS},
    {"GINTMSK", GINTMSK, 4, 1, 0, 0xF77CFCFE},
    {"GRXSTSR", GRXSTSR},
    {"GRXSTSP", GRXSTSP},
    {"GRXFSIZ", GRXFSIZ, 4, 1, 0x00000200, 0xFFFF},
    {"DIEPTXF0", DIEPTXF0, 4, 1, 0x02000200, ~0U},
    {"HNPTXSTS", HNPTXSTS},
    {"GCCFG", GCCFG, 4, 1, 0, 0x003D0000},
    {"CID", 0x03C, 4, 1, 0x00001200, ~0U},
    {"GSNPSID", 0x040, 4, 1, 0x4F54281A},
    {"GHWCFG1", 0x044},
    {"GHWCFG2", 0x048, 4, 1, 0x229DCD20},
    {"GHWCFG3", 0x04C, 4, 1, 0x020001E8},
    {"GHWCFG4", 0x050, 4, 1, 0x0FF08030},
    // For cores from 2.91a on (Linux, drivers/usb/dwc2/core.h and hcd.c). This one is 2.81a, and
    // RM0383 reserves the word, but drivers for all of them write it.
    {"GDFIFOCFG", 0x05C},
    {"HPTXFSIZ", 0x100, 4, 1, 0x02000600, ~0U},
    {"DIEPTXF{}", DIEPTXF1, 4, 3, 0x02000400, ~0U, 0, 1},
    {"DIEPTXF{}", 0x110, 4, 12, 0, 0, 0, 4},  // not there, but programs clear them
    {"DCFG", DCFG, 4, 1, 0x02200000, 0x00001FF7},
    {"DCTL", DCTL, 4, 1, 0, 0x00000873},
    {"DSTS", DSTS, 4, 1, 0x00000010},
    {"DIEPMSK", DIEPMSK, 4, 1, 0, 0x0000237B},
    {"DOEPMSK", DOEPMSK, 4, 1, 0, 0x0000717B},
    {"DAINT", DAINT},
    {"DAINTMSK", DAINTMSK, 4, 1, 0, ~0U},
    {"DVBUSDIS", 0x828, 4, 1, 0x000017D7, 0xFFFF},
    {"DVBUSPULSE", 0x82C, 4, 1, 0x000005B8, 0xFFF},
    {"DIEPEMPMSK", DIEPEMPMSK, 4, 1, 0, 0xFFFF},
    // Of OTG_HS cores only (RM0090 35.12), but ST's USB_DeactivateEndpoint() writes it on all.
    {"DEACHINTMSK", 0x83C},
    {"DIEPCTL0", IN_ENDPOINTS, 4, 1, 0x00008000, 0x03C00003},
    {"DIEPCTL{}", IN_ENDPOINTS + endpoint_step, endpoint_step, 3, 0, 0x03EC87FF, 0, 1},
    {"DIEPINT{}", IN_ENDPOINTS + INT, endpoint_step, 4},
    {"DIEPTSIZ{}", IN_ENDPOINTS + TSIZ, endpoint_step, 4, 0, 0x7FFFFFFF},
    {"DTXFSTS{}", IN_ENDPOINTS + TXFSTS, endpoint_step, 4},
    {"DOEPCTL0", OUT_ENDPOINTS, 4, 1, 0x00008000, 0x00100000},
    {"DOEPCTL{}", OUT_ENDPOINTS + endpoint_step, endpoint_step, 3, 0, 0x003C87FF, 0, 1},
    {"DOEPINT{}", OUT_ENDPOINTS + INT, endpoint_step, 4},
    {"DOEPTSIZ{}", OUT_ENDPOINTS + TSIZ, endpoint_step, 4, 0, 0x7FFFFFFF},
    // Endpoints that are not there. Programs clear their events, and those that ST's HAL was told
    // to have more endpoints of (as on OTG_HS) put them out of use; they cannot be used.
    {"DIEPCTL{}", IN_ENDPOINTS + 4 * endpoint_step, endpoint_step, 5, 0, 0, enable | active, 4},
    {"DIEPTSIZ{}", IN_ENDPOINTS + 4 * endpoint_step + TSIZ, endpoint_step, 5, 0, 0, ~0U, 4},
    {"DOEPCTL{}", OUT_ENDPOINTS + 4 * endpoint_step, endpoint_step, 5, 0, 0, enable | active, 4},
    {"DOEPTSIZ{}", OUT_ENDPOINTS + 4 * endpoint_step + TSIZ, endpoint_step, 5, 0, 0, ~0U, 4},
    {"DIEPINT{}", IN_ENDPOINTS + 4 * endpoint_step + INT, endpoint_step, 11, 0, 0, 0, 4},
    {"DOEPINT{}", OUT_ENDPOINTS + 4 * endpoint_step + INT, endpoint_step, 11, 0, 0, 0, 4},
    {"PCGCCTL", PCGCCTL, 4, 1, 0, 0x00000003},
};

RegisterTable table() {
  static const std::vector<RegisterSpec> all = expand(rows);
  return all;
}

constexpr std::uint32_t isochronous = 1;

}  // namespace

OtgFs::OtgFs(Wiring& wiring, OtgSurroundings surroundings)
    : Peripheral(wiring, {"OTG_FS", 0x50000000, 0x40000, Bus::ahb2, 7}, table()),
      surroundings_(std::move(surroundings)),
      frame_(wiring.scheduler, [this](Time) {
        update_line();
        arm_frame();
      }) {}

std::uint32_t OtgFs::read(std::uint32_t offset, unsigned size) {
  if (offset < FIFOS || offset >= FIFOS_END) return Peripheral::read(offset, size);
  if (size != 4) report(Finding::misuse, offset, "a FIFO is read in words");
  return read_fifo();
}

void OtgFs::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (offset < FIFOS || offset >= FIFOS_END) return Peripheral::write(offset, size, value);
  if (size != 4) report(Finding::misuse, offset, "a FIFO is written in words");
  write_fifo((offset - FIFOS) / fifo_step, value);
}

std::uint32_t OtgFs::on_read(std::uint32_t offset) {
  switch (offset) {
    case GOTGCTL: return at(GOTGCTL) | (session_valid() ? bit(19) : 0);
    case GINTSTS: return gintsts();
    case GRXSTSR: return received_.empty() ? 0 : received_.front().status;
    case GRXSTSP: return pop_received();
    case HNPTXSTS: return 0x00080000 | (tx_depth(0) - tx_[0].words());
    case DAINT: return daint();
    case DSTS: return at(DSTS) | frame_number() << 8;
    default: break;
  }
  if (offset < IN_ENDPOINTS || offset >= OUT_ENDPOINTS) return at(offset);
  const unsigned endpoint = (offset - IN_ENDPOINTS) / endpoint_step;
  switch (offset % endpoint_step) {
    case INT: return diepint(endpoint);
    case TXFSTS: {
      const unsigned fifo = field(at(in_endpoint(endpoint, CTL)), 22, 4) % endpoints;
      return tx_depth(fifo) - tx_[fifo].words();
    }
    default: return at(offset);
  }
}

void OtgFs::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  switch (offset) {
    case GOTGINT: at(GOTGINT) &= ~value; break;
    case GINTSTS:
      at(GINTSTS) &= ~(value & cleared_by_writing_1);
      if ((value & start_of_frame) != 0) frame_seen_ = frame_number();
      break;
    case GRSTCTL: write_grstctl(value); break;
    case GINTMSK: arm_frame(); break;
    case DCTL: write_dctl(value, before); break;
    case DCFG: address_written(); break;
    case GCCFG:
    case GUSBCFG: update_attachment(); break;
    default:
      if (offset >= IN_ENDPOINTS && offset < PCGCCTL) write_endpoint(offset, value, before);
      break;
  }
  update_line();
}

void OtgFs::write_grstctl(std::uint32_t value) {
  if ((value & bit(0)) != 0) soft_reset();
  if ((value & bit(4)) != 0) {
    received_.clear();
    popped_.clear();
  }
  if ((value & bit(5)) != 0) {
    const unsigned which = field(value, 6, 5);
    for (unsigned fifo = 0; fifo < endpoints; ++fifo) {
      if (which == fifo || which == 0x10) tx_[fifo] = {};
    }
  }
}

// What CSRST leaves alone: RM0383 22.16.2.
void OtgFs::soft_reset() {
  const std::uint32_t usb = at(GUSBCFG);
  const std::uint32_t wrapper = at(GCCFG);
  const std::uint32_t speed = at(DCFG) & 3;
  const std::uint32_t disconnected = at(DCTL) & soft_disconnect;
  const bool frames = frames_since_.has_value();
  reset();
  at(GUSBCFG) = usb;
  at(GCCFG) = wrapper;
  at(DCFG) |= speed;
  at(DCTL) = disconnected;
  start_frames(frames);
  update_attachment();
}

void OtgFs::on_reset() {
  received_.clear();
  popped_.clear();
  tx_ = {};
  setup_pending_ = false;
  in_control_transfer_ = false;
  address_ = 0;
  start_frames(false);
  update_attachment();
  update_line();
}

void OtgFs::write_dctl(std::uint32_t value, std::uint32_t before) {
  if ((value & bit(7)) != 0) at(DCTL) |= global_in_nak;
  if ((value & bit(8)) != 0) at(DCTL) &= ~global_in_nak;
  const bool naks = (before & global_out_nak) != 0;
  if ((value & bit(9)) != 0 && !naks) receive(Packet{1}, 0, false, {});
  if ((value & bit(10)) != 0) at(DCTL) &= ~global_out_nak;
  const bool wakes = (value & ~before & remote_wakeup) != 0 && (at(DSTS) & suspended) != 0;
  if (wakes) on_remote_wakeup();
  update_attachment();
  on_ready();
}

void OtgFs::write_endpoint(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  switch (offset % endpoint_step) {
    case CTL: write_control(offset, value, before); break;
    case INT: at(offset) &= ~value; break;
    default: break;
  }
}

void OtgFs::write_control(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  const bool is_in = offset < OUT_ENDPOINTS;
  const unsigned endpoint = (offset - (is_in ? IN_ENDPOINTS : OUT_ENDPOINTS)) / endpoint_step;
  std::uint32_t& control = at(offset);
  std::uint32_t& events = at(offset + INT);
  if (endpoint == 0 && (value & stall) != 0) control |= stall;  // a SETUP clears it
  if ((value & clear_nak) != 0) {
    control &= ~nak_status;
    if (is_in) events &= ~in_nak;
  }
  if ((value & set_nak) != 0) {
    control |= nak_status;
    if (is_in) events |= in_nak;
  }
  if (endpoint != 0 && (value & set_data0) != 0) control &= ~data_pid_1;
  if (endpoint != 0 && (value & set_data1) != 0) control |= data_pid_1;
  if ((value & disable) != 0) {
    // An OUT endpoint can only be disabled under a global OUT NAK (RM0383 22.17.5).
    const bool possible = is_in || (at(DCTL) & global_out_nak) != 0;
    if (possible && (before & enable) != 0) {
      control &= ~enable;
      events |= endpoint_disabled;
    }
  } else if ((value & enable) != 0) {
    control |= enable;
    if (field(control, 18, 2) == isochronous) report(Finding::unmodelled, offset, "isochronous");
    check_fifos(endpoint);
  }
  on_ready();
}

std::uint32_t OtgFs::diepint(unsigned endpoint) const {
  const unsigned fifo = field(at(in_endpoint(endpoint, CTL)), 22, 4) % endpoints;
  const unsigned used = tx_[fifo].words();
  const bool wants_all = (at(GAHBCFG) & bit(7)) != 0;
  const bool is_empty = wants_all ? used == 0 : 2 * used <= tx_depth(fifo);
  return at(in_endpoint(endpoint, INT)) | (is_empty ? tx_empty : 0);
}

std::uint32_t OtgFs::daint() const {
  std::uint32_t value = 0;
  for (unsigned endpoint = 0; endpoint < endpoints; ++endpoint) {
    const std::uint32_t empty_too = field(at(DIEPEMPMSK), endpoint, 1) != 0 ? tx_empty : 0;
    const std::uint32_t in_mask = (at(DIEPMSK) & ~tx_empty) | empty_too;
    if ((diepint(endpoint) & in_mask) != 0) value |= bit(endpoint);
    if ((at(out_endpoint(endpoint, INT)) & at(DOEPMSK)) != 0) value |= bit(16 + endpoint);
  }
  return value;
}

std::uint32_t OtgFs::gintsts() const {
  std::uint32_t value = at(GINTSTS) | periodic_tx_empty;
  if (frame_number() != frame_seen_) value |= start_of_frame;
  if (!received_.empty()) value |= rx_not_empty;
  if (tx_[0].words() == 0) value |= tx0_empty;
  if ((at(DCTL) & global_in_nak) != 0) value |= in_nak_effective;
  if ((at(DCTL) & global_out_nak) != 0) value |= out_nak_effective;
  if (at(GOTGINT) != 0) value |= otg_event;
  const std::uint32_t due = daint() & at(DAINTMSK);
  if ((due & 0xFFFF) != 0) value |= in_endpoint_event;
  if (due >> 16 != 0) value |= out_endpoint_event;
  return value;
}

void OtgFs::update_line() {
  const bool on = (at(GAHBCFG) & 1) != 0;
  set_line(otg_irq, on && (gintsts() & at(GINTMSK)) != 0);
}

}  // namespace emulator
