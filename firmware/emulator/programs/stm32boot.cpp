// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot with an emulated chip on each board of --virtual.
#include <cstdlib>
#include <iostream>

#include "emulator/board.hpp"
#include "emulator/rom/file.hpp"
#include "program.hpp"

namespace {

// Of the crystal on the boards, in MHz.
constexpr const char* crystal_variable = "STM32BOOT_CRYSTAL";

void tell(const emulator::Report& report) {
  std::cerr << "emulator: " << report.text << '\n';
}

// As it comes from the factory, in the hands of somebody who holds BOOT0.
std::unique_ptr<emulator::BusBoard> make_emulated(emulator::BoardSettings board,
                                                  emulator::TimePoint /*now*/) {
  emulator::EmulatedBoardSettings settings;
  settings.board = std::move(board);
  emulator::use_rom_of_environment(settings.machine);
  settings.board.starts_in_rom = true;
  if (const char* megahertz = std::getenv(crystal_variable)) {
    settings.machine.board.oscillators.hse = std::strtoull(megahertz, nullptr, 10) * 1'000'000;
  }
  auto made = std::make_unique<emulator::EmulatedBoard>(std::move(settings));
  made->machine().reports().be_lenient();
  made->machine().reports().on_report = tell;
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  return stm32boot::run_command_line(argc, argv, make_emulated);
}
