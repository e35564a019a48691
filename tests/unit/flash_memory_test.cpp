// SPDX-License-Identifier: GPL-3.0-or-later
// What power that fails leaves in flash.
#include "sysboot/virtual/flash_memory.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace sysboot::virtual_bench {
namespace {

constexpr std::uint32_t start = 0x08000000;
constexpr std::uint32_t sector_size = 16 * 1024;

class TornFlash : public testing::Test {
 protected:
  TornFlash() { flash.load(start, Bytes(flash.content().size(), 0x5A)); }

  Bytes read(std::uint32_t where, std::size_t length) const {
    const ByteView seen = flash.read(where, length);
    return {seen.begin(), seen.end()};
  }
  void erase(std::uint32_t where, double fraction) {
    flash.erase(*flash.layout().sector_at(where), fraction);
  }
  /// Over a blank sector.
  void program_part(Torn how, std::uint32_t seed = 1) {
    erase(start, 1);
    flash.tear(how, seed);
    EXPECT_TRUE(flash.program(start, {data}, 0.6, 4));
  }
  bool reads_the_same(std::uint32_t where, std::size_t length) const {
    const Bytes once = read(where, length);
    for (int i = 0; i < 20; ++i) {
      if (read(where, length) != once) return false;
    }
    return true;
  }

  FlashMemory flash{parse_layout("@Internal Flash  /0x08000000/04*016Kg")};
  const Bytes data = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};  // so far: 2 words
};

TEST_F(TornFlash, 176WithoutAWordOnItTheFirstPartIsDone) {
  erase(start, 0.5);
  EXPECT_EQ(read(start, sector_size / 2), Bytes(sector_size / 2, 0xFF));
  EXPECT_EQ(read(start + sector_size / 2, sector_size / 2), Bytes(sector_size / 2, 0x5A));
  EXPECT_TRUE(flash.is_stable(start, sector_size));
}

TEST_F(TornFlash, 176AnEraseLeavesAllOldOrAllBlank) {
  flash.tear(Torn::old, 1);
  erase(start, 0.9);
  EXPECT_EQ(read(start, sector_size), Bytes(sector_size, 0x5A));
  flash.tear(Torn::done, 1);
  erase(start, 0.1);
  EXPECT_EQ(read(start, sector_size), Bytes(sector_size, 0xFF));
}

TEST_F(TornFlash, 176AnEraseLeavesMoreByChanceTheLongerItTook) {
  for (const Torn how : {Torn::random, Torn::unstable}) {
    std::size_t before = 0;
    for (const double fraction : {0.02, 0.5, 0.98}) {
      flash.load(start, Bytes(sector_size, 0x5A));
      flash.tear(how, 7);
      erase(start, fraction);
      const Bytes seen = read(start, sector_size);
      const auto kept = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 0x5A));
      const std::size_t changed = sector_size - kept;
      EXPECT_GT(changed, before + 500);
      EXPECT_LT(changed, sector_size);
      before = changed;
      EXPECT_EQ(reads_the_same(start, sector_size), how == Torn::random);
      EXPECT_EQ(flash.is_stable(start, sector_size), how == Torn::random);
    }
  }
}

TEST_F(TornFlash, 176OnlyWhatIsUnderWayIsTorn) {
  flash.tear(Torn::unstable, 3);
  erase(start + sector_size, 0.5);
  EXPECT_EQ(read(start, sector_size), Bytes(sector_size, 0x5A));
  EXPECT_EQ(read(start + 2 * sector_size, sector_size), Bytes(sector_size, 0x5A));
  EXPECT_TRUE(flash.is_stable(start, sector_size));
  EXPECT_TRUE(flash.is_stable(start + 2 * sector_size, sector_size));
}

TEST_F(TornFlash, 176OfAProgramTheWordIsTornThatIsUnderWay) {
  const Bytes blank(4, 0xFF);
  for (const Torn how : {Torn::old, Torn::done, Torn::random, Torn::unstable}) {
    program_part(how);
    EXPECT_EQ(read(start, 8), Bytes(data.begin(), data.begin() + 8));
    EXPECT_EQ(read(start + 12, 4), blank);
    const Bytes torn = read(start + 8, 4);
    EXPECT_TRUE(how != Torn::old || torn == blank);
    EXPECT_TRUE(how != Torn::done || torn == Bytes(data.begin() + 8, data.begin() + 12));
    EXPECT_EQ(flash.is_stable(start, sector_size), how != Torn::unstable);
  }
}

TEST_F(TornFlash, 176ProgrammingTouchesNoBitThatIsToStay) {
  const Bytes wanted(data.begin() + 8, data.begin() + 12);
  for (const Torn how : {Torn::random, Torn::unstable}) {
    std::set<Bytes> seen;
    for (std::uint32_t seed = 1; seed < 50; ++seed) {
      program_part(how, seed);
      const Bytes torn = read(start + 8, 4);
      seen.insert(torn);
      for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(torn[i] & wanted[i], wanted[i]);
    }
    EXPECT_GT(seen.size(), 40U);
  }
}

TEST_F(TornFlash, 176TheSeedDecides) {
  const auto torn = [&](std::uint32_t seed) {
    program_part(Torn::random, seed);
    return read(start + 8, 4);
  };
  EXPECT_EQ(torn(5), torn(5));
  EXPECT_NE(torn(5), torn(6));
}

TEST_F(TornFlash, 176AWholeEraseAndProgramMendsIt) {
  flash.tear(Torn::unstable, 1);
  erase(start, 0.9);
  ASSERT_FALSE(flash.is_stable(start, sector_size));
  erase(start, 1);
  EXPECT_TRUE(flash.is_stable(start, sector_size));
  EXPECT_EQ(read(start, sector_size), Bytes(sector_size, 0xFF));
  EXPECT_TRUE(flash.program(start, {data}));
  EXPECT_EQ(read(start, data.size()), data);
}

TEST_F(TornFlash, 176ProgrammingAloneMendsOnlyBitsThatBecome0) {
  erase(start, 1);
  flash.tear(Torn::unstable, 1);
  flash.program(start, Bytes(4, 0x00), 0.1, 4);
  ASSERT_FALSE(flash.is_stable(start, 4));
  flash.program(start, Bytes{0x00, 0x00, 0x0F, 0xFF});
  EXPECT_TRUE(flash.is_stable(start, 2));
  EXPECT_EQ(read(start, 2), (Bytes{0, 0}));
  EXPECT_FALSE(flash.is_stable(start + 3, 1));
}

TEST_F(TornFlash, 176AWriteProtectedSectorIsNotTorn) {
  flash.tear(Torn::random, 1);
  flash.write_protect(start);
  erase(start, 0.9);
  flash.program(start, {data}, 0.5, 4);
  EXPECT_EQ(read(start, sector_size), Bytes(sector_size, 0x5A));
}

}  // namespace
}  // namespace sysboot::virtual_bench
