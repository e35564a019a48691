// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles: how the firmware that other people wrote is asked to reboot into a bootloader. Rows of
// a table.
#pragma once

#include "sysboot/firmware.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

/// How well a row is founded.
enum class Evidence {
  firmware_source,  ///< A: read in the firmware's own source
  project_tool,     ///< B: read in the project's own host tool or documents
  third_party,      ///< C: told by others only
};
/// "A", "B", "C"
std::string_view to_string(Evidence evidence);

struct Profile {
  std::string_view name = {};  ///< "betaflight"
  std::string_view what = {};  ///< one line for people
  Evidence evidence = Evidence::third_party;
  /// Not a certain firmware, but a way that many understand: fits any board.
  bool is_generic = false;
  Ways ways = {};  ///< in the order in which they are tried
  /// Where it lands; the usual one first.
  std::vector<UsbId> loaders = {st_rom};
  std::string_view note = {};  ///< limits and warnings; may be empty

  /// What it shows on USB.
  const Firmware& firmware() const { return firmware_named(name); }
  /// Can any of `loaders` be flashed by this program?
  bool is_flashable() const;
};

const std::vector<Profile>& profiles();

/// Error: usage, naming all there are.
const Profile& find_profile(std::string_view name);

/// How the firmware is asked that the board is certain to run (recognise_firmware).
const Profile* recognise(const UsbDeviceInfo& device);

}  // namespace sysboot
