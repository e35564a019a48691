// SPDX-License-Identifier: GPL-3.0-or-later
// The seven DFU requests, as dfu-util's dfu.c makes them, over a UsbDevice.
#pragma once

#include <deque>

#include "descriptors.hpp"
#include "sysboot/job.hpp"

namespace sysboot {

/// Makes requests to one interface and reports each transfer. Failing is an outcome.
class DfuRequests {
 public:
  /// `quirks` are dfu-util's (quirks.h). The device and the job must outlive this object.
  DfuRequests(const Job& job, UsbDevice& device, std::uint8_t interface_number,
              std::uint16_t quirks);

  TransferResult detach(std::uint16_t timeout_ms);
  TransferResult download(std::uint16_t block, ByteView data);
  TransferResult upload(std::uint16_t block, std::span<std::uint8_t> out);
  /// `answer` is only written when all six bytes arrived; fewer count as io_error.
  TransferResult get_status(DfuStatus& answer, Duration timeout);
  /// Unlike GETSTATUS it starts nothing. None when the device does not answer it.
  std::optional<DfuState> get_state();
  TransferResult clear_status();
  TransferResult abort();

  /// Puts a request under way behind those that are, so that the host loses no time between them;
  /// the member that makes this request then only waits for its answer. They have to be made in
  /// this order: another request first waits for all that are under way and forgets their answers.
  /// Timeouts count from now.
  void queue_download(std::uint16_t block, ByteView data, Duration timeout);
  void queue_status(Duration timeout);
  void queue_upload(std::uint16_t block, std::size_t length, Duration timeout);
  std::size_t queued() const { return queue_.size(); }
  void drop_queue();

  /// What sysboot_control_transfer ends up in.
  TransferResult transfer(const Setup& setup, std::span<std::uint8_t> data);

 private:
  struct Queued {
    Setup setup;
    Bytes out;
  };

  void queue(const Setup& setup, ByteView out, Duration timeout);
  bool is_next(const Setup& setup, ByteView data) const;
  TransferResult carry_out(const Setup& setup, std::span<std::uint8_t> data);

  const Job& job_;
  UsbDevice& device_;
  std::uint8_t interface_;
  std::uint16_t quirks_;
  Duration timeout_;
  std::deque<Queued> queue_;
};

/// quirks.c's table.
std::uint16_t dfu_util_quirks(const UsbDeviceInfo& device);

}  // namespace sysboot
