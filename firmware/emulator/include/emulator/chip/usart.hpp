// SPDX-License-Identifier: GPL-3.0-or-later
// A serial port in asynchronous mode (RM0383 chapter 19).
#pragma once

#include <deque>

#include "emulator/chip/peripheral.hpp"

namespace emulator {

class Usart : public Peripheral {
 public:
  /// `number`: 1, 2 or 6. `frequency` of the bus it is on.
  Usart(Wiring& wiring, unsigned number, std::function<Hertz()> frequency);

  /// A byte has left the chip.
  std::function<void(std::uint8_t)> on_sent = [](std::uint8_t) {};
  /// Everything that has left it.
  const std::string& sent() const { return sent_; }
  /// Bytes that arrive, one after the other at the rate that the port is set to.
  void receive(std::string_view bytes);

  DmaRequest dma_request(std::uint32_t offset, bool to_memory) const override;

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  Time frame() const;
  void send_next();
  void sent_one();
  void receive_next();
  void update_line();

  unsigned irq_;
  std::function<Hertz()> frequency_;
  std::optional<std::uint8_t> shifting_;
  std::optional<std::uint8_t> waiting_;  // in the data register
  std::uint8_t received_ = 0;
  bool status_was_read_ = false;
  std::deque<std::uint8_t> coming_;
  std::string sent_;
  Alarm sending_;
  Alarm receiving_;
};

}  // namespace emulator
