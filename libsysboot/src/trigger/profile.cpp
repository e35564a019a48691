// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/profile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

bool has_id(const Profile& profile, const UsbDeviceInfo& device) {
  return std::find(profile.ids.begin(), profile.ids.end(), UsbId{device.vendor, device.product}) !=
         profile.ids.end();
}

}  // namespace

std::string_view to_string(Evidence evidence) {
  switch (evidence) {
    case Evidence::firmware_source: return "A";
    case Evidence::project_tool: return "B";
    case Evidence::third_party: return "C";
  }
  return "?";
}

bool Way::needs_port() const {
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.kind != Step::Kind::detach && step.kind != Step::Kind::control;
  });
}

bool Way::has(Step::Kind kind) const {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Step& step) { return step.kind == kind; });
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
  throw Error(Errc::usage,
              fmt::format("unknown firmware '{}'; there are {}", name, fmt::join(names, ", ")));
}

const Profile* recognise(const UsbDeviceInfo& device) {
  const auto& all = profiles();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Profile& profile) {
    return (profile.owns_ids && has_id(profile, device)) ||
           (!profile.product.empty() && profile.product == device.product_name);
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace sysboot
