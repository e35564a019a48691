// SPDX-License-Identifier: GPL-3.0-or-later
// What comes over the cable: reset, suspend, frames and transactions (RM0383 22.5, 22.17).
#include <fmt/core.h>

#include "emulator/chip/otg_fs.hpp"
#include "otg_registers.hpp"

namespace emulator {

using namespace otg;

// GRXSTSP.PKTSTS
enum class OtgFs::Packet : std::uint32_t { out = 2, out_done = 3, setup_done = 4, setup = 6 };

namespace {

constexpr Time frame_length = std::chrono::milliseconds(1);
constexpr Hertz usb_frequency = 48'000'000;
constexpr Hertz tolerance = 120'000;  // 0.25 %, USB 2.0 7.1.11
constexpr std::uint32_t session_end = bit(2);

}  // namespace

bool OtgFs::session_valid() const {
  if ((at(GCCFG) & no_sensing) != 0) return true;
  return (at(GCCFG) & sense_b) != 0 && cable_ && surroundings_.senses_vbus();
}

void OtgFs::update_attachment() {
  const bool attached = (at(GCCFG) & powered) != 0 && (at(DCTL) & soft_disconnect) == 0 &&
                        session_valid() && surroundings_.has_pins();
  if (attached == attached_) return;
  attached_ = attached;
  attachment_changed_ = now();
  clock_reported_ = false;
  if (!attached) start_frames(false);
  on_attachment();
}

std::optional<Time> OtgFs::detached_since() const {
  return attached_ ? std::nullopt : std::optional(attachment_changed_);
}

void OtgFs::set_cable(bool plugged) {
  const bool senses = (at(GCCFG) & sense_b) != 0 && surroundings_.senses_vbus();
  if (senses && plugged && !cable_) at(GINTSTS) |= session_request;
  if (senses && !plugged && cable_) at(GOTGINT) |= session_end;
  cable_ = plugged;
  if (!plugged) start_frames(false);
  update_attachment();
  update_line();
}

void OtgFs::begin_reset() {
  at(GINTSTS) |= usb_reset;
  at(DSTS) &= ~suspended;
  setup_pending_ = false;
  in_control_transfer_ = false;
  for (unsigned endpoint = 1; endpoint < endpoints; ++endpoint) {
    at(in_endpoint(endpoint, CTL)) &= ~active;
    at(out_endpoint(endpoint, CTL)) &= ~active;
  }
  update_line();
}

void OtgFs::end_reset() {
  at(GINTSTS) |= enumeration_done;
  at(DSTS) |= full_speed;
  start_frames(true);
  update_line();
}

void OtgFs::suspend() {
  start_frames(false);
  at(DSTS) |= suspended;
  at(GINTSTS) |= early_suspend | usb_suspend;
  update_line();
}

void OtgFs::resume() {
  const bool was_suspended = (at(DSTS) & suspended) != 0;
  at(DSTS) &= ~suspended;
  if (was_suspended) at(GINTSTS) |= wakeup;
  start_frames(true);
  update_line();
  if (was_suspended) surroundings_.wake();
}

void OtgFs::start_frames(bool on) {
  frames_since_ = on ? std::optional(now()) : std::nullopt;
  frame_seen_ = 0;
  arm_frame();
}

unsigned OtgFs::frame_number() const {
  if (!frames_since_) return 0;
  return static_cast<unsigned>((now() - *frames_since_) / frame_length) & 0x3FFF;
}

void OtgFs::arm_frame() {
  const bool wanted = frames_since_ && (at(GINTMSK) & start_of_frame) != 0;
  frame_.set(wanted ? *frames_since_ + ((now() - *frames_since_) / frame_length + 1) * frame_length
                    : never);
}

// The address changes with the status stage of SET_ADDRESS, though the program writes it before.
void OtgFs::address_written() {
  if (!in_control_transfer_) address_ = static_cast<std::uint8_t>(field(at(DCFG), 4, 7));
}

void OtgFs::control_stage_done(std::size_t bytes) {
  if (bytes != 0 || !in_control_transfer_) return;
  in_control_transfer_ = false;
  address_written();
}

bool OtgFs::responds(std::uint8_t address) {
  if (!attached_ || !surroundings_.is_clocked() || address != address_) return false;
  const Hertz clock = surroundings_.clock();
  const bool good = clock + tolerance >= usb_frequency && clock <= usb_frequency + tolerance;
  if (!good && !clock_reported_) {
    clock_reported_ = true;
    report(Finding::misuse, GCCFG, fmt::format("the USB clock is {} Hz", clock));
  }
  return good;
}

unsigned OtgFs::packet_size(std::uint32_t control_offset) const {
  const bool is_first = control_offset == IN_ENDPOINTS || control_offset == OUT_ENDPOINTS;
  // Endpoint 0 has one size for both directions, in the IN register.
  return is_first ? 64U >> (at(IN_ENDPOINTS) & 3) : at(control_offset) & 0x7FF;
}

bool OtgFs::is_active(std::uint32_t control_offset) const {
  return (at(control_offset) & active) != 0;
}

std::uint32_t OtgFs::packets_left(std::uint32_t size_offset) const {
  return field(at(size_offset), 19, 10);
}

void OtgFs::count_packet(std::uint32_t size_offset, unsigned bytes) {
  std::uint32_t& size = at(size_offset);
  const std::uint32_t left = field(size, 0, 19);
  size = with_field(size, 0, 19, left > bytes ? left - bytes : 0);
  if (packets_left(size_offset) != 0) size -= bit(19);
}

Handshake OtgFs::setup(std::uint8_t address, std::uint8_t endpoint, ByteView eight_bytes) {
  constexpr unsigned words = 3;
  if (endpoint != 0 || !responds(address) || receive_room() < words) return Handshake::none;
  at(in_endpoint(0, CTL)) = (at(in_endpoint(0, CTL)) | nak_status) & ~stall;
  at(out_endpoint(0, CTL)) = (at(out_endpoint(0, CTL)) | nak_status) & ~stall;
  std::uint32_t& size = at(out_endpoint(0, TSIZ));
  const std::uint32_t more = field(size, 29, 2);
  if (more != 0) size = with_field(size, 29, 2, more - 1);
  control_data1_ = {true, true};
  setup_pending_ = true;
  in_control_transfer_ = true;
  receive(Packet::setup, 0, false, eight_bytes);
  return Handshake::ack;
}

// That the SETUP stage is over shows when the next stage begins.
void OtgFs::complete_setup_first() {
  if (receive_room() == 0) return;
  setup_pending_ = false;
  receive(Packet::setup_done, 0, false, {});
}

UsbDevicePort::InPacket OtgFs::in(std::uint8_t address, std::uint8_t endpoint) {
  const std::uint32_t control = in_endpoint(endpoint, CTL);
  if (endpoint >= endpoints || !responds(address) || !is_active(control)) return {};
  InPacket packet{Handshake::nak, false, {}};
  if (endpoint == 0 && setup_pending_) {
    complete_setup_first();
    return packet;
  }
  if ((at(control) & stall) != 0) {
    packet.handshake = Handshake::stall;
    return packet;
  }
  const bool naks = (at(control) & nak_status) != 0 || (at(DCTL) & global_in_nak) != 0;
  if (naks || (at(control) & enable) == 0) return packet;
  TxFifo& fifo = tx_fifo(endpoint);
  const std::uint32_t size = in_endpoint(endpoint, TSIZ);
  const bool nothing_left = field(at(size), 0, endpoint == 0 ? 7 : 19) == 0;
  const bool is_empty_packet = nothing_left && fifo.packets.empty() && fifo.building.empty();
  if (fifo.packets.empty() && !is_empty_packet) {
    at(in_endpoint(endpoint, INT)) |= token_without_data;
    update_line();
    return packet;
  }
  if (!fifo.packets.empty()) {
    packet.data = std::move(fifo.packets.front());
    fifo.packets.pop_front();
  }
  packet.handshake = Handshake::ack;
  packet.data1 = endpoint == 0 ? control_data1_[0] : (at(control) & data_pid_1) != 0;
  if (endpoint == 0) {
    control_data1_[0] = !control_data1_[0];
    control_stage_done(packet.data.size());
  } else {
    at(control) ^= data_pid_1;
  }
  count_packet(size, 0);
  if (packets_left(size) == 0) {
    at(control) &= ~enable;
    at(in_endpoint(endpoint, INT)) |= transfer_complete;
  }
  update_line();
  return packet;
}

Handshake OtgFs::out(std::uint8_t address, std::uint8_t endpoint, bool data1, ByteView data) {
  const std::uint32_t control = out_endpoint(endpoint, CTL);
  if (endpoint >= endpoints || !responds(address) || !is_active(control)) return Handshake::none;
  if (endpoint == 0 && setup_pending_) {
    complete_setup_first();
    return Handshake::nak;
  }
  if ((at(control) & stall) != 0) return Handshake::stall;
  if ((at(control) & enable) == 0) {
    at(out_endpoint(endpoint, INT)) |= token_while_disabled;
    update_line();
    return Handshake::nak;
  }
  const bool naks = (at(control) & nak_status) != 0 || (at(DCTL) & global_out_nak) != 0;
  const std::size_t words = 2 + (data.size() + 3) / 4;
  if (naks || receive_room() < words) return Handshake::nak;
  if (data.size() > packet_size(control)) return Handshake::none;
  const bool expected = endpoint == 0 ? control_data1_[1] : (at(control) & data_pid_1) != 0;
  if (data1 != expected) return Handshake::ack;  // a repetition
  if (endpoint == 0) {
    control_data1_[1] = !control_data1_[1];
    control_stage_done(data.size());
  } else {
    at(control) ^= data_pid_1;
  }
  receive(Packet::out, endpoint, data1, data);
  const std::uint32_t size = out_endpoint(endpoint, TSIZ);
  count_packet(size, static_cast<unsigned>(data.size()));
  const bool is_last =
      packets_left(size) == 0 || data.size() < packet_size(control) || field(at(size), 0, 19) == 0;
  if (is_last) {
    at(control) |= nak_status;
    receive(Packet::out_done, endpoint, false, {});
  }
  return Handshake::ack;
}

}  // namespace emulator
