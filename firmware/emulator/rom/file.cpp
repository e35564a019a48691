// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/rom/file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sysboot/error.hpp"

namespace emulator {
namespace {

constexpr std::string_view variable = "STM32BOOT_ROM";
constexpr std::string_view for_f413 = "f413:";
constexpr std::size_t rom_size = system_memory_end - system_memory_base;
constexpr std::size_t most_missing = 16;

// V9.0 of the F413, by disassembly: two comparisons with an immediate operand (encoding: ARMv7-M
// A5.3.2), with the size of flash and with that of RAM from 0x20003000 on, and two words where it
// begins to clear RAM.
struct Constant {
  std::size_t offset;
  std::uint32_t f413;
  std::uint32_t f411;
};
constexpr Constant constants[] = {
    {0x3A90, 0x1FC0F5B1, 0x2F00F5B1},  // CMP R1, #0x180000; #0x80000
    {0x3AA0, 0x2F9AF5B1, 0x3FE8F5B1},  // CMP R1, #0x4D000; #0x1D000
    {0x0AB0, 0x2004FFFC, 0x2001FFFC},
    {0x3E74, 0x2004FFFC, 0x2001FFFC},
};

Bytes read_rom(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  Bytes rom{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    throw sysboot::Error(sysboot::Errc::no_input,
                         fmt::format("{}: {} cannot be read", variable, file));
  }
  const bool is_whole = rom.size() + most_missing >= rom_size;
  if (!is_whole || word_at(rom, 4) - system_memory_base >= rom_size) {
    throw sysboot::Error(
        sysboot::Errc::usage,
        fmt::format("{}: {} is no dump of 0x1FFF0000 to 0x1FFF77FF", variable, file));
  }
  rom.resize(rom_size, 0xFF);
  return rom;
}

Bytes in_utf16(std::string_view text) {
  Bytes result;
  for (const char c : text) result.insert(result.end(), {static_cast<std::uint8_t>(c), 0});
  return result;
}

}  // namespace

void fit_to_f411(Bytes& rom) {
  const auto is_there = [&](const Constant& place) {
    return place.offset + 4 <= rom.size() && word_at(rom, place.offset) == place.f413;
  };
  if (!std::all_of(std::begin(constants), std::end(constants), is_there)) return;
  for (const Constant& place : constants) put_word(rom, place.offset, place.f411);
}

bool fit_layout_to_f411(std::span<std::uint8_t> ram) {
  const Bytes known = in_utf16("01*064Kg,011*128Kg");
  const auto found = std::search(ram.begin(), ram.end(), known.begin(), known.end());
  if (found == ram.end()) return false;
  const Bytes wanted = in_utf16("01*064Kg,003*128Kg");
  std::copy(wanted.begin(), wanted.end(), found);
  return true;
}

void use_rom(MachineSettings& settings, const std::string& file) {
  const bool f413_too = file.starts_with(for_f413);
  settings.rom = read_rom(f413_too ? file.substr(for_f413.size()) : file);
  settings.model = f413_too ? f413 : f411;
  if (!f413_too) fit_to_f411(settings.rom);
}

void use_rom_of_environment(MachineSettings& settings) {
  const char* file = std::getenv(variable.data());
  if (file != nullptr && *file != '\0') use_rom(settings, file);
}

}  // namespace emulator
