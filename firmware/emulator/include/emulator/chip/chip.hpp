// SPDX-License-Identifier: GPL-3.0-or-later
// All peripherals of an STM32F411, connected with each other, at their addresses (RM0383 table 1).
#pragma once

#include "emulator/chip/dma.hpp"
#include "emulator/chip/exti.hpp"
#include "emulator/chip/flash_interface.hpp"
#include "emulator/chip/gpio.hpp"
#include "emulator/chip/i2c.hpp"
#include "emulator/chip/otg_fs.hpp"
#include "emulator/chip/pwr.hpp"
#include "emulator/chip/rcc.hpp"
#include "emulator/chip/rtc.hpp"
#include "emulator/chip/simple.hpp"
#include "emulator/chip/spi.hpp"
#include "emulator/chip/timer.hpp"
#include "emulator/chip/usart.hpp"
#include "emulator/chip/watchdogs.hpp"
#include "emulator/core/core.hpp"
#include "emulator/core/debug.hpp"
#include "emulator/core/systick.hpp"

namespace emulator {

/// What the chip is soldered to.
struct BoardWiring {
  Oscillators oscillators;
  bool vbus_on_pa9 = false;  ///< not so on the Black Pill
};

class Chip final : private DmaBus {
 public:
  Chip(Wiring& wiring, Clock& clock, Core& core, CoreMemory& memory, const BoardWiring& board,
       sysboot::virtual_bench::FlashMemory& flash_memory, OptionBytes& options);
  Chip(const Chip&) = delete;
  Chip& operator=(const Chip&) = delete;

  /// A watchdog wants a reset.
  std::function<void(ResetCause)> on_reset_request = [](ResetCause) {};

  /// The one at this address, bit-band aliases not considered.
  Peripheral* at(Address address) override;
  /// Accesses by the program, with reports when there is nothing, or nothing that runs.
  std::uint32_t read(Address address, unsigned size);
  void write(Address address, unsigned size, std::uint32_t value);

  void reset(ResetCause cause);
  Gpio& gpio(char letter);
  Timer& timer(unsigned number);
  Usart& usart(unsigned number);
  Spi& spi(unsigned number);

  /// Those of the core apart.
  const std::vector<Peripheral*>& all() const { return all_; }
  /// Those with a clock that can be switched off whose registers are not as after a reset.
  std::vector<const Peripheral*> not_reset() const;
  /// Those with a clock that can be switched off, and is on.
  std::vector<const Peripheral*> clocked() const;

  CoreDebug core_debug;
  SysTick systick;
  Dwt dwt;
  Itm itm;
  Tpiu tpiu;
  Fpb fpb;
  DbgMcu dbgmcu;
  Rcc rcc;
  Pwr pwr;
  FlashInterface flash;
  Syscfg syscfg;
  Exti exti;
  Rtc rtc;
  Iwdg iwdg;
  Wwdg wwdg;
  Crc crc;
  Adc adc;
  OtgFs otg;

 private:
  // DmaBus
  std::optional<std::uint32_t> dma_read(Address address, unsigned size) override;
  bool dma_write(Address address, unsigned size, std::uint32_t value) override;

  void add(Peripheral& peripheral);
  void connect();
  bool is_accessible(const Peripheral& peripheral, const char* verb, std::uint32_t offset);
  void clocks_changed();
  OtgSurroundings otg_surroundings(const BoardWiring& board);

  Wiring& wiring_;
  Clock& clock_;
  Core& core_;
  CoreMemory& memory_;
  std::vector<std::unique_ptr<Peripheral>> owned_;
  std::map<char, Gpio*> ports_;
  std::map<unsigned, Timer*> timers_;
  std::map<unsigned, Usart*> usarts_;
  std::map<unsigned, Spi*> spis_;
  std::map<unsigned, Dma*> dmas_;
  std::vector<Peripheral*> all_;
  std::array<Peripheral*, 256> by_kib_{};  // from 0x40000000
};

}  // namespace emulator
