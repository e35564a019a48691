// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_bus.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr int deepest_chain = 7;  // USB 3.1, 8.9: five hubs, with room to spare

class DeviceList {
 public:
  explicit DeviceList(libusb_context* context)
      : count_(libusb_get_device_list(context, &devices_)) {}
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;
  ~DeviceList() {
    if (count_ >= 0) libusb_free_device_list(devices_, 1);
  }

  libusb_device** begin() const { return devices_; }
  libusb_device** end() const { return devices_ + std::max<ssize_t>(count_, 0); }

 private:
  libusb_device** devices_ = nullptr;
  ssize_t count_;
};

std::string port_path(libusb_device* device) {
  std::array<std::uint8_t, deepest_chain> ports{};
  const int count = libusb_get_port_numbers(device, ports.data(), deepest_chain);
  std::string path = std::to_string(libusb_get_bus_number(device));
  for (int i = 0; i < count; ++i) {
    path += i == 0 ? '-' : '.';
    path += std::to_string(ports[static_cast<std::size_t>(i)]);
  }
  return path;
}

// Of the first configuration; empty when its descriptor cannot be had.
std::vector<UsbInterface> interfaces(libusb_device* device) {
  libusb_config_descriptor* configuration = nullptr;
  std::vector<UsbInterface> all;
  if (libusb_get_config_descriptor(device, 0, &configuration) != 0) return all;
  for (int i = 0; i < configuration->bNumInterfaces; ++i) {
    const libusb_interface& interface = configuration->interface[i];
    for (int alternate = 0; alternate < interface.num_altsetting; ++alternate) {
      const libusb_interface_descriptor& found = interface.altsetting[alternate];
      all.push_back({found.bInterfaceNumber, found.bAlternateSetting, found.bInterfaceClass,
                     found.bInterfaceSubClass, found.bInterfaceProtocol, found.iInterface});
    }
  }
  libusb_free_config_descriptor(configuration);
  return all;
}

std::optional<UsbDeviceInfo> describe(libusb_device* device) {
  libusb_device_descriptor descriptor{};
  if (libusb_get_device_descriptor(device, &descriptor) != 0) return std::nullopt;
  if (descriptor.bDeviceClass == LIBUSB_CLASS_HUB) return std::nullopt;
  UsbDeviceInfo info;
  info.port_path = port_path(device);
  info.bus = libusb_get_bus_number(device);
  info.address = libusb_get_device_address(device);
  info.vendor = descriptor.idVendor;
  info.product = descriptor.idProduct;
  info.release = descriptor.bcdDevice;
  info.interfaces = interfaces(device);
  return info;
}

bool is_this(libusb_device* device, const UsbDeviceInfo& info) {
  return libusb_get_bus_number(device) == info.bus &&
         libusb_get_device_address(device) == info.address;
}

}  // namespace

LibusbBus::LibusbBus(LibusbContexts& libusb) {
  try {
    context_ = libusb.shared();
  } catch (const Error& error) {
    unavailable_ = error.text();
  }
}

std::vector<UsbDeviceInfo> LibusbBus::devices() const {
  std::vector<UsbDeviceInfo> devices;
  if (!context_) return devices;
  for (libusb_device* device : DeviceList(context_->get())) {
    if (auto info = describe(device)) devices.push_back(std::move(*info));
  }
  std::sort(devices.begin(), devices.end(), [](const UsbDeviceInfo& a, const UsbDeviceInfo& b) {
    return a.port_path < b.port_path;
  });
  return devices;
}

std::unique_ptr<UsbDevice> open_on_libusb_bus(const UsbDeviceInfo& info, SharedLibusb context) {
  const std::string what = "opening " + info.id();
  const DeviceList list(context->get());
  const auto device = std::find_if(
      list.begin(), list.end(), [&](libusb_device* candidate) { return is_this(candidate, info); });
  if (device == list.end()) libusb_failed(info, what, LIBUSB_ERROR_NO_DEVICE);
  libusb_device_handle* handle = nullptr;
  const int code = libusb_open(*device, &handle);
  if (code != 0) libusb_failed(info, what, code);
  return make_libusb_device(info, std::move(context), LibusbHandle(handle));
}

}  // namespace sysboot
