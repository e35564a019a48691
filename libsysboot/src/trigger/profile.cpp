// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/trigger.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "board/firmware.hpp"
#include "choose.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::firmware_source: return "A";
    case Evidence::project_tool: return "B";
    case Evidence::third_party: return "C";
  }
  return "?";
}

std::vector<UsbId> Profile::ids() const {
  return firmware_named(name).ids;
}

bool Profile::is_automatic() const {
  const Firmware& firmware = firmware_named(name);
  return firmware.owns_ids || !firmware.product.empty() || is_generic;
}

bool Profile::is_flashable() const {
  const auto& known = known_loaders();
  return std::any_of(loaders.begin(), loaders.end(), [&](const UsbId& id) {
    return std::any_of(known.begin(), known.end(),
                       [&](const Loader& loader) { return loader.id == id && loader.is_dfuse; });
  });
}

const Profile& find_profile(std::string_view name) {
  const auto& all = profiles();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Profile& profile) { return profile.name == name; });
  if (found != all.end()) return *found;
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const Profile& profile : all) names.push_back(profile.name);
  throw Error(Errc::usage, fmt::format("unknown firmware '{}'; there are {}", name, joined(names)));
}

const Profile* recognise(const UsbDeviceInfo& device) {
  const Firmware* known = recognise_firmware(device);
  return known == nullptr ? nullptr : &find_profile(known->name);
}

}  // namespace sysboot
