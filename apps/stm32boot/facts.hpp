// SPDX-License-Identifier: GPL-3.0-or-later
// Library values as JSON, spelled the same in every command.
#pragma once

#include <nlohmann/json.hpp>

#include "sysboot/flash.hpp"

namespace stm32boot {

nlohmann::ordered_json to_json(const sysboot::Board& board);
nlohmann::ordered_json to_json(const sysboot::Sector& sector);
nlohmann::ordered_json to_json(const sysboot::EnterResult& result);
nlohmann::ordered_json to_json(const sysboot::RunResult& result);
double seconds(sysboot::Duration duration);

}  // namespace stm32boot
