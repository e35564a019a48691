// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_device.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "host/processes.hpp"
#include "libusb_errors.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// libusb's back ends for Linux and Windows refuse longer control transfers
// (MAX_CTRL_BUFFER_LENGTH).
constexpr std::size_t longest_control_transfer = 4096;

#if defined(_WIN32)
constexpr LibusbSystem this_system = LibusbSystem::windows;
#elif defined(__APPLE__)
constexpr LibusbSystem this_system = LibusbSystem::mac;
#else
constexpr LibusbSystem this_system = LibusbSystem::linux_usbfs;
#endif

TransferStatus status_of(libusb_transfer_status status) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED: return TransferStatus::ok;
    case LIBUSB_TRANSFER_STALL: return TransferStatus::stall;
    case LIBUSB_TRANSFER_CANCELLED:  // it was behind one that timed out
    case LIBUSB_TRANSFER_TIMED_OUT: return TransferStatus::timeout;
    case LIBUSB_TRANSFER_NO_DEVICE: return TransferStatus::no_device;
    default: return TransferStatus::io_error;
  }
}

// libusb counts 0 as for ever.
unsigned to_ms(Duration timeout) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return ms < 1 ? 1 : static_cast<unsigned>(ms);
}

class ControlTransfer {
 public:
  // libusb ends it at the timeout, so that it always completes.
  ControlTransfer(const LibusbContext& context, libusb_device_handle* handle, const Setup& setup,
                  ByteView out, unsigned timeout_ms)
      : context_(context), buffer_(LIBUSB_CONTROL_SETUP_SIZE + setup.length) {
    libusb_fill_control_setup(buffer_.data(), setup.request_type, setup.request, setup.value,
                              setup.index, setup.length);
    std::copy(out.begin(), out.end(), payload());
    if (!transfer_) return;
    libusb_fill_control_transfer(transfer_.get(), handle, buffer_.data(), on_complete, this,
                                 timeout_ms);
    code_ = libusb_submit_transfer(transfer_.get());
  }
  ControlTransfer(const ControlTransfer&) = delete;
  ControlTransfer& operator=(const ControlTransfer&) = delete;
  ~ControlTransfer() {
    cancel();
    wait();
  }

  void cancel() {
    if (is_under_way()) libusb_cancel_transfer(transfer_.get());
  }

  TransferResult result(std::span<std::uint8_t> in) {
    if (code_ == LIBUSB_ERROR_NO_DEVICE) return {TransferStatus::no_device, 0};
    if (code_ != 0) return {TransferStatus::io_error, 0};
    wait();
    const TransferStatus status = status_of(transfer_->status);
    if (status != TransferStatus::ok) return {status, 0};
    const bool is_in = (buffer_[0] & LIBUSB_ENDPOINT_IN) != 0;
    const auto moved = static_cast<std::size_t>(transfer_->actual_length);
    if (!is_in) return {status, moved};
    const std::size_t count = std::min(moved, in.size());
    std::copy_n(payload(), count, in.begin());
    return {status, count};
  }

 private:
  struct Free {
    void operator()(libusb_transfer* transfer) const { libusb_free_transfer(transfer); }
  };

  static void LIBUSB_CALL on_complete(libusb_transfer* transfer) {
    auto* self = static_cast<ControlTransfer*>(transfer->user_data);
    self->context_.set(self->completed_);
  }
  bool is_under_way() const { return code_ == 0 && !has_ended_; }
  void wait() {
    if (is_under_way()) context_.wait(completed_);
    has_ended_ = true;
  }
  std::uint8_t* payload() { return buffer_.data() + LIBUSB_CONTROL_SETUP_SIZE; }

  const LibusbContext& context_;
  std::vector<std::uint8_t> buffer_;
  std::unique_ptr<libusb_transfer, Free> transfer_{libusb_alloc_transfer(0)};
  Completion completed_;
  int code_ = LIBUSB_ERROR_NO_MEM;
  bool has_ended_ = false;
};

class LibusbDevice : public UsbDevice {
 public:
  LibusbDevice(UsbDeviceInfo info, SharedLibusb context, LibusbHandle handle,
               std::shared_ptr<const void> backing)
      : info_(std::move(info)),
        backing_(std::move(backing)),
        context_(std::move(context)),
        handle_(std::move(handle)) {}

  void claim_interface(std::uint8_t number) override {
    const int code = libusb_claim_interface(handle_.get(), number);
    if (code != 0) libusb_failed(info_, fmt::format("claiming interface {}", number), code);
  }

  void set_alternate(std::uint8_t interface_number, std::uint8_t alternate) override {
    const int code = libusb_set_interface_alt_setting(handle_.get(), interface_number, alternate);
    if (code != 0) {
      libusb_failed(info_, fmt::format("selecting alternate setting {}", alternate), code);
    }
  }

  void submit(const Setup& setup, ByteView out, Duration timeout) override {
    under_way_.emplace_back(*context_, handle_.get(), setup, out, to_ms(timeout));
  }

  TransferResult reap(std::span<std::uint8_t> in) override {
    const TransferResult result = under_way_.front().result(in);
    under_way_.pop_front();
    if (result.status == TransferStatus::timeout) cancel();
    return result;
  }

  void cancel() override {
    for (ControlTransfer& transfer : under_way_) transfer.cancel();
  }

  void reset() override { libusb_reset_device(handle_.get()); }

  std::size_t longest_transfer() const override { return longest_control_transfer; }

 private:
  UsbDeviceInfo info_;
  std::shared_ptr<const void> backing_;
  SharedLibusb context_;
  LibusbHandle handle_;
  std::deque<ControlTransfer> under_way_;
};

}  // namespace

void libusb_failed(const UsbDeviceInfo& info, const std::string& what, int code) {
  const std::string text = fmt::format("{}: {}", what, libusb_error_name(code));
  throw Error(meaning_of_libusb_error(code, this_system),
              code == LIBUSB_ERROR_BUSY ? text + held_by(info) : text);
}

std::unique_ptr<UsbDevice> make_libusb_device(const UsbDeviceInfo& info, SharedLibusb context,
                                              LibusbHandle handle,
                                              std::shared_ptr<const void> backing) {
  return std::make_unique<LibusbDevice>(info, std::move(context), std::move(handle),
                                        std::move(backing));
}

}  // namespace sysboot
