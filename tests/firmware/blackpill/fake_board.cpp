// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_board.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace firmware_test {
namespace {

Board* current_board = nullptr;
constexpr std::uint8_t in0 = 0x80;
constexpr std::size_t packet_size = 64;

Bytes packet_of(const usb_setup& setup) {
  const auto low = [](unsigned word) { return static_cast<std::uint8_t>(word & 0xFF); };
  const auto high = [](unsigned word) { return static_cast<std::uint8_t>(word >> 8); };
  return {setup.type,       setup.request,     low(setup.value),  high(setup.value),
          low(setup.index), high(setup.index), low(setup.length), high(setup.length)};
}

}  // namespace

Board::Board() {
  current_board = this;
  endpoints[0].open = endpoints[in0].open = true;
  console_start();
  reboot_start();
  usb_device_start();
  usb_on_reset();
}

Board::~Board() {
  current_board = nullptr;
}

Board& Board::current() {
  return *current_board;
}

void Board::turn() {
  console_poll();
  usb_cdc_poll();
  if (usb_rom_wanted() || button_held) reboot_into_rom();
  if (reboot_is_due(usb_device_is_idle() && usb_cdc_is_idle())) {
    usb_driver_stop();
    reboot_now();
  }
}

void Board::run(unsigned ms) {
  for (unsigned n = 0; n < ms; ++n) {
    turn();
    ++now;
  }
}

void Board::reset_bus() {
  for (auto& [number, endpoint] : endpoints) {
    endpoint = Endpoint{};
    endpoint.open = (number & 0x7F) == 0;
  }
  address = 0;
  usb_on_reset();
}

void Board::enumerate() {
  reset_bus();
  EXPECT_TRUE(set(0x00, 5, 5, 0));
  EXPECT_TRUE(set(0x00, 9, 1, 0));
  turn();
}

// A SETUP is always accepted; it ends stalls and whatever was under way.
void Board::send_setup(const usb_setup& setup) {
  endpoints[0] = Endpoint{.open = true};
  endpoints[in0] = Endpoint{.open = true};
  usb_on_setup(packet_of(setup).data());
}

std::optional<Bytes> Board::take(std::uint8_t endpoint) {
  Endpoint& from = endpoints[endpoint];
  if (from.stalled || !from.sending) return std::nullopt;
  Bytes packet = *std::exchange(from.sending, std::nullopt);
  usb_on_sent(endpoint);
  return packet;
}

bool Board::give(std::uint8_t endpoint, const Bytes& packet) {
  Endpoint& to = endpoints[endpoint];
  if (to.stalled || !to.receiving) return false;
  to.receiving = false;
  usb_on_received(endpoint, packet.data(), packet.size());
  return true;
}

// USB 2.0 section 8.5.3, from the host's side.
std::optional<Bytes> Board::control(usb_setup setup, Bytes from_host) {
  const bool reads = (setup.type & 0x80) != 0 && setup.length > 0;
  Bytes answer;
  send_setup(setup);
  if (reads) {
    for (bool more = true; more;) {
      if (endpoints[in0].stalled) return std::nullopt;
      const auto packet = take(in0);
      if (!packet) {
        ADD_FAILURE() << "the data stage hangs";
        return std::nullopt;
      }
      answer.insert(answer.end(), packet->begin(), packet->end());
      more = packet->size() == packet_size && answer.size() < setup.length;
    }
    EXPECT_LE(answer.size(), setup.length);
    EXPECT_FALSE(usb_device_is_idle()) << "the status stage is still to come";
    EXPECT_FALSE(take(in0)) << "more than was asked for";
    EXPECT_TRUE(give(0, {})) << "status stage";
  } else {
    for (std::size_t at = 0; at < from_host.size() && !endpoints[in0].stalled; at += packet_size) {
      const std::size_t end = std::min(at + packet_size, from_host.size());
      EXPECT_TRUE(give(0, Bytes(from_host.begin() + static_cast<std::ptrdiff_t>(at),
                                from_host.begin() + static_cast<std::ptrdiff_t>(end))));
    }
    if (endpoints[in0].stalled) return std::nullopt;
    const auto status = take(in0);
    EXPECT_TRUE(status && status->empty()) << "status stage";
  }
  EXPECT_TRUE(usb_device_is_idle());
  return answer;
}

