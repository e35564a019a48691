// SPDX-License-Identifier: GPL-3.0-or-later
// The flash controller: keys, programming and erasing with their rules and times, option bytes
// (RM0383 chapter 3).
#pragma once

#include "emulator/chip/peripheral.hpp"
#include "sysboot/virtual/flash_memory.hpp"

namespace emulator {

/// What the option bytes say; effective after the next reset, except for write protection.
struct OptionBytes {
  std::uint8_t user = 0xEF;  ///< BOR off, watchdog by software, no reset on entering low power
  std::uint8_t read_protection = 0xAA;
  std::uint16_t write_protection = 0x7FFF;  ///< nWRP: 0 protects the sector

  bool is_read_protected() const { return read_protection != 0xAA; }

  bool watchdog_by_hardware() const { return (user & bit(5)) == 0; }
  bool resets_on_stop() const { return (user & bit(6)) == 0; }
  bool resets_on_standby() const { return (user & bit(7)) == 0; }
};

class FlashInterface : public Peripheral {
 public:
  /// Both outlive it.
  FlashInterface(Wiring& wiring, sysboot::virtual_bench::FlashMemory& flash, OptionBytes& options);

  /// This part of flash has changed.
  std::function<void(Address address, std::size_t size)> on_changed = [](Address, std::size_t) {};
  /// The latency has changed.
  std::function<void()> on_latency = [] {};

  /// Somebody has asked whether it is busy, and it is.
  std::function<void()> on_wait = [] {};

  /// A store into flash.
  void store(Address address, unsigned size, std::uint32_t value);
  unsigned wait_states() const { return field(peek(0x00), 0, 4); }
  /// While this lasts, whoever reads flash has to wait.
  bool is_busy() const { return (peek(0x0C) & bit(16)) != 0; }
  Time busy_until() const { return done_.when(); }

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  void unlock(std::uint32_t key, bool options);
  void write_cr(std::uint32_t value, std::uint32_t before);
  void write_optcr(std::uint32_t value, std::uint32_t before);
  void program_options(const OptionBytes& wanted);
  std::uint32_t not_protected_bits() const;
  void erase_sector(unsigned number);
  void erase_all();
  void begin(sysboot::Duration takes);
  void finish();
  void refuse(std::uint32_t error);
  bool is_protected(Address address) const;
  void update_interrupt();

  sysboot::virtual_bench::FlashMemory& flash_;
  OptionBytes& options_;
  std::vector<sysboot::Sector> sectors_;
  Alarm done_;
  std::function<void()> work_;  // what is done when the operation ends
  bool key_seen_ = false;
  bool blocked_ = false;  // after a wrong key, until the next reset
  bool option_key_seen_ = false;
  bool option_blocked_ = false;
};

}  // namespace emulator
