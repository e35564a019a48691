// SPDX-License-Identifier: GPL-3.0-or-later
#include "flash_reader.hpp"

#include <algorithm>

#include "chip/chip.hpp"

namespace sysboot {

// From a multiple of 4 on: ROMs read whole words, and a word past the end of flash resets some.
void FlashReader::fetch(std::uint32_t address, std::size_t asked, std::uint64_t end) {
  asked += address % 4;
  address -= address % 4;
  const std::uint64_t size = dfu_.block_size();
  const std::uint64_t left = dfu_.layout().contiguous_end(address) - address;
  Bytes block(left == 0 ? asked : static_cast<std::size_t>(std::min(size, left)));
  block_.clear();
  // Whole blocks, and none that reaches past the end of flash: F413 ROMs reset then.
  const std::uint64_t wanted = end > address ? (end - address + size - 1) / size : 0;
  const std::uint64_t blocks = std::min(wanted, left / size);
  dfu_.read_block(address, block, blocks > 1 ? (blocks - 1) * size : 0);
  block_ = std::move(block);
  block_at_ = address;
}

void FlashReader::read(std::uint32_t address, std::span<std::uint8_t> out, std::uint64_t end) {
  while (!out.empty()) {
    const bool cached = address >= block_at_ && address < block_at_ + std::uint64_t{block_.size()};
    if (!cached) fetch(address, out.size(), end);
    const ByteView rest = ByteView(block_).subspan(address - block_at_);
    const std::size_t count = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), count, out.begin());
    out = out.subspan(count);
    address += static_cast<std::uint32_t>(count);
  }
}

bool FlashReader::is_blank(const Job& job, const Sector& sector) {
  const std::uint8_t erased = erased_byte(dfu_.layout());
  Bytes buffer(std::min(dfu_.block_size(), sector.size));
  for (std::uint32_t at = 0; at < sector.size; at += dfu_.block_size()) {
    job.check_stop();
    const auto seen =
        std::span(buffer).first(std::min<std::size_t>(buffer.size(), sector.size - at));
    read(sector.address + at, seen, at == 0 ? 0 : sector.end());
    if (std::any_of(seen.begin(), seen.end(), [&](auto byte) { return byte != erased; })) {
      return false;
    }
  }
  return true;
}

}  // namespace sysboot
