// SPDX-License-Identifier: GPL-3.0-or-later
#include "sightings.hpp"

namespace stm32boot {
namespace {

using Missing = sysboot::Sighting::Missing;

constexpr const char* how_to_reboot =
    "say how such boards are rebooted with --trigger, --firmware or --text";

std::string how_to_name(const sysboot::Board& board) {
  if (board.ports.empty()) return "--usb " + board.port_path();
  return "--port " + board.ports.front().path;
}

// `name`: the option that names it.
std::string cure(const sysboot::Sighting& seen, const std::string& name) {
  switch (seen.missing) {
    case Missing::nothing: break;
    case Missing::name: return name;
    case Missing::way: return std::string(how_to_reboot) + ", or name it: " + name;
  }
  return {};
}

std::string with_cure(const sysboot::Sighting& seen, const std::string& cure) {
  return seen.what + ": " + seen.why + (cure.empty() ? "" : ": " + cure);
}

}  // namespace

std::string cure_beside_all(const sysboot::Sighting& seen) {
  return seen.board ? cure(seen, how_to_name(*seen.board) + " (without --all)") : std::string();
}

std::string describe_beside_all(const sysboot::Sighting& seen) {
  return with_cure(seen, cure_beside_all(seen));
}

std::string describe_beside_each(const sysboot::Sighting& seen) {
  return with_cure(seen, seen.missing == Missing::way ? how_to_reboot : "");
}

std::string describe(const sysboot::Sighting& seen) {
  return with_cure(seen, seen.board ? cure(seen, how_to_name(*seen.board)) : std::string());
}

}  // namespace stm32boot
