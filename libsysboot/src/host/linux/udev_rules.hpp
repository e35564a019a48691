// SPDX-License-Identifier: GPL-3.0-or-later
// Whom udev's rules let open a device: as much of their language (udev(7)) as decides that.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sysboot {

struct UdevDevice {
  std::string subsystem;                          ///< "usb", "tty"
  std::map<std::string, std::string> attributes;  ///< its own and its parents': idVendor
  std::map<std::string, std::string> properties;  ///< that the kernel gives it: DEVTYPE, PRODUCT
};

/// A device on the bus, as the kernel shows it.
UdevDevice usb_udev_device(std::uint16_t vendor, std::uint16_t product);

/// What the rules make of a device that is plugged in.
struct UdevVerdict {
  unsigned mode = 0600;
  std::string group = "root";
  bool for_the_seat = false;  ///< tagged uaccess, early enough for systemd to act on it
  bool too_late = false;      ///< tagged uaccess, but after that
  std::map<std::string, std::string> properties;
  /// Which file has set "MODE", "GROUP", a tag or a property.
  std::map<std::string, std::filesystem::path> set_in;
  /// Lines that speak of this device and do not do what they say: "FILE:3: unknown key MOD".
  std::vector<std::string> discarded;

  bool for_everybody() const { return (mode & 0006) == 0006; }
  bool for_the_group() const { return group != "root" && (mode & 0060) == 0060; }
};

/// Reads rules and groups below `root`. A condition that cannot be looked up here, such as a
/// product's name, counts as met where the line also names the device by its ids.
UdevVerdict apply_udev_rules(const std::filesystem::path& root, const UdevDevice& device);

}  // namespace sysboot
