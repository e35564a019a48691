// SPDX-License-Identifier: GPL-3.0-or-later
// The receive FIFO with its status entries, and the transmit FIFOs (RM0383 22.11 and 22.13).
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "emulator/chip/otg_fs.hpp"
#include "otg_registers.hpp"

namespace emulator {

using namespace otg;

namespace {

// GRXSTSP.PKTSTS
constexpr std::uint32_t global_out_nak_taken = 1;
constexpr std::uint32_t transfer_done = 3;
constexpr std::uint32_t setup_stage_done = 4;

unsigned words_of(std::size_t bytes) {
  return static_cast<unsigned>((bytes + 3) / 4);
}

}  // namespace

unsigned OtgFs::TxFifo::words() const {
  unsigned sum = words_of(building.size());
  for (const Bytes& packet : packets) sum += words_of(packet.size());
  return sum;
}

OtgFs::TxFifo& OtgFs::tx_fifo(unsigned endpoint) {
  return tx_[field(at(in_endpoint(endpoint, CTL)), 22, 4) % endpoints];
}

unsigned OtgFs::tx_depth(unsigned fifo) const {
  return at(fifo == 0 ? std::uint32_t{DIEPTXF0} : DIEPTXF1 + 4 * (fifo - 1)) >> 16;
}

void OtgFs::receive(Packet kind, unsigned endpoint, bool data1, ByteView data) {
  Received entry;
  entry.status = endpoint | static_cast<std::uint32_t>(data.size()) << 4 | (data1 ? 2U : 0U) << 15 |
                 static_cast<std::uint32_t>(kind) << 17;
  Bytes padded(data.begin(), data.end());
  padded.resize(4 * words_of(data.size()));
  for (std::size_t i = 0; i < padded.size(); i += 4) entry.words.push_back(word_at(padded, i));
  received_.push_back(std::move(entry));
  update_line();
}

unsigned OtgFs::receive_room() const {
  std::size_t used = popped_.size();
  for (const Received& entry : received_) used += 1 + entry.words.size();
  return at(GRXFSIZ) > used ? at(GRXFSIZ) - static_cast<unsigned>(used) : 0;
}

std::uint32_t OtgFs::pop_received() {
  if (!popped_.empty()) {
    report(Finding::misuse, GRXSTSP,
           fmt::format("popped with {} words of the packet before not read", popped_.size()));
    popped_.clear();
  }
  if (received_.empty()) return 0;
  const Received entry = std::move(received_.front());
  received_.pop_front();
  popped_.assign(entry.words.begin(), entry.words.end());
  const unsigned endpoint = field(entry.status, 0, 4);
  switch (field(entry.status, 17, 4)) {
    case global_out_nak_taken: at(DCTL) |= global_out_nak; break;
    case transfer_done:
      at(out_endpoint(endpoint, INT)) |= transfer_complete;
      at(out_endpoint(endpoint, CTL)) &= ~enable;
      break;
    case setup_stage_done:
      at(out_endpoint(endpoint, INT)) |= setup_done;
      at(out_endpoint(endpoint, CTL)) &= ~enable;
      break;
    default: break;
  }
  update_line();
  on_ready();
  return entry.status;
}

std::uint32_t OtgFs::read_fifo() {
  if (popped_.empty()) {
    report(Finding::misuse, FIFOS, "read with nothing in it");
    return 0;
  }
  const std::uint32_t word = popped_.front();
  popped_.pop_front();
  return word;
}

void OtgFs::write_fifo(unsigned endpoint, std::uint32_t value) {
  const unsigned number = field(at(in_endpoint(endpoint, CTL)), 22, 4) % endpoints;
  TxFifo& fifo = tx_[number];
  const std::uint32_t offset = FIFOS + endpoint * fifo_step;
  if (fifo.words() >= tx_depth(number)) {
    return report(Finding::misuse, offset, fmt::format("transmit FIFO {} overflows", number));
  }
  const std::uint32_t size_register = in_endpoint(endpoint, TSIZ);
  const unsigned width = endpoint == 0 ? 7 : 19;
  const std::uint32_t left = field(at(size_register), 0, width);
  const std::size_t whole = std::min(left, packet_size(in_endpoint(endpoint, CTL)));
  if (whole == 0) return report(Finding::misuse, offset, "more data than the transfer size");
  for (unsigned i = 0; i < 4 && fifo.building.size() < whole; ++i) {
    fifo.building.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  if (fifo.building.size() == whole) {
    at(size_register) =
        with_field(at(size_register), 0, width, left - static_cast<std::uint32_t>(whole));
    fifo.packets.push_back(std::exchange(fifo.building, {}));
    on_ready();
  }
  update_line();
}

// Where the FIFOs lie in their memory is up to the program.
void OtgFs::check_fifos(unsigned endpoint) {
  const unsigned fifo = field(at(in_endpoint(endpoint, CTL)), 22, 4) % endpoints;
  const std::uint32_t offset = fifo == 0 ? std::uint32_t{DIEPTXF0} : DIEPTXF1 + 4 * (fifo - 1);
  const unsigned start = at(offset) & 0xFFFF;
  const unsigned receives = at(GRXFSIZ);
  if (start < receives || start + tx_depth(fifo) > fifo_ram_words) {
    report(Finding::misuse, offset,
           fmt::format("words {} to {} do not fit between the receive FIFO of {} and the end at {}",
                       start, start + tx_depth(fifo), receives, fifo_ram_words));
  }
}

}  // namespace emulator
