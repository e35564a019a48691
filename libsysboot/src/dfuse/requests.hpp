// SPDX-License-Identifier: GPL-3.0-or-later
// The seven DFU requests, as dfu-util's dfu.c makes them, over a UsbDevice.
#pragma once

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

  /// What sysboot_control_transfer ends up in.
  TransferResult transfer(const Setup& setup, std::span<std::uint8_t> data);

 private:
  const Job& job_;
  UsbDevice& device_;
  std::uint8_t interface_;
  std::uint16_t quirks_;
  Duration timeout_;
};

/// quirks.c's table.
std::uint16_t dfu_util_quirks(const UsbDeviceInfo& device);

}  // namespace sysboot
