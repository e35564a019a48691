// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/link_address.hpp"

#include <gmock/gmock.h>

#include <random>

#include "support/linked_program.hpp"

namespace sysboot {
namespace {

using Program = support::LinkedProgram;

std::string found(const Image& image) {
  const auto address = link_address(image);
  return address ? hex32(*address) : "none";
}

TEST(LinkAddress, C1IsWhereTheVectorsPointAtFunctions) {
  for (const std::uint32_t base : {0x08000000U, 0x08000200U, 0x08002000U, 0x08004000U, 0x0800C000U,
                                   0x08010000U, 0x08100000U}) {
    const Program program(base);
    for (const std::uint32_t goes_to : {0x08000000U, base, 0x08008000U}) {
      EXPECT_EQ(found(program.at(goes_to)), hex32(base)) << hex32(goes_to);
    }
  }
}

TEST(LinkAddress, C1IsElsewhereOnlyWhenItIsNotWhereTheImageGoes) {
  const Program program(0x08002000);
  EXPECT_EQ(linked_elsewhere(program.at(0x08000000)), 0x08002000U);
  EXPECT_EQ(linked_elsewhere(program.at(0x08002000)), std::nullopt);
}

TEST(LinkAddress, C1CountsWhereItGoesAmongWhatIsPossible) {
  const Program program(0x08002080);  // behind a header of 128 bytes
  EXPECT_EQ(found(program.at(0x08002080)), "0x08002080");
}

TEST(LinkAddress, C1NamesFlashAsEveryLineHasIt) {
  EXPECT_EQ(found(Program(0x00202000).at(0x08000000)), "0x08002000") << "ITCM bus of the F7";
  EXPECT_EQ(found(Program(0x0C002000).at(0x08000000)), "0x08002000") << "secure code";
  EXPECT_EQ(linked_elsewhere(Program(0x00200000).at(0x08000000)), std::nullopt);
  EXPECT_EQ(linked_elsewhere(Program(0x0C000000).at(0x0C000000)), std::nullopt);
}

TEST(LinkAddress, C1ProgramsForOtherMakersChipsHaveNone) {
  EXPECT_EQ(found(Program(0x00000000).at(0x08000000)), "none") << "LPC, nRF";
  EXPECT_EQ(found(Program(0x10000100).at(0x08000000)), "none") << "RP2040";
}

TEST(LinkAddress, C1TheResetVectorAloneTellsNothing) {
  Program program(0x08002000);
  for (std::size_t i = 2; i < 64; ++i) program.word(4 * i, 0);
  EXPECT_EQ(found(program.at(0x08000000)), "none");
}

TEST(LinkAddress, C1TwoAddressesThatFitAreNone) {
  // Two copies of a program for 0x08004000, of which the second fits an address 0x2000 lower.
  Program program(0x08004000);
  Bytes& bytes = program.bytes();
  std::copy_n(bytes.begin() + 0x200, 0x1000, bytes.begin() + 0x2200);
  EXPECT_EQ(found(program.at(0x08000000)), "none");
  EXPECT_EQ(linked_elsewhere(program.at(0x08002000)), std::nullopt);
}

TEST(LinkAddress, C1HandlersThatLookLikeNothingAreNone) {
  Program program(0x08002000);
  const auto erase_function = [&](std::ptrdiff_t at) {
    std::copy_n(program.bytes().begin() + 0x1000, 4, program.bytes().begin() + at - 2);
  };
  erase_function(0x200);
  erase_function(0x400);
  for (std::ptrdiff_t i = 0; i < 8; ++i) erase_function(0x800 + 0x46 * i);
  EXPECT_EQ(found(program.at(0x08000000)), "none");
}

TEST(LinkAddress, C1NeedsAStackAndAResetVector) {
  Program no_stack(0x08002000);
  no_stack.word(0, 0x96F3B83D);  // MCUboot's header
  EXPECT_EQ(found(no_stack.at(0x08000000)), "none");
  Program even(0x08002000);
  even.vector(1, 0x200);
  EXPECT_EQ(found(even.at(0x08000000)), "none");
  EXPECT_EQ(found({"", "bin", {{0x08000000, Bytes(7)}}}), "none");
  EXPECT_EQ(found(Program(0x08002000).at(0x20000000)), "none") << "goes to RAM";
}

TEST(LinkAddress, C1LooksInAllSegments) {
  const Image whole = Program(0x08002000).at(0x08000000);
  const Bytes& bytes = whole.segments.front().data;
  const auto part = [&](std::size_t from, std::size_t to) {
    return Segment{static_cast<std::uint32_t>(0x08000000 + from),
                   Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                         bytes.begin() + static_cast<std::ptrdiff_t>(to))};
  };
  EXPECT_EQ(found({"app.hex", "hex", {part(0, 0x100), part(0x1F8, 0x600), part(0x700, 0x3001)}}),
            "0x08002000");
}

TEST(LinkAddress, C1RandomBytesHaveNone) {
  std::mt19937 generator(1);
  for (int n = 0; n < 200; ++n) {
    Bytes bytes(4096 + generator() % 60000);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(generator());
    Program program(0x08000000);
    std::copy_n(program.bytes().begin(), 8, bytes.begin());  // stack and reset vector are sound
    if (n % 2 == 0) std::copy_n(program.bytes().begin(), 256, bytes.begin());  // all vectors are
    EXPECT_EQ(found({"", "bin", {{0x08000000, bytes}}}), "none") << n;
  }
}

}  // namespace
}  // namespace sysboot
