// SPDX-License-Identifier: GPL-3.0-or-later
// Where chips have RAM, a table each: the memory maps of their reference manuals, external memory
// and, on parts with TrustZone, the addresses for secure code included. Of a line's parts, what the
// largest has.
#pragma once

#include <array>

#include "sysboot/chip.hpp"

namespace sysboot::ram {

inline constexpr RamRange itcm_f7{0x00000000, 0x00004000};
inline constexpr RamRange ccm_64k{0x10000000, 0x10010000};
inline constexpr RamRange backup_4k{0x40024000, 0x40025000};
inline constexpr RamRange memory_buses{0x60000000, 0xA0000000};  // FMC or FSMC, QUADSPI, OCTOSPI
inline constexpr RamRange sdram{0xC0000000, 0xE0000000};

template <std::size_t n>
constexpr std::array<RamRange, n> ranges(const RamRange (&list)[n]) {
  return std::to_array(list);
}

// RM0368 sections 2.3.1, 3
inline constexpr auto f401xb_xc = ranges({{0x20000000, 0x20010000}});
inline constexpr auto f401xd_xe = ranges({{0x20000000, 0x20018000}});
// RM0383 section 2.3.1
inline constexpr auto f411 = ranges({{0x20000000, 0x20020000}});
// RM0033 section 2.3.1
inline constexpr auto f2 = ranges({{0x20000000, 0x20020000}, backup_4k, memory_buses});
// RM0090 section 2.3.1
inline constexpr auto f405 = ranges({{0x20000000, 0x20020000}, ccm_64k, backup_4k, memory_buses});
inline constexpr auto f427 =
    ranges({{0x20000000, 0x20030000}, ccm_64k, backup_4k, memory_buses, sdram});
// RM0402 section 2.3
inline constexpr auto f412 = ranges({{0x20000000, 0x20040000}, memory_buses});
// RM0430 section 2.3; its SRAM2 is at 0x10000000, too
inline constexpr auto f413 = ranges({{0x20000000, 0x20050000}, ccm_64k, memory_buses});
// RM0390 section 2.3.1
inline constexpr auto f446 = ranges({{0x20000000, 0x20020000}, backup_4k, memory_buses, sdram});
// RM0386 section 2.3.1
inline constexpr auto f469 =
    ranges({{0x20000000, 0x20050000}, ccm_64k, backup_4k, memory_buses, sdram});
// RM0431, RM0385, RM0410, section 2.3
inline constexpr auto f72 =
    ranges({{0x20000000, 0x20040000}, itcm_f7, backup_4k, memory_buses, sdram});
inline constexpr auto f74 =
    ranges({{0x20000000, 0x20050000}, itcm_f7, backup_4k, memory_buses, sdram});
inline constexpr auto f76 =
    ranges({{0x20000000, 0x20080000}, itcm_f7, backup_4k, memory_buses, sdram});
// RM0091 section 2.2.2
inline constexpr auto f042 = ranges({{0x20000000, 0x20001800}});
// RM0367 section 2.3
inline constexpr auto l07 = ranges({{0x20000000, 0x20005000}});
// RM0433 section 2.3.2, RM0399 section 2.3.2 (0x10000000, for the M4)
inline constexpr auto h74 = ranges({{0x20000000, 0x20020000},
                                    {0x00000000, 0x00010000},
                                    {0x10000000, 0x10048000},
                                    {0x24000000, 0x24080000},
                                    {0x30000000, 0x30048000},
                                    {0x38000000, 0x38010000},
                                    {0x38800000, 0x38801000},
                                    memory_buses,
                                    sdram});
// RM0455 section 2.3.2
inline constexpr auto h7a = ranges({{0x20000000, 0x20020000},
                                    {0x00000000, 0x00010000},
                                    {0x24000000, 0x24100000},
                                    {0x30000000, 0x30020000},
                                    {0x38000000, 0x38008000},
                                    {0x38800000, 0x38801000},
                                    memory_buses,
                                    sdram});
// RM0481 section 2.3.2
inline constexpr auto h56 = ranges({{0x20000000, 0x200A0000},
                                    {0x30000000, 0x300A0000},
                                    {0x40036400, 0x40037400},
                                    {0x50036400, 0x50037400},
                                    memory_buses,
                                    sdram});
// RM0456 section 2.3.2
inline constexpr auto u5 = ranges({{0x20000000, 0x202F0000},
                                   {0x28000000, 0x28004000},
                                   {0x30000000, 0x302F0000},
                                   {0x38000000, 0x38004000},
                                   {0x40036400, 0x40036C00},
                                   {0x50036400, 0x50036C00},
                                   memory_buses});
// RM0440 section 2.2, RM0434 section 2.2
inline constexpr auto g474 =
    ranges({{0x20000000, 0x20020000}, {0x10000000, 0x10008000}, memory_buses});
inline constexpr auto wb55 =
    ranges({{0x20000000, 0x20040000}, {0x10000000, 0x10010000}, memory_buses});
// Of parts with pages of 2 KiB: RM0091 and RM0316 section 3.2, RM0008 section 3.3, RM0351, RM0394,
// RM0444, RM0490 and RM0503 section 2.2.
inline constexpr auto f072 = ranges({{0x20000000, 0x20004000}});
inline constexpr auto f303 = ranges({{0x20000000, 0x2000A000}, {0x10000000, 0x10002000}});
inline constexpr auto f105 = ranges({{0x20000000, 0x20010000}});
inline constexpr auto l476 =
    ranges({{0x20000000, 0x20018000}, {0x10000000, 0x10008000}, memory_buses});
inline constexpr auto l452 = ranges({{0x20000000, 0x20028000}, {0x10000000, 0x10008000}});
inline constexpr auto l412 = ranges({{0x20000000, 0x2000A000}, {0x10000000, 0x10002000}});
inline constexpr auto g0b1 = ranges({{0x20000000, 0x20024000}});
inline constexpr auto c071 = ranges({{0x20000000, 0x20006000}});
inline constexpr auto u083 = ranges({{0x20000000, 0x2000A000}});
// RM0456 section 2.3.2, of U575 and U585
inline constexpr auto u575 = ranges({{0x20000000, 0x200C0000}, {0x28000000, 0x28004000}});
// So many lines have pages of 2 KiB that the table of chips only has some of them: all together,
// F0, F1, F3 (RM0316), L4 and L4+ (RM0432: 640 KiB), L5 (RM0438, secure), G0, G4 (RM0440), C0, U0.
inline constexpr auto pages_of_2k =
    ranges({{0x20000000, 0x200A0000}, {0x30000000, 0x30040000}, ccm_64k, memory_buses});

}  // namespace sysboot::ram
