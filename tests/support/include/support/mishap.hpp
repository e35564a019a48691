// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual bench on which things go wrong: where a device is opened, at a USB transfer, or at an
// operation on a serial port. Usually exactly one thing does, at the nth of these.
#pragma once

#include "dfuse/descriptors.hpp"
#include "sysboot/virtual/host.hpp"

namespace support {

/// What goes wrong. Of a serial port: io_error, unplug, and the three that say so; of opening a
/// device: io_error, unplug, and the three that say so.
enum class Wrong {
  stall,              ///< the request is refused, and never reaches the board
  timeout,            ///< it never reaches the board
  lost_answer,        ///< it reaches the board, but the answer never comes
  io_error,           ///< it never reaches the board
  lost_answer_error,  ///< it reaches the board, but the host reports an error
  short_data,         ///< half of the data stage is missing
  unplug,             ///< the cable is pulled at that moment
  written_bit,        ///< one bit of a block is not what was sent
  read_bit,           ///< one bit of a block is not what flash holds
  state,              ///< GETSTATUS tells another state
  stuck,              ///< from here on GETSTATUS says dfuDNBUSY, whatever the board is told
  serial_busy,        ///< opening: another program has the port
  serial_refused,     ///< opening: not permitted
  serial_garbage,     ///< reading: other bytes than were sent
  device_busy,        ///< opening: another program has the device
  device_refused,     ///< opening: not permitted
  device_no_driver,   ///< opening: the system has no driver for it
  stale_read,         ///< a block read is the one before, again
  stopped,            ///< this process stands still for 20 s (Ctrl-Z), and then goes on
};
std::string to_string(Wrong wrong);

/// An opening, a transfer or an operation of a run without mishap: what could go wrong at the same
/// place.
struct Step {
  std::optional<sysboot::Setup> setup;  ///< of a USB transfer
  std::string operation;                ///< "open device", or of a serial port: "open", "baud",
                                        ///< "dtr", "rts", "write" or "read", or of the host:
                                        ///< "clock", "sleep", "wait" or "look"

  std::string describe() const;
  /// Everything that makes a difference here, but being stopped.
  std::vector<Wrong> possible() const;
};

struct Mishap {
  std::size_t at = 0;  ///< index of the step
  Wrong wrong = Wrong::stall;
  sysboot::DfuState state = sysboot::DfuState::dfuIDLE;  ///< that Wrong::state tells
};

/// The virtual bench as the library sees it, with the mishaps. Everything else is the bench's.
class MishapHost : public sysboot::Host {
 public:
  /// What goes wrong at a step, if anything; asked once for each.
  using Chooser = std::function<std::optional<Wrong>(const Step&)>;

  MishapHost(sysboot::virtual_bench::VirtualHost& bench, std::optional<Mishap> mishap)
      : bench_(bench), mishap_(mishap) {}
  MishapHost(sysboot::virtual_bench::VirtualHost& bench, Chooser chooser)
      : bench_(bench), chooser_(std::move(chooser)) {}

  /// What was done to boards so far, in order.
  const std::vector<Step>& steps() const { return steps_; }
  /// Port paths of the devices, and names of the serial ports, that were opened.
  const std::set<std::string>& opened() const { return opened_; }

  /// Counts a step; tells whether it is the one.
  std::optional<Wrong> next(Step step);
  sysboot::virtual_bench::VirtualHost& bench() { return bench_; }
  const std::optional<Mishap>& mishap() const { return mishap_; }
  bool is_stuck() const { return stuck_; }
  void pull_cable(const std::string& port_path);
  /// See BusBoard.
  void forgive(const std::string& port_path, bool on);

  std::vector<sysboot::UsbDeviceInfo> usb_devices() override {
    next({{}, "look"});
    return bench_.usb_devices();
  }
  std::vector<sysboot::SerialPortInfo> serial_ports() override {
    next({{}, "look"});
    return bench_.serial_ports();
  }
  std::optional<std::string> usb_unavailable() override { return bench_.usb_unavailable(); }
  std::optional<std::string> enumeration_failure(const std::string& port_path) override {
    return bench_.enumeration_failure(port_path);
  }
  bool may_open(const sysboot::UsbDeviceInfo& device) override { return bench_.may_open(device); }
  bool may_open(const sysboot::SerialPortInfo& port) override { return bench_.may_open(port); }
  void wait_for_change(sysboot::TimePoint until) override {
    next({{}, "wait"});
    bench_.wait_for_change(until);
  }
  std::unique_ptr<sysboot::UsbDevice> open_usb(const sysboot::UsbDeviceInfo& device) override;
  std::unique_ptr<sysboot::SerialPort> open_serial(const std::string& path) override;
  bool is_being_probed(const std::string& path) override { return bench_.is_being_probed(path); }
  std::string canonical_port(const std::string& path) override {
    return bench_.canonical_port(path);
  }
  bool is_locked(const std::string& port_path) override { return bench_.is_locked(port_path); }
  bool is_locked_elsewhere(const std::string& port_path) override {
    return bench_.is_locked_elsewhere(port_path);
  }
  std::unique_ptr<sysboot::BoardLock> lock_board(const std::string& port_path) override {
    return bench_.lock_board(port_path);
  }
  void remember_reboot(const sysboot::RebootRecord& record) override {
    bench_.remember_reboot(record);
  }
  void forget_reboot(const std::string& port_path) override { bench_.forget_reboot(port_path); }
  std::vector<sysboot::RebootRecord> reboots() override { return bench_.reboots(); }
  sysboot::TimePoint now() override {
    next({{}, "clock"});
    return bench_.now();
  }
  void sleep(sysboot::Duration duration) override {
    next({{}, "sleep"});
    bench_.sleep(duration);
  }

 private:
  sysboot::virtual_bench::VirtualHost& bench_;
  std::optional<Mishap> mishap_;
  Chooser chooser_;
  std::vector<Step> steps_;
  std::set<std::string> opened_;
  bool stuck_ = false;
};

}  // namespace support
