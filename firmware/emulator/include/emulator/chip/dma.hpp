// SPDX-License-Identifier: GPL-3.0-or-later
// Direct memory access (RM0383 chapter 9): streams that move items when a peripheral asks, in no
// time.
#pragma once

#include "emulator/chip/peripheral.hpp"

namespace emulator {

/// What streams read and write.
class DmaBus {
 public:
  /// None where there is nothing to be read.
  virtual std::optional<std::uint32_t> dma_read(Address address, unsigned size) = 0;
  virtual bool dma_write(Address address, unsigned size, std::uint32_t value) = 0;
  virtual Peripheral* at(Address address) = 0;

 protected:
  ~DmaBus() = default;
};

class Dma : public Peripheral {
 public:
  /// `number`: 1 or 2.
  Dma(Wiring& wiring, unsigned number, DmaBus& bus);

  /// A peripheral may have a request.
  void look();

 protected:
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  static constexpr unsigned streams = 8;
  struct Progress {
    std::uint32_t items = 0;  // of a round
    std::uint32_t done = 0;
  };

  bool is_enabled(unsigned stream) const;
  bool may_move(unsigned stream, bool unmodelled_too) const;
  DmaRequest request(unsigned stream) const;
  void start(unsigned stream);
  void stop(unsigned stream);
  void serve();
  void serve_unmodelled();
  void move_item(unsigned stream);
  void end_round(unsigned stream);
  void raise(unsigned stream, std::uint32_t flag);
  void update_line(unsigned stream);

  DmaBus& bus_;
  unsigned number_;
  std::array<Progress, streams> progress_{};
  Alarm serving_;
  Alarm pace_;  // of streams whose requests are not modelled
};

}  // namespace emulator
