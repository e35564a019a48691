// SPDX-License-Identifier: GPL-3.0-or-later
// Linux: /sys tells what is there, usbfs and ttys are opened, the kernel's log explains.
#include <algorithm>
#include <filesystem>
#include <utility>

#include "host/posix/posix_serial.hpp"
#include "host/processes.hpp"
#include "host/system.hpp"
#include "kernel_log.hpp"
#include "sysboot/error.hpp"
#include "sysfs.hpp"
#include "uevents.hpp"
#include "usbfs.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prober = "ModemManager";

}  // namespace

struct System::State {
  Sysfs sysfs{"/sys"};
  LibusbContexts libusb;
  Uevents uevents;
};

System::System() : state_(std::make_unique<State>()) {}
System::~System() = default;

std::vector<UsbDeviceInfo> System::usb_devices() {
  return state_->sysfs.usb_devices();
}

std::vector<SerialPortInfo> System::serial_ports() {
  return state_->sysfs.serial_ports();
}

std::optional<std::string> System::usb_unavailable() const {
  return state_->sysfs.unavailable();
}

std::optional<std::string> System::enumeration_failure(const std::string& port_path) const {
  for (const auto& failure : read_kernel_log("/dev/kmsg").failures) {
    if (failure.port_path == port_path) return failure.text;
  }
  return std::nullopt;
}

bool System::may_open(const UsbDeviceInfo& device) const {
  return may_open_usbfs(device);
}

bool System::may_open(const SerialPortInfo& port) const {
  return may_open_posix_serial(port.path);
}

std::unique_ptr<UsbDevice> System::open_usb(const UsbDeviceInfo& device) const {
  return open_usbfs(device, state_->sysfs, state_->libusb.for_device());
}

void System::start_libusb() const {
  if (libusb_scans()) state_->libusb.shared_or_none();
}

void System::wait_for_change(Duration most) {
  state_->uevents.wait(most);
}

Moment System::moment() {
  return state_->uevents.moment();
}

std::unique_ptr<SerialPort> System::open_serial(const std::string& path) const {
  return open_posix_serial(path);
}

bool System::is_being_probed(const std::string& path) const {
  const auto holders = processes_holding(path);
  return std::any_of(holders.begin(), holders.end(),
                     [](const Process& process) { return process.name == prober; });
}

std::optional<std::string> System::serial_port_name(const std::string& path) const {
  std::error_code code;
  const fs::path real = fs::canonical(path, code);
  if (code) return std::nullopt;
  if (!is_character_device(real)) throw Error(Errc::usage, path + " is not a serial port");
  return real;
}

}  // namespace sysboot
