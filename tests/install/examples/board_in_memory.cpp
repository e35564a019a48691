// SPDX-License-Identifier: GPL-3.0-or-later
// A test without a board: one's own trigger on a virtual board, flashed in virtual time. A board's
// ROM is as strict as a real one and says what it would have refused.
//   usage: board_in_memory
#include <iostream>
#include <sysboot/sysboot.hpp>
#include <sysboot/virtual/board_spec.hpp>
#include <sysboot/virtual/host.hpp>

#include "own_trigger.hpp"

int main() try {
  sysboot::virtual_bench::VirtualHost host;
  // Its console reboots it at "boot usb" and nothing else does; the ROM starts at the second try.
  host.add_board("1-1",
                 sysboot::virtual_bench::parse_board_spec("line=boot usb,no-touch,bounces=1"));
  sysboot::Bytes program = sysboot::virtual_bench::stub_application();
  program.resize(20 * 1024, 0x55);
  const sysboot::Image image = sysboot::parse_image(program);
  sysboot::FlashOptions options;
  options.enter.trigger = own_trigger();

  const sysboot::TimePoint start = host.now();
  const auto result = sysboot::flash({host}, {}, image, options);
  const std::chrono::duration<double> took = host.now() - start;
  std::cout << to_string(result.entered.outcome) << " by " << result.entered.trigger << " after "
            << result.entered.fired << " tries, " << result.bytes_verified << " of " << result.bytes
            << " bytes verified, " << took.count() << " s in virtual time\n";
  for (const auto& violation : host.violations()) std::cout << "refused: " << violation << '\n';
  return result.problem() || !host.violations().empty() ? 1 : 0;
} catch (const sysboot::Error& error) {
  std::cerr << "error (" << to_string(error.code()) << "): " << error.what() << '\n';
  return 1;
}
