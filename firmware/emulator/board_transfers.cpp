// SPDX-License-Identifier: GPL-3.0-or-later
// A transfer runs the machine until it is done, so its time may get ahead of the host's.
#include <algorithm>

#include "emulator/board.hpp"

namespace emulator {
namespace {

constexpr Time step = std::chrono::microseconds(50);
constexpr Time control_timeout = std::chrono::seconds(5);
constexpr std::size_t packet = 64;

}  // namespace

const Descriptors* EmulatedBoard::descriptors() {
  if (state_ == State::rom) return rom_.rom() == nullptr ? nullptr : rom_.descriptors();
  return state_ == State::running && host_.is_ready() ? &host_.descriptors() : nullptr;
}

// While a ROM erases, it answers nothing.
TimePoint EmulatedBoard::ready_at(TimePoint now) const {
  if (state_ == State::rom) return rom_.ready_at(now);
  const FlashInterface& flash = machine_.chip().flash;
  const bool waits = machine_.runs_rom() && flash.is_busy();
  const TimePoint idle = waits ? at(flash.busy_until()) : TimePoint{};
  return std::max({now, machine_time(), idle});
}

Answer EmulatedBoard::control(const Setup& setup, ByteView out, TimePoint now) {
  if (descriptors() == nullptr) return {TransferStatus::no_device, {}};
  if (state_ == State::rom) {
    Answer answer = rom_.control(setup, out, now);
    watch_rom();
    return answer;
  }
  UsbHost::Transfer transfer;
  transfer.setup = setup;
  transfer.out = Bytes(out.begin(), out.end());
  const auto ticket = host_.submit(std::move(transfer));
  Time end = machine_.now() + control_timeout;
  while (machine_.now() < end && !machine_.in_rom() && !machine_.is_stopped()) {
    if (auto answer = host_.take(ticket)) return *answer;
    machine_.run_for(step);
    const FlashInterface& flash = machine_.chip().flash;
    if (machine_.runs_rom() && flash.is_busy()) end = flash.busy_until() + control_timeout;
  }
  if (auto answer = host_.take(ticket)) return *answer;
  host_.cancel(ticket);
  return {machine_.in_rom() ? TransferStatus::no_device : TransferStatus::timeout, {}};
}

void EmulatedBoard::usb_reset(TimePoint now) {
  if (state_ == State::rom) return rom_.usb_reset(now);
  host_.reset_port();
}

bool EmulatedBoard::takes_bulk(std::uint8_t /*endpoint*/) const {
  return !out_ || host_.is_done(*out_);
}

void EmulatedBoard::bulk_out(std::uint8_t endpoint, ByteView data, TimePoint /*now*/) {
  if (state_ != State::running) return;
  if (out_) host_.take(*out_);
  UsbHost::Transfer transfer;
  transfer.endpoint = endpoint;
  transfer.out = Bytes(data.begin(), data.end());
  out_ = host_.submit(std::move(transfer));
}

void EmulatedBoard::poll_in(std::uint8_t endpoint) {
  In& in = in_[endpoint];
  if (in.ticket) {
    const auto answer = host_.take(*in.ticket);
    if (!answer) return;
    in.ticket.reset();
    in.received.insert(in.received.end(), answer->data.begin(), answer->data.end());
  }
  if (!in.received.empty()) return;
  UsbHost::Transfer transfer;
  transfer.endpoint = endpoint;
  transfer.length = packet;
  in.ticket = host_.submit(std::move(transfer));
}

Bytes EmulatedBoard::bulk_in(std::uint8_t endpoint, std::size_t most) {
  if (state_ != State::running || !host_.is_ready()) return {};
  poll_in(endpoint);
  Bytes& received = in_[endpoint].received;
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, received.size()));
  Bytes data(received.begin(), received.begin() + count);
  received.erase(received.begin(), received.begin() + count);
  return data;
}

}  // namespace emulator
