// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/trigger.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/timing.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

template <typename Kind>
bool has(const Way& way) {
  return std::any_of(way.steps.begin(), way.steps.end(),
                     [](const Step& step) { return std::holds_alternative<Kind>(step); });
}

void check_way(const Way& way) {
  if (way.steps.empty()) throw Error(Errc::usage, fmt::format("trigger {} does nothing", way.name));
  for (const Step& step : way.steps) {
    const auto* write = std::get_if<Write>(&step);
    if (write == nullptr || !write->text.empty()) continue;
    throw Error(Errc::usage, fmt::format("trigger {} needs a text to send", way.name));
  }
}

}  // namespace

bool Way::needs_port() const {
  return !farewell.empty() || std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return !std::holds_alternative<Detach>(step) && !std::holds_alternative<Control>(step);
  });
}

bool Way::needs_dfu_runtime() const {
  return has<Detach>(*this);
}

Way touch_1200() {
  return {"touch-1200", {Touch{}}};
}

Way dfu_detach() {
  return {"dfu-detach", {Detach{}}};
}

Way send_text(const Bytes& text) {
  return {"text", {Write{{text.begin(), text.end()}}, Silence{timing::text_answers}}};
}

const std::vector<std::string>& trigger_names() {
  static const std::vector<std::string> names = {"auto", "touch-1200", "text", "dfu-detach"};
  return names;
}

TriggerChoice trigger_named(std::string_view name, const Bytes& text) {
  TriggerChoice choice;
  if (name == "touch-1200") choice.ways = {touch_1200()};
  if (name == "text") choice.ways = {send_text(text)};
  if (name == "dfu-detach") choice.ways = {dfu_detach()};
  if (choice.ways.empty() && name != "auto") {
    throw Error(Errc::usage,
                fmt::format("unknown trigger '{}'; there are {}", name, joined(trigger_names())));
  }
  check_trigger(choice);
  return choice;
}

void check_trigger(const TriggerChoice& choice) {
  if (!choice.firmware.empty()) {
    find_profile(choice.firmware);
    if (!choice.ways.empty()) throw Error(Errc::usage, "a firmware and ways are two triggers");
  }
  for (const Way& way : choice.ways) check_way(way);
}

}  // namespace sysboot
