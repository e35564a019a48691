// SPDX-License-Identifier: GPL-3.0-or-later
// Peripherals that need little: CRC, ADC, and those that are only known by name.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

/// RM0383 chapter 4.
class Crc : public Peripheral {
 public:
  explicit Crc(Wiring& wiring);

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
};

/// Regular and injected conversions started by software (RM0383 chapter 11).
class Adc : public Peripheral {
 public:
  Adc(Wiring& wiring, std::function<Hertz()> frequency);

  DmaRequest dma_request(std::uint32_t offset, bool to_memory) const override;

  /// What a channel reads, 12 bits. By default the reference and the temperature sensor read as at
  /// 3.3 V and 25 degrees, everything else 0.
  std::function<std::uint16_t(unsigned channel)> value;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  unsigned channel() const;
  std::vector<unsigned> injected() const;
  Time conversion(unsigned number) const;
  void start();
  void converted();
  void begin_injected();
  void converted_injected();
  void update_line();

  std::function<Hertz()> frequency_;
  unsigned position_ = 0;   // in the sequence
  bool is_unread_ = false;  // the last conversion
  Alarm done_;
  Alarm injected_done_;
};

/// Every access is reported, by name.
class Unmodelled : public Peripheral {
 public:
  using Peripheral::Peripheral;
  /// I2S extensions and SDIO.
  static std::vector<std::pair<Place, RegisterTable>> all();

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
};

}  // namespace emulator
