// SPDX-License-Identifier: GPL-3.0-or-later
// Encodings: ARMv7-M Architecture Reference Manual, chapter A5.
#include "emulator/cpu/instruction.hpp"

#include <algorithm>
#include <bit>

namespace emulator {
namespace {

constexpr Cycles refill = 2;  // of the pipeline, after a branch
constexpr Cycles divide = 6;  // 2 to 12
constexpr Cycles float_divide = 14;
constexpr std::uint16_t branch_to_itself = 0xE7FE;

Cycles listed(std::uint32_t registers) {
  return 1 + static_cast<Cycles>(std::popcount(registers));
}

Cycles narrow_cycles(std::uint32_t op) {
  const auto is = [op](std::uint32_t mask, std::uint32_t value) { return (op & mask) == value; };
  if (is(0xFF00, 0x4700)) return 1 + refill;                         // BX, BLX
  if (is(0xFD00, 0x4400) && (op & 0x87) == 0x87) return 1 + refill;  // ADD, MOV to pc
  if (is(0xF800, 0x4800)) return 2;                                  // LDR from the literal pool
  if (is(0xF000, 0x5000)) return (op & 0x0E00) < 0x0600 ? 1 : 2;     // by register
  if (is(0xE000, 0x6000) || is(0xF000, 0x8000) || is(0xF000, 0x9000)) {
    return (op & 0x0800) != 0 ? 2 : 1;
  }
  if (is(0xFF00, 0xBD00)) return listed(op & 0xFF) + 1 + refill;  // POP with pc
  if (is(0xF600, 0xB400)) return listed(op & 0x1FF);              // PUSH, POP
  if (is(0xF000, 0xC000)) return listed(op & 0xFF);               // LDM, STM
  if (is(0xF500, 0xB100)) return 2;                               // CBZ, CBNZ: taken or not
  if (is(0xFF00, 0xDF00)) return 1;                               // SVC
  if (is(0xF000, 0xD000)) return 2;                               // conditional: taken or not
  if (is(0xF800, 0xE000)) return 1 + refill;
  return 1;
}

Cycles float_cycles(std::uint32_t first, std::uint32_t second) {
  const bool transfers = (first & 0xFE00) == 0xEC00;
  if (transfers && (first & 0x0120) == 0x0100) return 2;  // VLDR, VSTR
  if (transfers) return 1 + (second & 0xFF);              // VLDM, VSTM
  const bool is_divide = (first & 0xFFB0) == 0xEE80 && (second & 0x50) == 0;
  const bool is_root = (first & 0xFFBF) == 0xEEB1 && (second & 0xD0) == 0xC0;
  return is_divide || is_root ? float_divide : 1;
}

Cycles wide_cycles(std::uint32_t first, std::uint32_t second) {
  const auto is = [first](std::uint32_t mask, std::uint32_t value) {
    return (first & mask) == value;
  };
  const bool loads = (first & 0x10) != 0;
  if (is(0xFE40, 0xE800)) {  // LDM, STM
    return listed(second) + (loads && (second & 0x8000) != 0 ? refill : 0);
  }
  if (is(0xFFF0, 0xE8D0) && (second & 0xE0) == 0) return 2 + refill;  // TBB, TBH
  if (is(0xFE40, 0xE840)) return is(0xFF60, 0xE840) ? 2 : 3;          // exclusive; LDRD, STRD
  if (is(0xFE00, 0xF800)) {
    if (!loads) return 1;
    return (second >> 12) == 15 && (first & 0x60) == 0x40 ? 2 + refill : 2;
  }
  if (is(0xF800, 0xF000) && (second & 0x8000) != 0) {
    const bool jumps = (second & 0x5000) != 0;  // B, BL
    return jumps ? 1 + refill : 2;              // MSR, MRS, barriers; conditional: taken or not
  }
  if (is(0xFFF0, 0xFB90) || is(0xFFF0, 0xFBB0)) return divide;
  return 1;
}

}  // namespace

bool Instruction::uses_fpu() const {
  return size() == 4 && (first & 0xEC00) == 0xEC00 && (second & 0x0E00) == 0x0A00;
}

Cycles Instruction::cycles() const {
  if (size() == 2) return narrow_cycles(first);
  return uses_fpu() ? float_cycles(first, second) : wide_cycles(first, second);
}

unsigned Instruction::it_length() const {
  if ((first & 0xFF00) != 0xBF00 || (first & 0x0F) == 0) return 0;
  return 4 - static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(first & 0x0F)));
}

Instruction instruction_at(ByteView code, std::size_t offset) {
  const auto half = [&](std::size_t at) {
    if (at + 2 > code.size()) return std::uint16_t{0};
    return static_cast<std::uint16_t>(code[at] | code[at + 1] << 8);
  };
  return {half(offset), half(offset + 2)};
}

BlockFacts examine(ByteView code) {
  BlockFacts facts;
  constexpr std::uint16_t send_event = 0xBF40;
  for (std::size_t offset = 0; offset < code.size();) {
    const Instruction instruction = instruction_at(code, offset);
    facts.sends_event = facts.sends_event || instruction.first == send_event;
    facts.cycles += instruction.cycles();
    facts.uses_fpu = facts.uses_fpu || instruction.uses_fpu();
    offset += instruction.size();
  }
  facts.spins = code.size() == 2 && instruction_at(code, 0).first == branch_to_itself;
  return facts;
}

}  // namespace emulator
