// SPDX-License-Identifier: GPL-3.0-or-later
// Makes segments from the pieces that a parser finds, and knows where in the file each one stood.
#pragma once

#include "sysboot/image.hpp"

namespace sysboot {

/// What the places of a file are counted in.
enum class PlaceUnit {
  line,  ///< from 1
  byte,  ///< from 0
};

/// A place in a file that breaks the rules of its format.
struct Place {
  PlaceUnit unit;
  std::size_t number;

  std::string describe() const;  ///< "line 12", "byte 512"
  /// Throws bad_image: "line 12: …".
  [[noreturn]] void fail(std::string_view problem) const;
};

class SegmentCollector {
 public:
  explicit SegmentCollector(PlaceUnit unit) : unit_(unit) {}

  /// In any order; nothing happens when `data` is empty. The bytes are not copied yet and must stay
  /// where they are until finish(). Errors: bad_image when they run past 0xFFFFFFFF, or when it is
  /// too much altogether (largest_image).
  void add(std::uint32_t address, ByteView data, std::size_t place);

  /// In order of address; what touches is one segment. What stands in the file twice with the same
  /// bytes counts once. Errors: bad_image for an address with different bytes, naming both places,
  /// and for more than 65,536 segments, which no program has.
  std::vector<Segment> finish();

 private:
  struct Piece {
    std::uint32_t address;
    std::uint32_t size;
    const std::uint8_t* data;
    std::size_t place;

    std::uint64_t end() const { return std::uint64_t{address} + size; }
  };

  void append(Segment& segment, const Piece& piece) const;
  [[noreturn]] void reject_overlap(const Piece& piece, std::uint32_t address) const;

  PlaceUnit unit_;
  std::vector<Piece> pieces_;
  std::uint64_t total_ = 0;
};

}  // namespace sysboot
