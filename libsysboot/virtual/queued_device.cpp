// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/queued_device.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "dfuse/descriptors.hpp"

namespace sysboot::virtual_bench {
namespace {

// The state in an answer to DFU_GETSTATUS (DFU 1.1, section 6.1.2).
std::optional<DfuState> told_state(const Setup& setup, const Bytes& data) {
  const bool is_status = setup.request_type == 0xA1 && setup.request == 3 && data.size() == 6;
  return is_status ? std::optional(static_cast<DfuState>(data[4])) : std::nullopt;
}

}  // namespace

void QueuedDevice::submit(const Setup& setup, ByteView out, Duration timeout) {
  if (out.size() != (setup.is_in() ? 0 : setup.length)) {
    throw std::logic_error("a control transfer whose data is not as long as it says");
  }
  Bytes data(out.begin(), out.end());
  data.resize(setup.length);
  under_way_.push_back({setup, std::move(data), clock_.now() + timeout, has_under_way()});
}

TransferResult QueuedDevice::reap(std::span<std::uint8_t> in) {
  if (under_way_.empty()) throw std::logic_error("no control transfer is under way");
  Submitted first = std::move(under_way_.front());
  under_way_.pop_front();
  if (given_up_ > 0) {
    --given_up_;
    return {TransferStatus::timeout, 0};
  }
  const Duration left = std::max(first.deadline - clock_.now(), Duration::zero());
  forgive(first.follows && (is_broken_ || is_busy_));
  const TransferResult result = carry_out(first.setup, first.data, left, first.follows);
  if (result.status == TransferStatus::timeout) given_up_ = under_way_.size();
  const auto state = told_state(first.setup, first.data);
  is_busy_ = state == DfuState::dfuDNBUSY;
  is_broken_ = has_under_way() &&
               (is_broken_ || result.status != TransferStatus::ok || state == DfuState::dfuERROR);
  if (!first.setup.is_in()) return result;
  std::copy_n(first.data.begin(), std::min({result.length, first.data.size(), in.size()}),
              in.begin());
  return result;
}

void QueuedDevice::cancel() {
  for (Submitted& submitted : under_way_) submitted.deadline = clock_.now();
}

}  // namespace sysboot::virtual_bench
