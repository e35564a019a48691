// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/rcc.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace emulator {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

enum Register : std::uint16_t {
  CR = 0x00,
  PLLCFGR = 0x04,
  CFGR = 0x08,
  CIR = 0x0C,
  AHB1RSTR = 0x10,
  APB2RSTR = 0x24,
  AHB1ENR = 0x30,
  BDCR = 0x70,
  CSR = 0x74,
  DCKCFGR = 0x8C,
};

enum Source : std::uint32_t { hsi, hse, pll };  // CFGR.SW
constexpr std::uint32_t hse_on = bit(16);
constexpr std::uint32_t hse_ready = bit(17);
constexpr std::uint32_t css_on = bit(19);
constexpr std::uint32_t pll_on = bit(24);
constexpr std::uint32_t pll_ready = bit(25);
constexpr std::uint32_t pll_from_hse = bit(22);
constexpr std::uint32_t css_flag = bit(7);
constexpr std::uint32_t backup_reset = bit(16);
constexpr std::uint32_t rtc_enable = bit(15);
constexpr std::uint32_t remove_flags = bit(24);
constexpr std::uint32_t cause_flags = 0xFE000000;
constexpr unsigned rcc_irq = 5;

// RM0383 6.3; enable and reset bits in table 22. The F411 has nothing on AHB3, and RM0383 reserves
// its words; programs for any F4 access them all the same, those with ST's HAL_DeInit() among them.
constexpr std::uint32_t ahb1 = 0x0060109F;
constexpr std::uint32_t ahb2 = 0x00000080;
constexpr std::uint32_t apb1 = 0x10E2C80F;
constexpr std::uint32_t apb2 = 0x00177931;
constexpr RegisterSpec table[] = {
    {CR, "CR", 0x00008083, 0x050D00F9},
    {PLLCFGR, "PLLCFGR", 0x24003010, 0x0F437FFF},
    {CFGR, "CFGR", 0, 0xFFFFFCF3},
    {CIR, "CIR", 0, 0x00003F00},
    {AHB1RSTR, "AHB1RSTR", 0, ahb1},
    {0x14, "AHB2RSTR", 0, ahb2},
    {0x18, "AHB3RSTR"},
    {0x20, "APB1RSTR", 0, apb1},
    {APB2RSTR, "APB2RSTR", 0, apb2},
    {AHB1ENR, "AHB1ENR", 0, ahb1},
    {0x34, "AHB2ENR", 0, ahb2},
    {0x38, "AHB3ENR"},
    {0x40, "APB1ENR", 0, apb1},
    {0x44, "APB2ENR", 0, apb2},
    {0x50, "AHB1LPENR", 0x0061900F, 0x0061909F},
    {0x54, "AHB2LPENR", ahb2, ahb2},
    {0x58, "AHB3LPENR"},
    {0x60, "APB1LPENR", apb1, apb1},
    {0x64, "APB2LPENR", apb2, apb2},
    {BDCR, "BDCR"},
    {CSR, "CSR", 0, 0x00000001},
    {0x80, "SSCGR", 0, 0x4FFFFFFF, 0x80000000},
    {0x84, "PLLI2SCFGR", 0x24003000, 0x70007FFF},
    {DCKCFGR, "DCKCFGR", 0, 0x01000000},
};
constexpr Place location = {"RCC", 0x40023800, 0x400, Bus::ahb1};

std::uint32_t bus_offset(Bus bus) {
  switch (bus) {
    case Bus::ahb1: return 0x00;
    case Bus::ahb2: return 0x04;
    case Bus::apb1: return 0x10;
    case Bus::apb2: return 0x14;
    case Bus::core: break;
  }
  return 0;
}

}  // namespace

