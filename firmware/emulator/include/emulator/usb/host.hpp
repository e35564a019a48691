// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of the cable: a host controller that carries out transfers as transactions in
// virtual time, and enumerates as Linux does.
#pragma once

#include <deque>
#include <map>

#include "emulator/base/clock.hpp"
#include "emulator/usb/device_port.hpp"
#include "sysboot/virtual/usb_function.hpp"

namespace emulator {

using sysboot::Setup;
using sysboot::TransferStatus;
using sysboot::virtual_bench::Answer;
using sysboot::virtual_bench::Descriptors;

struct UsbHostSettings {
  Time debounce = std::chrono::milliseconds(100);  ///< USB 2.0, 7.1.7.3
  Time reset = std::chrono::milliseconds(50);      ///< 7.1.7.5, root hubs
  Time recovery = std::chrono::milliseconds(10);   ///< 7.1.7.5
  Time patience = std::chrono::seconds(5);         ///< for each request while enumerating
  unsigned attempts = 4;                           ///< to enumerate, before giving up
  /// From the end of a control transfer to the next SETUP: an interrupt, a driver, a schedule.
  Time turnaround = std::chrono::microseconds(50);
  bool configures = true;  ///< chooses the first configuration, as an operating system does
};

class UsbHost {
 public:
  struct Transfer {
    std::uint8_t endpoint = 0;  ///< 0, or the address with the direction bit
    Setup setup;                ///< endpoint 0 only
    Bytes out;
    std::size_t length = 0;  ///< most bytes to take in, except on endpoint 0
  };
  using Ticket = std::uint64_t;

  UsbHost(Scheduler& scheduler, UsbDevicePort& port, UsbHostSettings settings = {});

  void plug(bool plugged);

  /// A device has been enumerated, and is still there.
  bool is_ready() const { return present_; }
  /// Counts the times a device was enumerated.
  unsigned generation() const { return generation_; }
  const Descriptors& descriptors() const { return descriptors_; }
  /// Why enumeration failed the last time: "device descriptor: timeout".
  const std::string& failure() const { return failure_; }
  /// Called when is_ready() or failure() has changed.
  std::function<void()> changed = [] {};

  /// Resets the port; the device gets an address again, and has no configuration.
  void reset_port();
  void suspend();
  void resume();
  bool is_suspended() const { return suspended_; }

  Ticket submit(Transfer transfer);
  /// The outcome, once.
  std::optional<Answer> take(Ticket ticket);
  bool is_done(Ticket ticket) const { return done_.contains(ticket); }
  void cancel(Ticket ticket);

 private:
  enum class Stage { setup, data, status };
  struct Running {
    Ticket ticket = 0;
    Transfer transfer;
    Stage stage = Stage::setup;
    Bytes data;  // that came in
    std::size_t sent = 0;
    bool data1 = true;    // of the next packet of a control transfer
    unsigned errors = 0;  // in a row
    bool is_own = false;  // asked by the host itself
    bool is_done = false;
  };
  struct Endpoint {
    std::size_t packet_size = 64;
    std::uint8_t interface_number = 0;
    bool data1 = false;
    bool waits = false;  // said NAK
    std::deque<Running> queue;
  };
  using Then = std::function<void(const Answer&)>;
  using Step = void (UsbHost::*)();

  // Enumeration
  void attachment_changed();
  void begin_reset(Step then);
  void end_reset();
  void fail(const std::string& what);
  void ask(const Setup& setup, const std::string& what, Then then);
  void get_descriptor(std::uint8_t type, std::uint8_t index, std::uint16_t language,
                      std::uint16_t length, const std::string& what, Then then);
  void peek_device();
  void set_address();
  void read_device();
  void read_configuration();
  void read_strings();
  void read_next_string();
  void configure();
  void enumerated();
  void learn_endpoints();

  // Transactions
  bool may_transact() const;
  void wake(Time in);
  void pump();
  void transact(Endpoint& endpoint);
  static std::size_t bytes_to_send(const Running& running);
  void control_step(Running& running);
  void control_data_in(Running& running);
  void control_data_out(Running& running);
  void bulk_in(Endpoint& endpoint, Running& running);
  void bulk_out(Endpoint& endpoint, Running& running);
  bool acknowledged(Running& running, Handshake handshake);
  void finish(Running& running, TransferStatus status);
  void drop_everything(TransferStatus status);
  void follow_request(const Setup& setup);

  Scheduler& scheduler_;
  UsbDevicePort& port_;
  UsbHostSettings settings_;
  bool plugged_ = false;
  bool present_ = false;
  bool resetting_ = false;
  bool suspended_ = false;
  unsigned generation_ = 0;
  unsigned attempt_ = 0;
  std::uint8_t address_ = 0;
  std::string failure_;
  Descriptors descriptors_;
  std::vector<std::uint8_t> strings_to_read_;
  std::uint16_t language_ = 0;
  std::map<std::uint8_t, Endpoint> endpoints_;  // by address; 0 is always there
  std::uint8_t last_served_ = 0;
  std::map<Ticket, Answer> done_;
  std::map<Ticket, Then> own_;  // its own requests
  Ticket next_ticket_ = 1;
  bool said_nak_ = false;  // the transaction that was just made
  Time bus_free_{};        // when that one is over
  Step after_reset_ = nullptr;
  Alarm step_;
  Alarm patience_;
  Alarm idle_;
  Alarm pump_;
  std::function<void()> next_step_;
  std::string asked_for_;
};

}  // namespace emulator
