// SPDX-License-Identifier: GPL-3.0-or-later
// Flashes one board: from its running application into the bootloader in its ROM, erase, write,
// read everything back, and wait until the new application is there.
//   usage: flash_one IMAGE [PORT]     such as: flash_one app.bin /dev/ttyACM0
// Without PORT there must be exactly one board; several are an error that names them.
#include <iostream>
#include <sysboot/sysboot.hpp>

namespace {

// A story tells what it does while it does it; progress bars would be made of StageProgress.
void show(const sysboot::Event& event) {
  if (const auto* end = std::get_if<sysboot::StageEnd>(&event)) {
    std::cout << to_string(end->stage) << ": " << end->text << '\n';
  }
}

}  // namespace

int main(int count, char** words) try {
  if (count < 2) throw sysboot::Error(sysboot::Errc::usage, "usage: flash_one IMAGE [PORT]");
  const sysboot::Image image = sysboot::load_image(words[1]);
  sysboot::check_image(image, false);  // is it a program, and for the address that it goes to?
  sysboot::Selector selector;
  if (count > 2) selector.port = words[2];

  const auto host = sysboot::system_host();
  const auto result = sysboot::flash({*host, show}, selector, image, {});
  std::cout << result.bytes_verified << " of " << result.bytes << " bytes verified\n";
  if (const auto problem = result.problem()) throw *problem;  // it did not come back
  return 0;
} catch (const sysboot::Error& error) {
  std::cerr << "error (" << to_string(error.code()) << "): " << error.what() << '\n';
  return 1;
}
