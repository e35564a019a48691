// SPDX-License-Identifier: GPL-3.0-or-later
// The real Host on Linux, put together from its parts.
#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "claims.hpp"
#include "hotplug.hpp"
#include "kernel_log.hpp"
#include "libusb_device.hpp"
#include "posix_serial.hpp"
#include "processes.hpp"
#include "shared_look.hpp"
#include "state_files.hpp"
#include "sysboot/error.hpp"
#include "sysboot/host.hpp"
#include "sysfs.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

// ModemManager holds a new port for about 10 s while it asks whether it is a modem.
constexpr Duration probing_patience = std::chrono::seconds(15);
constexpr std::string_view prober = "ModemManager";

bool is_being_probed(const std::string& path) {
  const auto holders = processes_holding(path);
  return std::any_of(holders.begin(), holders.end(),
                     [](const Process& process) { return process.name == prober; });
}

class SystemHost : public Host {
 public:
  SystemHost() : sysfs_("/sys"), files_(StateFiles::usual()) {}

  std::vector<UsbDeviceInfo> usb_devices() override { return devices_.get(); }
  std::vector<SerialPortInfo> serial_ports() override { return ports_.get(); }
  std::optional<std::string> usb_unavailable() override { return sysfs_.unavailable(); }

  std::optional<std::string> enumeration_failure(const std::string& port_path) override {
    for (const auto& failure : read_kernel_log("/dev/kmsg").failures) {
      if (failure.port_path == port_path) return failure.text;
    }
    return std::nullopt;
  }

  bool may_open(const UsbDeviceInfo& device) override { return may_open_with_libusb(device); }
  bool may_open(const SerialPortInfo& port) override { return may_open_posix_serial(port.path); }

  void wait_for_change(TimePoint until) override {
    std::call_once(hotplug_made_, [this] { hotplug_.emplace(); });
    hotplug_->wait(until - now());
  }

  std::unique_ptr<UsbDevice> open_usb(const UsbDeviceInfo& device) override {
    return open_with_libusb(device);
  }

  std::unique_ptr<SerialPort> open_serial(const std::string& path) override {
    const TimePoint start = now();
    for (;;) {
      try {
        return open_posix_serial(path);
      } catch (const Error& error) {
        const bool later =
            error.code() == Errc::busy && now() - start < probing_patience && is_being_probed(path);
        if (!later) throw;
      }
      sleep(std::chrono::milliseconds(100));
    }
  }

  std::string canonical_port(const std::string& path) override {
    std::error_code code;
    const fs::path real = fs::canonical(path, code);
    if (code) return path;
    if (!is_character_device(real)) throw Error(Errc::usage, path + " is not a serial port");
    const auto ports = serial_ports();
    const bool is_usb = std::any_of(ports.begin(), ports.end(),
                                    [&](const SerialPortInfo& port) { return port.path == real; });
    if (!is_usb) throw Error(Errc::usage, path + " is not a USB serial port");
    return real;
  }

  std::unique_ptr<BoardLock> lock_board(const std::string& port_path) override {
    return claims_.take(port_path, [&] { return files_.lock(port_path); });
  }
  bool is_locked(const std::string& port_path) override { return claims_.has(port_path); }
  void remember_reboot(const RebootRecord& record) override { files_.remember(record); }
  void forget_reboot(const std::string& port_path) override { files_.forget(port_path); }
  std::vector<RebootRecord> reboots() override { return files_.records(); }

  TimePoint now() override {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
  }
  void sleep(Duration duration) override { std::this_thread::sleep_for(duration); }

 private:
  Sysfs sysfs_;
  SharedLook<std::vector<UsbDeviceInfo>> devices_{[this] { return sysfs_.usb_devices(); }};
  SharedLook<std::vector<SerialPortInfo>> ports_{[this] { return sysfs_.serial_ports(); }};
  StateFiles files_;
  Claims claims_;
  std::once_flag hotplug_made_;
  std::optional<Hotplug> hotplug_;  // made when first needed: it costs a scan of the bus
};

}  // namespace

std::unique_ptr<Host> system_host() {
  return std::make_unique<SystemHost>();
}

}  // namespace sysboot
