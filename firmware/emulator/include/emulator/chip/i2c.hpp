// SPDX-License-Identifier: GPL-3.0-or-later
// An I2C master on a bus with pull-ups and nobody else: no address is acknowledged (RM0383 chapter
// 18).
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class I2c : public Peripheral {
 public:
  /// `number`: 1 to 3.
  I2c(Wiring& wiring, unsigned number);

  DmaRequest dma_request(std::uint32_t /*offset*/, bool /*to_memory*/) const override {
    return DmaRequest::none;
  }

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  void forget();
  void write_control(std::uint32_t value);
  void bus_event();
  void update_lines();

  unsigned event_irq_;
  bool sends_address_ = false;
  Alarm bus_;
};

}  // namespace emulator
