// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/chip.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace emulator {
namespace {

constexpr Address peripherals = 0x40000000;
constexpr Address system_control = 0xE000E000;
constexpr unsigned usb_function = 10;  // alternate function of PA11 and PA12

constexpr char ports[] = {'A', 'B', 'C', 'D', 'E', 'H'};
constexpr unsigned timers[] = {1, 2, 3, 4, 5, 9, 10, 11};
constexpr unsigned usarts[] = {1, 2, 6};
constexpr unsigned spis[] = {1, 2, 3, 4, 5};
constexpr unsigned i2cs[] = {1, 2, 3};
constexpr unsigned dmas[] = {1, 2};

}  // namespace

Chip::Chip(Wiring& wiring, Clock& clock, Core& core, CoreMemory& memory, const BoardWiring& board,
           sysboot::virtual_bench::FlashMemory& flash_memory, OptionBytes& options)
    : core_debug(wiring),
      systick(wiring, clock),
      dwt(wiring, clock, core_debug),
      itm(wiring),
      tpiu(wiring),
      fpb(wiring),
      dbgmcu(wiring),
      rcc(wiring, board.oscillators),
      pwr(wiring),
      flash(wiring, flash_memory, options),
      syscfg(wiring),
      exti(wiring),
      rtc(wiring, rcc, exti),
      iwdg(wiring, rcc),
      wwdg(wiring, [this] { return rcc.tree().pclk1; }),
      crc(wiring),
      adc(wiring, [this] { return rcc.tree().pclk2; }),
      otg(wiring, otg_surroundings(board)),
      wiring_(wiring),
      clock_(clock),
      core_(core),
      memory_(memory) {
  const auto own = [this](auto peripheral) {
    auto* raw = peripheral.get();
    owned_.push_back(std::move(peripheral));
    add(*raw);
    return raw;
  };
  for (Peripheral* peripheral : std::initializer_list<Peripheral*>{
           &core_debug, &systick, &dwt, &itm, &tpiu, &fpb, &dbgmcu, &rcc, &pwr, &flash, &syscfg,
           &exti, &rtc, &iwdg, &wwdg, &crc, &adc, &otg}) {
    add(*peripheral);
  }
  for (const char letter : ports) ports_[letter] = own(std::make_unique<Gpio>(wiring, letter));
  for (const unsigned n : timers) {
    const bool fast = n == 1 || n >= 9;
    timers_[n] = own(std::make_unique<Timer>(
        wiring, n, [this, fast] { return fast ? rcc.tree().timers2 : rcc.tree().timers1; }));
  }
  for (const unsigned n : usarts) {
    usarts_[n] = own(std::make_unique<Usart>(
        wiring, n, [this, n] { return n == 2 ? rcc.tree().pclk1 : rcc.tree().pclk2; }));
  }
  for (const unsigned n : spis) {
    const bool slow = n == 2 || n == 3;
    spis_[n] = own(std::make_unique<Spi>(
        wiring, n, [this, slow] { return slow ? rcc.tree().pclk1 : rcc.tree().pclk2; }));
  }
  for (const unsigned n : i2cs) own(std::make_unique<I2c>(wiring, n));
  DmaBus& bus = *this;
  for (const unsigned n : dmas) dmas_[n] = own(std::make_unique<Dma>(wiring, n, bus));
  for (const auto& [place, table] : Unmodelled::all()) {
    own(std::make_unique<Unmodelled>(wiring, place, table));
  }
  connect();
}

void Chip::add(Peripheral& peripheral) {
  all_.push_back(&peripheral);
  const std::uint32_t kib = (peripheral.place().base - peripherals) / 0x400;
  if (kib < by_kib_.size()) by_kib_[kib] = &peripheral;
}

OtgSurroundings Chip::otg_surroundings(const BoardWiring& board) {
  OtgSurroundings around;
  around.clock = [this] { return rcc.usb_clock(); };
  around.is_clocked = [this] { return rcc.has_clock(otg.place()); };
  around.has_pins = [this] {
    const Gpio& a = gpio('A');
    return a.has_function(11, usb_function) && a.has_function(12, usb_function);
  };
  around.senses_vbus = [&board] { return board.vbus_on_pa9; };
  around.wake = [this] { exti.edge(Exti::usb_wakeup, true); };
  return around;
}

void Chip::connect() {
  rcc.on_clocks = [this] { clocks_changed(); };
  rcc.on_peripheral_reset = [this](Bus bus, unsigned number) {
    for (Peripheral* peripheral : all_) {
      const Place& place = peripheral->place();
      if (place.bus == bus && place.clock_bit == static_cast<int>(number)) peripheral->reset();
    }
  };
  rcc.on_backup_reset = [this] { rtc.lose_backup(); };
  rcc.backup_is_writable = rtc.backup_is_writable = [this] { return pwr.backup_is_writable(); };
  rcc.voltage_scale = [this] { return pwr.voltage_scale(); };
  rcc.wait_states = [this] { return flash.wait_states(); };
  pwr.on_voltage = flash.on_latency = [this] { rcc.check(); };
  exti.on_event = [this] { core_.event = true; };
  iwdg.on_timeout = [this] { on_reset_request(ResetCause::iwdg); };
  wwdg.on_timeout = [this] { on_reset_request(ResetCause::wwdg); };
  for (const auto& [letter, port] : ports_) {
    const auto index = static_cast<unsigned>(letter == 'H' ? 7 : letter - 'A');
    port->on_level = [this, index](unsigned pin, bool high) {
      if (syscfg.exti_port(pin) == index) exti.edge(pin, high);
    };
  }
  for (Peripheral* peripheral : all_) {
    peripheral->on_dma_request = [this] {
      for (const auto& [number, dma] : dmas_) dma->look();
    };
  }
  timer(11).signal = [this] { return rcc.divided_hse(); };
  gpio('A').on_config = [this] { otg.update_attachment(); };
  clocks_changed();
}

