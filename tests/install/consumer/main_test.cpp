// SPDX-License-Identifier: GPL-3.0-or-later
// A test of somebody who uses libsysboot: takes a virtual board into DFU mode.
#include <iostream>
#include <sysboot/enter.hpp>
#include <sysboot/virtual/host.hpp>

int main() {
  sysboot::virtual_bench::VirtualHost host;
  host.add_board("1-1", sysboot::virtual_bench::BoardSettings{});
  const auto result = sysboot::enter({host}, {}, {});
  std::cout << result.require().describe() << '\n' << to_string(result.outcome) << '\n';
}
