// SPDX-License-Identifier: GPL-3.0-or-later
// macOS: libusb lists and opens devices, the I/O Registry knows their names and ports, termios
// opens those.
#include <filesystem>

#include "host/libusb/hotplug.hpp"
#include "host/libusb/libusb_bus.hpp"
#include "host/posix/posix_serial.hpp"
#include "host/system.hpp"
#include "io_registry.hpp"
#include "location.hpp"
#include "registry_names.hpp"
#include "sysboot/error.hpp"

namespace sysboot {

struct System::State {
  LibusbContexts libusb;
  LibusbBus bus{libusb};
  Hotplug hotplug{libusb.shared_or_none()};
};

System::System() : state_(std::make_unique<State>()) {}
System::~System() = default;

std::vector<UsbDeviceInfo> System::usb_devices() {
  return named_by_registry(state_->bus.devices(), registry_devices());
}

std::vector<SerialPortInfo> System::serial_ports() {
  return registry_serial_ports();
}

std::optional<std::string> System::usb_unavailable() const {
  return state_->bus.unavailable();
}

// The kernel's log is not open to ordinary users.
std::optional<std::string> System::enumeration_failure(const std::string& /*port_path*/) const {
  return std::nullopt;
}

// No driver of macOS takes a DFU interface, and every user may open it.
bool System::may_open(const UsbDeviceInfo& /*device*/) const {
  return true;
}

bool System::may_open(const SerialPortInfo& port) const {
  return may_open_posix_serial(port.path);
}

std::unique_ptr<UsbDevice> System::open_usb(const UsbDeviceInfo& device) const {
  return open_on_libusb_bus(device, state_->libusb.shared());
}

void System::start_libusb() const {
  state_->libusb.shared_or_none();
}

void System::wait_for_change(Duration most) {
  state_->hotplug.wait(most);
}

Moment System::moment() {
  return state_->hotplug.moment();
}

std::unique_ptr<SerialPort> System::open_serial(const std::string& path) const {
  return open_posix_serial(path);
}

bool System::is_being_probed(const std::string& /*path*/) const {
  return false;
}

std::optional<std::string> System::serial_port_name(const std::string& path) const {
  std::error_code code;
  const std::filesystem::path real = std::filesystem::canonical(path, code);
  if (code) return std::nullopt;
  if (!is_character_device(real)) throw Error(Errc::usage, path + " is not a serial port");
  return callout_name(real.string());
}

}  // namespace sysboot
