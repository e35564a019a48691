// SPDX-License-Identifier: GPL-3.0-or-later
// A full-speed device as the cable sees it: a pull-up, and transactions.
#pragma once

#include <functional>

#include "emulator/base/types.hpp"

namespace emulator {

enum class Handshake {
  ack,
  nak,
  stall,
  none,  ///< nobody answers
};

class UsbDevicePort {
 public:
  UsbDevicePort() = default;
  UsbDevicePort(const UsbDevicePort&) = delete;
  UsbDevicePort& operator=(const UsbDevicePort&) = delete;
  virtual ~UsbDevicePort() = default;

  /// The pull-up has been switched on or off.
  std::function<void()> on_attachment = [] {};
  /// An endpoint that said NAK may have something else to say now.
  std::function<void()> on_ready = [] {};
  /// The device asks a suspended bus to wake up.
  std::function<void()> on_remote_wakeup = [] {};

  /// The pull-up is on.
  virtual bool is_attached() const = 0;
  /// A cable with a host at the other end, which supplies VBUS.
  virtual void set_cable(bool plugged) = 0;

  virtual void begin_reset() = 0;
  /// Frames run from here on.
  virtual void end_reset() = 0;
  virtual void suspend() = 0;
  virtual void resume() = 0;

  virtual Handshake setup(std::uint8_t address, std::uint8_t endpoint, ByteView eight_bytes) = 0;
  virtual Handshake out(std::uint8_t address, std::uint8_t endpoint, bool data1, ByteView data) = 0;
  struct InPacket {
    Handshake handshake = Handshake::none;
    bool data1 = false;
    Bytes data;
  };
  /// The host acknowledges what it gets.
  virtual InPacket in(std::uint8_t address, std::uint8_t endpoint) = 0;
};

}  // namespace emulator
