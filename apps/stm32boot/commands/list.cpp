// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot list: the boards that can be used.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "boards/sightings.hpp"
#include "commands.hpp"
#include "output/error_table.hpp"
#include "output/facts.hpp"
#include "sysboot/board.hpp"

namespace stm32boot {
namespace {

constexpr std::size_t columns = 6;
using Cells = std::array<std::string, columns>;

std::string first_port(const sysboot::Board& board) {
  return board.ports.empty() ? "-" : board.ports.front().path;
}

// Columns as wide as what is in them, so that the usual fits a terminal.
std::string table(const std::vector<sysboot::Board>& boards) {
  std::vector<Cells> rows = {{"PORT", "USB", "MODE", "ID", "PRODUCT", "SERIAL"}};
  for (const auto& board : boards) {
    rows.push_back({first_port(board), board.port_path(), std::string(to_string(board.mode)),
                    board.usb.id(), sysboot::printable(board.usb.product_name),
                    sysboot::printable(board.usb.serial)});
  }
  std::array<std::size_t, columns> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Cells& row : rows) {
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      text += fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    text += row.back();
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