std::optional<Bytes> Board::get(std::uint8_t type, std::uint8_t request, std::uint16_t value,
                                std::uint16_t index, std::uint16_t length) {
  return control({type, request, value, index, length});
}

bool Board::set(std::uint8_t type, std::uint8_t request, std::uint16_t value, std::uint16_t index) {
  return control({type, request, value, index, 0}).has_value();
}

std::string Board::read() {
  std::string text;
  for (unsigned idle = 0; idle < 3; ++idle) {
    turn();
    while (const auto packet = take(0x81)) {
      text.append(packet->begin(), packet->end());
      turn();
      idle = 0;
    }
  }
  return text;
}

std::string Board::type(const std::string& text) {
  std::string answer;
  for (std::size_t at = 0; at < text.size(); at += packet_size) {
    const std::string part = text.substr(at, packet_size);
    while (!give(0x01, Bytes(part.begin(), part.end()))) answer += read();
    turn();
  }
  return answer + read();
}

extern "C" {

std::uint32_t ticks_now() {
  return Board::current().now;
}

bool ticks_passed(std::uint32_t since, std::uint32_t ms) {
  return Board::current().now - since >= ms;
}

void ticks_wait(std::uint32_t ms) {
  Board::current().now += ms;
}

void board_serial_number(char text[13]) {
  text_serial_number(text, 0x002D0030, 0x3334510B, 0x32313533);
}

const char* start_describe() {
  return "the test";
}

void sysboot_request() {
  throw Rebooted{true};
}

void sysboot_reset() {
  throw Rebooted{false};
}

void usb_driver_stop() {
  Board& board = Board::current();
  board.attached = false;
  board.detached_at = board.now;
}

void usb_driver_set_address(std::uint8_t address) {
  Board& board = Board::current();
  EXPECT_FALSE(board.endpoints[in0].sending) << "the core wants it before the status stage";
  board.address = address;
}

void usb_driver_open(std::uint8_t endpoint, usb_endpoint_type /*type*/) {
  Endpoint& opened = Board::current().endpoints[endpoint];
  opened = Endpoint{.open = true, .started_over = opened.started_over + 1};
}

void usb_driver_close(std::uint8_t endpoint) {
  Board::current().endpoints[endpoint] = Endpoint{};
}

void usb_driver_stall(std::uint8_t endpoint) {
  Board& board = Board::current();
  EXPECT_TRUE(board.endpoints[endpoint].open);
  board.endpoints[endpoint].stalled = true;
  if (endpoint == 0) board.endpoints[in0].stalled = true;
}

void usb_driver_unstall(std::uint8_t endpoint) {
  Endpoint& unstalled = Board::current().endpoints[endpoint];
  EXPECT_TRUE(unstalled.open);
  unstalled.stalled = false;
  ++unstalled.started_over;
}

void usb_driver_send(std::uint8_t endpoint, const std::uint8_t* bytes, std::size_t count) {
  Endpoint& sender = Board::current().endpoints[endpoint];
  EXPECT_TRUE(sender.open);
  EXPECT_FALSE(sender.sending) << "one packet at a time";
  EXPECT_LE(count, packet_size);
  sender.sending = Bytes(bytes, bytes + count);
}

void usb_driver_cancel_send(std::uint8_t endpoint) {
  Board::current().endpoints[endpoint].sending.reset();
}

void usb_driver_receive(std::uint8_t endpoint) {
  Endpoint& receiver = Board::current().endpoints[endpoint];
  EXPECT_TRUE(receiver.open);
  EXPECT_FALSE(receiver.receiving);
  receiver.receiving = true;
}

}  // extern "C"

}  // namespace firmware_test
