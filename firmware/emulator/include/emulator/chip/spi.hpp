// SPDX-License-Identifier: GPL-3.0-or-later
// A synchronous serial port as a master (RM0383 chapter 20), with nobody on its bus by default.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class Spi : public Peripheral {
 public:
  /// `number`: 1 to 5. `frequency` of the bus it is on.
  Spi(Wiring& wiring, unsigned number, std::function<Hertz()> frequency);

  /// What comes in on MISO while a frame goes out. Without a slave the line is high.
  std::function<std::uint16_t(std::uint16_t)> exchange = [](std::uint16_t) { return 0xFFFF; };

  DmaRequest dma_request(std::uint32_t offset, bool to_memory) const override;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  bool is_master() const;
  Time frame() const;
  void send_next();
  void sent();
  void update();

  unsigned irq_;
  std::function<Hertz()> frequency_;
  std::optional<std::uint16_t> shifting_;
  std::optional<std::uint16_t> waiting_;  // in the data register
  std::uint16_t received_ = 0;
  bool data_was_read_ = false;
  Alarm sending_;
};

}  // namespace emulator
