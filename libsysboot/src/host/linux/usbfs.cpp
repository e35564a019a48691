// SPDX-License-Identifier: GPL-3.0-or-later
#include "usbfs.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "host/libusb/libusb_device.hpp"
#include "host/posix/descriptor.hpp"
#include "host/processes.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

[[noreturn]] void open_failed(const UsbDeviceInfo& info, const Sysfs& sysfs, int number) {
  const std::string text =
      fmt::format("cannot open {} at {}: {}", info.id(), usbfs_path(info), std::strerror(number));
  if (number == ENOENT && sysfs.has(info)) {
    throw Error(Errc::not_permitted, text + ", although the device is on the bus");
  }
  switch (number) {
    case EACCES:
    case EPERM: throw Error(Errc::not_permitted, text);
    case EBUSY: throw Error(Errc::busy, text + held_by(info));
    case ENOENT:
    case ENODEV:
    case ENXIO: throw Error(Errc::board_gone, text);
    default: throw Error(Errc::usb_io, text);
  }
}

}  // namespace

std::string usbfs_path(const UsbDeviceInfo& info) {
  return fmt::format("/dev/bus/usb/{:03}/{:03}", info.bus, info.address);
}

std::unique_ptr<UsbDevice> open_usbfs(const UsbDeviceInfo& info, const Sysfs& sysfs,
                                      SharedLibusb context) {
  const std::string path = usbfs_path(info);
  auto node = std::make_shared<Descriptor>(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!*node) open_failed(info, sysfs, errno);
  libusb_device_handle* handle = nullptr;
  const int code =
      libusb_wrap_sys_device(context->get(), static_cast<intptr_t>(node->get()), &handle);
  if (code != 0) libusb_failed(info, "opening " + path, code);
  return make_libusb_device(info, std::move(context), LibusbHandle(handle), std::move(node));
}

bool may_open_usbfs(const UsbDeviceInfo& info) {
  return ::access(usbfs_path(info).c_str(), R_OK | W_OK) == 0;
}

}  // namespace sysboot
