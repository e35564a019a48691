// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/watchdogs.hpp"

#include <algorithm>

namespace emulator {
namespace {

enum IwdgRegister : std::uint16_t { KR = 0x0, PR = 0x4, RLR = 0x8, SR = 0xC };
constexpr std::uint32_t key_start = 0xCCCC;
constexpr std::uint32_t key_reload = 0xAAAA;
constexpr std::uint32_t key_unlock = 0x5555;
constexpr std::uint32_t prescaler_updating = bit(0);
constexpr std::uint32_t reload_updating = bit(1);
constexpr std::uint32_t slowest = 6;
constexpr unsigned update_cycles = 5;  // of LSI, RM0383 16.3.2

// RM0383 16.4
constexpr RegisterSpec iwdg_table[] = {
    {KR, "KR"}, {PR, "PR", 0, 0x7}, {RLR, "RLR", 0xFFF, 0xFFF}, {SR, "SR"}};

enum WwdgRegister : std::uint16_t { CR = 0x0, CFR = 0x4, WSR = 0x8 };
constexpr std::uint32_t activated = bit(7);
constexpr std::uint32_t alive = bit(6);
constexpr std::uint32_t early_interrupt = bit(9);
constexpr unsigned wwdg_irq = 0;

// RM0383 17.6
constexpr RegisterSpec wwdg_table[] = {
    {CR, "CR", 0x7F, 0x7F}, {CFR, "CFR", 0x7F, 0x3FF}, {WSR, "SR"}};

}  // namespace

Iwdg::Iwdg(Wiring& wiring, Rcc& rcc)
    : Peripheral(wiring, {"IWDG", 0x40003000, 0x400, Bus::apb1}, iwdg_table),
      rcc_(rcc),
      timeout_(wiring.scheduler, [this](Time) { on_timeout(); }),
      updated_(wiring.scheduler, [this](Time) { at(SR) = 0; }) {}

void Iwdg::start() {
  runs_ = true;
  rcc_.force_lsi(true);
  clocks_changed();
  reload();
}

void Iwdg::slow_down() {
  at(PR) = slowest;
  update_soon(prescaler_updating);
  reload();
}

void Iwdg::reload() {
  if (!runs_) return;
  const std::uint64_t divider = 4ULL << std::min(at(PR), slowest);
  timeout_.set_in(duration_of(divider * (at(RLR) + 1ULL), lsi_frequency));
}

void Iwdg::update_soon(std::uint32_t flags) {
  at(SR) |= flags;
  clocks_changed();
}

void Iwdg::clocks_changed() {
  const bool waits = at(SR) != 0 && !updated_.is_set();
  if (waits && rcc_.lsi_runs()) updated_.set_in(duration_of(update_cycles, lsi_frequency));
}

void Iwdg::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (offset == KR) {
    unlocked_ = value == key_unlock;
    if (value == key_start) start();
    if (value == key_reload) reload();
  } else if (offset == PR || offset == RLR) {
    const std::uint32_t flag = offset == PR ? prescaler_updating : reload_updating;
    if (!unlocked_ || (at(SR) & flag) != 0) {
      at(offset) = before;
      const auto* why = unlocked_ ? "written during the update before" : "written while locked";
      return report(Finding::misuse, offset, why);
    }
    update_soon(flag);
  }
}

void Iwdg::on_reset() {
  runs_ = false;
  unlocked_ = false;
  timeout_.cancel();
  updated_.cancel();
}

Wwdg::Wwdg(Wiring& wiring, std::function<Hertz()> frequency)
    : Peripheral(wiring, {"WWDG", 0x40002C00, 0x400, Bus::apb1, 11}, wwdg_table),
      frequency_(std::move(frequency)),
      next_(wiring.scheduler, [this](Time) { catch_up(); }) {}

Time Wwdg::tick() const {
  return duration_of(4096ULL << field(at(CFR), 7, 2), frequency_());
}

void Wwdg::catch_up() {
  while (runs() && now() >= since_ + tick()) {
    since_ += tick();
    const std::uint32_t count = (at(CR) - 1) & 0x7F;
    at(CR) = activated | count;
    if (count == alive) at(WSR) |= 1;
    if ((count & alive) == 0) return on_timeout();
  }
  update_line();
  arm();
}

void Wwdg::arm() {
  next_.set(runs() ? since_ + tick() : never);
}

void Wwdg::clocks_changed() {
  if (!runs()) return;
  since_ = now();
  arm();
}

std::uint32_t Wwdg::on_read(std::uint32_t offset) {
  return at(offset);
}

void Wwdg::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (offset == WSR) at(WSR) &= value;
  if (offset == CFR && runs()) arm();
  if (offset == CR) {
    const bool was_running = (before & activated) != 0;
    const bool too_early = was_running && (before & 0x7F) > (at(CFR) & 0x7F);
    if (((value | before) & activated) != 0) at(CR) |= activated;
    if (runs() && (too_early || (value & alive) == 0)) return on_timeout();
    if (!was_running) since_ = now();
    arm();
  }
  update_line();
}

void Wwdg::update_line() {
  set_line(wwdg_irq, (at(WSR) & 1) != 0 && (at(CFR) & early_interrupt) != 0);
}

void Wwdg::on_reset() {
  next_.cancel();
  update_line();
}

}  // namespace emulator
