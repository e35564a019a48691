// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot profiles: the firmware that it knows how to ask, for --firmware.
#include "sysboot/trigger.hpp"

#include <fmt/core.h>

#include "commands.hpp"
#include "output/wrap.hpp"

namespace stm32boot {
namespace {

using sysboot::Profile;

constexpr const char* row = "{:<14} {:<5} {:<5} {}";
constexpr std::size_t indent = 27;  // where the last column begins

std::string table() {
  std::string text = fmt::format(row, "FIRMWARE", "GRADE", "AUTO", "WHAT");
  for (const Profile& profile : sysboot::profiles()) {
    text += '\n' + fmt::format(row, profile.name, to_string(profile.evidence),
                               profile.is_automatic() ? "yes" : "-", profile.what);
    if (profile.note.empty()) continue;
    text += '\n' + std::string(indent, ' ') + wrapped(profile.note, usual_width, indent, indent);
  }
  return text +
         "\n\ngrade: how the way is known. A: from the firmware's source, B: from its project's "
         "own "
         "tool,\nC: from others. auto: used without --firmware where the board shows that it fits.";
}

Facts ids(const std::vector<sysboot::UsbId>& ids) {
  Facts array = Facts::list();
  for (const auto& id : ids) array.push_back(id.text());
  return array;
}

Facts to_facts(const Profile& profile) {
  Facts ways = Facts::list();
  for (const auto& way : profile.ways) ways.push_back(way.name);
  return {{"name", profile.name},
          {"what", profile.what},
          {"evidence", to_string(profile.evidence)},
          {"automatic", profile.is_automatic()},
          {"ids", ids(profile.ids())},
          {"loaders", ids(profile.loaders)},
          {"flashable", profile.is_flashable()},
          {"ways", ways},
          {"note", profile.note}};
}

CommandResult run(Context& /*context*/) {
  CommandResult outcome;
  outcome.text = table();
  Facts& items = outcome.facts["items"] = Facts::list();
  for (const Profile& profile : sysboot::profiles()) items.push_back(to_facts(profile));
  return outcome;
}

}  // namespace

Command add_profiles(CommandLine& line) {
  return {line.add_command("profiles", "List the firmware that --firmware knows"), run};
}

}  // namespace stm32boot
