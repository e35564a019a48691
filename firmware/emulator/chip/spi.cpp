// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/spi.hpp"

#include <utility>

namespace emulator {
namespace {

enum Register : std::uint16_t { CR1 = 0x00, CR2 = 0x04, SR = 0x08, DR = 0x0C };

// CR1
constexpr std::uint32_t master = bit(2);
constexpr std::uint32_t spi_on = bit(6);
constexpr std::uint32_t sixteen_bits = bit(11);
// CR2. RXNEIE and TXEIE are six bits above their flags, ERRIE is that of OVR.
constexpr std::uint32_t receives_by_dma = bit(0);
constexpr std::uint32_t sends_by_dma = bit(1);
constexpr std::uint32_t error_interrupt = bit(5);
constexpr unsigned enables_shift = 6;
// SR
constexpr std::uint32_t not_empty = bit(0);
constexpr std::uint32_t empty = bit(1);
constexpr std::uint32_t overrun = bit(6);
constexpr std::uint32_t busy = bit(7);

// RM0383 20.5. Refused: reception without transmission, CRC, TI frames, I2S.
constexpr RegisterSpec table[] = {
    {CR1, "CR1", 0, 0xFFFF, 0x3400},
    {CR2, "CR2", 0, 0x00E7, 0x0010},
    {SR, "SR", empty},
    {DR, "DR"},
    {0x10, "CRCPR", 7, 0xFFFF},
    {0x14, "RXCRCR"},
    {0x18, "TXCRCR"},
    {0x1C, "I2SCFGR", 0, 0, 0x0FBF},
    {0x20, "I2SPR", 2, 0x03FF},
};

Place place_of(unsigned number) {
  static constexpr Place places[] = {{"SPI1", 0x40013000, 0x400, Bus::apb2, 12},
                                     {"SPI2", 0x40003800, 0x400, Bus::apb1, 14},
                                     {"SPI3", 0x40003C00, 0x400, Bus::apb1, 15},
                                     {"SPI4", 0x40013400, 0x400, Bus::apb2, 13},
                                     {"SPI5", 0x40015000, 0x400, Bus::apb2, 20}};
  return places[number - 1];
}

constexpr std::array<unsigned, 5> irqs = {35, 36, 51, 84, 85};

}  // namespace

Spi::Spi(Wiring& wiring, unsigned number, std::function<Hertz()> frequency)
    : Peripheral(wiring, place_of(number), table),
      irq_(irqs.at(number - 1)),
      frequency_(std::move(frequency)),
      sending_(wiring.scheduler, [this](Time) { sent(); }) {}

// A slave waits for a clock that never comes.
bool Spi::is_master() const {
  return (at(CR1) & (master | spi_on)) == (master | spi_on);
}

Time Spi::frame() const {
  const unsigned bits = (at(CR1) & sixteen_bits) != 0 ? 16 : 8;
  return duration_of(std::uint64_t{bits} << (field(at(CR1), 3, 3) + 1), frequency_());
}

void Spi::send_next() {
  if (shifting_ || !waiting_ || !is_master()) return;
  shifting_ = std::exchange(waiting_, std::nullopt);
  at(SR) |= empty | busy;
  sending_.set_in(frame());
}

void Spi::sent() {
  const std::uint16_t out = shifting_.value_or(0);
  shifting_.reset();
  const std::uint16_t mask = (at(CR1) & sixteen_bits) != 0 ? 0xFFFF : 0xFF;
  const std::uint16_t in = exchange(out & mask) & mask;
  at(SR) &= ~busy;
  if ((at(SR) & not_empty) != 0) {
    at(SR) |= overrun;
  } else {
    received_ = in;
    at(SR) |= not_empty;
  }
  send_next();
  update();
}

DmaRequest Spi::dma_request(std::uint32_t offset, bool to_memory) const {
  if (offset != DR) return DmaRequest::unmodelled;
  const bool asks =
      to_memory ? (at(CR2) & receives_by_dma) != 0 && (at(SR) & not_empty) != 0
                : (at(CR2) & sends_by_dma) != 0 && (at(SR) & empty) != 0 && (at(CR1) & spi_on) != 0;
  return asks ? DmaRequest::pending : DmaRequest::none;
}

std::uint32_t Spi::on_read(std::uint32_t offset) {
  if (offset == DR) {
    at(SR) &= ~not_empty;
    data_was_read_ = true;
    update();
    return received_;
  }
  const std::uint32_t value = at(offset);
  // An overrun ends with a read of DR, then of SR (RM0383 20.3.10).
  if (offset == SR && std::exchange(data_was_read_, false)) at(SR) &= ~overrun;
  return value;
}

void Spi::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  if (offset == DR) {
    waiting_ = static_cast<std::uint16_t>(value);
    at(SR) &= ~empty;
  }
  send_next();
  update();
}

void Spi::update() {
  const std::uint32_t enabled = at(CR2) >> enables_shift;
  const bool failed = (at(SR) & overrun) != 0 && (at(CR2) & error_interrupt) != 0;
  set_line(irq_, (at(SR) & enabled & (not_empty | empty)) != 0 || failed);
  if ((at(CR2) & (receives_by_dma | sends_by_dma)) != 0) on_dma_request();
}

void Spi::on_reset() {
  shifting_.reset();
  waiting_.reset();
  sending_.cancel();
  update();
}

}  // namespace emulator
