// SPDX-License-Identifier: GPL-3.0-or-later
// Bootloaders that boards come up in, by their USB ids: ST's ROM, its clones, and others.
#pragma once

#include "sysboot/usb.hpp"

namespace sysboot {

struct Loader {
  UsbId id;
  std::string_view name;  ///< "the Katapult bootloader"
  /// Speaks ST's DfuSe, or is said to: its descriptors decide. The others cannot be flashed here.
  bool is_dfuse = false;
};

/// Sources: AN2606 (ST); betaflight-configurator's table of devices (AT32, APM32, GD32, X32);
/// stm32duino (Maple); Klipper's stm32f1.c and stm32f4.c (Katapult, HID).
const std::vector<Loader>& known_loaders();

/// A line for a file in /etc/udev/rules.d that lets users of Linux open all loaders that can be
/// flashed.
std::string udev_rule_for_loaders();

/// The row with this id, if there is one.
const Loader* find_loader(const UsbDeviceInfo& device);

}  // namespace sysboot
