// SPDX-License-Identifier: GPL-3.0-or-later
#include "io_registry.hpp"

#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/IOKitLib.h>
#include <IOKit/serial/IOSerialKeys.h>

#include <algorithm>
#include <array>
#include <optional>

#include "location.hpp"

namespace sysboot {
namespace {

// The keys that the kernel gives its USB objects; their constants have moved between SDK headers.
constexpr const char* device_class = "IOUSBHostDevice";
constexpr const char* location_key = "locationID";
constexpr const char* address_key = "USB Address";
constexpr const char* vendor_id_key = "idVendor";
constexpr const char* product_id_key = "idProduct";
// As the device says it, and what the system makes of that; not every system has both.
constexpr std::array vendor_name_keys = {"kUSBVendorString", "USB Vendor Name"};
constexpr std::array product_name_keys = {"kUSBProductString", "USB Product Name"};
constexpr std::array serial_keys = {"kUSBSerialNumberString", "USB Serial Number"};
constexpr const char* interface_key = "bInterfaceNumber";

// Released with the object of I/O Kit or Core Foundation that it holds.
class Object {
 public:
  explicit Object(io_object_t object) : object_(object) {}
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() {
    if (object_ != IO_OBJECT_NULL) ::IOObjectRelease(object_);
  }
  io_object_t get() const { return object_; }

 private:
  io_object_t object_;
};

class Property {
 public:
  explicit Property(CFTypeRef value) : value_(value) {}
  Property(const Property&) = delete;
  Property& operator=(const Property&) = delete;
  ~Property() {
    if (value_ != nullptr) ::CFRelease(value_);
  }
  CFTypeRef get() const { return value_; }

 private:
  CFTypeRef value_;
};

class Key {
 public:
  explicit Key(const char* text)
      : text_(::CFStringCreateWithCString(kCFAllocatorDefault, text, kCFStringEncodingUTF8)) {}
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { ::CFRelease(text_); }
  CFStringRef get() const { return text_; }

 private:
  CFStringRef text_;
};

std::string as_text(CFTypeRef value) {
  if (value == nullptr || ::CFGetTypeID(value) != ::CFStringGetTypeID()) return {};
  std::array<char, 1024> text{};
  const Boolean fits =
      ::CFStringGetCString(static_cast<CFStringRef>(value), text.data(),
                           static_cast<CFIndex>(text.size()), kCFStringEncodingUTF8);
  return fits ? std::string(text.data()) : std::string();
}

std::optional<std::uint32_t> as_number(CFTypeRef value) {
  if (value == nullptr || ::CFGetTypeID(value) != ::CFNumberGetTypeID()) return std::nullopt;
  std::int64_t number = 0;
  ::CFNumberGetValue(static_cast<CFNumberRef>(value), kCFNumberSInt64Type, &number);
  return static_cast<std::uint32_t>(number);
}

std::string text_of(io_object_t object, const char* key) {
  return as_text(
      Property(::IORegistryEntryCreateCFProperty(object, Key(key).get(), kCFAllocatorDefault, 0))
          .get());
}

// By the first of these keys that it has.
std::string text_of(io_object_t object, const std::array<const char*, 2>& keys) {
  std::string text = text_of(object, keys[0]);
  return text.empty() ? text_of(object, keys[1]) : text;
}

std::optional<std::uint32_t> number_of(io_object_t object, const char* key) {
  return as_number(
      Property(::IORegistryEntryCreateCFProperty(object, Key(key).get(), kCFAllocatorDefault, 0))
          .get());
}

std::uint16_t id_of(io_object_t object, const char* key) {
  return static_cast<std::uint16_t>(number_of(object, key).value_or(0));
}

// Of the object itself, or of the nearest one above it that has this key.
std::optional<std::uint32_t> number_above(io_object_t object, const char* key) {
  return as_number(Property(::IORegistryEntrySearchCFProperty(
                                object, kIOServicePlane, Key(key).get(), kCFAllocatorDefault,
                                kIORegistryIterateRecursively | kIORegistryIterateParents))
                       .get());
}

template <typename Visit>
void for_each_service(const char* kind, Visit visit) {
  io_iterator_t iterator = IO_OBJECT_NULL;
  // 0 is the default port, whose name has changed from kIOMasterPortDefault to kIOMainPortDefault.
  // The matching dictionary is released by the call.
  const kern_return_t result =
      ::IOServiceGetMatchingServices(0, ::IOServiceMatching(kind), &iterator);
  if (result != KERN_SUCCESS) return;
  const Object keeper(iterator);
  for (io_object_t next = ::IOIteratorNext(iterator); next != IO_OBJECT_NULL;
       next = ::IOIteratorNext(iterator)) {
    const Object service(next);
    visit(service.get());
  }
}

}  // namespace

std::vector<RegistryDevice> registry_devices() {
  std::vector<RegistryDevice> devices;
  for_each_service(device_class, [&](io_object_t device) {
    const auto location = number_of(device, location_key);
    const auto address = number_of(device, address_key);
    if (!location || !address) return;
    devices.push_back({port_path_of(*location), *location >> 24, *address,
                       id_of(device, vendor_id_key), id_of(device, product_id_key),
                       text_of(device, vendor_name_keys), text_of(device, product_name_keys),
                       text_of(device, serial_keys)});
  });
  return devices;
}

std::vector<SerialPortInfo> registry_serial_ports() {
  std::vector<SerialPortInfo> ports;
  for_each_service(kIOSerialBSDServiceValue, [&](io_object_t port) {
    const std::string path = text_of(port, kIOCalloutDeviceKey);
    const auto location = number_above(port, location_key);
    if (path.empty() || !location) return;
    const int interface = static_cast<int>(number_above(port, interface_key).value_or(0));
    ports.push_back({path, port_path_of(*location), interface});
  });
  std::sort(ports.begin(), ports.end(),
            [](const SerialPortInfo& a, const SerialPortInfo& b) { return a.path < b.path; });
  return ports;
}

}  // namespace sysboot