std::string_view to_string(ResetCause cause) {
  switch (cause) {
    case ResetCause::power_on: return "power on";
    case ResetCause::brown_out: return "brown-out";
    case ResetCause::pin: return "pin";
    case ResetCause::software: return "software";
    case ResetCause::iwdg: return "independent watchdog";
    case ResetCause::wwdg: return "window watchdog";
    case ResetCause::low_power: return "low power";
  }
  return "?";
}

// Start-up times: DS-F411 tables 34 to 42, typical.
const std::array<Rcc::Oscillator, Rcc::oscillator_count> Rcc::kinds = {{
    {CSR, 0, 0, microseconds(15)},   // LSI
    {BDCR, 0, 1, seconds(2)},        // LSE
    {CR, 0, 2, microseconds(2)},     // HSI
    {CR, 16, 3, milliseconds(2)},    // HSE
    {CR, 24, 4, microseconds(150)},  // PLL
    {CR, 26, 5, microseconds(150)},  // PLLI2S
}};

Rcc::Rcc(Wiring& wiring, const Oscillators& oscillators)
    : Peripheral(wiring, location, table),
      oscillators_(oscillators),
      checking_(wiring.scheduler, [this](Time) { check_now(); }) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    starting_.push_back(
        std::make_unique<Alarm>(wiring.scheduler, [this, i](Time) { became_ready(i); }));
  }
  update_tree();
}

bool Rcc::has_clock(const Place& of) const {
  return of.clock_bit < 0 ||
         (peek(AHB1ENR + bus_offset(of.bus)) & bit(static_cast<unsigned>(of.clock_bit))) != 0;
}

bool Rcc::is_held_in_reset(const Place& of) const {
  return of.clock_bit >= 0 &&
         (peek(AHB1RSTR + bus_offset(of.bus)) & bit(static_cast<unsigned>(of.clock_bit))) != 0;
}

Hertz Rcc::usb_clock() const {
  return (at(CR) & pll_ready) != 0 ? tree_.pll48 : 0;
}

bool Rcc::rtc_enabled() const {
  return (at(BDCR) & rtc_enable) != 0;
}

Hertz Rcc::divided_hse() const {
  const std::uint32_t prescaler = field(at(CFGR), 16, 5);
  return prescaler >= 2 && (at(CR) & hse_ready) != 0 ? oscillators_.hse / prescaler : 0;
}

Hertz Rcc::rtc_clock() const {
  switch (field(at(BDCR), 8, 2)) {
    case 1: return (at(BDCR) & bit(1)) != 0 ? lse_frequency : 0;
    case 2: return lsi_runs() ? lsi_frequency : 0;
    case 3: return divided_hse();
    default: return 0;
  }
}

void Rcc::force_lsi(bool on) {
  lsi_forced_ = on;
  if (on) at(CSR) |= bit(1);
  on_clocks();
}

bool Rcc::survives(std::uint32_t offset) const {
  return offset == BDCR || offset == CSR;
}

void Rcc::on_reset() {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i].reg != BDCR) starting_[i]->cancel();
  }
  lsi_forced_ = false;
  at(CSR) &= cause_flags;  // LSI is off again
  update_interrupt();
  update_tree();
}

void Rcc::note_reset(ResetCause cause) {
  // NRST is driven low by every reset inside, so that PINRSTF always comes with it.
  constexpr std::uint32_t pin = bit(26);
  switch (cause) {
    case ResetCause::power_on: at(CSR) = bit(25) | pin | bit(27); break;
    case ResetCause::brown_out: at(CSR) |= bit(25) | pin; break;
    case ResetCause::pin: at(CSR) |= pin; break;
    case ResetCause::software: at(CSR) |= bit(28) | pin; break;
    case ResetCause::iwdg: at(CSR) |= bit(29) | pin; break;
    case ResetCause::wwdg: at(CSR) |= bit(30) | pin; break;
    case ResetCause::low_power: at(CSR) |= bit(31) | pin; break;
  }
}

