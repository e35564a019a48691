// SPDX-License-Identifier: GPL-3.0-or-later
// Library values as JSON, spelled the same in every command.
#pragma once

#include <nlohmann/json.hpp>

#include "outcome.hpp"
#include "sysboot/visit.hpp"

namespace stm32boot {

nlohmann::ordered_json to_json(const sysboot::Board& board);
nlohmann::ordered_json to_json(const sysboot::Sector& sector);
/// null where nobody knows
nlohmann::ordered_json to_json(const std::optional<std::vector<sysboot::FlashRange>>& lost);
nlohmann::ordered_json to_json(const sysboot::EnterResult& result);
nlohmann::ordered_json to_json(const sysboot::RunResult& result);
/// With what to do about it.
nlohmann::ordered_json to_json(const sysboot::Error& error, std::string_view command);
/// " on /dev/ttyACM0", or nothing
std::string on_port(const sysboot::Board& board);
/// How the board was entered and left again, and what is wrong if its application is not back.
void add_visit(Outcome& outcome, const sysboot::Visit& visit, const sysboot::VisitOptions& options);
double seconds(sysboot::Duration duration);

}  // namespace stm32boot
