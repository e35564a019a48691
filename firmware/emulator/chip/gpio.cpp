// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/gpio.hpp"

namespace emulator {
namespace {

enum Register : std::uint16_t {
  MODER = 0x00,
  OTYPER = 0x04,
  OSPEEDR = 0x08,
  PUPDR = 0x0C,
  IDR = 0x10,
  ODR = 0x14,
  BSRR = 0x18,
  LCKR = 0x1C,
  AFRL = 0x20,
  AFRH = 0x24,
};

enum Mode : std::uint32_t { input, output, alternate, analog };
enum Pull : std::uint32_t { none, up, down };

// RM0383 8.4. Ports A and B start with their debug pins set up.
constexpr std::array<RegisterSpec, 10> rows(std::uint32_t moder, std::uint32_t ospeedr,
                                            std::uint32_t pupdr) {
  return {{{MODER, "MODER", moder, ~0U},
           {OTYPER, "OTYPER", 0, 0xFFFF},
           {OSPEEDR, "OSPEEDR", ospeedr, ~0U},
           {PUPDR, "PUPDR", pupdr, ~0U},
           {IDR, "IDR"},
           {ODR, "ODR", 0, 0xFFFF},
           {BSRR, "BSRR"},
           {LCKR, "LCKR", 0, 0xFFFF, 0x10000},
           {AFRL, "AFRL", 0, ~0U},
           {AFRH, "AFRH", 0, ~0U}}};
}
constexpr auto table_a = rows(0xA8000000, 0x0C000000, 0x64000000);
constexpr auto table_b = rows(0x00000280, 0x000000C0, 0x00000100);
constexpr auto table_others = rows(0, 0, 0);

RegisterTable table_of(char letter) {
  if (letter == 'A') return table_a;
  return letter == 'B' ? table_b : table_others;
}

Place place_of(char letter) {
  static constexpr Place places[] = {
      {"GPIOA", 0x40020000, 0x400, Bus::ahb1, 0}, {"GPIOB", 0x40020400, 0x400, Bus::ahb1, 1},
      {"GPIOC", 0x40020800, 0x400, Bus::ahb1, 2}, {"GPIOD", 0x40020C00, 0x400, Bus::ahb1, 3},
      {"GPIOE", 0x40021000, 0x400, Bus::ahb1, 4}, {"GPIOH", 0x40021C00, 0x400, Bus::ahb1, 7}};
  return letter == 'H' ? places[5] : places[letter - 'A'];
}

}  // namespace

Gpio::Gpio(Wiring& wiring, char letter) : Peripheral(wiring, place_of(letter), table_of(letter)) {
  update();
}

void Gpio::drive(unsigned pin, std::optional<bool> high) {
  outside_[pin] = high;
  update();
}

bool Gpio::has_function(unsigned pin, unsigned alternate_function) const {
  const std::uint32_t functions = at(pin < 8 ? AFRL : AFRH);
  return field(at(MODER), 2 * pin, 2) == alternate &&
         field(functions, 4 * (pin % 8), 4) == alternate_function;
}

bool Gpio::computed_level(unsigned pin) const {
  const std::uint32_t mode = field(at(MODER), 2 * pin, 2);
  const bool high = (at(ODR) & bit(pin)) != 0;
  const bool open_drain = (at(OTYPER) & bit(pin)) != 0;
  if (mode == analog) return false;
  if (mode == output && !(open_drain && high)) return high;
  if (outside_[pin]) return *outside_[pin];
  return field(at(PUPDR), 2 * pin, 2) == up;
}

void Gpio::update() {
  for (unsigned pin = 0; pin < outside_.size(); ++pin) {
    const bool high = computed_level(pin);
    if (high == level(pin)) continue;
    levels_ ^= bit(pin);
    on_level(pin, high);
  }
}

std::uint32_t Gpio::on_read(std::uint32_t offset) {
  return offset == IDR ? levels_ : at(offset);
}

void Gpio::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  if (offset == BSRR) at(ODR) = (at(ODR) & ~(value >> 16)) | (value & 0xFFFF);
  update();
  if (offset == MODER || offset == AFRL || offset == AFRH) on_config();
}

void Gpio::on_reset() {
  update();
  on_config();
}

}  // namespace emulator
