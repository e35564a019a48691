// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory_map.hpp"

#include <algorithm>
#include <array>

#include "sysboot/image.hpp"

namespace sysboot {
namespace {

struct Window {
  std::uint32_t first;
  std::uint32_t end;  // first byte behind it
};

// Generous: this is to tell firmware from other files, not one part from another.
constexpr std::array ram_windows = std::to_array<Window>({
    {0x00000000, 0x00040000},  // ITCM: F7 16 KiB (RM0410), H7 64, H72x up to 256 (RM0468, 2.4)
    {0x10000000, 0x10048000},  // CCM of F3, F4, G4; SRAM2 of L4; D2 SRAM for the H7's M4 (RM0399)
    {0x20000000, 0x20400000},  // SRAM, DTCM; the U5 has the most, 2.9 MiB (RM0456, 2.3)
    {0x24000000, 0x24400000},  // AXI SRAM: H7 (RM0433, 2.3), N6 (RM0486)
    {0x28000000, 0x28008000},  // SRAM4 of U5, 16 KiB (RM0456, 2.3); AHB SRAM of N6
    {0x30000000, 0x302F0000},  // D2 SRAM of H7; SRAM of L5, U5, H5 for secure code (RM0481, 2.3)
    {0x34000000, 0x34400000},  // AXI SRAM of N6 for secure code (RM0486)
    {0x38000000, 0x38010000},  // D3 SRAM of H7 (RM0433, 2.3); SRAM4 of U5 for secure code
    {0x38800000, 0x38801000},  // backup SRAM of H7 (RM0433, 2.3)
    {0x40024000, 0x40025000},  // backup SRAM of F2, F4, F7 (RM0090, 2.3; RM0410, 2.2)
    {0x40036400, 0x40037400},  // backup SRAM of H5, U5 (RM0481, 2.3; RM0456, 2.3)
    {0x50036400, 0x50037400},  // the same for secure code
    {0x60000000, 0x70000000},  // SRAM on the FMC (RM0090, 37.4)
    {0x70000000, 0x74000000},  // RAM on OCTOSPI2, of which the largest have 64 MiB (RM0455, 2.3)
    {0x90000000, 0x94000000},  // RAM on OCTOSPI1 or XSPI1 (RM0456, 2.3; RM0477)
    {0xC0000000, 0xE0000000},  // SDRAM on the FMC (RM0090, 37.4)
});

// No STM32 has more flash than 4 MiB.
constexpr std::uint32_t flash_window = 0x00800000;
constexpr std::array<std::uint32_t, 3> flash_seen_at = {flash_base, 0x00200000, 0x0C000000};

}  // namespace

std::optional<std::uint32_t> in_flash(std::uint32_t address) {
  for (const std::uint32_t start : flash_seen_at) {
    if (address >= start && address - start < flash_window) return flash_base + (address - start);
  }
  return std::nullopt;
}

bool is_stack_pointer(std::uint32_t word) {
  const std::uint32_t address = as_stack_pointer(word);
  return std::any_of(ram_windows.begin(), ram_windows.end(),
                     [&](const Window& ram) { return address > ram.first && address <= ram.end; });
}

}  // namespace sysboot
