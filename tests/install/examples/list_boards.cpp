// SPDX-License-Identifier: GPL-3.0-or-later
// Lists the boards that are connected, whether they run their application or are in DFU mode.
// Nothing is opened or changed.
//   usage: list_boards
#include <iostream>
#include <sysboot/sysboot.hpp>

int main() {
  const auto host = sysboot::system_host();
  const auto boards = sysboot::list_boards(*host);
  std::cout << "sysboot " << sysboot::version << ", " << boards.size() << " boards\n";
  for (const auto& board : boards) std::cout << board.describe() << '\n';
}
