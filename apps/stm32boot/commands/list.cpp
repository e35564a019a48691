// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot list: the boards that can be used.
#include <fmt/core.h>

#include "boards/sightings.hpp"
#include "commands.hpp"
#include "output/error_table.hpp"
#include "output/facts.hpp"
#include "sysboot/board.hpp"

namespace stm32boot {
namespace {

constexpr const char* row = "{:<14} {:<8} {:<12} {:<10} {:<24} {}";

std::string first_port(const sysboot::Board& board) {
  return board.ports.empty() ? "-" : board.ports.front().path;
}

std::string table(const std::vector<sysboot::Board>& boards) {
  std::string text = fmt::format(row, "PORT", "USB", "MODE", "ID", "PRODUCT", "SERIAL");
  for (const auto& board : boards) {
    text += '\n';
    text += fmt::format(row, first_port(board), board.port_path(), to_string(board.mode),
                        board.usb.id(), sysboot::printable(board.usb.product_name),
                        sysboot::printable(board.usb.serial));
  }
  return text;
}

CommandResult run(Context& context) {
  sysboot::Host& host = context.host();
  const auto boards = sysboot::list_boards(host);
  CommandResult outcome;
  Facts& items = outcome.facts["items"] = Facts::list();
  for (const auto& board : boards) items.push_back(to_facts(board));
  if (const auto reason = host.usb_unavailable()) {
    context.renderer().event(sysboot::Note{sysboot::Note::Level::warning, *reason});
  }
  if (!boards.empty()) {
    outcome.text = table(boards);
    return outcome;
  }
  outcome.remarks.push_back("no boards found");
  for (const auto& seen : sysboot::look_around(host)) outcome.remarks.push_back(describe(seen));
  if (!host.usb_unavailable()) outcome.remarks.push_back("hint: " + hint_for_no_boards());
  outcome.remarks.push_back("more: " + more_about(sysboot::Errc::no_board));
  return outcome;
}

}  // namespace

Command add_list(CommandLine& line) {
  return {line.add_command("list", "List the boards that are connected"), run};
}

}  // namespace stm32boot
