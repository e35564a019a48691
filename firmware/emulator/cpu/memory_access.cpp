// SPDX-License-Identifier: GPL-3.0-or-later
// Encodings: ARMv7-M Architecture Reference Manual, A5.2 and A5.3.
#include <bit>

#include "emulator/cpu/instruction.hpp"

namespace emulator {
namespace {

using Registers = std::array<std::uint32_t, 15>;
constexpr unsigned sp = 13;
constexpr unsigned pc_number = 15;

struct Operands {
  const Registers& registers;
  Address pc;

  std::uint32_t operator[](unsigned number) const {
    return number == pc_number ? (pc + 4) & ~3U : registers[number];
  }
};

unsigned bytes_of(std::uint32_t registers) {
  return 4 * static_cast<unsigned>(std::popcount(registers));
}

std::optional<MemoryAccess> narrow(std::uint32_t op, const Operands& r) {
  const unsigned rn = field(op, 3, 3);
  const unsigned imm5 = field(op, 6, 5);
  const bool loads = (op & 0x0800) != 0;
  switch (op >> 12) {
    case 0x4:
      if ((op & 0xF800) != 0x4800) return std::nullopt;
      return MemoryAccess{r[pc_number] + 4 * (op & 0xFF), 4, false};
    case 0x5: {
      static constexpr std::array<unsigned, 8> length = {4, 2, 1, 1, 4, 2, 1, 2};
      const unsigned operation = field(op, 9, 3);
      return MemoryAccess{r[rn] + r[field(op, 6, 3)], length[operation], operation < 3};
    }
    case 0x6: return MemoryAccess{r[rn] + 4 * imm5, 4, !loads};
    case 0x7: return MemoryAccess{r[rn] + imm5, 1, !loads};
    case 0x8: return MemoryAccess{r[rn] + 2 * imm5, 2, !loads};
    case 0x9: return MemoryAccess{r[sp] + 4 * (op & 0xFF), 4, !loads};
    case 0xB: {
      if ((op & 0xF600) != 0xB400) return std::nullopt;
      const unsigned length = bytes_of(op & 0x1FF);
      return MemoryAccess{loads ? r[sp] : r[sp] - length, length, !loads};
    }
    case 0xC: return MemoryAccess{r[field(op, 8, 3)], bytes_of(op & 0xFF), !loads};
    default: return std::nullopt;
  }
}

std::optional<MemoryAccess> multiple(std::uint32_t first, std::uint32_t second, const Operands& r) {
  const std::uint32_t base = r[field(first, 0, 4)];
  const unsigned length = bytes_of(second);
  const bool before = (first & 0x0100) != 0;
  return MemoryAccess{before ? base - length : base, length, (first & 0x10) == 0};
}

std::optional<MemoryAccess> dual_or_exclusive(std::uint32_t first, std::uint32_t second,
                                              const Operands& r) {
  const std::uint32_t base = r[field(first, 0, 4)];
  const std::uint32_t offset = 4 * (second & 0xFF);
  const bool loads = (first & 0x10) != 0;
  const bool indexes = (first & 0x0100) != 0;
  if (indexes || (first & 0x20) != 0) {
    const std::uint32_t moved = (first & 0x80) != 0 ? base + offset : base - offset;
    return MemoryAccess{indexes ? moved : base, 8, !loads};
  }
  if ((first & 0x80) == 0) return MemoryAccess{base + offset, 4, !loads};
  return MemoryAccess{base, (second & 0x10) != 0 ? 2U : 1U, !loads};  // LDREXB and so on, TBB
}

std::optional<MemoryAccess> single(std::uint32_t first, std::uint32_t second, const Operands& r) {
  const unsigned rn = field(first, 0, 4);
  const std::uint32_t base = r[rn];
  const unsigned length = 1U << field(first, 5, 2);
  const bool stores = (first & 0x10) == 0;
  if (rn == pc_number) {
    const std::uint32_t offset = second & 0xFFF;
    return MemoryAccess{(first & 0x80) != 0 ? base + offset : base - offset, length, stores};
  }
  if ((first & 0x80) != 0) return MemoryAccess{base + (second & 0xFFF), length, stores};
  if ((second & 0x0800) == 0) {
    return MemoryAccess{base + (r[field(second, 0, 4)] << field(second, 4, 2)), length, stores};
  }
  const std::uint32_t offset = second & 0xFF;
  const std::uint32_t moved = (second & 0x0200) != 0 ? base + offset : base - offset;
  return MemoryAccess{(second & 0x0400) != 0 ? moved : base, length, stores};
}

std::optional<MemoryAccess> floating(std::uint32_t first, std::uint32_t second, const Operands& r) {
  if ((first & 0xFE00) != 0xEC00) return std::nullopt;
  const std::uint32_t base = r[field(first, 0, 4)];
  const std::uint32_t length = 4 * (second & 0xFF);
  const bool stores = (first & 0x10) == 0;
  const bool up = (first & 0x80) != 0;
  if ((first & 0x0120) == 0x0100) {  // VLDR, VSTR
    const bool is_double = (second & 0x0100) != 0;
    return MemoryAccess{up ? base + length : base - length, is_double ? 8U : 4U, stores};
  }
  return MemoryAccess{up ? base : base - length, length, stores};
}

}  // namespace

std::optional<MemoryAccess> access_of(const Instruction& instruction, const Registers& registers,
                                      Address pc) {
  const Operands operands{registers, pc};
  const std::uint32_t first = instruction.first;
  if (instruction.size() == 2) return narrow(first, operands);
  if (instruction.uses_fpu()) return floating(first, instruction.second, operands);
  if ((first & 0xFE40) == 0xE800) return multiple(first, instruction.second, operands);
  if ((first & 0xFE40) == 0xE840) return dual_or_exclusive(first, instruction.second, operands);
  if ((first & 0xFE00) == 0xF800) return single(first, instruction.second, operands);
  return std::nullopt;
}

}  // namespace emulator
