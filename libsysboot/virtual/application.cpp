// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/application.hpp"

#include <algorithm>
#include <utility>

namespace sysboot::virtual_bench {
namespace {

// USB CDC PSTN 1.2, table 13; DFU 1.1, table 3.2.
constexpr std::uint8_t set_line_coding = 0x20;
constexpr std::uint8_t get_line_coding = 0x21;
constexpr std::uint8_t set_control_line_state = 0x22;
constexpr std::uint8_t dfu_detach = 0x00;
constexpr std::uint8_t dfu_getstatus = 0x03;
constexpr std::uint8_t dfu_interface = 2;
constexpr std::uint16_t line_dtr = 1;
constexpr unsigned touch_baud = 1200;
constexpr std::size_t longest_line = 128;

}  // namespace

Application::Application(ApplicationSettings settings) : settings_(std::move(settings)) {
  make_descriptors();
}

void Application::make_descriptors() {
  const unsigned interfaces = settings_.has_dfu_runtime ? 3 : 2;
  descriptors_.device = DescriptorBuilder()
                            .add({18, 1, 0x00, 0x02, 0xEF, 2, 1, 64})
                            .word(settings_.vendor)
                            .word(settings_.product)
                            .add({0x00, 0x02, 1, 2, 3, 1})
                            .bytes();
  DescriptorBuilder builder;
  builder.add({9, 2, 0, 0, interfaces, 1, 0, 0x80, 50})
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

Answer Application::class_request(const Setup& setup, ByteView out, TimePoint /*now*/) {
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
      return {};
    case get_line_coding:
      return {TransferStatus::ok,
              {static_cast<std::uint8_t>(baud_), static_cast<std::uint8_t>(baud_ >> 8),
               static_cast<std::uint8_t>(baud_ >> 16), static_cast<std::uint8_t>(baud_ >> 24), 0, 0,
               8}};
    case set_control_line_state: {
      const bool falls = (line_state_ & line_dtr) != 0 && (setup.value & line_dtr) == 0;
      line_state_ = setup.value;
      if (settings_.obeys_touch && falls && baud_ == touch_baud) wants_rom_ = true;
      return {};
    }
    default: return Answer::stall();
  }
}

void Application::usb_reset() {
  wants_rom_ = wants_rom_ || detach_pending_;
}

void Application::bulk_out(std::uint8_t /*endpoint*/, ByteView data) {
  for (const std::uint8_t byte : data) {
    const char c = static_cast<char>(byte);
    received_ += c;
    if (c == '\r' || c == '\n') {
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
  to_host_.insert(to_host_.end(), text.begin(), text.end());
}

Bytes Application::bulk_in(std::uint8_t endpoint, std::size_t most) {
  if ((endpoint & 0x0F) != 1) return {};  // notifications: none
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, to_host_.size()));
  Bytes data(to_host_.begin(), to_host_.begin() + count);
  to_host_.erase(to_host_.begin(), to_host_.begin() + count);
  return data;
}

}  // namespace sysboot::virtual_bench
