// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/pwr.hpp"

namespace emulator {
namespace {

enum Register : std::uint16_t { CR = 0x0, CSR = 0x4 };
constexpr std::uint32_t wakeup_flag = bit(0);
constexpr std::uint32_t standby_flag = bit(1);
constexpr std::uint32_t regulator_ready = bit(3);
constexpr std::uint32_t regulator_on = bit(9);
constexpr std::uint32_t clear_wakeup = bit(2);
constexpr std::uint32_t clear_standby = bit(3);

// RM0383 5.4. The supply is always good, so the voltage detector never fires, and the voltage scale
// is ready at once (VOSRDY).
constexpr RegisterSpec table[] = {
    {CR, "CR", 0x00008000, 0x0030EFF3},
    {CSR, "CSR", 0x00004000, 0x00000300},
};
constexpr Place location = {"PWR", 0x40007000, 0x400, Bus::apb1, 28};

}  // namespace

Pwr::Pwr(Wiring& wiring) : Peripheral(wiring, location, table) {}

void Pwr::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (offset == CSR) {
    const bool on = (at(CSR) & regulator_on) != 0;
    at(CSR) = on ? at(CSR) | regulator_ready : at(CSR) & ~regulator_ready;
    return;
  }
  if ((value & clear_wakeup) != 0) at(CSR) &= ~wakeup_flag;
  if ((value & clear_standby) != 0) at(CSR) &= ~standby_flag;
  if (field(before, 14, 2) != voltage_scale()) on_voltage();
}

void Pwr::note_wakeup(bool from_standby) {
  at(CSR) |= wakeup_flag | (from_standby ? standby_flag : 0);
}

}  // namespace emulator
