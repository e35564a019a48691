// SPDX-License-Identifier: GPL-3.0-or-later
// Serial ports: what is there, and one that is open.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot {

/// A serial port that a USB device offers.
struct SerialPortInfo {
  std::string path;       ///< as the user types it: "/dev/ttyACM0"
  std::string port_path;  ///< of the USB device behind it
  int interface_number = 0;
};

/// An opened port, exclusively ours, raw, 8N1. Every function throws Error{serial_io} when the port
/// is gone; a trigger takes that as a sign of success.
class SerialPort {
 public:
  SerialPort() = default;
  SerialPort(const SerialPort&) = delete;
  SerialPort& operator=(const SerialPort&) = delete;
  virtual ~SerialPort() = default;

  virtual unsigned baud() = 0;
  virtual void set_baud(unsigned baud) = 0;
  virtual void set_dtr(bool on) = 0;
  virtual void set_rts(bool on) = 0;
  /// Hands all of `data` to the driver and waits until it is sent, at most `timeout`.
  virtual void write(ByteView data, Duration timeout) = 0;
  /// What arrives until `timeout` has passed or `most` bytes are there; may be empty.
  virtual Bytes read(std::size_t most, Duration timeout) = 0;
};

}  // namespace sysboot
