// SPDX-License-Identifier: GPL-3.0-or-later
// The real Host: this machine's System, and what is the same on all of them.
#include <algorithm>
#include <thread>

#include "shared_look.hpp"
#include "state_files.hpp"
#include "sysboot/error.hpp"
#include "sysboot/host.hpp"
#include "system.hpp"

namespace sysboot {
namespace {

class SystemHost : public Host {
 public:
  SystemHost() : files_(StateFiles::usual()) {}

  std::vector<UsbDeviceInfo> usb_devices() override { return devices_.get(system_.moment()); }
  std::vector<SerialPortInfo> serial_ports() override { return ports_.get(system_.moment()); }
  std::optional<std::string> usb_unavailable() override { return system_.usb_unavailable(); }
  std::optional<std::string> enumeration_failure(const std::string& port_path) override {
    return system_.enumeration_failure(port_path);
  }

  bool may_open(const UsbDeviceInfo& device) override { return system_.may_open(device); }
  bool may_open(const SerialPortInfo& port) override { return system_.may_open(port); }

  void wait_for_change(TimePoint until) override { system_.wait_for_change(until - now()); }

  std::unique_ptr<UsbDevice> open_usb(const UsbDeviceInfo& device) override {
    return system_.open_usb(device);
  }
  std::unique_ptr<SerialPort> open_serial(const std::string& path) override {
    return system_.open_serial(path);
  }
  bool is_being_probed(const std::string& path) override { return system_.is_being_probed(path); }

  std::string canonical_port(const std::string& path) override {
    const auto name = system_.serial_port_name(path);
    if (!name) return path;
    const auto ports = serial_ports();
    const bool is_usb = std::any_of(ports.begin(), ports.end(),
                                    [&](const SerialPortInfo& port) { return port.path == *name; });
    if (!is_usb) throw Error(Errc::usage, path + " is not a USB serial port");
    return *name;
  }

  std::unique_ptr<BoardLock> lock_board(const std::string& port_path) override {
    auto lock = files_.lock(port_path);
    // Now, while the bus is quiet: libusb starts by asking every hub, and one that is setting up
    // its devices, as after the reboot of many boards, answers when it has done all of them.
    system_.start_libusb();
    return lock;
  }
  bool is_locked(const std::string& port_path) override { return files_.is_locked(port_path); }
  bool is_locked_elsewhere(const std::string& port_path) override {
    return files_.is_locked_elsewhere(port_path);
  }
  void remember_reboot(const RebootRecord& record) override { files_.remember(record); }
  void forget_reboot(const std::string& port_path) override { files_.forget(port_path); }
  std::vector<RebootRecord> reboots() override { return files_.records(); }

  TimePoint now() override {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
  }
  void sleep(Duration duration) override { std::this_thread::sleep_for(duration); }

 private:
  System system_;
  SharedLook<std::vector<UsbDeviceInfo>> devices_{[this] { return system_.usb_devices(); }};
  SharedLook<std::vector<SerialPortInfo>> ports_{[this] { return system_.serial_ports(); }};
  StateFiles files_;
};

}  // namespace

std::unique_ptr<Host> system_host() {
  return std::make_unique<SystemHost>();
}

}  // namespace sysboot
