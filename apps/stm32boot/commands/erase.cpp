// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot erase: all of flash, or some sectors.
#include "sysboot/erase.hpp"

#include <fmt/core.h>

#include <charconv>

#include "boards/on_boards.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

std::size_t sector_number(std::string_view text, const std::string& all) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return value;
  throw Error(Errc::usage, fmt::format("'{}' names no sectors; write them as 0,2-4", all));
}

// "0,2-4"
sysboot::EraseSectors sectors_in(const std::string& text) {
  sysboot::EraseSectors request;
  for (std::string_view rest = text;;) {
    const std::string_view item = rest.substr(0, rest.find(','));
    const std::size_t dash = item.find('-');
    const std::size_t first = sector_number(item.substr(0, dash), text);
    const bool is_run = dash != std::string_view::npos;
    request.runs.push_back({first, is_run ? sector_number(item.substr(dash + 1), text) : first});
    if (item.size() == rest.size()) return request;
    rest.remove_prefix(item.size() + 1);
  }
}

struct EraseCommand {
  BoardsOptions boards;  // only those that are named
  VisitFlags how;
  bool chip = false;
  bool all = false;  // refused: who has flashed all boards expects it to mean them
  std::string sectors;
  AddressOption address;
  LengthOption length;
  bool no_verify = false;
  bool x32 = false;

  void add_to(OptionList command) {
    boards.named.add_to(command);
    how.add_to(command);
    command.flag("--chip", chip);
    command.hidden_flag("--all", all);
    command.option("--sectors", sectors);
    address.add_to(command, "Erase the sectors from here on, with --length");
    length.add_to(command, "How many bytes: whole sectors");
    command.flag("--no-verify", no_verify, "Do not read back that flash is empty");
    command.flag("--x32", x32, "Erase 32 bits at a time: F2, F4, F7 with 2.7 V or more");
  }

  // Nothing is erased by default, and nothing because of a word left out.
  sysboot::EraseRequest request() const {
    if (all) {
      throw Error(Errc::usage,
                  "--all means all boards, which are not erased at once: --chip erases the whole "
                  "flash of one board");
    }
    const auto from = address.value();
    const auto size = length.value();
    const bool by_range = from || size;
    const int ways = (chip ? 1 : 0) + (sectors.empty() ? 0 : 1) + (by_range ? 1 : 0);
    if (ways != 1) {
      throw Error(Errc::usage,
                  fmt::format("say what to erase with {} --chip, --sectors, or --address and "
                              "--length",
                              ways == 0 ? "one of" : "only one of"));
    }
    if (chip) return sysboot::EraseAll{};
    if (!sectors.empty()) return sectors_in(sectors);
    if (!from || !size) throw Error(Errc::usage, "--address and --length go together");
    return sysboot::EraseRange{*from, *size};
  }

  CommandResult run(Context& context) const {
    const sysboot::EraseRequest wanted = request();
    sysboot::EraseOptions options;
    const sysboot::VisitOptions visit = how.values();
    options.enter = visit.enter;
    options.run = visit.run;
    options.stay = visit.stay;
    options.verify = !no_verify;
    options.x32 = x32;
    sysboot::check_options(options);
    check_request(wanted);
    return on_boards(context, boards, options.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return erase_one(job, board, wanted, options);
                     });
  }

  CommandResult erase_one(const sysboot::Job& job, const sysboot::Selector& board,
                          const sysboot::EraseRequest& wanted,
                          const sysboot::EraseOptions& options) const {
    const sysboot::EraseResult result = sysboot::erase(job, board, wanted, options);
    CommandResult outcome;
    outcome.brief = fmt::format("{}: {}", options.verify ? "erased, empty" : "erased, NOT verified",
                                sysboot::human_size(result.bytes));
    outcome.text = fmt::format(
        "{}: {}, {}, board {}, {}", options.verify ? "erased, empty" : "erased, NOT verified",
        sysboot::counted(result.sectors.size(), "sector"), sysboot::human_size(result.bytes),
        result.entered.board->port_path(), sysboot::human_time(result.took));
    if (!result.run) outcome.text += "; it stays in DFU mode";
    outcome.problem = result.problem();
    if (result.run && result.run->board) {
      outcome.brief += ", application back" + on_port(*result.run->board);
    }
    if (result.takes_program) {
      outcome.remarks.emplace_back(result.is_guarded
                                       ? "no application is left to start: guard brings the board "
                                         "up in DFU mode until there is one"
                                       : "no application is left to start: flash one before it "
                                         "loses power, or BOOT0 is needed");
    }
    outcome.facts = {{"all", chip},
                     {"bytes", result.bytes},
                     {"sectors", Facts::list()},
                     {"verified", options.verify},
                     {"x32", options.x32},
                     {"enter", to_facts(result.entered)},
                     {"seconds", seconds(result.took)}};
    if (result.run) outcome.facts["run"] = to_facts(*result.run);
    for (const auto& sector : result.sectors) outcome.facts["sectors"].push_back(to_facts(sector));
    return outcome;
  }
};

}  // namespace

Command add_erase(CommandLine& line) {
  auto command = std::make_shared<EraseCommand>();
  OptionList sub = line.add_command("erase", "Erase flash, and prove that it is empty");
  command->add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
