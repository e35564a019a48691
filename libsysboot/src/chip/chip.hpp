// SPDX-License-Identifier: GPL-3.0-or-later
// Which chips a layout may mean, and what follows for them.
#pragma once

#include "sysboot/chip.hpp"
#include "sysboot/device.hpp"

namespace sysboot {

/// Those whose flash has exactly this layout and that fit the id byte, where it was read and is
/// known of one of them.
std::vector<Chip> possible_chips(const MemoryLayout& flash,
                                 std::optional<std::uint8_t> bootloader_id);
/// Their names.
ChipGuess guess_chip(const MemoryLayout& flash, std::optional<std::uint8_t> bootloader_id);
/// The widest that fits the layout; widest_program_unit when it fits no known chip.
std::uint32_t program_unit(const MemoryLayout& flash);
/// What its bytes read after erasing: 0xFF, but 0x00 on the STM32L0 and L1, whose flash is made
/// like EEPROM (RM0367 section 3.3.4, RM0038 section 3.3: pages of 128 and 256 bytes, NOTZEROERR).
std::uint8_t erased_byte(const MemoryLayout& flash);
/// Does its ROM go on saying dfuDNBUSY after an erase that is done? STM32H743 rev V does, until it
/// gets CLRSTATUS twice, which is what STM32CubeProgrammer sends (betaflight-configurator PR 1861).
bool stays_busy_after_erase(const MemoryLayout& flash);
/// Does its ROM erase and program as many bits at a time as the supply voltage allows that it is
/// told of (AN2606 section 4.4: F2, F4 and F7)? Of all lines only these have sectors of several
/// sizes.
bool programs_by_voltage(const MemoryLayout& flash);
/// 256 bits on the H7 (RM0433 section 4.3.9): no STM32 has more.
inline constexpr std::uint32_t widest_program_unit = 32;

/// Where to look for the id byte; none when the layout fits no known chip, or chips that disagree.
std::vector<std::uint32_t> bootloader_id_addresses(const MemoryLayout& flash);
/// Has a chip with this layout this id byte at this address?
bool is_bootloader_id(const MemoryLayout& flash, std::uint32_t address, std::uint8_t id);

/// Could a program begin with this stack pointer on one of these chips? A stack grows down from its
/// first word, so that the end of RAM is inside and its start is not; the core ignores the two low
/// bits (ARMv7-M ARM, B1.5.5, TakeReset), which old linker scripts relied on: 0x2001FFFF.
bool fits_ram(const std::vector<Chip>& chips, std::uint32_t initial_sp);

}  // namespace sysboot
