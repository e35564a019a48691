// SPDX-License-Identifier: GPL-3.0-or-later
#include "facts.hpp"

#include <fmt/core.h>

#include <cmath>

#include "error_table.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

const char* mode_name(sysboot::BoardMode mode) {
  switch (mode) {
    case sysboot::BoardMode::application: return "application";
    case sysboot::BoardMode::dfu: return "dfu";
    case sysboot::BoardMode::loader: return "loader";
  }
  return "unknown";
}

}  // namespace

double seconds(sysboot::Duration duration) {
  return std::round(std::chrono::duration<double, std::milli>(duration).count()) / 1000;
}

Facts to_facts(const sysboot::Board& board) {
  Facts ports = Facts::list();
  for (const auto& port : board.ports) ports.push_back(port.path);
  return {{"usb", board.port_path()},   {"mode", mode_name(board.mode)},
          {"id", board.usb.id()},       {"product", board.usb.product_name},
          {"serial", board.usb.serial}, {"ports", ports}};
}

Facts to_facts(const sysboot::Sector& sector) {
  return {{"address", sysboot::hex32(sector.address)}, {"bytes", sector.size}};
}

Facts to_facts(const std::optional<std::vector<sysboot::FlashRange>>& lost) {
  if (!lost) return nullptr;
  Facts ranges = Facts::list();
  for (const auto& range : *lost) {
    ranges.push_back({{"address", sysboot::hex32(range.address)}, {"bytes", range.size}});
  }
  return ranges;
}

std::string_view to_text(sysboot::Stamp stamp) {
  switch (stamp) {
    case sysboot::Stamp::none: return "none";
    case sysboot::Stamp::right: return "right";
    case sysboot::Stamp::wrong: return "wrong";
  }
  return "";
}

Facts to_facts(const std::optional<sysboot::FlashedUnderGuard>& guard) {
  if (!guard) return nullptr;
  return {
      {"version", guard->guard.version}, {"new", guard->is_new}, {"stamped", guard->is_stamped}};
}

Facts to_facts(const std::optional<sysboot::GuardStatus>& guard) {
  if (!guard) return nullptr;
  Facts object = {{"version", guard->guard.version},
                  {"record", sysboot::hex32(guard->guard.record)},
                  {"starts", guard->problem ? "rom" : "application"},
                  {"stamp", to_text(guard->stamp)},
                  {"stamped_bytes", guard->stamped_bytes},
                  {"asks_confirm", guard->asks_confirm}};
  if (guard->problem) object["problem"] = *guard->problem;
  return object;
}

bool is_verified(const sysboot::FlashResult& result) {
  return result.bytes_verified == result.bytes;
}

std::string what_was_done(const sysboot::FlashResult& result) {
  if (result.has_changed_nothing()) return "already in flash, verified";
  return is_verified(result) ? "flashed and verified" : "flashed, NOT verified";
}

std::string guard_text(const sysboot::GuardStatus& guard) {
  std::string text = fmt::format("guard {}, which starts the ", guard.guard.version);
  if (guard.problem) return text + "ROM bootloader: " + *guard.problem;
  text += "application";
  if (guard.stamp == sysboot::Stamp::none) return text + "; that has no stamp";
  text += fmt::format("; its stamp is right and covers {}",
                      sysboot::counted(guard.stamped_bytes, "byte"));
  return text + (guard.asks_confirm ? "; it has to confirm" : "");
}

Facts to_facts(const sysboot::EnterResult& result) {
  Facts object = {{"outcome", to_string(result.outcome)}};
  if (!result.trigger.empty()) object["trigger"] = result.trigger;
  object["tried"] = result.tried;
  object["fired"] = result.fired;
  object["seconds"] = seconds(result.took);
  if (result.board) object["device"] = to_facts(*result.board);
  if (!result.answer.empty()) object["answer"] = result.answer;
  if (result.enumeration_failure) object["enumeration_failure"] = *result.enumeration_failure;
  if (!result.remarks.empty()) object["refusals"] = result.remarks;
  return object;
}

Facts to_facts(const sysboot::RunResult& result) {
  Facts object = {{"address", sysboot::hex32(result.address)},
                  {"left", result.left},
                  {"back", result.board.has_value()}};
  if (result.board) object["device"] = to_facts(*result.board);
  object["seconds"] = seconds(result.took);
  return object;
}

Facts to_facts(const sysboot::Error& error, std::string_view command) {
  return {{"kind", to_string(error.code())},
          {"text", error.text()},
          {"context", error.context()},
          {"hints", hints(error, command)}};
}

std::string on_port(const sysboot::Board& board) {
  return board.ports.empty() ? std::string() : " on " + board.ports.front().path;
}

void add_visit(CommandResult& outcome, const sysboot::Visit& visit) {
  outcome.facts["enter"] = to_facts(visit.entered);
  if (visit.run) {
    outcome.facts["run"] = to_facts(*visit.run);
    if (!outcome.problem) outcome.problem = visit.problem();
  } else if (!outcome.text.empty() && outcome.text.find('\n') == std::string::npos) {
    outcome.text += "; it stays in DFU mode";
  }
  outcome.facts["seconds"] = seconds(visit.took);
}

}  // namespace stm32boot
