// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/dma.hpp"

#include "emulator/chip/register_table.hpp"

namespace emulator {
namespace {

// RM0383 9.5
enum Register : std::uint16_t { LISR = 0x00, LIFCR = 0x08, HIFCR = 0x0C, STREAMS = 0x10 };
enum StreamRegister : std::uint16_t { CR = 0x0, NDTR = 0x4, PAR = 0x8, M0AR = 0xC, M1AR = 0x10 };
constexpr std::uint32_t stream_step = 24;

constexpr std::uint32_t enable = bit(0);
constexpr std::uint32_t peripheral_controls = bit(5);
constexpr std::uint32_t circular = bit(8);
constexpr std::uint32_t peripheral_increments = bit(9);
constexpr std::uint32_t memory_increments = bit(10);
constexpr std::uint32_t double_buffer = bit(18);
constexpr std::uint32_t second_buffer = bit(19);
enum Direction : std::uint32_t { to_memory = 0, to_peripheral = 1, memory_to_memory = 2 };

// In LISR and HISR; the enables of the first three are two bits lower, in CR.
constexpr std::uint32_t transfer_error = bit(3);
constexpr std::uint32_t half = bit(4);
constexpr std::uint32_t complete = bit(5);
constexpr std::array<unsigned, 4> flag_shift = {0, 6, 16, 22};
constexpr std::uint32_t enables_shift = 1;

constexpr Time pace = std::chrono::milliseconds(1);

constexpr Numbered rows[] = {
    {"LISR", 0x00},
    {"HISR", 0x04},
    {"LIFCR", 0x08},
    {"HIFCR", 0x0C},
    {"S{}CR", 0x10, 24, 8, 0, 0x0FEFFFDF, peripheral_controls},
    {"S{}NDTR", 0x14, 24, 8, 0, 0xFFFF},
    {"S{}PAR", 0x18, 24, 8, 0, ~0U},
    {"S{}M0AR", 0x1C, 24, 8, 0, ~0U},
    {"S{}M1AR", 0x20, 24, 8, 0, ~0U},
    {"S{}FCR", 0x24, 24, 8, 0x21, 0x87},
};
RegisterTable table() {
  static const std::vector<RegisterSpec> expanded = expand(rows);
  return expanded;
}

std::uint32_t at_stream(unsigned stream, StreamRegister offset) {
  return STREAMS + stream_step * stream + offset;
}

// RM0383 table 37.
unsigned irq_of(unsigned number, unsigned stream) {
  if (number == 1) return stream < 7 ? 11 + stream : 47;
  return stream < 5 ? 56 + stream : 63 + stream;
}

}  // namespace

Dma::Dma(Wiring& wiring, unsigned number, DmaBus& bus)
    : Peripheral(wiring,
                 number == 1 ? Place{"DMA1", 0x40026000, 0x400, Bus::ahb1, 21}
                             : Place{"DMA2", 0x40026400, 0x400, Bus::ahb1, 22},
                 table()),
      bus_(bus),
      number_(number),
      serving_(wiring.scheduler, [this](Time) { serve(); }),
      pace_(wiring.scheduler, [this](Time) { serve_unmodelled(); }) {}

bool Dma::is_enabled(unsigned stream) const {
  return (at(at_stream(stream, CR)) & enable) != 0;
}

DmaRequest Dma::request(unsigned stream) const {
  const auto direction = static_cast<Direction>(field(at(at_stream(stream, CR)), 6, 2));
  if (direction == memory_to_memory) return DmaRequest::pending;
  const Address address = at(at_stream(stream, PAR));
  const Peripheral* peripheral = bus_.at(address);
  if (peripheral == nullptr) return DmaRequest::unmodelled;
  return peripheral->dma_request(address - peripheral->place().base, direction == to_memory);
}

void Dma::look() {
  for (unsigned stream = 0; stream < streams; ++stream) {
    if (is_enabled(stream)) return serving_.set_in(Time::zero());
  }
}

bool Dma::may_move(unsigned stream, bool unmodelled_too) const {
  if (!is_enabled(stream)) return false;
  const DmaRequest asked = request(stream);
  return asked == DmaRequest::pending || (unmodelled_too && asked == DmaRequest::unmodelled);
}

void Dma::serve() {
  for (unsigned stream = 0; stream < streams; ++stream) {
    // A stream that never ends gets a round, which is more than a peripheral asks for in no time.
    const std::uint32_t most = progress_[stream].items;
    for (std::uint32_t i = 0; i < most && may_move(stream, false); ++i) move_item(stream);
  }
}

// As if the peripheral had asked often enough: whoever waits for the end goes on.
void Dma::serve_unmodelled() {
  bool goes_on = false;
  for (unsigned stream = 0; stream < streams; ++stream) {
    if (!is_enabled(stream) || request(stream) != DmaRequest::unmodelled) continue;
    const std::uint32_t most = progress_[stream].items - progress_[stream].done;
    for (std::uint32_t i = 0; i < most && is_enabled(stream); ++i) move_item(stream);
    goes_on = goes_on || is_enabled(stream);
  }
  if (goes_on) pace_.set_in(pace);
}

void Dma::start(unsigned stream) {
  progress_[stream] = {at(at_stream(stream, NDTR)), 0};
  if (progress_[stream].items == 0) return;
  if (request(stream) == DmaRequest::unmodelled) {
    report(Finding::unmodelled, at_stream(stream, CR), "what asks for items is not modelled");
    if (!pace_.is_set()) pace_.set_in(pace);
  } else {
    serving_.set_in(Time::zero());
  }
}

// By the program, before the end.
void Dma::stop(unsigned stream) {
  raise(stream, complete);
}

void Dma::move_item(unsigned stream) {
  const std::uint32_t control = at(at_stream(stream, CR));
  const unsigned size = 1U << field(control, 11, 2);
  Progress& progress = progress_[stream];
  const auto walk = [&](StreamRegister base, bool increments) {
    return at(at_stream(stream, base)) + (increments ? progress.done * size : 0);
  };
  const bool second = (control & double_buffer) != 0 && (control & second_buffer) != 0;
  const Address memory = walk(second ? M1AR : M0AR, (control & memory_increments) != 0);
  const Address peripheral = walk(PAR, (control & peripheral_increments) != 0);
  const bool from_memory = field(control, 6, 2) == to_peripheral;
  const auto value = bus_.dma_read(from_memory ? memory : peripheral, size);
  if (!value || !bus_.dma_write(from_memory ? peripheral : memory, size, *value)) {
    at(at_stream(stream, CR)) &= ~enable;
    return raise(stream, transfer_error);
  }
  ++progress.done;
  at(at_stream(stream, NDTR)) = progress.items - progress.done;
  if (progress.done == progress.items / 2) raise(stream, half);
  if (progress.done == progress.items) end_round(stream);
}

void Dma::end_round(unsigned stream) {
  std::uint32_t& control = at(at_stream(stream, CR));
  if ((control & (circular | double_buffer)) != 0) {
    progress_[stream].done = 0;
    at(at_stream(stream, NDTR)) = progress_[stream].items;
    if ((control & double_buffer) != 0) control ^= second_buffer;
  } else {
    control &= ~enable;
  }
  raise(stream, complete);
}

void Dma::raise(unsigned stream, std::uint32_t flag) {
  at(LISR + 4 * (stream / 4)) |= flag << flag_shift[stream % 4];
  update_line(stream);
}

void Dma::update_line(unsigned stream) {
  const std::uint32_t flags = at(LISR + 4 * (stream / 4)) >> flag_shift[stream % 4];
  const std::uint32_t enabled = at(at_stream(stream, CR)) << enables_shift;
  set_line(irq_of(number_, stream), (flags & enabled & (transfer_error | half | complete)) != 0);
}

void Dma::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (offset == LIFCR || offset == HIFCR) {
    at(offset - LIFCR) &= ~value;
    for (unsigned stream = 0; stream < streams; ++stream) update_line(stream);
  }
  if (offset < STREAMS || (offset - STREAMS) % stream_step != CR) return;
  const unsigned stream = (offset - STREAMS) / stream_step;
  if ((value & ~before & enable) != 0) start(stream);
  if ((before & ~value & enable) != 0) stop(stream);
  update_line(stream);
}

void Dma::on_reset() {
  progress_ = {};
  serving_.cancel();
  pace_.cancel();
  for (unsigned stream = 0; stream < streams; ++stream) update_line(stream);
}

}  // namespace emulator
