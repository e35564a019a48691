// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/exti.hpp"

namespace emulator {
namespace {

enum Register : std::uint16_t {
  IMR = 0x00,
  EMR = 0x04,
  RTSR = 0x08,
  FTSR = 0x0C,
  SWIER = 0x10,
  PR = 0x14,
};

// RM0383 10.3: lines 0 to 18, 21 and 22.
constexpr std::uint32_t lines = 0x0067FFFF;
constexpr RegisterSpec table[] = {
    {IMR, "IMR", 0, lines},   {EMR, "EMR", 0, lines},     {RTSR, "RTSR", 0, lines},
    {FTSR, "FTSR", 0, lines}, {SWIER, "SWIER", 0, lines}, {PR, "PR"},
};
constexpr Place location = {"EXTI", 0x40013C00, 0x400, Bus::apb2};

struct Vector {
  unsigned irq;
  std::uint32_t lines;
};
// RM0383 table 37
constexpr Vector vectors[] = {
    {6, bit(0)},
    {7, bit(1)},
    {8, bit(2)},
    {9, bit(3)},
    {10, bit(4)},
    {23, 0x03E0},
    {40, 0xFC00},
    {1, bit(Exti::pvd)},
    {41, bit(Exti::rtc_alarm)},
    {42, bit(Exti::usb_wakeup)},
    {2, bit(Exti::tamper)},
    {3, bit(Exti::rtc_wakeup)},
};

}  // namespace

Exti::Exti(Wiring& wiring) : Peripheral(wiring, location, table) {}

void Exti::edge(unsigned line, bool rising) {
  if ((at(rising ? RTSR : FTSR) & bit(line)) != 0) trigger(bit(line));
}

void Exti::trigger(std::uint32_t which) {
  if ((which & at(EMR)) != 0) on_event();
  at(PR) |= which;
  update();
}

void Exti::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (offset == PR) {
    at(PR) &= ~value;
    at(SWIER) &= ~value;
  } else if (offset == SWIER) {
    trigger(value & ~before & at(IMR));
  }
  update();
}

void Exti::update() {
  for (const Vector& vector : vectors) {
    set_line(vector.irq, (at(PR) & at(IMR) & vector.lines) != 0);
  }
}

namespace {

enum SyscfgRegister : std::uint16_t { MEMRMP = 0x00, EXTICR1 = 0x08, CMPCR = 0x20 };
constexpr std::uint32_t cell_on = bit(0);
constexpr std::uint32_t cell_ready = bit(8);

// RM0383 7.2
constexpr RegisterSpec syscfg_table[] = {
    {MEMRMP, "MEMRMP", 0, 0x3},   {0x04, "PMC", 0, 0x00010000}, {EXTICR1, "EXTICR1", 0, 0xFFFF},
    {0x0C, "EXTICR2", 0, 0xFFFF}, {0x10, "EXTICR3", 0, 0xFFFF}, {0x14, "EXTICR4", 0, 0xFFFF},
    {CMPCR, "CMPCR", 0, cell_on},
};
constexpr Place syscfg_place = {"SYSCFG", 0x40013800, 0x400, Bus::apb2, 14};

}  // namespace

Syscfg::Syscfg(Wiring& wiring) : Peripheral(wiring, syscfg_place, syscfg_table) {}

void Syscfg::boot_from(BootMemory memory) {
  boot_memory_ = memory;
  on_reset();
}

void Syscfg::on_reset() {
  at(MEMRMP) = static_cast<std::uint32_t>(boot_memory_);
  on_remap(boot_memory_);
}

unsigned Syscfg::exti_port(unsigned pin) const {
  return field(at(EXTICR1 + 4 * (pin / 4)), 4 * (pin % 4), 4);
}

void Syscfg::on_write(std::uint32_t offset, std::uint32_t /*value*/, std::uint32_t before) {
  if (offset == CMPCR) {
    at(CMPCR) = (at(CMPCR) & cell_on) != 0 ? cell_on | cell_ready : 0;
  } else if (offset == MEMRMP && at(MEMRMP) != before) {
    if (at(MEMRMP) == 2) return report(Finding::misuse, MEMRMP, "this mapping does not exist");
    on_remap(memory_at_0());
  }
}

}  // namespace emulator
