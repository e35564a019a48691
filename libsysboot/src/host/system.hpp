// SPDX-License-Identifier: GPL-3.0-or-later
// What each operating system does in its own way. The folders linux, mac and windows hold one
// implementation each, and the build takes one of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bus_events.hpp"
#include "sysboot/host.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

/// Its functions keep the contracts of the functions of Host that have the same names. The two that
/// list are called by one thread at a time each.
class System {
 public:
  System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;
  ~System();

  std::vector<UsbDeviceInfo> usb_devices();
  std::vector<SerialPortInfo> serial_ports();
  std::optional<std::string> usb_unavailable() const;
  std::optional<std::string> enumeration_failure(const std::string& port_path) const;
  bool may_open(const UsbDeviceInfo& device) const;
  bool may_open(const SerialPortInfo& port) const;
  std::unique_ptr<UsbDevice> open_usb(const UsbDeviceInfo& device) const;
  std::unique_ptr<SerialPort> open_serial(const std::string& path) const;
  bool is_being_probed(const std::string& path) const;
  /// Comes back early for nothing now and then, and after 25 ms at the latest.
  void wait_for_change(Duration most);
  Moment moment();  ///< as BusEvents::moment

  /// Now rather than when it is needed. Where it does not start, that shows then.
  void start_libusb() const;
  /// How serial_ports() would spell it if it is one of them; none when there is no such file.
  /// Error: usage, when it is no serial port.
  std::optional<std::string> serial_port_name(const std::string& path) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sysboot
