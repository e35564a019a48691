// SPDX-License-Identifier: GPL-3.0-or-later
#include "sightings.hpp"

namespace stm32boot {
namespace {

std::string how_to_name(const sysboot::Board& board) {
  if (board.ports.empty()) return "--usb " + board.port_path();
  return "--port " + board.ports.front().path;
}

std::string cure(const sysboot::Sighting& seen) {
  using Missing = sysboot::Sighting::Missing;
  if (!seen.board) return {};
  switch (seen.missing) {
    case Missing::nothing: break;
    case Missing::name: return ": " + how_to_name(*seen.board);
    case Missing::way:
      return ": say how such boards are rebooted with --trigger, --firmware or --text, or name "
             "it: " +
             how_to_name(*seen.board);
  }
  return {};
}

}  // namespace

std::string describe(const sysboot::Sighting& seen) {
  return seen.what + ": " + seen.why + cure(seen);
}

}  // namespace stm32boot
