// SPDX-License-Identifier: GPL-3.0-or-later
// Does flash hold an image? Reads; writes nothing.
#pragma once

#include "sysboot/visit.hpp"

namespace sysboot {

/// Where flash first holds something else than it should.
struct Difference {
  std::uint32_t address = 0;
  Bytes expected;                     ///< from there on, 16 bytes at most
  Bytes observed;                     ///< as many
  std::optional<Sector> sector = {};  ///< that it is in, from verify()

  /// "0x08004010, in the 16 KiB sector at 0x08004000", then a line for each of both.
  std::string describe() const;
};

struct VerifyResult {
  Visit visit;
  std::size_t sectors = 0;              ///< touched by the image
  std::uint64_t bytes = 0;              ///< of the image
  std::vector<Difference> differences;  ///< the first one of each sector that differs
};

/// Compares flash with the image, gaps left out, and leaves the board as it was found.
/// Errors: those of find_board, enter, DfuseSession, plan_flash; interrupted.
VerifyResult verify(const Job& job, const Selector& selector, const Image& image,
                    const VisitOptions& options);

/// The differences as an error (differs); none when there are none.
std::optional<Error> differing_flash(const VerifyResult& result, const Image& image);

}  // namespace sysboot
