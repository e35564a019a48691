// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/usart.hpp"

#include <utility>

namespace emulator {
namespace {

enum Register : std::uint16_t {
  SR = 0x00,
  DR = 0x04,
  BRR = 0x08,
  CR1 = 0x0C,
  CR2 = 0x10,
  CR3 = 0x14
};

// SR
constexpr std::uint32_t overrun = bit(3);
constexpr std::uint32_t idle = bit(4);
constexpr std::uint32_t not_empty = bit(5);
constexpr std::uint32_t complete = bit(6);
constexpr std::uint32_t empty = bit(7);
constexpr std::uint32_t cleared_by_reading = 0x1F;
// CR1. The enables of IDLE, RXNE, TC and TXE are at the bits of their flags.
constexpr std::uint32_t receiver_on = bit(2);
constexpr std::uint32_t transmitter_on = bit(3);
constexpr std::uint32_t with_parity = bit(10);
constexpr std::uint32_t nine_bits = bit(12);
constexpr std::uint32_t usart_on = bit(13);
constexpr std::uint32_t oversampling_by_8 = bit(15);
// CR3
constexpr std::uint32_t receives_by_dma = bit(6);
constexpr std::uint32_t sends_by_dma = bit(7);

// RM0383 19.6. Refused: break, mute mode, LIN, synchronous and smartcard mode, IrDA, half duplex.
constexpr RegisterSpec table[] = {
    {SR, "SR", empty | complete},    {DR, "DR"},
    {BRR, "BRR", 0, 0xFFFF},         {CR1, "CR1", 0, 0xBFFC, 0x0003},
    {CR2, "CR2", 0, 0x306F, 0x4F40}, {CR3, "CR3", 0, 0x0FC1, 0x003E},
    {0x18, "GTPR", 0, 0xFFFF},
};

Place place_of(unsigned number) {
  if (number == 1) return {"USART1", 0x40011000, 0x400, Bus::apb2, 4};
  if (number == 2) return {"USART2", 0x40004400, 0x400, Bus::apb1, 17};
  return {"USART6", 0x40011400, 0x400, Bus::apb2, 5};
}

unsigned irq_of(unsigned number) {
  return number == 1 ? 37 : number == 2 ? 38 : 71;
}

}  // namespace

Usart::Usart(Wiring& wiring, unsigned number, std::function<Hertz()> frequency)
    : Peripheral(wiring, place_of(number), table),
      irq_(irq_of(number)),
      frequency_(std::move(frequency)),
      sending_(wiring.scheduler, [this](Time) { sent_one(); }),
      receiving_(wiring.scheduler, [this](Time) { receive_next(); }) {}

// Start bit, data, stop bits (RM0383 19.3.4).
Time Usart::frame() const {
  const std::uint32_t divider = at(BRR);
  const std::uint64_t cycles = (at(CR1) & oversampling_by_8) != 0
                                   ? (divider >> 4) * 8 + (divider & 7)
                                   : std::uint64_t{divider};
  const unsigned data = (at(CR1) & nine_bits) != 0 ? 9 : 8;
  const unsigned stop = (at(CR2) & bit(13)) != 0 ? 2 : 1;
  return duration_of(cycles * (1 + data + stop), frequency_());
}

void Usart::send_next() {
  if (shifting_ || !waiting_) return;
  shifting_ = std::exchange(waiting_, std::nullopt);
  at(SR) |= empty;
  sending_.set_in(frame());
}

void Usart::sent_one() {
  const std::uint8_t byte = shifting_.value_or(0);
  shifting_.reset();
  sent_ += static_cast<char>(byte);
  on_sent(byte);
  send_next();
  if (!shifting_) at(SR) |= complete;
  update_line();
}

void Usart::receive(std::string_view bytes) {
  coming_.insert(coming_.end(), bytes.begin(), bytes.end());
  if (!receiving_.is_set()) receiving_.set_in(at(BRR) == 0 ? Time::zero() : frame());
}

void Usart::receive_next() {
  const std::uint32_t needed = usart_on | receiver_on;
  const bool listens = (at(CR1) & needed) == needed;
  if (coming_.empty()) {
    if (listens) at(SR) |= idle;
    return update_line();
  }
  const std::uint8_t byte = coming_.front();
  coming_.pop_front();
  if (listens && (at(SR) & not_empty) != 0) {
    at(SR) |= overrun;
  } else if (listens) {
    received_ = byte;
    at(SR) |= not_empty;
  }
  receiving_.set_in(at(BRR) == 0 ? Time(std::chrono::microseconds(100)) : frame());
  update_line();
}

DmaRequest Usart::dma_request(std::uint32_t offset, bool to_memory) const {
  if (offset != DR) return DmaRequest::unmodelled;
  const std::uint32_t needed = usart_on | transmitter_on;
  const bool sends = (at(CR1) & needed) == needed && at(BRR) != 0;
  const bool asks = to_memory ? (at(CR3) & receives_by_dma) != 0 && (at(SR) & not_empty) != 0
                              : (at(CR3) & sends_by_dma) != 0 && (at(SR) & empty) != 0 && sends;
  return asks ? DmaRequest::pending : DmaRequest::none;
}

std::uint32_t Usart::on_read(std::uint32_t offset) {
  if (offset == SR) {
    status_was_read_ = true;
  } else if (offset == DR) {
    at(SR) &= ~not_empty;
    if (std::exchange(status_was_read_, false)) at(SR) &= ~cleared_by_reading;
    update_line();
    return received_;
  }
  return at(offset);
}

void Usart::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  constexpr std::uint32_t written_as_0 = complete | not_empty;
  if (offset == SR) {
    at(SR) &= value | ~written_as_0;
  } else if (offset == DR) {
    const std::uint32_t needed = usart_on | transmitter_on;
    if ((at(CR1) & needed) != needed) return;
    if (at(BRR) == 0) return report(Finding::misuse, DR, "sending without a bit rate");
    if ((at(CR1) & with_parity) != 0 && (at(CR1) & nine_bits) == 0) value &= 0x7F;
    waiting_ = static_cast<std::uint8_t>(value);
    at(SR) &= ~empty;
    if (std::exchange(status_was_read_, false)) at(SR) &= ~complete;
    send_next();
  }
  update_line();
}

void Usart::update_line() {
  const std::uint32_t flags = idle | not_empty | complete | empty;
  const bool overran = (at(SR) & overrun) != 0 && (at(CR1) & not_empty) != 0;
  set_line(irq_, (at(SR) & at(CR1) & flags) != 0 || overran);
  if ((at(CR3) & (receives_by_dma | sends_by_dma)) != 0) on_dma_request();
}

void Usart::on_reset() {
  shifting_.reset();
  waiting_.reset();
  sending_.cancel();
  update_line();
}

}  // namespace emulator