void Chip::clocks_changed() {
  clock_.set_frequency(rcc.tree().hclk);
  for (Peripheral* peripheral : all_) peripheral->clocks_changed();
}

void Chip::reset(ResetCause cause) {
  const bool power_on = cause == ResetCause::power_on;
  rcc.reset(power_on);
  for (Peripheral* peripheral : all_) {
    if (peripheral != &rcc) peripheral->reset(power_on);
  }
  if (power_on) rtc.lose_backup();
  rcc.note_reset(cause);
}

Peripheral* Chip::at(Address address) {
  const std::uint32_t kib = (address - peripherals) / 0x400;
  if (kib < by_kib_.size()) return by_kib_[kib];
  if (address - otg.place().base < otg.place().size) return &otg;
  if (address - system_control < 0x1000) {
    const std::uint32_t offset = address - system_control;
    if (offset - 0x10 < 0x10) return &systick;
    if (offset - 0xDF0 < 0x10) return &core_debug;
    if (offset - 0x100 < 0x400 || offset == 0xF00) return &core_.nvic();
    return &core_.scb();
  }
  for (Peripheral* peripheral :
       std::initializer_list<Peripheral*>{&itm, &dwt, &fpb, &tpiu, &dbgmcu}) {
    if (address - peripheral->place().base < peripheral->place().size) return peripheral;
  }
  return nullptr;
}

bool Chip::is_accessible(const Peripheral& peripheral, const char* verb, std::uint32_t offset) {
  const bool held = rcc.is_held_in_reset(peripheral.place());
  if (rcc.has_clock(peripheral.place()) && !held) return true;
  wiring_.reports.add(Finding::clock_off,
                      fmt::format("{} {}{}", verb, peripheral.register_name(offset),
                                  held ? ", which is held in reset" : ""));
  // Reads as 0, and writing does nothing. Remapping must work all the same: MicroPython never
  // switches the clock on, and enters the ROM so on every F4.
  return &peripheral == &syscfg && offset == 0;
}

std::uint32_t Chip::read(Address address, unsigned size) {
  Peripheral* peripheral = at(address);
  if (peripheral == nullptr) {
    wiring_.reports.add(Finding::unmodelled,
                        fmt::format("read from {}, where nothing is", hex32(address)));
    return 0;
  }
  const std::uint32_t offset = address - peripheral->place().base;
  return is_accessible(*peripheral, "read from", offset) ? peripheral->read(offset, size) : 0;
}

void Chip::write(Address address, unsigned size, std::uint32_t value) {
  Peripheral* peripheral = at(address);
  if (peripheral == nullptr) {
    return wiring_.reports.add(
        Finding::unmodelled,
        fmt::format("write of {} to {}, where nothing is", hex32(value), hex32(address)));
  }
  const std::uint32_t offset = address - peripheral->place().base;
  if (is_accessible(*peripheral, "write to", offset)) peripheral->write(offset, size, value);
}

std::optional<std::uint32_t> Chip::dma_read(Address address, unsigned size) {
  if (at(address) != nullptr) return read(address, size);
  const auto word = memory_.load(address & ~3U);
  if (!word) return std::nullopt;
  return *word >> (8 * (address & 3)) & lane_mask(size);
}

bool Chip::dma_write(Address address, unsigned size, std::uint32_t value) {
  if (at(address) != nullptr) {
    write(address, size, value);
    return true;
  }
  const auto word = memory_.load(address & ~3U);
  if (!word) return false;
  const unsigned shift = 8 * (address & 3);
  const std::uint32_t mask = lane_mask(size) << shift;
  return memory_.store(address & ~3U, (*word & ~mask) | (value << shift & mask));
}

Gpio& Chip::gpio(char letter) {
  return *ports_.at(letter);
}
Timer& Chip::timer(unsigned number) {
  return *timers_.at(number);
}
Usart& Chip::usart(unsigned number) {
  return *usarts_.at(number);
}

Spi& Chip::spi(unsigned number) {
  return *spis_.at(number);
}

std::vector<const Peripheral*> Chip::not_reset() const {
  std::vector<const Peripheral*> found;
  std::copy_if(all_.begin(), all_.end(), std::back_inserter(found),
               [](const Peripheral* p) { return p->place().clock_bit >= 0 && !p->is_reset(); });
  return found;
}

std::vector<const Peripheral*> Chip::clocked() const {
  std::vector<const Peripheral*> found;
  std::copy_if(all_.begin(), all_.end(), std::back_inserter(found), [this](const Peripheral* p) {
    return p->place().clock_bit >= 0 && rcc.has_clock(p->place());
  });
  return found;
}

}  // namespace emulator
