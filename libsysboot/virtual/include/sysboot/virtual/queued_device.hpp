// SPDX-License-Identifier: GPL-3.0-or-later
// A device in memory, whose transfers are carried out when they are reaped, one after the other.
#pragma once

#include <deque>

#include "sysboot/host.hpp"

namespace sysboot::virtual_bench {

class QueuedDevice : public UsbDevice {
 public:
  /// The clock must outlive the device.
  explicit QueuedDevice(Host& clock) : clock_(clock) {}

  void submit(const Setup& setup, ByteView out, Duration timeout) override;
  TransferResult reap(std::span<std::uint8_t> in) override;
  /// Each one is still carried out if the device takes it at once.
  void cancel() override;

 protected:
  /// `data` has setup.length bytes. `follows`: it was under way before the one in front had ended,
  /// so that the host needs no time to begin it.
  virtual TransferResult carry_out(const Setup& setup, std::span<std::uint8_t> data,
                                   Duration timeout, bool follows) = 0;
  /// What comes next was put under way before the host could know that something in front of it had
  /// gone wrong.
  virtual void forgive(bool on) = 0;
  bool has_under_way() const { return !under_way_.empty(); }

 private:
  struct Submitted {
    Setup setup;
    Bytes data;
    TimePoint deadline;
    bool follows;
  };

  Host& clock_;
  std::deque<Submitted> under_way_;
  std::size_t given_up_ = 0;  // of those under way: they are behind one that timed out
  bool is_broken_ = false;    // one in front of them went wrong
  bool is_busy_ = false;      // the one in front of them told that
};

}  // namespace sysboot::virtual_bench