bool Rcc::can_start(const Oscillator& kind) const {
  if (kind.reg == BDCR) return oscillators_.lse_starts;
  if (kind.reg != CR) return true;
  if (kind.on_bit == 16) return oscillators_.hse_starts;
  if (kind.on_bit == 0) return true;
  const bool source = (at(PLLCFGR) & pll_from_hse) == 0 || (at(CR) & hse_ready) != 0;
  return source;
}

bool Rcc::is_in_use(const Oscillator& kind) const {
  if (kind.reg != CR) return false;
  const std::uint32_t used = field(at(CFGR), 2, 2);
  const bool pll_uses_hse = (at(PLLCFGR) & pll_from_hse) != 0;
  switch (kind.on_bit) {
    case 0: return used == hsi || (used == pll && !pll_uses_hse);
    case 16: return used == hse || (used == pll && pll_uses_hse);
    case 24: return used == pll;
    default: return false;
  }
}

void Rcc::switch_oscillators(std::uint16_t reg) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Oscillator& kind = kinds[i];
    if (kind.reg != reg) continue;
    const std::uint32_t on = bit(kind.on_bit);
    const std::uint32_t ready = bit(kind.on_bit + 1);
    if (is_in_use(kind)) at(reg) |= on;  // the hardware does not let go of it
    if ((at(reg) & on) == 0) {
      starting_[i]->cancel();
      const bool stays = kind.reg == CSR && lsi_forced_;
      if (!stays) at(reg) &= ~ready;
    } else if ((at(reg) & ready) == 0 && !starting_[i]->is_set() && can_start(kind)) {
      starting_[i]->set_in(kind.delay);
    }
  }
}

void Rcc::became_ready(std::size_t index) {
  const Oscillator& kind = kinds[index];
  at(kind.reg) |= bit(kind.on_bit + 1);
  if ((at(CIR) & bit(8 + kind.interrupt_bit)) != 0) at(CIR) |= bit(kind.interrupt_bit);
  update_interrupt();
  switch_oscillators(CR);  // the PLL may have waited for its source
  select_sysclk();
  on_clocks();
}

bool Rcc::is_ready(std::uint32_t source) const {
  const std::array<unsigned, 3> ready_bits = {1, 17, 25};
  return source < ready_bits.size() && (at(CR) & bit(ready_bits[source])) != 0;
}

void Rcc::select_sysclk() {
  const std::uint32_t wanted = field(at(CFGR), 0, 2);
  if (wanted != field(at(CFGR), 2, 2) && is_ready(wanted)) {
    at(CFGR) = with_field(at(CFGR), 2, 2, wanted);
  }
  update_tree();
}

void Rcc::update_tree() {
  const ClockTree before = tree_;
  tree_ = clock_tree({at(CR), at(PLLCFGR), at(CFGR), at(DCKCFGR)}, oscillators_.hse);
  const bool same = before.hclk == tree_.hclk && before.pclk1 == tree_.pclk1 &&
                    before.pclk2 == tree_.pclk2 && before.timers1 == tree_.timers1 &&
                    before.timers2 == tree_.timers2;
  if (same) return;
  on_clocks();
  check();
}

void Rcc::check_now() {
  const bool pll_runs = (at(CR) & pll_on) != 0;
  const unsigned scale = pll_runs ? voltage_scale() : 1;  // without the PLL it is scale 3
  for (const auto& violation : clock_violations(tree_, pll_runs, scale, wait_states())) {
    report(Finding::misuse, CFGR, violation);
  }
}

