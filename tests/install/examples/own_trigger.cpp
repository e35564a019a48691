// SPDX-License-Identifier: GPL-3.0-or-later
// Takes a board into the bootloader in its ROM by a trigger of one's own, and tells how that went.
//   usage: own_trigger PORT     such as: own_trigger /dev/ttyACM0
#include "own_trigger.hpp"

#include <iostream>
#include <sysboot/sysboot.hpp>

int main(int count, char** words) try {
  if (count < 2) throw sysboot::Error(sysboot::Errc::usage, "usage: own_trigger PORT");
  sysboot::EnterOptions options;
  options.trigger = own_trigger();
  sysboot::Selector selector;
  selector.port = words[1];

  const auto host = sysboot::system_host();
  const auto result = sysboot::enter({*host}, selector, options);
  // It may also have been there already, have ignored it, bounced back or be lost.
  std::cout << to_string(result.outcome) << " by " << result.trigger << '\n';
  if (!result.answer.empty()) std::cout << "it said: " << result.answer << '\n';
  for (const auto& remark : result.remarks) std::cout << remark << '\n';
  std::cout << result.require().describe() << '\n';
  return 0;
} catch (const sysboot::Error& error) {
  std::cerr << "error (" << to_string(error.code()) << "): " << error.what() << '\n';
  return 1;
}
