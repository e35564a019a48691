// SPDX-License-Identifier: GPL-3.0-or-later
// How to ask a firmware of your own to reboot into the ROM: the steps of a conversation, as data.
#pragma once

#include <sysboot/trigger.hpp>

/// Its console answers "version", so that no other firmware is sent anything that it might
/// misunderstand: what goes before the last Await does no harm. "boot usb" then reboots it, unless
/// a motor runs.
inline sysboot::TriggerChoice own_trigger() {
  using namespace std::chrono_literals;
  sysboot::Way way;
  way.name = "boot usb";
  way.steps = {sysboot::Write{"version\r"}, sysboot::Await{"board", 1s, "its version"},
               sysboot::Write{"boot usb\r"}, sysboot::Confirm{"rebooting", 500ms}};
  sysboot::Refusal refusal;
  refusal.text = "motor runs";
  refusal.final = true;
  way.refusals = {refusal};
  sysboot::TriggerChoice choice;
  choice.ways = {way};
  return choice;
}
