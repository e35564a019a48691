// SPDX-License-Identifier: GPL-3.0-or-later
// Windows: libusb lists and opens devices, the Plug and Play manager knows their names, serial
// numbers and ports, and why one did not come up.
#include <algorithm>

#include "device_tree.hpp"
#include "host/libusb/hotplug.hpp"
#include "host/libusb/libusb_bus.hpp"
#include "host/system.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "windows_serial.hpp"

namespace sysboot {

struct System::State {
  LibusbContexts libusb;
  LibusbBus bus{libusb};
  Hotplug hotplug{libusb.shared_or_none()};
};

System::System() : state_(std::make_unique<State>()) {}
System::~System() = default;

std::vector<UsbDeviceInfo> System::usb_devices() {
  auto devices = state_->bus.devices();
  const auto tree = tree_devices();
  for (UsbDeviceInfo& device : devices) {
    const auto found = std::find_if(tree.begin(), tree.end(), [&](const TreeDevice& known) {
      return known.port_path == device.port_path && known.id.vendor == device.vendor &&
             known.id.product == device.product;
    });
    if (found == tree.end()) continue;
    device.product_name = found->product;
    device.serial = found->id.serial;
  }
  return devices;
}

std::vector<SerialPortInfo> System::serial_ports() {
  return tree_serial_ports();
}

std::optional<std::string> System::usb_unavailable() const {
  return state_->bus.unavailable();
}

std::optional<std::string> System::enumeration_failure(const std::string& port_path) const {
  for (const TreeDevice& device : tree_devices()) {
    if (device.port_path == port_path && has_failed(device.id)) return device.product;
  }
  return std::nullopt;
}

// Every user may; whether the driver can is seen when it is opened.
bool System::may_open(const UsbDeviceInfo& /*device*/) const {
  return true;
}

bool System::may_open(const SerialPortInfo& /*port*/) const {
  return true;
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
  return open_windows_serial(path);
}

bool System::is_being_probed(const std::string& /*path*/) const {
  return false;
}

std::optional<std::string> System::serial_port_name(const std::string& path) const {
  const auto name = com_port_name(path);
  if (name) return has_com_port(*name) ? name : std::nullopt;
  std::error_code code;
  if (!std::filesystem::exists(to_path(path), code)) return std::nullopt;
  throw Error(Errc::usage, path + " is not a serial port");
}

}  // namespace sysboot
