// SPDX-License-Identifier: GPL-3.0-or-later
// Reset and clock control: oscillators that take their time, the clock tree, who gets a clock, and
// why the chip was reset (RM0383 chapter 6).
#pragma once

#include <memory>

#include "emulator/chip/clock_tree.hpp"
#include "emulator/chip/peripheral.hpp"

namespace emulator {

/// As RCC_CSR tells them apart.
enum class ResetCause { power_on, brown_out, pin, software, iwdg, wwdg, low_power };
std::string_view to_string(ResetCause cause);

struct Oscillators {
  Hertz hse = 25'000'000;  ///< as on the Black Pill
  bool hse_starts = true;  ///< the crystal is there and healthy
  bool lse_starts = true;
};

class Rcc : public Peripheral {
 public:
  Rcc(Wiring& wiring, const Oscillators& oscillators);

  /// Frequencies have changed.
  std::function<void()> on_clocks = [] {};
  /// A peripheral is reset through RSTR.
  std::function<void(Bus bus, unsigned bit)> on_peripheral_reset = [](Bus, unsigned) {};
  /// BDCR.BDRST
  std::function<void()> on_backup_reset = [] {};
  /// PWR_CR.DBP allows writing to the backup domain.
  std::function<bool()> backup_is_writable = [] { return false; };
  /// PWR_CR.VOS and FLASH_ACR.LATENCY
  std::function<unsigned()> voltage_scale = [] { return 2U; };
  std::function<unsigned()> wait_states = [] { return 0U; };

  const ClockTree& tree() const { return tree_; }
  bool has_clock(const Place& place) const;
  bool is_held_in_reset(const Place& place) const;
  /// 48 MHz from the PLL; 0 while it is off.
  Hertz usb_clock() const;
  /// LSE, LSI or HSE/RTCPRE, as BDCR selects; 0 for none.
  Hertz rtc_clock() const;
  /// HSE_RTC: HSE by its prescaler for the RTC.
  Hertz divided_hse() const;
  bool rtc_enabled() const;
  bool lsi_runs() const { return lsi_forced_ || (peek(0x74) & bit(1)) != 0; }
  /// The watchdog keeps it running.
  void force_lsi(bool on);

  void note_reset(ResetCause cause);
  /// The crystal fails while it runs.
  void fail_hse();
  /// Checks frequencies against PWR and FLASH; call when those change. Programs exceed limits for
  /// some instructions while they go from one setting to the next, so it looks a little later.
  void check() { checking_.set_in(std::chrono::microseconds(20)); }
  /// What differs from the clocks after a reset, in words.
  std::vector<std::string> differences_from_reset() const;
  /// As if the program had done this: registers CR, PLLCFGR and CFGR, and everything is ready.
  void take_over(std::uint32_t cr, std::uint32_t pllcfgr, std::uint32_t cfgr);

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;
  bool survives(std::uint32_t offset) const override;

 private:
  struct Oscillator {
    std::uint16_t reg;       // where its bits are
    unsigned on_bit;         // ready is the next one
    unsigned interrupt_bit;  // in CIR
    Time delay;
  };
  static constexpr std::size_t oscillator_count = 6;
  static const std::array<Oscillator, oscillator_count> kinds;

  bool can_start(const Oscillator& kind) const;
  bool is_in_use(const Oscillator& kind) const;
  bool is_ready(std::uint32_t source) const;
  void switch_oscillators(std::uint16_t reg);
  void became_ready(std::size_t index);
  void write_bdcr(std::uint32_t value, std::uint32_t before);
  void select_sysclk();
  void update_tree();
  void check_now();
  void update_interrupt();
  void peripheral_resets(std::uint32_t offset, std::uint32_t before);

  const Oscillators& oscillators_;
  std::vector<std::unique_ptr<Alarm>> starting_;
  ClockTree tree_;
  bool lsi_forced_ = false;
  Alarm checking_;
};

}  // namespace emulator
