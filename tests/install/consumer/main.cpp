// SPDX-License-Identifier: GPL-3.0-or-later
// A program of somebody who has libsysboot installed: lists boards, plans an image, prints both.
#include <iostream>
#include <sysboot/sysboot.hpp>

int main() {
  const auto host = sysboot::system_host();
  const auto boards = sysboot::list_boards(*host);
  const auto layout = sysboot::parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg");
  std::cout << "sysboot " << sysboot::version << ", " << boards.size() << " boards, sector at 0x"
            << std::hex << layout.sector_at(0x08010000)->address << '\n';
  for (const auto& board : boards) std::cout << board.describe() << '\n';
}
