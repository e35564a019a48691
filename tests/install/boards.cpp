// SPDX-License-Identifier: GPL-3.0-or-later
// In place of this machine's host, so that the examples work on boards in memory: those of the
// environment variable EXAMPLE_BOARDS, as --virtual describes them, with ";" in between.
#include <cstdlib>
#include <sstream>
#include <sysboot/virtual/board_spec.hpp>
#include <sysboot/virtual/host.hpp>

std::unique_ptr<sysboot::Host> sysboot::system_host() {
  auto host = std::make_unique<virtual_bench::VirtualHost>();
  std::istringstream boards(std::getenv("EXAMPLE_BOARDS"));
  int number = 0;
  for (std::string board; std::getline(boards, board, ';');) {
    host->add_board("1-" + std::to_string(++number), virtual_bench::parse_board_spec(board));
  }
  return host;
}
