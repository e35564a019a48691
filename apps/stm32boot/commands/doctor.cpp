// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot doctor: what keeps boards from working on this machine, and what to do about it.
#include "sysboot/doctor.hpp"

#include <fmt/core.h>

#include "commands.hpp"
#include "sysboot/error.hpp"

namespace stm32boot {
namespace {

using sysboot::Finding;

std::string describe(const Finding& finding) {
  std::string text = fmt::format("{:<8} {}: {}", to_string(finding.grade), finding.subject,
                                 sysboot::printable(finding.text));
  for (const auto& remedy : finding.remedies) text += "\n           " + remedy;
  return text;
}

Facts facts(const Finding& finding) {
  return {{"grade", to_string(finding.grade)},
          {"subject", finding.subject},
          {"text", finding.text},
          {"remedies", finding.remedies}};
}

std::optional<sysboot::Error> problem_of(std::size_t troubles, std::size_t all) {
  if (troubles == 0) return std::nullopt;
  return sysboot::Error(sysboot::Errc::no_driver,
                        fmt::format("{} of {} checks found trouble", troubles, all));
}

CommandResult run(Context& context) {
  CommandResult outcome;
  outcome.marks = {{"good", Style::good}, {"note", Style::warning}, {"trouble", Style::error}};
  std::size_t troubles = 0;
  std::size_t all = 0;
  Facts& items = outcome.facts["items"] = Facts::list();
  for (const Finding& finding : sysboot::examine(context.host())) {
    ++all;
    if (finding.grade == Finding::Grade::trouble) ++troubles;
    if (!outcome.text.empty()) outcome.text += '\n';
    outcome.text += describe(finding);
    items.push_back(facts(finding));
  }
  outcome.problem = problem_of(troubles, all);
  return outcome;
}

}  // namespace

Command add_doctor(CommandLine& line) {
  OptionList sub =
      line.add_command("doctor", "Look for what keeps boards from working on this machine");
  return {sub, run};
}

}  // namespace stm32boot
