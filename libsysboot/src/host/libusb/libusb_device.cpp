// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_device.hpp"

#include <fmt/format.h>

#include "host/processes.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// libusb's back ends for Linux and Windows refuse longer control transfers
// (MAX_CTRL_BUFFER_LENGTH).
constexpr std::size_t longest_control_transfer = 4096;

#ifdef _WIN32
// Every user may open it, one program at a time; what is not found is WinUSB's interface.
constexpr Errc no_access = Errc::busy;
constexpr Errc not_found = Errc::no_driver;
#else
constexpr Errc no_access = Errc::not_permitted;
constexpr Errc not_found = Errc::usb_io;
#endif

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
  LibusbDevice(UsbDeviceInfo info, LibusbContext context, LibusbHandle handle,
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

  TransferResult control(const Setup& setup, std::span<std::uint8_t> data,
                         Duration timeout) override {
    const int code =
        libusb_control_transfer(handle_.get(), setup.request_type, setup.request, setup.value,
                                setup.index, data.data(), setup.length, to_ms(timeout));
    if (code < 0) return {status_of(code), 0};
    return {TransferStatus::ok, static_cast<std::size_t>(code)};
  }

  void reset() override { libusb_reset_device(handle_.get()); }

  std::size_t longest_transfer() const override { return longest_control_transfer; }

 private:
  UsbDeviceInfo info_;
  std::shared_ptr<const void> backing_;
  LibusbContext context_;
  LibusbHandle handle_;
};

}  // namespace

LibusbContext start_libusb() {
  libusb_context* context = nullptr;
  const int code = libusb_init(&context);
  if (code == 0) return LibusbContext(context);
  throw Error(Errc::usb_io, fmt::format("starting libusb: {}", libusb_error_name(code)));
}

void libusb_failed(const UsbDeviceInfo& info, const std::string& what, int code) {
  const std::string text = fmt::format("{}: {}", what, libusb_error_name(code));
  switch (code) {
    case LIBUSB_ERROR_ACCESS: throw Error(no_access, text);
    case LIBUSB_ERROR_BUSY: throw Error(Errc::busy, text + held_by(info));
    case LIBUSB_ERROR_NO_DEVICE: throw Error(Errc::board_gone, text);
    case LIBUSB_ERROR_NOT_FOUND: throw Error(not_found, text);
    case LIBUSB_ERROR_NOT_SUPPORTED: throw Error(Errc::no_driver, text);
    default: throw Error(Errc::usb_io, text);
  }
}

std::unique_ptr<UsbDevice> make_libusb_device(const UsbDeviceInfo& info, LibusbContext context,
                                              LibusbHandle handle,
                                              std::shared_ptr<const void> backing) {
  return std::make_unique<LibusbDevice>(info, std::move(context), std::move(handle),
                                        std::move(backing));
}

}  // namespace sysboot
