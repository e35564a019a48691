// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/i2c.hpp"

#include <utility>

namespace emulator {
namespace {

enum Register : std::uint16_t { CR1 = 0x00, CR2 = 0x04, DR = 0x10, SR1 = 0x14, SR2 = 0x18 };

// CR1
constexpr std::uint32_t i2c_on = bit(0);
constexpr std::uint32_t start = bit(8);
constexpr std::uint32_t stop = bit(9);
constexpr std::uint32_t software_reset = bit(15);
// CR2
constexpr std::uint32_t error_interrupt = bit(8);
constexpr std::uint32_t event_interrupt = bit(9);
// SR1
constexpr std::uint32_t start_sent = bit(0);
constexpr std::uint32_t no_acknowledge = bit(10);
constexpr std::uint32_t cleared_by_0 = 0xDF00;
// SR2
constexpr std::uint32_t is_master = bit(0);
constexpr std::uint32_t busy = bit(1);

// At 100 kHz: a condition, and an address with the bit for its acknowledgement.
constexpr Time condition_time = std::chrono::microseconds(10);
constexpr Time address_time = std::chrono::microseconds(90);

// RM0383 18.6. Refused: SMBus.
constexpr RegisterSpec table[] = {{CR1, "CR1", 0, 0x8FC1, 0x303A},
                                  {CR2, "CR2", 0, 0x1F3F},
                                  {0x08, "OAR1", 0, 0xC3FF},
                                  {0x0C, "OAR2", 0, 0xFF},
                                  {DR, "DR", 0, 0xFF},
                                  {SR1, "SR1"},
                                  {SR2, "SR2"},
                                  {0x1C, "CCR", 0, 0xCFFF},
                                  {0x20, "TRISE", 2, 0x3F},
                                  {0x24, "FLTR", 0, 0x1F}};

Place place_of(unsigned number) {
  static constexpr Place places[] = {{"I2C1", 0x40005400, 0x400, Bus::apb1, 21},
                                     {"I2C2", 0x40005800, 0x400, Bus::apb1, 22},
                                     {"I2C3", 0x40005C00, 0x400, Bus::apb1, 23}};
  return places[number - 1];
}

}  // namespace

I2c::I2c(Wiring& wiring, unsigned number)
    : Peripheral(wiring, place_of(number), table),
      event_irq_(number < 3 ? 29 + 2 * number : 72),
      bus_(wiring.scheduler, [this](Time) { bus_event(); }) {}

// What was asked for has crossed the bus.
void I2c::bus_event() {
  if (std::exchange(sends_address_, false)) {
    at(SR1) |= no_acknowledge;
  } else if ((at(CR1) & stop) != 0) {
    at(CR1) &= ~stop;
    at(SR2) &= ~(is_master | busy);
  } else if ((at(CR1) & start) != 0) {
    at(CR1) &= ~start;
    at(SR1) |= start_sent;
    at(SR2) |= is_master | busy;
  }
  if ((at(CR1) & (start | stop)) != 0) bus_.set_in(condition_time);
  update_lines();
}

void I2c::write_control(std::uint32_t value) {
  if ((value & i2c_on) == 0 || (value & software_reset) != 0) return forget();
  if ((value & (start | stop)) != 0 && !bus_.is_set()) bus_.set_in(condition_time);
}

void I2c::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  if (offset == CR1) write_control(value);
  if (offset == SR1) at(SR1) &= value | ~cleared_by_0;
  if (offset == DR && (at(SR1) & start_sent) != 0) {
    at(SR1) &= ~start_sent;
    sends_address_ = true;
    bus_.set_in(address_time);
  }
  update_lines();
}

void I2c::update_lines() {
  const std::uint32_t enabled = at(CR2);
  set_line(event_irq_, (at(SR1) & start_sent) != 0 && (enabled & event_interrupt) != 0);
  set_line(event_irq_ + 1, (at(SR1) & no_acknowledge) != 0 && (enabled & error_interrupt) != 0);
}

void I2c::forget() {
  bus_.cancel();
  sends_address_ = false;
  at(CR1) &= ~(start | stop);
  at(SR1) = 0;
  at(SR2) = 0;
}

void I2c::on_reset() {
  forget();
  update_lines();
}

}  // namespace emulator
