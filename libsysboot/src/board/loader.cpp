// SPDX-License-Identifier: GPL-3.0-or-later
#include "loader.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sysboot {

const std::vector<Loader>& known_loaders() {
  static const std::vector<Loader> loaders = {
      {st_rom, "the STM32 ROM bootloader", true},
      {{0x2E3C, 0xDF11}, "the AT32 ROM bootloader", true},
      {{0x314B, 0x0106}, "the APM32 ROM bootloader", true},
      {{0x28E9, 0x0189}, "the GD32 ROM bootloader", true},
      {{0x3997, 0xDF11}, "the X32 ROM bootloader", true},
      {{0x1EAF, 0x0003}, "the Maple bootloader"},
      {{0x1D50, 0x6177}, "the Katapult bootloader"},
      {{0x1209, 0xBEBA}, "the HID bootloader"},
  };
  return loaders;
}

std::string udev_rule_for_loaders() {
  std::string products;  // as the kernel writes them: 483/df11/2200
  for (const Loader& loader : known_loaders()) {
    if (!loader.is_dfuse) continue;
    products += fmt::format("{}{:x}/{:x}/*", products.empty() ? "" : "|", loader.id.vendor,
                            loader.id.product);
  }
  return R"(SUBSYSTEM=="usb", ENV{PRODUCT}==")" + products +
         R"(", MODE="0660", GROUP="plugdev", TAG+="uaccess")";
}

const Loader* find_loader(const UsbDeviceInfo& device) {
  const auto& loaders = known_loaders();
  const auto found = std::find_if(loaders.begin(), loaders.end(), [&](const Loader& loader) {
    return loader.id == UsbId{device.vendor, device.product};
  });
  return found == loaders.end() ? nullptr : &*found;
}

bool is_st_rom(const UsbDeviceInfo& device) {
  return find_loader(device) == &known_loaders().front();
}

}  // namespace sysboot
