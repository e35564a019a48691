// SPDX-License-Identifier: GPL-3.0-or-later
#include "difference.hpp"

#include "sysboot/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace sysboot {
namespace {

constexpr std::size_t shown_bytes = 16;

Bytes head(ByteView bytes) {
  const ByteView shown = bytes.first(std::min(bytes.size(), shown_bytes));
  return {shown.begin(), shown.end()};
}

}  // namespace

std::string Difference::describe() const {
  const std::string place = !sector ? std::string()
                                    : fmt::format(", in the {} sector at {}",
                                                  human_size(sector->size), hex32(sector->address));
  return fmt::format("{}{}{}{}\n  expected {}\n  observed {}", hex32(address),
                     image.empty() ? "" : " of ", image, place, hex_bytes(expected),
                     hex_bytes(observed));
}

std::optional<Difference> first_difference(const Job& job, FlashReader& reader, const Piece& piece,
                                           std::uint32_t chunk, const CountBytes& count) {
  Bytes buffer(chunk);
  for (std::size_t at = 0; at < piece.data.size(); at += chunk) {
    job.check_stop();
    const ByteView wanted =
        piece.data.subspan(at, std::min<std::size_t>(chunk, piece.data.size() - at));
    const auto address = piece.address + static_cast<std::uint32_t>(at);
    const std::span<std::uint8_t> seen = std::span(buffer).first(wanted.size());
    // Most sectors that differ do so in their first block, so nothing is read ahead of that.
    reader.read(address, seen, at == 0 ? 0 : piece.address + std::uint64_t{piece.data.size()});
    const auto [first, other] = std::mismatch(wanted.begin(), wanted.end(), seen.begin());
    if (first != wanted.end()) {
      const auto offset = static_cast<std::size_t>(first - wanted.begin());
      return Difference{address + static_cast<std::uint32_t>(offset), head(wanted.subspan(offset)),
                        head(ByteView(seen).subspan(offset))};
    }
    if (count) count(wanted.size());
  }
  return std::nullopt;
}

}  // namespace sysboot
