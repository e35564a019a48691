// SPDX-License-Identifier: GPL-3.0-or-later
// A program that shows the address that it is linked for, as compilers' output does.
#pragma once

#include "sysboot/image.hpp"

namespace support {

// A program put together by hand: what is no function is an addition of registers.
class LinkedProgram {
 public:
  static constexpr std::uint16_t push = 0xB510;              // push {r4, lr}
  static constexpr std::uint16_t pop = 0xBD10;               // pop {r4, pc}
  static constexpr std::uint16_t branch_to_itself = 0xE7FE;  // b .
  static constexpr std::uint32_t default_handler = 0x401;

  explicit LinkedProgram(std::uint32_t linked_for, std::size_t size = 16 * 1024)
      : linked_for_(linked_for), bytes_(size) {
    for (std::size_t at = 0; at + 2 <= size; at += 2) half_word(at, 0x1880 | at % 8);
    word(0, 0x20020000);
    for (std::size_t i = 2; i < 64; ++i) vector(i, default_handler);
    vector(1, 0x201);
    function(0x200, push);
    function(default_handler - 1, branch_to_itself);
    for (std::size_t i = 0; i < 8; ++i) {
      vector(20 + i, static_cast<std::uint32_t>(0x801 + 0x46 * i));
      function(0x800 + 0x46 * i, push);
    }
  }

  void word(std::size_t at, std::uint32_t value) {
    half_word(at, static_cast<std::uint16_t>(value));
    half_word(at + 2, static_cast<std::uint16_t>(value >> 16));
  }
  void vector(std::size_t number, std::uint32_t offset) { word(4 * number, linked_for_ + offset); }
  void function(std::size_t at, std::uint16_t begins_with) {
    half_word(at - 2, pop);
    half_word(at, begins_with);
  }
  sysboot::Image at(std::uint32_t address) const { return {"app.bin", "bin", {{address, bytes_}}}; }
  sysboot::Bytes& bytes() { return bytes_; }

 private:
  void half_word(std::size_t at, std::size_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value);
    bytes_[at + 1] = static_cast<std::uint8_t>(value >> 8);
  }

  std::uint32_t linked_for_;
  sysboot::Bytes bytes_;
};

}  // namespace support
