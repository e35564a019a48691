// SPDX-License-Identifier: GPL-3.0-or-later
// What the emulator needs of an ELF file: what goes where in memory, and where the functions and
// variables are.
#pragma once

#include <map>
#include <optional>

#include "emulator/base/types.hpp"

namespace emulator {

struct Elf {
  struct Segment {
    Address address = 0;  ///< physical: where a programmer puts it
    Bytes content;
  };
  struct Symbol {
    Address address = 0;  ///< without the Thumb bit
    std::uint32_t size = 0;
    bool is_function = false;
  };

  std::vector<Segment> segments;
  std::map<std::string, Symbol> symbols;
};

/// 32 bits, little endian, ARM, executable. Error: bad_image.
Elf parse_elf(ByteView file);
/// Error: no_input, bad_image.
Elf read_elf(const std::string& path);

/// Names for addresses.
class Symbols {
 public:
  void add(const std::map<std::string, Elf::Symbol>& symbols);
  std::optional<Elf::Symbol> find(const std::string& name) const;
  /// "0x0800012C <main+0x1C>"
  std::string describe(Address address) const;

 private:
  std::map<std::string, Elf::Symbol> by_name_;
  std::map<Address, std::string> functions_;
};

}  // namespace emulator
