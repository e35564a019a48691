// SPDX-License-Identifier: GPL-3.0-or-later
#include "flash_reader.hpp"

#include <algorithm>

namespace sysboot {

// From a multiple of 4 on: ROMs read whole words, and a word past the end of flash resets some.
void FlashReader::fetch(std::uint32_t address, std::size_t wanted) {
  wanted += address % 4;
  address -= address % 4;
  const std::uint64_t left = dfu_.layout().contiguous_end(address) - address;
  Bytes block(left == 0
                  ? wanted
                  : static_cast<std::size_t>(std::min<std::uint64_t>(dfu_.block_size(), left)));
  block_.clear();
  dfu_.read_block(address, block);
  block_ = std::move(block);
  block_at_ = address;
}

void FlashReader::read(std::uint32_t address, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const bool cached = address >= block_at_ && address < block_at_ + std::uint64_t{block_.size()};
    if (!cached) fetch(address, out.size());
    const ByteView rest = ByteView(block_).subspan(address - block_at_);
    const std::size_t count = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), count, out.begin());
    out = out.subspan(count);
    address += static_cast<std::uint32_t>(count);
  }
}

}  // namespace sysboot
