// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a segment.
#pragma once

#include "sysboot/image.hpp"

namespace sysboot {

/// What it has in [from, end), which must be inside.
inline ByteView bytes_of(const Segment& segment, std::uint64_t from, std::uint64_t end) {
  return ByteView(segment.data)
      .subspan(static_cast<std::size_t>(from - segment.address),
               static_cast<std::size_t>(end - from));
}

}  // namespace sysboot
