// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/register_table.hpp"
#include "emulator/core/scb.hpp"

namespace emulator {
namespace {

// ARMv7-M table B3-8, with room for 240 interrupts, as programs clear them all.
constexpr Numbered nvic_rows[] = {
    {"ISER{}", 0x100, 4, 8}, {"ICER{}", 0x180, 4, 8}, {"ISPR{}", 0x200, 4, 8},
    {"ICPR{}", 0x280, 4, 8}, {"IABR{}", 0x300, 4, 8}, {"IPR{}", 0x400, 4, 60},
    {"STIR", 0xF00},
};

RegisterTable nvic_table() {
  static const std::vector<RegisterSpec> table = expand(nvic_rows);
  return table;
}

constexpr std::uint32_t group_mask = 0x380;  // tells ISER, ICER, ISPR, ICPR and IABR apart
enum Group : std::uint32_t {
  enable = 0x100,
  disable = 0x180,
  pend = 0x200,
  unpend = 0x280,
  in_service = 0x300
};
constexpr std::uint32_t priorities = 0x400;
constexpr std::uint32_t stir = 0xF00;

constexpr Place nvic_place = {"NVIC", 0xE000E000, 0x1000};

}  // namespace

NvicRegisters::NvicRegisters(Wiring& wiring) : Peripheral(wiring, nvic_place, nvic_table()) {}

std::uint32_t NvicRegisters::bits(std::uint32_t word,
                                  bool (Exceptions::*is)(unsigned) const) const {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 32 && 32 * word + i < Exceptions::irqs; ++i) {
    if ((wiring_.exceptions.*is)(first_irq + 32 * word + i)) value |= bit(i);
  }
  return value;
}

std::uint32_t NvicRegisters::on_read(std::uint32_t offset) {
  if (offset >= priorities) return at(offset);
  const std::uint32_t word = (offset & 0x7F) / 4;
  switch (offset & group_mask) {
    case enable:
    case disable: return bits(word, &Exceptions::is_enabled);
    case pend:
    case unpend: return bits(word, &Exceptions::is_pending);
    case in_service: return bits(word, &Exceptions::is_active);
    default: return 0;
  }
}

void NvicRegisters::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  Exceptions& e = wiring_.exceptions;
  if (offset == stir) return e.set_pending(first_irq + (value & 0x1FF), true);
  const bool is_priority = offset >= priorities;
  const std::uint32_t first = is_priority ? offset - priorities : 8 * (offset & 0x7F);
  const unsigned width = is_priority ? 4 : 32;
  for (unsigned i = 0; i < width && first + i < Exceptions::irqs; ++i) {
    const unsigned exception = first_irq + first + i;
    if (is_priority) {
      e.set_priority(exception, static_cast<std::uint8_t>(field(value, 8 * i, 8)));
      at(offset) = with_field(at(offset), 8 * i, 8, e.priority(exception));
    } else if ((value & bit(i)) != 0) {
      switch (offset & group_mask) {
        case enable: e.set_enabled(exception, true); break;
        case disable: e.set_enabled(exception, false); break;
        case pend: e.set_pending(exception, true); break;
        case unpend: e.set_pending(exception, false); break;
        default: break;
      }
    }
  }
}

}  // namespace emulator
