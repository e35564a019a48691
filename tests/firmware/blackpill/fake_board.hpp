// SPDX-License-Identifier: GPL-3.0-or-later
// The Black Pill's application without its hardware: time, the USB driver and sysboot are played by
// the test, all above them is the real C. The driver is strict: what the real core would not take
// is a test failure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "firmware_api.hpp"

namespace firmware_test {

using Bytes = std::vector<std::uint8_t>;

/// Thrown by sysboot_request() and sysboot_reset().
struct Rebooted {
  bool into_rom;
};

struct Endpoint {
  bool open = false;
  bool stalled = false;
  bool receiving = false;
  std::optional<Bytes> sending = std::nullopt;
  unsigned started_over = 0;  ///< how often its data toggle went back to DATA0
};

class Board {
 public:
  Board();
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;
  static Board& current();

  // Time.
  std::uint32_t now = 0;
  /// One turn of the main loop in every millisecond.
  void run(unsigned ms);
  /// The main loop's turn.
  void turn();

  // What the host does.
  void reset_bus();
  /// Address 5, configuration 1.
  void enumerate();
  /// The bytes of the answer; nothing: STALL.
  std::optional<Bytes> control(usb_setup setup, Bytes from_host = {});
  std::optional<Bytes> get(std::uint8_t type, std::uint8_t request, std::uint16_t value,
                           std::uint16_t index, std::uint16_t length);
  bool set(std::uint8_t type, std::uint8_t request, std::uint16_t value, std::uint16_t index);
  void send_setup(const usb_setup& setup);
  /// The packet that waits on this IN endpoint; nothing: NAK.
  std::optional<Bytes> take(std::uint8_t endpoint);
  /// False: NAK.
  bool give(std::uint8_t endpoint, const Bytes& packet);
  /// Types text into the serial port and reads until no more comes.
  std::string type(const std::string& text);
  std::string read();

  // What the board has done.
  std::map<std::uint8_t, Endpoint> endpoints;
  std::uint8_t address = 0;
  bool attached = true;
  std::optional<std::uint32_t> detached_at;
  bool button_held = false;
};

}  // namespace firmware_test
