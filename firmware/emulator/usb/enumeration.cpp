// SPDX-License-Identifier: GPL-3.0-or-later
// From attachment to configuration, in the order in which Linux does it (hub_port_init and after).
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "emulator/usb/host.hpp"
#include "sysboot/usb.hpp"

namespace emulator {
namespace {

constexpr std::uint8_t get_descriptor_request = 0x06;
constexpr std::uint8_t type_device = 1;
constexpr std::uint8_t type_configuration = 2;
constexpr std::uint8_t type_string = 3;
constexpr std::uint8_t type_interface = 4;
constexpr std::uint8_t type_endpoint = 5;
constexpr Time until_suspend = std::chrono::milliseconds(3);   // USB 2.0, 7.1.7.6
constexpr Time resume_signal = std::chrono::milliseconds(20);  // 7.1.7.7
constexpr std::uint8_t first_address = 1;

}  // namespace

void UsbHost::plug(bool plugged) {
  plugged_ = plugged;
  port_.set_cable(plugged);
  attachment_changed();
}

void UsbHost::attachment_changed() {
  step_.cancel();
  patience_.cancel();
  idle_.cancel();
  pump_.cancel();
  next_step_ = nullptr;
  resetting_ = false;
  suspended_ = false;
  attempt_ = 0;
  address_ = 0;
  const bool was_present = std::exchange(present_, false);
  drop_everything(TransferStatus::no_device);
  endpoints_.clear();
  endpoints_[0];
  if (plugged_ && port_.is_attached()) {
    idle_.set_in(until_suspend);
    next_step_ = [this] { begin_reset(&UsbHost::peek_device); };
    step_.set_in(settings_.debounce);
  }
  if (was_present) changed();
}

void UsbHost::begin_reset(Step then) {
  idle_.cancel();
  pump_.cancel();
  resetting_ = true;
  suspended_ = false;
  address_ = 0;
  after_reset_ = then;
  port_.begin_reset();
  next_step_ = [this] { end_reset(); };
  step_.set_in(settings_.reset);
}

void UsbHost::end_reset() {
  port_.end_reset();
  next_step_ = [this] {
    resetting_ = false;
    for (auto& [address, endpoint] : endpoints_) {
      endpoint.data1 = false;
      endpoint.waits = false;
    }
    (this->*after_reset_)();
  };
  step_.set_in(settings_.recovery);
}

void UsbHost::fail(const std::string& what) {
  patience_.cancel();
  own_.clear();
  drop_everything(TransferStatus::io_error);
  failure_ = what;
  present_ = false;
  if (++attempt_ < settings_.attempts) {
    begin_reset(&UsbHost::peek_device);
  } else {
    changed();
  }
}

void UsbHost::ask(const Setup& setup, const std::string& what, Then then) {
  asked_for_ = what;
  patience_.set_in(settings_.patience);
  Running running;
  running.ticket = next_ticket_++;
  running.is_own = true;
  running.transfer.setup = setup;
  own_[running.ticket] = [this, what, then = std::move(then)](const Answer& answer) {
    patience_.cancel();
    if (answer.status == TransferStatus::ok || answer.status == TransferStatus::stall) {
      then(answer);
    } else if (answer.status != TransferStatus::no_device) {
      fail(fmt::format("{}: {}", what, sysboot::to_string(answer.status)));
    }
  };
  // Before whatever was asked while the port was being reset.
  endpoints_[0].queue.push_front(std::move(running));
  wake(Time::zero());
}

void UsbHost::get_descriptor(std::uint8_t type, std::uint8_t index, std::uint16_t language,
                             std::uint16_t length, const std::string& what, Then then) {
  const auto value = static_cast<std::uint16_t>(type << 8 | index);
  ask({0x80, get_descriptor_request, value, language, length}, what, std::move(then));
}

void UsbHost::peek_device() {
  endpoints_[0].packet_size = 64;
  get_descriptor(type_device, 0, 0, 64, "first device descriptor", [this](const Answer& answer) {
    if (answer.data.size() < 8) return fail("first device descriptor: too short");
    endpoints_[0].packet_size = answer.data[7];
    next_step_ = [this] { begin_reset(&UsbHost::set_address); };
    step_.set_in(settings_.recovery);
  });
}

void UsbHost::set_address() {
  ask({0x00, 0x05, first_address, 0, 0}, "SET_ADDRESS", [this](const Answer& answer) {
    if (answer.status != TransferStatus::ok) return fail("SET_ADDRESS: stall");
    address_ = first_address;
    next_step_ = [this] { present_ ? wake(Time::zero()) : read_device(); };
    step_.set_in(settings_.recovery);
  });
}

void UsbHost::read_device() {
  get_descriptor(type_device, 0, 0, 18, "device descriptor", [this](const Answer& answer) {
    if (answer.data.size() != 18) return fail("device descriptor: too short");
    descriptors_ = {};
    descriptors_.device = answer.data;
    read_configuration();
  });
}

void UsbHost::read_configuration() {
  get_descriptor(type_configuration, 0, 0, 9, "configuration", [this](const Answer& head) {
    if (head.data.size() != 9) return fail("configuration: too short");
    const auto total = static_cast<std::uint16_t>(head.data[2] | head.data[3] << 8);
    get_descriptor(type_configuration, 0, 0, total, "configuration", [=, this](const Answer& all) {
      if (all.data.size() != total) return fail("configuration: not as long as it says");
      descriptors_.configuration = all.data;
      learn_endpoints();
      read_strings();
    });
  });
}

void UsbHost::learn_endpoints() {
  const Bytes& all = descriptors_.configuration;
  std::uint8_t interface_number = 0;
  strings_to_read_ = {descriptors_.device[14], descriptors_.device[15], descriptors_.device[16]};
  for (std::size_t at = 0; at + 2 <= all.size() && all[at] >= 2; at += all[at]) {
    const bool whole = at + all[at] <= all.size();
    if (whole && all[at + 1] == type_interface && all[at] >= 9) {
      interface_number = all[at + 2];
      strings_to_read_.push_back(all[at + 8]);
    } else if (whole && all[at + 1] == type_endpoint && all[at] >= 7) {
      Endpoint& endpoint = endpoints_[all[at + 2]];
      endpoint.packet_size = static_cast<std::size_t>(all[at + 4] | all[at + 5] << 8) & 0x7FF;
      endpoint.interface_number = interface_number;
    }
  }
}

void UsbHost::read_strings() {
  std::sort(strings_to_read_.begin(), strings_to_read_.end(), std::greater<>());
  strings_to_read_.erase(std::unique(strings_to_read_.begin(), strings_to_read_.end()),
                         strings_to_read_.end());
  std::erase(strings_to_read_, 0);
  if (strings_to_read_.empty()) return configure();
  get_descriptor(type_string, 0, 0, 255, "languages", [this](const Answer& answer) {
    if (answer.data.size() < 4) return configure();
    descriptors_.strings[0] = answer.data;
    language_ = static_cast<std::uint16_t>(answer.data[2] | answer.data[3] << 8);
    read_next_string();
  });
}

void UsbHost::read_next_string() {
  if (strings_to_read_.empty()) return configure();
  const std::uint8_t index = strings_to_read_.back();
  strings_to_read_.pop_back();
  get_descriptor(type_string, index, language_, 255, fmt::format("string {}", index),
                 [this, index](const Answer& answer) {
                   if (answer.status == TransferStatus::ok) {
                     descriptors_.strings[index] = answer.data;
                   }
                   read_next_string();
                 });
}

void UsbHost::configure() {
  if (!settings_.configures) return enumerated();
  const std::uint8_t value = descriptors_.configuration[5];
  ask({0x00, 0x09, value, 0, 0}, "SET_CONFIGURATION", [this](const Answer& answer) {
    if (answer.status != TransferStatus::ok) return fail("SET_CONFIGURATION: stall");
    enumerated();
  });
}

void UsbHost::enumerated() {
  present_ = true;
  failure_.clear();
  ++generation_;
  changed();
}

void UsbHost::reset_port() {
  if (!present_) return;
  drop_everything(TransferStatus::io_error);
  begin_reset(&UsbHost::set_address);
}

void UsbHost::suspend() {
  if (!present_ || suspended_) return;
  suspended_ = true;
  pump_.cancel();
  idle_.set_in(until_suspend);
}

void UsbHost::resume() {
  if (!suspended_) return;
  idle_.cancel();
  next_step_ = [this] {
    suspended_ = false;
    port_.resume();
    next_step_ = [this] { wake(Time::zero()); };
    step_.set_in(settings_.recovery);
  };
  step_.set_in(resume_signal);
}

}  // namespace emulator
