// SPDX-License-Identifier: GPL-3.0-or-later
// Linked into a test program, it judges each run of stm32boot there.
#include "support/json_contract.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace support {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

const valijson::Schema& the_schema() {
  static const std::unique_ptr<valijson::Schema> schema = [] {
    std::ifstream in(STM32BOOT_SCHEMA);
    const auto document = nlohmann::json::parse(in);
    auto parsed = std::make_unique<valijson::Schema>();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(NlohmannJsonAdapter(document), *parsed);
    return parsed;
  }();
  return *schema;
}

bool is_event(const std::string& text) {
  return text.starts_with("{\"event\":");
}

bool has(const std::vector<std::string>& command, const char* word) {
  return std::find(command.begin(), command.end(), word) != command.end();
}

// stm32boot-virtual-board has events of its own.
bool runs_stm32boot(const std::vector<std::string>& command) {
  return std::any_of(command.begin(), command.end(), [](const std::string& word) {
    return word.ends_with("/stm32boot") || word.ends_with("stm32boot.exe");
  });
}

std::vector<std::string> lines_of(const Finished& done, Streams streams) {
  std::vector<std::string> lines;
  std::istringstream text(done.out);
  for (std::string line; std::getline(text, line);) {
    if (streams == Streams::apart || is_event(line)) lines.push_back(line);
  }
  const bool was_killed = done.exit > 128 && !done.out.ends_with('\n');
  if (was_killed && !lines.empty()) lines.pop_back();
  return lines;
}

void judge_run(const std::vector<std::string>& command, const Finished& done, Streams streams) {
  for (const auto& violation : violations_of_contract(command, done, streams)) {
    ADD_FAILURE() << violation;
  }
}

[[maybe_unused]] const bool judges = [] {
  judge_runs(judge_run);
  return true;
}();

}  // namespace

std::vector<std::string> violations_of_schema(const std::string& line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (json.is_discarded()) return {"no JSON: " + line};
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(the_schema(), NlohmannJsonAdapter(json), &results)) return {};
  std::vector<std::string> found;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::string place;
    for (const auto& part : error.context) place += part;
    found.push_back(place + ": " + error.description + "\n  in " + line);
  }
  return found;
}

std::vector<std::string> violations_of_contract(const std::vector<std::string>& command,
                                                const Finished& done, Streams streams) {
  const auto lines = lines_of(done, streams);
  const bool is_json = has(command, "--json") && !has(command, "__complete");
  if (lines.empty() || !runs_stm32boot(command)) return {};
  if (!is_json && !is_event(lines.front())) return {};
  std::vector<std::string> found;
  for (const auto& line : lines) {
    const auto violations = violations_of_schema(line);
    found.insert(found.end(), violations.begin(), violations.end());
  }
  constexpr int interrupted = 130;
  if (done.exit > 128 && done.exit != interrupted) return found;
  const auto result = nlohmann::json::parse(lines.back(), nullptr, false);
  if (!result.is_object() || result.value("event", "") != "result") {
    found.push_back("the last line is no result: " + lines.back());
  } else if (result.value("exit", -1) != done.exit) {
    found.push_back("the result has another exit status than the program: " + lines.back());
  }
  return found;
}

}  // namespace support
