// SPDX-License-Identifier: GPL-3.0-or-later
#include "usbip_session.hpp"

#include <algorithm>

namespace virtual_board {
namespace {

using sysboot::TimePoint;
using sysboot::TransferStatus;

constexpr std::uint8_t set_configuration = 0x09;
constexpr std::size_t longest_buffer = Socket::most_kept - header_size;
// A full-speed hub is asked every 255 ms whether something has left (USB 2.0, 11.23.1).
constexpr sysboot::Duration hub_tells = std::chrono::milliseconds(255);

bool is_set_configuration(const sysboot::Setup& setup) {
  return setup.request_type == 0 && setup.request == set_configuration;
}

constexpr std::uint8_t kind_of_request = 0x60;  // standard, class or vendor

std::uint8_t endpoint_address(const Submit& submit) {
  return static_cast<std::uint8_t>(submit.endpoint | (submit.is_in ? 0x80 : 0));
}

}  // namespace

UsbipSession::UsbipSession(sysboot::virtual_bench::BusBoard& board, Socket socket,
                           sysboot::virtual_bench::WireTimes wire)
    : board_(board), socket_(std::move(socket)), wire_(wire) {}

void UsbipSession::work(TimePoint now) {
  while (socket_.is_open() && take_command()) {
  }
  if (left_at_) {
    if (in_.empty() || now >= *left_at_ + hub_tells) socket_.close();
    return;
  }
  run_control(now);
  run_bulk_out(now);
  run_bulk_in();
}

void UsbipSession::leave(TimePoint now) {
  if (left_at_) return;
  left_at_ = now;
  for (const Transfer& transfer : control_) fail(transfer.submit, status_io_error);
  for (const Transfer& transfer : out_) fail(transfer.submit, status_io_error);
  control_.clear();
  out_.clear();
}

void UsbipSession::fail(const Submit& submit, std::int32_t status) {
  socket_.send(submit_answer(submit.sequence, status, 0, {}));
}

// False when no whole command has arrived yet.
bool UsbipSession::take_command() {
  ByteQueue& received = socket_.received();
  if (received.size() < header_size || socket_.is_clogged()) return false;
  const Command command = parse_command(received.view().first(header_size));
  std::size_t size = header_size;
  if (command.submit) {
    const bool too_long = command.submit->length > longest_buffer;
    if (!command.submit->is_in && !too_long) size += command.submit->length;
    if (too_long) socket_.close();
  } else if (!command.unlink) {
    socket_.close();
  }
  if (!socket_.is_open() || received.size() < size) return false;
  const ByteView payload = received.view().subspan(header_size, size - header_size);
  Bytes out(payload.begin(), payload.end());
  received.pop(size);
  if (command.submit) submit(*command.submit, std::move(out));
  if (command.unlink) unlink(*command.unlink);
  return true;
}

// Until it is configured, a device hears standard requests only. A busy kernel sends others here:
// they are meant for the device that was at this port before, and a real one has an address of its
// own.
bool UsbipSession::is_for_another(const Submit& submit) const {
  const bool is_standard =
      submit.endpoint == 0 && (submit.setup.request_type & kind_of_request) == 0;
  return !configured_ && !is_standard;
}

void UsbipSession::submit(const Submit& submit, Bytes out) {
  const bool is_in_use = left_at_ && submit.endpoint != 0 && submit.is_in;
  if ((left_at_ || is_for_another(submit)) && !is_in_use) return fail(submit, status_io_error);
  pending_bytes_ += out.size();
  if (pending() >= most_pending || pending_bytes_ > most_pending_bytes) {
    socket_.close();
    return;
  }
  Transfer transfer{submit, std::move(out)};
  if (submit.endpoint == 0) {
    control_.push_back(std::move(transfer));
  } else if (submit.is_in) {
    in_.push_back(std::move(transfer));
  } else {
    out_.push_back(std::move(transfer));
  }
}

void UsbipSession::unlink(const Unlink& unlink) {
  const auto is_victim = [&](const Transfer& t) {
    const bool is = t.submit.sequence == unlink.victim;
    if (is) pending_bytes_ -= t.out.size();
    return is;
  };
  const std::size_t before = pending();
  std::erase_if(control_, is_victim);
  std::erase_if(in_, is_victim);
  std::erase_if(out_, is_victim);
  const bool found = pending() != before;
  socket_.send(unlink_answer(unlink.sequence, found ? status_unlinked : 0));
}

// A transfer starts when the board stops saying NAK; the board acts when it has crossed the wire.
void UsbipSession::run_control(TimePoint now) {
  while (!control_.empty() && !control_.front().dead && !socket_.is_clogged()) {
    Transfer& first = control_.front();
    if (!first.due) {
      const TimePoint ready = board_.ready_at(now);
      if (ready > now) return;
      first.due = now + wire_.of(first.submit.setup.length);
    }
    if (*first.due > now) return;
    serve_control(first, now);
    if (!socket_.is_open() || first.dead) return;
    pending_bytes_ -= first.out.size();
    control_.pop_front();
  }
}

void UsbipSession::serve_control(Transfer& transfer, TimePoint now) {
  const Submit& submit = transfer.submit;
  const bool again = is_set_configuration(submit.setup) && std::exchange(configured_, true);
  if (again) board_.usb_reset(now);  // USB/IP hides resets; the host configures anew after one
  const auto answer = board_.control(submit.setup, transfer.out, now);
  switch (answer.status) {
    case TransferStatus::timeout: transfer.dead = true; return;
    case TransferStatus::stall: fail(submit, status_stall); return;
    case TransferStatus::no_device:  // for whom leave() comes next
    case TransferStatus::io_error: fail(submit, status_io_error); return;
    case TransferStatus::ok: break;
  }
  const ByteView in =
      ByteView(answer.data)
          .first(submit.is_in ? std::min<std::size_t>(answer.data.size(), submit.length) : 0);
  const auto length = submit.is_in ? static_cast<std::uint32_t>(in.size()) : submit.length;
  socket_.send(submit_answer(submit.sequence, 0, length, in));
}

void UsbipSession::run_bulk_out(TimePoint now) {
  std::erase_if(out_, [&](const Transfer& transfer) {
    const Submit& submit = transfer.submit;
    if (socket_.is_clogged() || !board_.takes_bulk(submit.endpoint)) return false;
    board_.bulk_out(submit.endpoint, transfer.out, now);
    socket_.send(submit_answer(submit.sequence, 0, submit.length, {}));
    pending_bytes_ -= transfer.out.size();
    return true;
  });
}

void UsbipSession::run_bulk_in() {
  std::erase_if(in_, [this](const Transfer& transfer) {
    if (socket_.is_clogged()) return false;
    const Bytes data = board_.bulk_in(endpoint_address(transfer.submit), transfer.submit.length);
    if (data.empty()) return false;
    socket_.send(
        submit_answer(transfer.submit.sequence, 0, static_cast<std::uint32_t>(data.size()), data));
    return true;
  });
}

std::optional<TimePoint> UsbipSession::next_due(TimePoint now) const {
  if (left_at_) return in_.empty() ? now : *left_at_ + hub_tells;
  if (control_.empty() || control_.front().dead || socket_.is_clogged()) return std::nullopt;
  const Transfer& first = control_.front();
  return first.due ? *first.due : board_.ready_at(now);
}

}  // namespace virtual_board
