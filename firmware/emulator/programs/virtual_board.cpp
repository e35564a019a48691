// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot-virtual-board with --firmware.
#include "emulator/board.hpp"
#include "emulator/rom/file.hpp"
#include "program.hpp"

namespace {

std::unique_ptr<emulator::BusBoard> make_emulated(emulator::BoardSettings board,
                                                  const std::string& firmware) {
  emulator::EmulatedBoardSettings settings;
  settings.board = std::move(board);
  emulator::use_rom_of_environment(settings.machine);
  settings.real_time = true;
  auto made = std::make_unique<emulator::EmulatedBoard>(std::move(settings));
  made->machine().reports().be_lenient();
  made->load(firmware);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  return virtual_board::run_program(argc, argv, make_emulated);
}
