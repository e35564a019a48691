// SPDX-License-Identifier: GPL-3.0-or-later
// Transfers as transactions. Which endpoint said NAK is remembered until the device has something
// new to say or the next frame begins; that saves asking over and over.
#include "emulator/usb/host.hpp"

#include <algorithm>
#include <utility>

namespace emulator {
namespace {

constexpr Time frame = std::chrono::milliseconds(1);
constexpr unsigned most_errors = 3;  // USB 2.0, 8.7.1.5: of one transaction
constexpr std::uint8_t direction_in = 0x80;

constexpr std::uint8_t clear_feature = 0x01;
constexpr std::uint8_t set_configuration = 0x09;
constexpr std::uint8_t set_interface = 0x0B;

// Token, data and handshake packets with their gaps, at 12 Mbit/s.
Time transaction_time(std::size_t bytes) {
  constexpr std::size_t overhead = 13;  // USB 2.0, table 5-9
  return duration_of((bytes + overhead) * 8, 12'000'000);
}

// From something new on either side to the end of the transaction that carries it: programs that
// clear an event right after filling a FIFO count on its length.
Time reaction() {
  return transaction_time(0);
}

Bytes eight_bytes(const Setup& setup) {
  const auto low = [](unsigned value) { return static_cast<std::uint8_t>(value); };
  return {setup.request_type, setup.request,          low(setup.value),  low(setup.value >> 8U),
          low(setup.index),   low(setup.index >> 8U), low(setup.length), low(setup.length >> 8U)};
}

}  // namespace

UsbHost::UsbHost(Scheduler& scheduler, UsbDevicePort& port, UsbHostSettings settings)
    : scheduler_(scheduler),
      port_(port),
      settings_(settings),
      step_(scheduler,
            [this](Time) {
              if (auto step = std::exchange(next_step_, nullptr)) step();
            }),
      patience_(scheduler, [this](Time) { fail(asked_for_ + ": timeout"); }),
      idle_(scheduler, [this](Time) { port_.suspend(); }),
      pump_(scheduler, [this](Time) { pump(); }) {
  endpoints_[0];
  port_.on_attachment = [this] { attachment_changed(); };
  port_.on_ready = [this] {
    if (endpoints_.empty() || !may_transact()) return;
    for (auto& [address, endpoint] : endpoints_) endpoint.waits = false;
    wake(reaction());
  };
  port_.on_remote_wakeup = [this] {
    if (suspended_) resume();
  };
}

UsbHost::Ticket UsbHost::submit(Transfer transfer) {
  Running running;
  running.ticket = next_ticket_++;
  running.transfer = std::move(transfer);
  const Ticket ticket = running.ticket;
  const auto found = endpoints_.find(running.transfer.endpoint);
  if (!port_.is_attached() || !plugged_) {
    finish(running, TransferStatus::no_device);
  } else if (found == endpoints_.end()) {
    finish(running, TransferStatus::io_error);
  } else {
    found->second.queue.push_back(std::move(running));
    wake(reaction());
  }
  return ticket;
}

std::optional<Answer> UsbHost::take(Ticket ticket) {
  const auto found = done_.find(ticket);
  if (found == done_.end()) return std::nullopt;
  return std::move(done_.extract(found).mapped());
}

void UsbHost::cancel(Ticket ticket) {
  done_.erase(ticket);
  for (auto& [address, endpoint] : endpoints_) {
    std::erase_if(endpoint.queue, [=](const Running& r) { return r.ticket == ticket; });
  }
}

void UsbHost::finish(Running& running, TransferStatus status) {
  running.is_done = true;
  Answer answer{status, std::move(running.data)};
  if (status == TransferStatus::ok && running.transfer.endpoint == 0) {
    follow_request(running.transfer.setup);
  }
  if (running.is_own) {
    if (const auto own = own_.extract(running.ticket)) own.mapped()(answer);
  } else {
    done_.emplace(running.ticket, std::move(answer));
  }
}

void UsbHost::drop_everything(TransferStatus status) {
  std::vector<Running> dropped;
  for (auto& [address, endpoint] : endpoints_) {
    std::move(endpoint.queue.begin(), endpoint.queue.end(), std::back_inserter(dropped));
    endpoint.queue.clear();
  }
  for (Running& running : dropped) {
    own_.erase(running.ticket);
    finish(running, status);
  }
}

// Data toggles start anew with these (USB 2.0, 9.1.1.5 and 9.4.5).
void UsbHost::follow_request(const Setup& setup) {
  for (auto& [address, endpoint] : endpoints_) {
    const bool all = setup.request_type == 0x00 && setup.request == set_configuration;
    const bool of_interface = setup.request_type == 0x01 && setup.request == set_interface &&
                              endpoint.interface_number == setup.index;
    const bool of_endpoint =
        setup.request_type == 0x02 && setup.request == clear_feature && address == setup.index;
    if (all || of_interface || of_endpoint) endpoint.data1 = false;
  }
}

bool UsbHost::may_transact() const {
  return plugged_ && port_.is_attached() && !resetting_ && !suspended_;
}

void UsbHost::wake(Time in) {
  const Time when = std::max(scheduler_.now() + in, bus_free_);
  if (!pump_.is_set() || pump_.when() > when) pump_.set(when);
}

// One transaction, on the endpoints in turn.
void UsbHost::pump() {
  if (!may_transact()) return;
  const auto can_go = [](const auto& entry) {
    return !entry.second.queue.empty() && !entry.second.waits;
  };
  auto next = std::find_if(endpoints_.upper_bound(last_served_), endpoints_.end(), can_go);
  if (next == endpoints_.end()) next = std::find_if(endpoints_.begin(), endpoints_.end(), can_go);
  if (next != endpoints_.end()) {
    last_served_ = next->first;
    return transact(next->second);
  }
  bool any = false;
  for (auto& [address, endpoint] : endpoints_) {
    endpoint.waits = false;
    any = any || !endpoint.queue.empty();
  }
  if (any) wake(frame);
}

void UsbHost::transact(Endpoint& endpoint) {
  Running running = std::move(endpoint.queue.front());
  endpoint.queue.pop_front();
  const std::size_t before = running.sent + running.data.size();
  const std::size_t offered = std::min(endpoint.packet_size, bytes_to_send(running));
  said_nak_ = false;
  if (running.transfer.endpoint == 0) {
    control_step(running);
  } else if ((running.transfer.endpoint & direction_in) != 0) {
    bulk_in(endpoint, running);
  } else {
    bulk_out(endpoint, running);
  }
  const std::size_t moved = running.sent + running.data.size() - before;
  endpoint.waits = said_nak_;
  bus_free_ = scheduler_.now() + transaction_time(std::max(offered, moved));
  if (running.is_done) {
    if (running.transfer.endpoint == 0) bus_free_ += settings_.turnaround;
  } else {
    endpoint.queue.push_front(std::move(running));
  }
  wake(Time::zero());
}

// In this stage: they are on the wire whether the device takes them or not.
std::size_t UsbHost::bytes_to_send(const Running& running) {
  const bool is_control = running.transfer.endpoint == 0;
  const bool sends = is_control ? running.stage == Stage::data && !running.transfer.setup.is_in()
                                : (running.transfer.endpoint & direction_in) == 0;
  return sends ? running.transfer.out.size() - running.sent : 0;
}

// False, with everything done about it, when it was not an ACK.
bool UsbHost::acknowledged(Running& running, Handshake handshake) {
  switch (handshake) {
    case Handshake::ack: running.errors = 0; return true;
    case Handshake::nak:
      running.errors = 0;
      said_nak_ = true;
      break;
    case Handshake::stall: finish(running, TransferStatus::stall); break;
    case Handshake::none:
      if (++running.errors >= most_errors) finish(running, TransferStatus::io_error);
      break;
  }
  return false;
}

void UsbHost::control_step(Running& running) {
  const Setup& setup = running.transfer.setup;
  if (running.stage == Stage::setup) {
    if (!acknowledged(running, port_.setup(address_, 0, eight_bytes(setup)))) return;
    running.stage = setup.length == 0 ? Stage::status : Stage::data;
  } else if (running.stage == Stage::data) {
    setup.is_in() ? control_data_in(running) : control_data_out(running);
  } else if (setup.is_in() && setup.length != 0) {
    if (acknowledged(running, port_.out(address_, 0, true, {}))) {
      finish(running, TransferStatus::ok);
    }
  } else {
    const auto packet = port_.in(address_, 0);
    if (!acknowledged(running, packet.handshake)) return;
    const bool good = packet.data1 && packet.data.empty();
    finish(running, good ? TransferStatus::ok : TransferStatus::io_error);
  }
}

void UsbHost::control_data_in(Running& running) {
  const auto packet = port_.in(address_, 0);
  if (!acknowledged(running, packet.handshake)) return;
  if (packet.data1 != running.data1) return;  // a repetition
  running.data1 = !running.data1;
  running.data.insert(running.data.end(), packet.data.begin(), packet.data.end());
  const std::size_t wanted = running.transfer.setup.length;
  if (running.data.size() > wanted) return finish(running, TransferStatus::io_error);
  const bool is_short = packet.data.size() < endpoints_[0].packet_size;
  if (is_short || running.data.size() == wanted) running.stage = Stage::status;
}

void UsbHost::control_data_out(Running& running) {
  const Bytes& all = running.transfer.out;
  const std::size_t count = std::min(endpoints_[0].packet_size, all.size() - running.sent);
  const ByteView packet = ByteView(all).subspan(running.sent, count);
  if (!acknowledged(running, port_.out(address_, 0, running.data1, packet))) return;
  running.data1 = !running.data1;
  running.sent += count;
  if (running.sent == all.size()) running.stage = Stage::status;
}

void UsbHost::bulk_in(Endpoint& endpoint, Running& running) {
  const std::uint8_t number = running.transfer.endpoint & 0x0F;
  const auto packet = port_.in(address_, number);
  if (!acknowledged(running, packet.handshake)) return;
  if (packet.data1 != endpoint.data1) return;  // a repetition
  endpoint.data1 = !endpoint.data1;
  running.data.insert(running.data.end(), packet.data.begin(), packet.data.end());
  const std::size_t wanted = running.transfer.length;
  if (running.data.size() > wanted) return finish(running, TransferStatus::io_error);
  const bool is_short = packet.data.size() < endpoint.packet_size;
  if (is_short || running.data.size() == wanted) finish(running, TransferStatus::ok);
}

void UsbHost::bulk_out(Endpoint& endpoint, Running& running) {
  const Bytes& all = running.transfer.out;
  const std::size_t count = std::min(endpoint.packet_size, all.size() - running.sent);
  const ByteView packet = ByteView(all).subspan(running.sent, count);
  const std::uint8_t number = running.transfer.endpoint;
  if (!acknowledged(running, port_.out(address_, number, endpoint.data1, packet))) return;
  endpoint.data1 = !endpoint.data1;
  running.sent += count;
  if (running.sent == all.size()) finish(running, TransferStatus::ok);
}

}  // namespace emulator
