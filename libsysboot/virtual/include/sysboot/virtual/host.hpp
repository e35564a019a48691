// SPDX-License-Identifier: GPL-3.0-or-later
// A Host in memory: virtual boards on a virtual bus, and a clock that only moves when everybody
// waits.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

#include "sysboot/error.hpp"
#include "sysboot/host.hpp"
#include "sysboot/virtual/board.hpp"

namespace sysboot::virtual_bench {

/// What moving bytes over full-speed USB costs.
struct WireTimes {
  Duration transfer = std::chrono::microseconds(500);  ///< setup and status stage
  Duration packet =
      std::chrono::microseconds(53);  ///< 64 bytes: 19 fit a frame (USB 2.0, table 5-9)
  Duration turn_around{};  ///< until the host begins a transfer that did not wait behind another

  Duration of(std::size_t bytes) const;
};

/// Tasks of run_all() run one at a time, however many threads they have: one runs until it waits,
/// then the clock goes on to whatever comes first, and at equal times the one goes on that has not
/// run for longest. So each run is like the other, and nothing else needs to be locked.
class VirtualHost : public Host {
 public:
  VirtualHost();
  ~VirtualHost() override;

  /// The port path must be free.
  VirtualBoard& add_board(const std::string& port_path, BoardSettings settings);
  BusBoard& add_board(const std::string& port_path, std::unique_ptr<BusBoard> board);
  /// One that was made from settings.
  VirtualBoard& board(const std::string& port_path);
  /// Something else on the bus.
  void add_device(const UsbDeviceInfo& device, const std::vector<SerialPortInfo>& ports = {});

  /// Runs at that time, once.
  void at(TimePoint when, std::function<void()> action);
  /// This machine shows no USB at all.
  void hide_usb(std::string reason) { usb_unavailable_ = std::move(reason); }
  /// Opening this serial port or port path fails so, until then.
  void refuse(const std::string& what, const Error& error, TimePoint until = TimePoint::max());
  /// The system says so of a device at this port path that it cannot enumerate.
  void fail_enumeration(const std::string& port_path, std::string words) {
    enumeration_failures_[port_path] = std::move(words);
  }
  /// The rate that an earlier program left a serial port at.
  void leave_port_at(const std::string& path, unsigned baud) { saved_baud_[path] = baud; }
  /// Another process holds this board's lock.
  void hold_lock(const std::string& port_path) { held_.insert(port_path); }
  /// Until now.
  void release_lock(const std::string& port_path) { held_.erase(port_path); }

  WireTimes wire;
  std::size_t longest_transfer = 4096;
  /// Throws when the clock passes it: a test's proof that nothing waits for ever.
  TimePoint give_up_at = TimePoint::max();
  std::uint64_t control_transfers = 0;
  /// Port paths of devices and paths of serial ports that were opened, or were to be.
  std::vector<std::string> opened;
  /// Paths of serial ports that ModemManager holds for a moment.
  std::set<std::string> probed;

  /// Numbers of the tasks of the latest run_all() that sent DFU_DNLOAD to this board.
  std::set<std::size_t> writers(const std::string& port_path) const;

  /// What the ROM of any board would not have accepted.
  std::vector<std::string> violations() const;

  std::vector<UsbDeviceInfo> usb_devices() override;
  std::vector<SerialPortInfo> serial_ports() override;
  std::optional<std::string> enumeration_failure(const std::string& port_path) override {
    const auto found = enumeration_failures_.find(port_path);
    return found == enumeration_failures_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> usb_unavailable() override { return usb_unavailable_; }
  bool may_open(const UsbDeviceInfo& device) override { return !refuses(device.port_path); }
  bool may_open(const SerialPortInfo& port) override { return !refuses(port.path); }
  void wait_for_change(TimePoint until) override;
  std::unique_ptr<UsbDevice> open_usb(const UsbDeviceInfo& device) override;
  std::unique_ptr<SerialPort> open_serial(const std::string& path) override;
  bool is_being_probed(const std::string& path) override { return probed.contains(path); }
  std::string canonical_port(const std::string& path) override { return path; }
  std::unique_ptr<BoardLock> lock_board(const std::string& port_path) override;
  bool is_locked(const std::string& port_path) override { return locked_.contains(port_path); }
  bool is_locked_elsewhere(const std::string& port_path) override {
    return held_.contains(port_path);
  }
  void remember_reboot(const RebootRecord& record) override;
  void forget_reboot(const std::string& port_path) override { records_.erase(port_path); }
  std::vector<RebootRecord> reboots() override;
  TimePoint now() override { return now_; }
  void sleep(Duration duration) override { advance_to(now_ + duration); }
  void run_all(std::vector<std::function<void()>> tasks,
               const std::function<void()>& meanwhile) override;

 private:
  friend class VirtualUsb;
  friend class VirtualSerial;
  struct Slot;
  struct Task;
  class Lock;

  void advance_to(TimePoint when);
  void pass_events_until(TimePoint when);
  void pause(TimePoint until, bool comes_back_at_events);
  void pass_turn();
  Task* next_task() const;
  void await_turn(std::unique_lock<std::mutex>& lock, Task& task);
  void run_task(std::size_t number, const std::function<void()>& work);
  void note_writer(Slot& slot) const;
  std::optional<TimePoint> next_event() const;
  void run_due();
  Slot& add_slot(const std::string& port_path, std::unique_ptr<BusBoard> board);
  Slot* slot(const std::string& port_path);
  void refresh(Slot& slot);
  void check_refusal(const std::string& what) const;
  bool refuses(const std::string& what) const;

  TimePoint now_;
  std::map<std::string, std::unique_ptr<Slot>> slots_;
  std::vector<UsbDeviceInfo> other_devices_;
  std::vector<SerialPortInfo> other_ports_;
  std::multimap<TimePoint, std::function<void()>> actions_;
  std::optional<std::string> usb_unavailable_;
  std::map<std::string, std::pair<Error, TimePoint>> refusals_;
  std::map<std::string, std::string> enumeration_failures_;
  std::set<std::string> held_;    // by other processes
  std::set<std::string> locked_;  // by this one
  std::map<std::string, std::pair<RebootRecord, TimePoint>> records_;
  std::map<std::string, unsigned> saved_baud_;  // the kernel keeps it when a port is closed
  unsigned next_address_ = 1;

  std::mutex mutex_;                          // handed on with the turn; guards what follows
  std::vector<std::unique_ptr<Task>> tasks_;  // empty when there is only one thread
  Task* running_ = nullptr;
  std::uint64_t turns_ = 0;
};

}  // namespace sysboot::virtual_bench
