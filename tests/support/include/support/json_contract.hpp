// SPDX-License-Identifier: GPL-3.0-or-later
// What stm32boot --json prints, judged by packaging/schema/stm32boot.schema.json.
#pragma once

#include <string>
#include <vector>

#include "support/process.hpp"

namespace support {

/// What is wrong with one line, a sentence each; empty when nothing is.
std::vector<std::string> violations_of_schema(const std::string& line);

/// What is wrong with all that a run of stm32boot printed: each line must fit the schema, and the
/// last one be the result, with the exit status. Runs without --json whose first line is no JSON
/// either may print what they like.
std::vector<std::string> violations_of_contract(const std::vector<std::string>& command,
                                                const Finished& done, Streams streams);

}  // namespace support
