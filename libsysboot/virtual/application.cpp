// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/application.hpp"

#include <algorithm>
#include <utility>

#include "sysboot/virtual/firmware.hpp"

namespace sysboot::virtual_bench {
namespace {

// USB CDC PSTN 1.2, table 13; DFU 1.1, table 3.2.
constexpr std::uint8_t set_line_coding = 0x20;
constexpr std::uint8_t get_line_coding = 0x21;
constexpr std::uint8_t set_control_line_state = 0x22;
constexpr std::uint8_t dfu_detach = 0x00;
constexpr std::uint8_t dfu_getstatus = 0x03;
constexpr std::uint8_t dfu_interface = 2;
constexpr std::uint8_t vendor_in_device = 0xC0;
constexpr std::uint8_t panda_bootloader = 0xD1;
constexpr std::uint16_t line_dtr = 1;
constexpr unsigned touch_baud = 1200;
constexpr std::size_t longest_line = 128;
constexpr std::size_t most_kept = 1U << 20;     // of what it was told
constexpr std::size_t most_unread = 64 * 1024;  // of what it says to a host that does not listen

}  // namespace

Application::Application(ApplicationSettings settings) : settings_(std::move(settings)) {
  make_descriptors();
  if (!settings_.firmware.empty()) console_ = make_console(settings_.firmware);
}

bool Application::wants_rom() const {
  return wants_rom_ || (console_ && console_->reboot() == Console::Reboot::rom);
}

bool Application::wants_reset() const {
  return console_ && console_->reboot() == Console::Reboot::application;
}

std::vector<std::string> Application::harm() const {
  return console_ ? console_->harm() : std::vector<std::string>();
}

std::optional<TimePoint> Application::next_event() const {
  return console_ ? console_->next_event() : std::nullopt;
}

void Application::advance(TimePoint now) {
  if (console_) console_->advance(now);
}

void Application::add_serial_port(DescriptorBuilder& builder) const {
  builder
      .add({8, 0x0B, 0, 2, 2, 2, 0, 0})     // both CDC interfaces belong together
      .add({9, 4, 0, 0, 1, 2, 2, 0, 0})     // communication, no AT commands
      .add({5, 0x24, 0x00, 0x10, 0x01})     // CDC 1.10
      .add({5, 0x24, 0x01, 0x00, 1})        // call management
      .add({4, 0x24, 0x02, 0x02})           // line coding and line state
      .add({5, 0x24, 0x06, 0, 1})           // union
      .add({7, 5, 0x82, 3, 8, 0, 16})       // notifications
      .add({9, 4, 1, 0, 2, 0x0A, 0, 0, 0})  // data
      .add({7, 5, 0x01, 2, 64, 0, 0})       // bulk out
      .add({7, 5, 0x81, 2, 64, 0, 0});      // bulk in
}

void Application::make_descriptors() {
  const unsigned own = settings_.has_serial_port ? 2 : 1;
  const unsigned interfaces = settings_.has_dfu_runtime ? own + 1 : own;
  descriptors_.device = DescriptorBuilder()
                            .add({18, 1, 0x00, 0x02, 0xEF, 2, 1, 64})
                            .word(settings_.vendor)
                            .word(settings_.product)
                            .add({0x00, 0x02, 1, 2, 3, 1})
                            .bytes();
  DescriptorBuilder builder;
  builder.add({9, 2, 0, 0, interfaces, 1, 0, 0x80, 50});
  if (settings_.has_serial_port) {
    add_serial_port(builder);
  } else {
    builder.add({9, 4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0});
  }
  if (settings_.has_dfu_runtime) {
    const unsigned attributes = settings_.will_detach ? 0x09 : 0x01;
    builder.add({9, 4, dfu_interface, 0, 0, 0xFE, 1, 1, 4})
        .add({9, 0x21, attributes, 0xFF, 0x00, 0x00, 0x08, 0x10, 0x01});
  }
  descriptors_.configuration = builder.configuration();
  descriptors_.strings[0] = {4, 3, 0x09, 0x04};
  descriptors_.strings[1] = Descriptors::string(settings_.manufacturer);
  descriptors_.strings[2] = Descriptors::string(settings_.product_name);
  descriptors_.strings[3] = Descriptors::string(settings_.serial);
  descriptors_.strings[4] = Descriptors::string("DFU run-time");
}

Answer Application::interface_descriptor(const Setup& setup) {
  if (setup.value >> 8 != 0x21 || !settings_.has_dfu_runtime) return Answer::stall();
  const Bytes& all = descriptors_.configuration;
  return {TransferStatus::ok, Bytes(all.end() - 9, all.end())};
}

Answer Application::set_lines(std::uint16_t state, TimePoint now) {
  const bool falls = (line_state_ & line_dtr) != 0 && (state & line_dtr) == 0;
  line_state_ = state;
  if (settings_.obeys_touch && falls && baud_ == touch_baud) wants_rom_ = true;
  if (console_) console_->lines(state, now);
  return {};
}

Answer Application::class_request(const Setup& setup, ByteView out, TimePoint now) {
  if (setup.request_type == vendor_in_device) {
    wants_rom_ =
        settings_.obeys_vendor_request && setup.request == panda_bootloader && setup.value == 0;
    return wants_rom_ ? Answer() : Answer::stall();
  }
  if (settings_.has_dfu_runtime && setup.index == dfu_interface) {
    if (setup.request == dfu_getstatus) return {TransferStatus::ok, {0, 0, 0, 0, 0, 0}};
    if (setup.request != dfu_detach) return Answer::stall();
    (settings_.will_detach ? wants_rom_ : detach_pending_) = true;
    return {};
  }
  switch (setup.request) {
    case set_line_coding:
      if (out.size() != 7) return Answer::stall();
      baud_ = static_cast<unsigned>(out[0] | out[1] << 8 | out[2] << 16 | out[3] << 24);
      if (settings_.touch_in_any_order && baud_ == touch_baud && (line_state_ & line_dtr) == 0) {
        wants_rom_ = true;
      }
      return {};
    case get_line_coding:
      return {TransferStatus::ok,
              {static_cast<std::uint8_t>(baud_), static_cast<std::uint8_t>(baud_ >> 8),
               static_cast<std::uint8_t>(baud_ >> 16), static_cast<std::uint8_t>(baud_ >> 24), 0, 0,
               8}};
    case set_control_line_state: return set_lines(setup.value, now);
    default: return Answer::stall();
  }
}

void Application::usb_reset() {
  wants_rom_ = wants_rom_ || detach_pending_;
}

void Application::bulk_out(std::uint8_t /*endpoint*/, ByteView data, TimePoint now) {
  for (const std::uint8_t byte : data) {
    const char c = static_cast<char>(byte);
    if (received_.size() < most_kept) received_ += c;
    if (console_) {
      console_->receive(byte, now);
    } else if (c == '\r' || c == '\n') {
      if (!current_line_.empty()) line(std::exchange(current_line_, {}));
    } else if (current_line_.size() < longest_line) {
      current_line_ += c;
    }
  }
}

void Application::line(const std::string& text) {
  if (!settings_.reboot_line.empty() && text == settings_.reboot_line) {
    say("rebooting into the bootloader\r\n");
    wants_rom_ = true;
  } else if (text == "version") {
    say("virtual board\r\n");
  } else {
    say("unknown command\r\n");
  }
}

void Application::say(std::string_view text) {
  const std::size_t room = most_unread - std::min(most_unread, to_host_.size());
  text = text.substr(0, room);
  to_host_.insert(to_host_.end(), text.begin(), text.end());
}

Bytes Application::bulk_in(std::uint8_t endpoint, std::size_t most) {
  if ((endpoint & 0x0F) != 1) return {};  // notifications: none
  if (console_) say(console_->take_output());
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, to_host_.size()));
  Bytes data(to_host_.begin(), to_host_.begin() + count);
  to_host_.erase(to_host_.begin(), to_host_.begin() + count);
  return data;
}

}  // namespace sysboot::virtual_bench
