// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_for.hpp"

#include <fmt/format.h>

#include "sysboot/error.hpp"

namespace sysboot {

void check_made_for(const Image& image, const UsbDeviceInfo& device, bool force) {
  if (!image.made_for || force) return;
  const auto [vendor, product] = *image.made_for;
  const bool fits = (vendor == 0xFFFF || vendor == device.vendor) &&
                    (product == 0xFFFF || product == device.product);
  if (!fits) {
    throw Error(Errc::image_does_not_fit,
                fmt::format("{} says it is for {}, but the board in DFU mode is {}", image.name,
                            usb_id(vendor, product), device.id()))
        .unless_forced();
  }
}

}  // namespace sysboot
