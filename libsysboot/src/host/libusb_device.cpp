// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_device.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libusb.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "processes.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

template <typename Handle, void Release(Handle*)>
struct Releaser {
  void operator()(Handle* handle) const { Release(handle); }
};
using Context = std::unique_ptr<libusb_context, Releaser<libusb_context, libusb_exit>>;
using Handle = std::unique_ptr<libusb_device_handle, Releaser<libusb_device_handle, libusb_close>>;

// libusb's Linux back end refuses longer control transfers (MAX_CTRL_BUFFER_LENGTH).
constexpr std::size_t usbfs_longest_transfer = 4096;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

std::string node_path(const UsbDeviceInfo& info) {
  return fmt::format("/dev/bus/usb/{:03}/{:03}", info.bus, info.address);
}

[[noreturn]] void open_failed(const UsbDeviceInfo& info, int number) {
  const std::string node = node_path(info);
  const std::string text =
      fmt::format("cannot open {} at {}: {}", info.id(), node, std::strerror(number));
  switch (number) {
    case EACCES:
    case EPERM: throw Error(Errc::not_permitted, text);
    case EBUSY: throw Error(Errc::busy, text + held_by(node));
    case ENOENT:
    case ENODEV:
    case ENXIO: throw Error(Errc::board_gone, text);
    default: throw Error(Errc::usb_io, text);
  }
}

FileDescriptor open_node(const UsbDeviceInfo& info) {
  FileDescriptor fd(::open(node_path(info).c_str(), O_RDWR | O_CLOEXEC));
  if (fd.get() < 0) open_failed(info, errno);
  return fd;
}

[[noreturn]] void fail(const UsbDeviceInfo& info, const std::string& what, int code) {
  const std::string text = fmt::format("{}: {}", what, libusb_error_name(code));
  switch (code) {
    case LIBUSB_ERROR_ACCESS: throw Error(Errc::not_permitted, text);
    case LIBUSB_ERROR_BUSY: throw Error(Errc::busy, text + held_by(node_path(info)));
    case LIBUSB_ERROR_NO_DEVICE: throw Error(Errc::board_gone, text);
    case LIBUSB_ERROR_NOT_SUPPORTED: throw Error(Errc::no_driver, text);
    default: throw Error(Errc::usb_io, text);
  }
}

TransferStatus status_of(int code) {
  switch (code) {
    case LIBUSB_ERROR_PIPE: return TransferStatus::stall;
    case LIBUSB_ERROR_TIMEOUT: return TransferStatus::timeout;
    case LIBUSB_ERROR_NO_DEVICE: return TransferStatus::no_device;
    default: return TransferStatus::io_error;
  }
}

// libusb counts 0 as for ever.
unsigned to_ms(Duration timeout) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  return ms < 1 ? 1 : static_cast<unsigned>(ms);
}

class LibusbDevice : public UsbDevice {
 public:
  explicit LibusbDevice(const UsbDeviceInfo& info) : info_(info), node_(open_node(info)) {
    libusb_context* context = nullptr;
    if (const int code = libusb_init(&context); code != 0) fail(info_, "starting libusb", code);
    context_.reset(context);
    libusb_device_handle* handle = nullptr;
    const int code = libusb_wrap_sys_device(context, static_cast<intptr_t>(node_.get()), &handle);
    if (code != 0) fail(info_, "opening " + node_path(info_), code);
    handle_.reset(handle);
  }

  void claim_interface(std::uint8_t number) override {
    const int code = libusb_claim_interface(handle_.get(), number);
    if (code != 0) fail(info_, fmt::format("claiming interface {}", number), code);
  }

  void set_alternate(std::uint8_t interface_number, std::uint8_t alternate) override {
    const int code = libusb_set_interface_alt_setting(handle_.get(), interface_number, alternate);
    if (code != 0) fail(info_, fmt::format("selecting alternate setting {}", alternate), code);
  }

  TransferResult control(const Setup& setup, std::span<std::uint8_t> data,
                         Duration timeout) override {
    const int code =
        libusb_control_transfer(handle_.get(), setup.request_type, setup.request, setup.value,
                                setup.index, data.data(), setup.length, to_ms(timeout));
    if (code < 0) return {status_of(code), 0};
    return {TransferStatus::ok, static_cast<std::size_t>(code)};
  }

  void reset() override { libusb_reset_device(handle_.get()); }

  std::size_t longest_transfer() const override { return usbfs_longest_transfer; }

 private:
  UsbDeviceInfo info_;
  FileDescriptor node_;  // outlives the handle that wraps it
  Context context_;
  Handle handle_;
};

}  // namespace

std::unique_ptr<UsbDevice> open_with_libusb(const UsbDeviceInfo& info) {
  return std::make_unique<LibusbDevice>(info);
}

bool may_open_with_libusb(const UsbDeviceInfo& info) {
  return ::access(node_path(info).c_str(), R_OK | W_OK) == 0 || errno != EACCES;
}

}  // namespace sysboot
