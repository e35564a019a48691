// SPDX-License-Identifier: GPL-3.0-or-later

// In this order: the first defines what the others declare.
// clang-format off
#include "device_tree.hpp"

#include <windows.h>
#include <initguid.h>
#include <devpkey.h>
#include <devguid.h>
#include <cfgmgr32.h>
#include <setupapi.h>
#include <usbiodef.h>
// clang-format on

#include <algorithm>
#include <array>

#include "text.hpp"

namespace sysboot {
namespace {

// A function of a composite device, and a port that a driver such as FTDI's puts below it, are this
// far from the device at most.
constexpr int deepest_function = 3;

class DeviceSet {
 public:
  DeviceSet(const GUID* kind, const wchar_t* enumerator, DWORD flags)
      : set_(::SetupDiGetClassDevsW(kind, enumerator, nullptr, flags | DIGCF_PRESENT)) {}
  DeviceSet(const DeviceSet&) = delete;
  DeviceSet& operator=(const DeviceSet&) = delete;
  ~DeviceSet() {
    if (set_ != INVALID_HANDLE_VALUE) ::SetupDiDestroyDeviceInfoList(set_);
  }

  HDEVINFO get() const { return set_; }

  template <typename Visit>
  void for_each(Visit visit) const {
    if (set_ == INVALID_HANDLE_VALUE) return;
    SP_DEVINFO_DATA device{};
    device.cbSize = sizeof device;
    for (DWORD i = 0; ::SetupDiEnumDeviceInfo(set_, i, &device) != FALSE; ++i) visit(device);
  }

 private:
  HDEVINFO set_;
};

// The text, or the first of several, that this property holds; empty when the device has none.
std::string property(DEVINST device, ULONG name) {
  std::array<wchar_t, 1024> text{};
  ULONG size = sizeof text - sizeof(wchar_t);  // so that it ends, whatever was written
  const CONFIGRET result =
      ::CM_Get_DevNode_Registry_PropertyW(device, name, nullptr, text.data(), &size, 0);
  return result == CR_SUCCESS ? to_utf8(text.data()) : std::string();
}

std::string reported_name(const DeviceSet& set, SP_DEVINFO_DATA& device) {
  std::array<wchar_t, 1024> text{};
  DEVPROPTYPE type = 0;
  const BOOL known = ::SetupDiGetDevicePropertyW(
      set.get(), &device, &DEVPKEY_Device_BusReportedDeviceDesc, &type,
      reinterpret_cast<BYTE*>(text.data()), sizeof text - sizeof(wchar_t), nullptr, 0);
  return known != FALSE && type == DEVPROP_TYPE_STRING ? to_utf8(text.data()) : std::string();
}

std::string instance_id(DEVINST device) {
  std::array<wchar_t, MAX_DEVICE_ID_LEN + 1> text{};
  const CONFIGRET result = ::CM_Get_Device_IDW(device, text.data(), MAX_DEVICE_ID_LEN, 0);
  return result == CR_SUCCESS ? to_utf8(text.data()) : std::string();
}

// In the order in which libusb counts them.
std::vector<std::string> host_controllers() {
  const DeviceSet set(&GUID_DEVINTERFACE_USB_HOST_CONTROLLER, nullptr, DIGCF_DEVICEINTERFACE);
  std::vector<std::string> places;
  set.for_each([&](SP_DEVINFO_DATA& device) {
    places.push_back(property(device.DevInst, CM_DRP_LOCATION_PATHS));
  });
  return places;
}

struct Function {
  InstanceId id;
  std::string port_path;
};

// The USB device or function that this belongs to.
std::optional<Function> function_of(DEVINST device, const std::vector<std::string>& controllers) {
  for (int level = 0; level <= deepest_function; ++level) {
    const auto id = parse_instance_id(instance_id(device));
    const auto path = port_path_of(property(device, CM_DRP_LOCATION_PATHS), controllers);
    if (id && path) return Function{*id, *path};
    if (::CM_Get_Parent(&device, device, 0) != CR_SUCCESS) break;
  }
  return std::nullopt;
}

std::string com_name(const DeviceSet& set, SP_DEVINFO_DATA& device) {
  HKEY key =
      ::SetupDiOpenDevRegKey(set.get(), &device, DICS_FLAG_GLOBAL, 0, DIREG_DEV, KEY_QUERY_VALUE);
  if (key == INVALID_HANDLE_VALUE) return {};
  std::array<wchar_t, 64> text{};
  DWORD size = sizeof text - sizeof(wchar_t);
  const LSTATUS status = ::RegQueryValueExW(key, L"PortName", nullptr, nullptr,
                                            reinterpret_cast<BYTE*>(text.data()), &size);
  ::RegCloseKey(key);
  return status == ERROR_SUCCESS ? to_utf8(text.data()) : std::string();
}

}  // namespace

std::vector<TreeDevice> tree_devices() {
  const auto controllers = host_controllers();
  const DeviceSet set(nullptr, L"USB", DIGCF_ALLCLASSES);
  std::vector<TreeDevice> devices;
  set.for_each([&](SP_DEVINFO_DATA& device) {
    const auto id = parse_instance_id(instance_id(device.DevInst));
    if (!id || id->interface_number) return;
    const auto path = port_path_of(property(device.DevInst, CM_DRP_LOCATION_PATHS), controllers);
    if (!path) return;
    std::string product = reported_name(set, device);
    if (product.empty()) product = property(device.DevInst, CM_DRP_DEVICEDESC);
    devices.push_back({*id, *path, product, property(device.DevInst, CM_DRP_SERVICE)});
  });
  return devices;
}

std::vector<SerialPortInfo> tree_serial_ports() {
  const auto controllers = host_controllers();
  const DeviceSet set(&GUID_DEVCLASS_PORTS, nullptr, 0);
  std::vector<SerialPortInfo> ports;
  set.for_each([&](SP_DEVINFO_DATA& device) {
    const std::string name = com_name(set, device);
    const auto function = function_of(device.DevInst, controllers);
    if (!function || !name.starts_with("COM")) return;  // "LPT1" is of this class, too
    ports.push_back({name, function->port_path, function->id.interface_number.value_or(0)});
  });
  std::sort(ports.begin(), ports.end(),
            [](const SerialPortInfo& a, const SerialPortInfo& b) { return a.path < b.path; });
  return ports;
}

}  // namespace sysboot
