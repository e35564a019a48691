// SPDX-License-Identifier: GPL-3.0-or-later
#include "requests.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/timing.hpp"
#include "dfu_util_shim.h"

extern "C" {
#include "dfu.h"
#include "quirks.h"
}

namespace sysboot {
namespace {

// DFU 1.1, table 3.2: class requests to an interface.
constexpr std::uint8_t to_interface = 0x21;
constexpr std::uint8_t from_interface = 0xA1;
constexpr std::uint16_t status_length = 6;

libusb_device_handle* handle_of(DfuRequests* requests) {
  return reinterpret_cast<libusb_device_handle*>(requests);
}

int to_libusb(const TransferResult& result) {
  switch (result.status) {
    case TransferStatus::ok: return static_cast<int>(result.length);
    case TransferStatus::stall: return LIBUSB_ERROR_PIPE;
    case TransferStatus::timeout: return LIBUSB_ERROR_TIMEOUT;
    case TransferStatus::no_device: return LIBUSB_ERROR_NO_DEVICE;
    case TransferStatus::io_error: break;
  }
  return LIBUSB_ERROR_IO;
}

TransferResult from_libusb(int code) {
  if (code >= 0) return {TransferStatus::ok, static_cast<std::size_t>(code)};
  switch (code) {
    case LIBUSB_ERROR_PIPE: return {TransferStatus::stall, 0};
    case LIBUSB_ERROR_TIMEOUT: return {TransferStatus::timeout, 0};
    case LIBUSB_ERROR_NO_DEVICE: return {TransferStatus::no_device, 0};
    default: return {TransferStatus::io_error, 0};
  }
}

}  // namespace

DfuRequests::DfuRequests(const Job& job, UsbDevice& device, std::uint8_t interface_number,
                         std::uint16_t quirks)
    : job_(job),
      device_(device),
      interface_(interface_number),
      quirks_(quirks),
      timeout_(timing::request) {}

TransferResult DfuRequests::detach(std::uint16_t timeout_ms) {
  return from_libusb(dfu_detach(handle_of(this), interface_, timeout_ms));
}

TransferResult DfuRequests::download(std::uint16_t block, ByteView data) {
  // dfu.c takes a pointer to non-const and only reads from it.
  auto* bytes = const_cast<unsigned char*>(data.data());
  const auto length = static_cast<std::uint16_t>(data.size());
  const TransferResult result =
      from_libusb(dfu_download(handle_of(this), interface_, length, block, bytes));
  const bool cut = result.status == TransferStatus::ok && result.length != data.size();
  return cut ? TransferResult{TransferStatus::io_error, result.length} : result;
}

TransferResult DfuRequests::upload(std::uint16_t block, std::span<std::uint8_t> out) {
  const auto length = static_cast<std::uint16_t>(out.size());
  return from_libusb(dfu_upload(handle_of(this), interface_, length, block, out.data()));
}

TransferResult DfuRequests::get_status(DfuStatus& answer, Duration timeout) {
  dfu_if interface {};
  interface.dev_handle = handle_of(this);
  interface.interface = interface_;
  interface.quirks = quirks_;
  dfu_status status{};
  timeout_ = timeout;
  const TransferResult result = from_libusb(dfu_get_status(&interface, &status));
  timeout_ = timing::request;
  if (result.status != TransferStatus::ok) return result;
  if (result.length != 6) return {TransferStatus::io_error, result.length};
  answer = {static_cast<DfuStatusCode>(status.bStatus), static_cast<DfuState>(status.bState),
            std::chrono::milliseconds(status.bwPollTimeout)};
  return result;
}

std::optional<DfuState> DfuRequests::get_state() {
  const int state = dfu_get_state(handle_of(this), interface_);
  return state < 0 ? std::nullopt : std::optional(static_cast<DfuState>(state));
}

TransferResult DfuRequests::clear_status() {
  return from_libusb(dfu_clear_status(handle_of(this), interface_));
}

TransferResult DfuRequests::abort() {
  return from_libusb(dfu_abort(handle_of(this), interface_));
}

void DfuRequests::queue_download(std::uint16_t block, ByteView data, Duration timeout) {
  queue({to_interface, DFU_DNLOAD, block, interface_, static_cast<std::uint16_t>(data.size())},
        data, timeout);
}

void DfuRequests::queue_status(Duration timeout) {
  queue({from_interface, DFU_GETSTATUS, 0, interface_, status_length}, {}, timeout);
}

void DfuRequests::queue_upload(std::uint16_t block, std::size_t length, Duration timeout) {
  queue({from_interface, DFU_UPLOAD, block, interface_, static_cast<std::uint16_t>(length)}, {},
        timeout);
}

void DfuRequests::queue(const Setup& setup, ByteView out, Duration timeout) {
  device_.submit(setup, out, timeout);
  queue_.push_back({setup, {out.begin(), out.end()}});
}

// A download that is refused may never end: ROMs of the F413 then let its data wait.
void DfuRequests::drop_queue() {
  const bool has_download = std::any_of(queue_.begin(), queue_.end(),
                                        [](const Queued& queued) { return !queued.setup.is_in(); });
  if (has_download) device_.cancel();
  for (; !queue_.empty(); queue_.pop_front()) device_.reap({});
}

bool DfuRequests::is_next(const Setup& setup, ByteView data) const {
  return !queue_.empty() && queue_.front().setup == setup &&
         (setup.is_in() || std::equal(data.begin(), data.end(), queue_.front().out.begin()));
}

TransferResult DfuRequests::carry_out(const Setup& setup, std::span<std::uint8_t> data) {
  if (is_next(setup, data)) {
    queue_.pop_front();
    return device_.reap(data);
  }
  drop_queue();
  return device_.control(setup, data, timeout_);
}

TransferResult DfuRequests::transfer(const Setup& setup, std::span<std::uint8_t> data) {
  const TimePoint start = job_.host.now();
  const TransferResult result = carry_out(setup, data);
  if (job_.observer) {
    const std::size_t moved = setup.is_in() ? std::min(result.length, data.size()) : data.size();
    const auto head = data.first(std::min<std::size_t>(moved, 16));
    job_.tell(Transfer{setup, result, Bytes(head.begin(), head.end()), job_.host.now() - start});
  }
  return result;
}

std::uint16_t dfu_util_quirks(const UsbDeviceInfo& device) {
  return get_quirks(device.vendor, device.product, device.release);
}

std::string to_string(DfuState state) {
  const char* name = dfu_state_to_string(static_cast<int>(state));
  return name != nullptr ? name : fmt::format("state {}", static_cast<unsigned>(state));
}

std::string to_string(DfuStatusCode status) {
  const auto number = static_cast<int>(status);
  if (number > DFU_STATUS_errSTALLEDPKT) return fmt::format("status {}", number);
  return dfu_status_to_string(number);
}

std::string DfuStatus::describe() const {
  return to_string(state) + ", " + sysboot::to_string(status);
}

}  // namespace sysboot

int sysboot_control_transfer(struct libusb_device_handle* handle, uint8_t request_type,
                             uint8_t request, uint16_t value, uint16_t index, unsigned char* data,
                             uint16_t length, unsigned int /*timeout_ms: ours are finer*/) {
  auto* requests = reinterpret_cast<sysboot::DfuRequests*>(handle);
  return sysboot::to_libusb(
      requests->transfer({request_type, request, value, index, length}, {data, length}));
}
