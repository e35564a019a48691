// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot with an emulated chip on each board of --virtual.
#include "emulator/board.hpp"
#include "program.hpp"

namespace {

// As it comes from the factory, in the hands of somebody who holds BOOT0.
std::unique_ptr<emulator::BusBoard> make_emulated(emulator::BoardSettings board,
                                                  emulator::TimePoint /*now*/) {
  emulator::EmulatedBoardSettings settings;
  settings.board = std::move(board);
  settings.board.starts_in_rom = true;
  return std::make_unique<emulator::EmulatedBoard>(std::move(settings));
}

}  // namespace

int main(int argc, char** argv) {
  return stm32boot::run_command_line(argc, argv, make_emulated);
}
