// SPDX-License-Identifier: GPL-3.0-or-later
// Host: the one seam between this library and the world. Implemented with libusb and the operating
// system (system_host) and in memory with a virtual clock (sysboot::virtual_bench).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "sysboot/usb.hpp"

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

/// Held while one thread of one process works on the board at a port path.
class BoardLock {
 public:
  BoardLock() = default;
  BoardLock(const BoardLock&) = delete;
  BoardLock& operator=(const BoardLock&) = delete;
  virtual ~BoardLock() = default;

  /// Why it keeps no other process off the board, for people ("/run/lock/…: Permission denied");
  /// empty when it does.
  virtual std::string weakness() const { return {}; }
};

/// What tells a device from all that come after it at the same place. A new address means that it
/// enumerated again, which a bootloader does when it is unplugged or left.
struct DeviceIdentity {
  unsigned bus = 0;
  unsigned address = 0;
  std::string serial;  ///< printable()

  bool operator==(const DeviceIdentity&) const = default;
};

/// A board that was rebooted out of its application and has not been brought back yet. Kept on the
/// machine until it has (or the machine restarts), because its serial port is gone meanwhile, and
/// its port must still find the board when the same command is given again.
struct RebootRecord {
  std::string port_path;           ///< where it is plugged in
  std::string serial;              ///< the application's serial number
  std::vector<std::string> ports;  ///< serial ports it had, by every name that was used for them
  /// What came up in its place; none before anything has. Once that device has left, the record
  /// means nothing any more.
  std::optional<DeviceIdentity> bootloader = {};
  Duration age{};  ///< since it was remembered; not kept
};

/// The longest that a port is waited for that is being probed: ModemManager asks every new one for
/// about 10 s whether it is a modem.
inline constexpr Duration probing_ends = std::chrono::seconds(15);

/// Any of its functions may be called by several threads at the same time; what it hands out
/// (devices, serial ports, locks) is used by one thread at a time.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  /// Devices on the bus now, hubs left out, in order of port path.
  virtual std::vector<UsbDeviceInfo> usb_devices() = 0;
  /// USB serial ports now, in order of path.
  virtual std::vector<SerialPortInfo> serial_ports() = 0;
  /// Why this machine cannot see USB devices at all, if so ("/sys/bus/usb does not exist").
  virtual std::optional<std::string> usb_unavailable() = 0;

  /// What the system says when the latest device at this port path did not enumerate, such as
  /// "device descriptor read/64, error -71"; none when it did, or when nobody knows.
  virtual std::optional<std::string> enumeration_failure(const std::string& port_path) = 0;

  /// May this user open it? Looks without opening.
  virtual bool may_open(const UsbDeviceInfo& device) = 0;
  virtual bool may_open(const SerialPortInfo& port) = 0;

  /// Comes back when the bus may have changed, at `until` at the latest. A host that has to poll
  /// comes back every 50 ms or sooner, so that callers look for themselves.
  virtual void wait_for_change(TimePoint until) = 0;

  /// Errors: not_permitted, no_driver, busy, board_gone, usb_io.
  virtual std::unique_ptr<UsbDevice> open_usb(const UsbDeviceInfo& device) = 0;
  /// Errors: usage (not a serial port), no_board (no such port), not_permitted, busy (naming the
  /// program that holds it), serial_io.
  virtual std::unique_ptr<SerialPort> open_serial(const std::string& path) = 0;
  /// Does what holds this port only ask it something, and let go of it before probing_ends?
  virtual bool is_being_probed(const std::string& path) = 0;
  /// What the user typed ("/dev/serial/by-id/…") as serial_ports() spells it; unchanged when there
  /// is no such file. Error: usage, when there is one, but it is no serial port or has no USB
  /// device behind it.
  virtual std::string canonical_port(const std::string& path) = 0;

  /// Error: busy, when another process, which it names, or another thread of this one holds the
  /// lock. Where the system has no place for a lock, it is a weak one.
  virtual std::unique_ptr<BoardLock> lock_board(const std::string& port_path) = 0;
  /// Does a thread of this process hold it? Looks without locking.
  virtual bool is_locked(const std::string& port_path) = 0;
  /// Does another process hold it? Looks without locking.
  virtual bool is_locked_elsewhere(const std::string& port_path) = 0;

  /// Replaces what is known of that port path. Error: cannot_write_output, when it cannot be kept.
  virtual void remember_reboot(const RebootRecord& record) = 0;
  virtual void forget_reboot(const std::string& port_path) = 0;
  virtual std::vector<RebootRecord> reboots() = 0;

  virtual TimePoint now() = 0;
  virtual void sleep(Duration duration) = 0;

  /// Runs these tasks, a thread each, and `meanwhile` in the calling thread; comes back when all
  /// have ended. Tasks must not throw. A host with a virtual clock lets time pass when all of them
  /// wait; until all have ended, nobody else may call it.
  virtual void run_all(std::vector<std::function<void()>> tasks,
                       const std::function<void()>& meanwhile);
};

/// This machine: libusb, the operating system's serial ports, the real clock.
[[nodiscard]] std::unique_ptr<Host> system_host();

}  // namespace sysboot
