// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold for whatever a parser is given: an image that keeps its promises, or an Error.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "sysboot/error.hpp"
#include "sysboot/image.hpp"

namespace fuzzing {

/// Ends the program when the promise is broken; libFuzzer keeps the input.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

inline void check_segments(const std::vector<sysboot::Segment>& segments) {
  std::uint64_t end = 0;
  for (const sysboot::Segment& segment : segments) {
    require(!segment.data.empty(), "no segment is empty");
    require(&segment == &segments.front() || segment.address > end,
            "segments are in order of address, and neither overlap nor touch");
    end = segment.end();
    require(end <= std::uint64_t{1} << 32, "no segment runs past 32 bits");
  }
}

/// All that image.hpp says about an image.
inline void check_image(const sysboot::Image& image) {
  require(!image.segments.empty(), "an image has a segment");
  require(image.size() <= 64 * 1024 * 1024, "an image has a limit");
  require(image.entry != 0U, "an entry of 0 is no entry");
  check_segments(image.segments);
  int last = 0;
  for (const sysboot::AlternateTarget& target : image.other_targets) {
    require(target.alternate > last, "other targets are in order, and none is internal flash");
    last = target.alternate;
    require(!target.segments.empty(), "a target has a segment");
    check_segments(target.segments);
  }
}

/// The errors that a parser of files may throw.
inline void check_error(const sysboot::Error& error) {
  require(error.code() == sysboot::Errc::bad_image || error.code() == sysboot::Errc::usage,
          "a parser complains about the image or how it is used");
  require(!error.text().empty(), "an error says something");
}

}  // namespace fuzzing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
