// SPDX-License-Identifier: GPL-3.0-or-later
// Library values as facts, spelled the same in every command.
#pragma once

#include "command_result.hpp"
#include "sysboot/flash.hpp"

namespace stm32boot {

Facts to_facts(const sysboot::Board& board);
Facts to_facts(const sysboot::Sector& sector);
/// null where nobody knows
Facts to_facts(const std::optional<std::vector<sysboot::FlashRange>>& lost);
/// null without guard
Facts to_facts(const std::optional<sysboot::FlashedUnderGuard>& guard);
Facts to_facts(const std::optional<sysboot::GuardStatus>& guard);
/// Is all of the image in flash?
bool is_verified(const sysboot::FlashResult& result);
/// "flashed and verified", "already in flash, verified", "flashed, NOT verified"
std::string what_was_done(const sysboot::FlashResult& result);
/// "guard 1, which starts the application; its stamp is right and covers 20480 bytes"
std::string guard_text(const sysboot::GuardStatus& guard);
Facts to_facts(const sysboot::EnterResult& result);
Facts to_facts(const sysboot::RunResult& result);
/// With what to do about it.
Facts to_facts(const sysboot::Error& error, std::string_view command);
/// " on /dev/ttyACM0", or nothing
std::string on_port(const sysboot::Board& board);
/// How the board was entered and left again, and what is wrong if its application is not back.
void add_visit(CommandResult& outcome, const sysboot::Visit& visit);
/// As one line of JSON, without its end.
std::string json_line(const Facts& facts);
/// To a millisecond.
double seconds(sysboot::Duration duration);

}  // namespace stm32boot