void Rcc::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  switch (offset) {
    case CR:
      switch_oscillators(CR);
      select_sysclk();
      if (((before ^ at(CR)) & (pll_on | hse_on)) != 0) on_clocks();
      break;
    case PLLCFGR:
      if ((at(CR) & pll_on) != 0 && value != before) {
        report(Finding::misuse, PLLCFGR, "written while the PLL is on");
        at(PLLCFGR) = before;
      }
      update_tree();
      break;
    case CFGR:
      select_sysclk();
      if (field(value, 16, 5) != field(before, 16, 5)) on_clocks();
      break;
    case CIR:
      at(CIR) &= ~(value >> 16 & 0xBF);
      update_interrupt();
      break;
    case BDCR: write_bdcr(value, before); break;
    case CSR:
      if ((value & remove_flags) != 0) at(CSR) &= ~cause_flags;
      switch_oscillators(CSR);
      on_clocks();
      break;
    case DCKCFGR: update_tree(); break;
    default:
      if (offset >= AHB1RSTR && offset <= APB2RSTR) peripheral_resets(offset, before);
      if (offset == AHB1ENR + bus_offset(Bus::ahb2)) on_clocks();  // USB appears or vanishes
      break;
  }
}

void Rcc::write_bdcr(std::uint32_t value, std::uint32_t before) {
  constexpr std::uint32_t source = 0x300;
  if (!backup_is_writable()) {
    return report(Finding::misuse, BDCR, "written while PWR_CR.DBP is 0: nothing happens");
  }
  if ((value & backup_reset) != 0) {
    at(BDCR) = backup_reset;
    switch_oscillators(BDCR);
    on_backup_reset();
    return on_clocks();
  }
  // The source can be chosen once.
  const std::uint32_t chosen = (before & source) != 0 ? before & source : value & source;
  at(BDCR) = (value & 0x8005) | (before & bit(1)) | chosen;
  switch_oscillators(BDCR);
  on_clocks();
}

void Rcc::peripheral_resets(std::uint32_t offset, std::uint32_t before) {
  for (const Bus bus : {Bus::ahb1, Bus::ahb2, Bus::apb1, Bus::apb2}) {
    if (offset != AHB1RSTR + bus_offset(bus)) continue;
    for (unsigned i = 0; i < 32; ++i) {
      if ((at(offset) & ~before & bit(i)) != 0) on_peripheral_reset(bus, i);
    }
  }
}

void Rcc::update_interrupt() {
  set_line(rcc_irq, (at(CIR) & 0x3F & at(CIR) >> 8) != 0);
}

void Rcc::fail_hse() {
  const bool watched = (at(CR) & css_on) != 0;
  const std::uint32_t used = field(at(CFGR), 2, 2);
  const bool was_used = is_in_use(kinds[3]);
  at(CR) &= ~hse_ready;
  if (!watched) return on_clocks();
  if (was_used && used == pll) at(CR) &= ~(pll_on | pll_ready);
  if (was_used) at(CFGR) = with_field(at(CFGR), 0, 4, 0);
  at(CR) = (at(CR) & ~hse_on) | bit(0) | bit(1);
  at(CIR) |= css_flag;
  wiring_.exceptions.set_pending(nmi, true);
  update_tree();
}

std::vector<std::string> Rcc::differences_from_reset() const {
  std::vector<std::string> found;
  const auto is_on = [&](unsigned number, const char* what) {
    if ((at(CR) & bit(number)) != 0) found.push_back(fmt::format("{} is on", what));
  };
  if ((at(CR) & 3) != 3) found.push_back("HSI is off");
  is_on(16, "HSE");
  is_on(19, "the clock security system");
  is_on(24, "the PLL");
  is_on(26, "the I2S PLL");
  if (at(CFGR) != 0) {
    found.push_back(fmt::format("RCC_CFGR is {} (SYSCLK {} Hz, HCLK {} Hz)", hex32(at(CFGR)),
                                tree_.sysclk, tree_.hclk));
  }
  if ((at(CIR) & 0x3F00) != 0) found.push_back("clock interrupts are enabled");
  return found;
}

void Rcc::take_over(std::uint32_t cr, std::uint32_t pllcfgr, std::uint32_t cfgr) {
  at(CR) = cr;
  at(PLLCFGR) = pllcfgr;
  at(CFGR) = cfgr;
  update_tree();
}

}  // namespace emulator
