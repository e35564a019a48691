// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "emulator/chip/simple.hpp"

namespace emulator {
namespace {

enum Register : std::uint16_t {
  SR = 0x00,
  CR1 = 0x04,
  CR2 = 0x08,
  SMPR1 = 0x0C,
  SMPR2 = 0x10,
  SQR1 = 0x2C,
  SQR3 = 0x34,
  JOFR1 = 0x14,
  JSQR = 0x38,
  JDR1 = 0x3C,
  DR = 0x4C,
  CCR = 0x304,
};

constexpr std::uint32_t end_of_conversion = bit(1);
constexpr std::uint32_t end_of_injected = bit(2);
constexpr std::uint32_t injected_started = bit(3);
constexpr std::uint32_t started = bit(4);
constexpr std::uint32_t end_interrupt = bit(5);
constexpr std::uint32_t end_of_injected_interrupt = bit(7);
constexpr std::uint32_t scan = bit(8);
constexpr std::uint32_t adc_on = bit(0);
constexpr std::uint32_t continuous = bit(1);
constexpr std::uint32_t by_dma = bit(8);
constexpr std::uint32_t end_of_each = bit(10);
constexpr std::uint32_t start_injected = bit(22);
constexpr std::uint32_t software_start = bit(30);
constexpr unsigned most_injected = 4;
constexpr unsigned adc_irq = 18;

// RM0383 11.12. Refused: watchdogs, discontinuous conversions, external triggers.
// There are no overruns: DMA is never late, and nobody else has to take what was converted.
constexpr RegisterSpec table[] = {
    {SR, "SR"},
    {CR1, "CR1", 0, 0x070001FF, 0x00C0FE40},
    {CR2, "CR2", 0, 0x0F0F0F03, 0x30300000},
    {SMPR1, "SMPR1", 0, 0x07FFFFFF},
    {SMPR2, "SMPR2", 0, 0x3FFFFFFF},
    {JOFR1, "JOFR1", 0, 0xFFF},
    {0x18, "JOFR2", 0, 0xFFF},
    {0x1C, "JOFR3", 0, 0xFFF},
    {0x20, "JOFR4", 0, 0xFFF},
    {0x24, "HTR", 0xFFF, 0xFFF},
    {0x28, "LTR", 0, 0xFFF},
    {SQR1, "SQR1", 0, 0x00FFFFFF},
    {0x30, "SQR2", 0, 0x3FFFFFFF},
    {SQR3, "SQR3", 0, 0x3FFFFFFF},
    {JSQR, "JSQR", 0, 0x003FFFFF},
    {JDR1, "JDR1"},
    {0x40, "JDR2"},
    {0x44, "JDR3"},
    {0x48, "JDR4"},
    {DR, "DR"},
    {0x300, "CSR"},
    {CCR, "CCR", 0, 0x00C30000},
};

// 1.2 V at 3.3 V, and 0.76 V at 25 degrees (DS-F411 tables 72 and 76).
std::uint16_t internal_channel(unsigned channel) {
  if (channel == 17) return 1489;
  return channel == 16 || channel == 18 ? 943 : 0;
}

}  // namespace

Adc::Adc(Wiring& wiring, std::function<Hertz()> frequency)
    : Peripheral(wiring, {"ADC1", 0x40012000, 0x400, Bus::apb2, 8}, table),
      value(internal_channel),
      frequency_(std::move(frequency)),
      done_(wiring.scheduler, [this](Time) { converted(); }),
      injected_done_(wiring.scheduler, [this](Time) { converted_injected(); }) {}

unsigned Adc::channel() const {
  return field(at(SQR3 - 4 * (position_ / 6)), 5 * (position_ % 6), 5);
}

Time Adc::conversion(unsigned number) const {
  static constexpr std::array<unsigned, 8> sample = {3, 15, 28, 56, 84, 112, 144, 480};
  const std::uint32_t code =
      number < 10 ? field(at(SMPR2), 3 * number, 3) : field(at(SMPR1), 3 * (number - 10), 3);
  const unsigned divider = 2 * (field(at(CCR), 16, 2) + 1);
  return duration_of(std::uint64_t{sample[code] + 12} * divider, frequency_());
}

void Adc::start() {
  position_ = 0;
  at(SR) |= started;
  done_.set_in(conversion(channel()));
}

// The last of the four places are used: with two channels the third and the fourth.
std::vector<unsigned> Adc::injected() const {
  std::vector<unsigned> channels;
  const unsigned first = most_injected - 1 - field(at(JSQR), 20, 2);
  for (unsigned place = first; place < most_injected; ++place) {
    channels.push_back(field(at(JSQR), 5 * place, 5));
  }
  return channels;
}

void Adc::begin_injected() {
  Time time{};
  for (const unsigned each : injected()) time += conversion(each);
  at(SR) |= injected_started;
  injected_done_.set_in(time);
}

void Adc::converted_injected() {
  std::uint32_t rank = 0;
  for (const unsigned each : injected()) {
    at(JDR1 + rank) = (value(each) - at(JOFR1 + rank)) & 0xFFFF;
    rank += 4;
  }
  at(SR) |= end_of_injected;
  update_line();
}

void Adc::converted() {
  const unsigned length = (at(CR1) & scan) != 0 ? field(at(SQR1), 20, 4) + 1 : 1;
  at(DR) = value(channel());
  is_unread_ = true;
  const bool last = ++position_ >= length;
  if (last || (at(CR2) & end_of_each) != 0) at(SR) |= end_of_conversion;
  if (last) position_ = 0;
  if (!last || (at(CR2) & continuous) != 0) done_.set_in(conversion(channel()));
  update_line();
  if ((at(CR2) & by_dma) != 0) on_dma_request();
}

DmaRequest Adc::dma_request(std::uint32_t offset, bool to_memory) const {
  if (offset != DR) return DmaRequest::unmodelled;
  const bool asks = to_memory && (at(CR2) & by_dma) != 0 && is_unread_;
  return asks ? DmaRequest::pending : DmaRequest::none;
}

std::uint32_t Adc::on_read(std::uint32_t offset) {
  if (offset == DR) {
    at(SR) &= ~end_of_conversion;
    is_unread_ = false;
    update_line();
  }
  return at(offset);
}

void Adc::on_write(std::uint32_t offset, std::uint32_t value_written, std::uint32_t /*before*/) {
  if (offset == SR) at(SR) &= value_written;
  if (offset == CR2 && (value_written & (software_start | adc_on)) == (software_start | adc_on)) {
    start();
  }
  if (offset == CR2 && (value_written & (start_injected | adc_on)) == (start_injected | adc_on)) {
    begin_injected();
  }
  if (offset == CR2 && (value_written & adc_on) == 0) {
    done_.cancel();
    injected_done_.cancel();
  }
  update_line();
}

void Adc::update_line() {
  const bool ended = (at(SR) & end_of_conversion) != 0 && (at(CR1) & end_interrupt) != 0;
  const bool injected_ended =
      (at(SR) & end_of_injected) != 0 && (at(CR1) & end_of_injected_interrupt) != 0;
  set_line(adc_irq, ended || injected_ended);
}

void Adc::on_reset() {
  done_.cancel();
  injected_done_.cancel();
  is_unread_ = false;
  update_line();
}

}  // namespace emulator
