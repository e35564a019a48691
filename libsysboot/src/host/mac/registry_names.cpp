// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry_names.hpp"

#include <algorithm>

namespace sysboot {
namespace {

bool has_ids(const RegistryDevice& known, const UsbDeviceInfo& device) {
  return known.vendor == device.vendor && known.product_id == device.product;
}

const RegistryDevice* find(const std::vector<RegistryDevice>& registry,
                           const UsbDeviceInfo& device) {
  auto found = std::find_if(registry.begin(), registry.end(), [&](const RegistryDevice& known) {
    return known.bus == device.bus && known.address == device.address && has_ids(known, device);
  });
  if (found == registry.end()) {
    found = std::find_if(registry.begin(), registry.end(), [&](const RegistryDevice& known) {
      return known.port_path == device.port_path && has_ids(known, device);
    });
  }
  return found == registry.end() ? nullptr : &*found;
}

}  // namespace

std::vector<UsbDeviceInfo> named_by_registry(std::vector<UsbDeviceInfo> devices,
                                             const std::vector<RegistryDevice>& registry) {
  std::vector<UsbDeviceInfo> named;
  for (UsbDeviceInfo& device : devices) {
    const RegistryDevice* known = find(registry, device);
    if (known == nullptr) continue;
    device.port_path = known->port_path;
    device.manufacturer = known->manufacturer;
    device.product_name = known->product;
    device.serial = known->serial;
    named.push_back(std::move(device));
  }
  std::sort(named.begin(), named.end(), [](const UsbDeviceInfo& a, const UsbDeviceInfo& b) {
    return a.port_path < b.port_path;
  });
  return named;
}

}  // namespace sysboot
