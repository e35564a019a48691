// SPDX-License-Identifier: GPL-3.0-or-later
// A board as a host sees it: something that comes and goes on the bus, and answers transfers.
#pragma once

#include <optional>

#include "sysboot/virtual/flash_memory.hpp"
#include "sysboot/virtual/usb_function.hpp"

namespace sysboot::virtual_bench {

class BusBoard {
 public:
  BusBoard() = default;
  BusBoard(const BusBoard&) = delete;
  BusBoard& operator=(const BusBoard&) = delete;
  virtual ~BusBoard() = default;

  /// Of what is on the bus now; none while it reboots, is unplugged or is dead.
  virtual const Descriptors* descriptors() = 0;
  /// The ROM runs, not the application.
  virtual bool in_rom() const = 0;
  /// Counts the times it appeared on the bus.
  virtual unsigned generation() const = 0;

  /// Lets time pass up to `now`.
  virtual void advance(TimePoint now) = 0;
  /// When something will happen by itself.
  virtual std::optional<TimePoint> next_event() const = 0;

  virtual void unplug(TimePoint now) = 0;
  /// Power returns.
  virtual void plug_in(TimePoint now, bool boot0_held) = 0;
  /// The application reboots into the ROM of its own accord, as when somebody holds its button.
  virtual void enter_rom(TimePoint now) = 0;
  virtual void usb_reset(TimePoint now) = 0;

  /// When a control transfer that arrives at `now` can be served.
  virtual TimePoint ready_at(TimePoint now) const = 0;
  /// While on, a request that its state does not allow is no violation: the host sent it before it
  /// could know.
  virtual void forgive(bool /*on*/) {}
  /// Serves it. Statuses no_device, timeout and io_error are possible, too.
  virtual Answer control(const Setup& setup, ByteView out, TimePoint now) = 0;
  /// May bulk_out() be called? While it is false the device says NAK.
  virtual bool takes_bulk(std::uint8_t /*endpoint*/) const { return true; }
  virtual void bulk_out(std::uint8_t endpoint, ByteView data, TimePoint now) = 0;
  /// `endpoint` with the direction bit. Empty: the device says NAK.
  virtual Bytes bulk_in(std::uint8_t endpoint, std::size_t most) = 0;

  virtual FlashMemory& flash() = 0;
  /// What went against the rules so far.
  virtual std::vector<std::string> violations() const = 0;
  /// What its application was made to do that a user would not want; models of other people's
  /// firmware know.
  virtual std::vector<std::string> harm() const { return {}; }
};

}  // namespace sysboot::virtual_bench
