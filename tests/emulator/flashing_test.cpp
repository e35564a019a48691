// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;

constexpr Address target = 0x08060000;
constexpr std::uint32_t parallelism_error = 0x40;
constexpr std::uint32_t sequence_error = 0x80;
constexpr std::uint32_t lock = 0x80000000;

TEST(Flashing, ProgramsWordsHalfWordsAndBytes) {
  EXPECT_THAT(Bench("flashing", 0).notes_after(milliseconds(2)),
              ElementsAre(0x12345678, 0xFFFFFFA5, 0xBEEFFFA5, 0));
}

// DS-F411 table 45: 128 KiB take 1 s with 32 bits at a time; code in flash waits meanwhile.
TEST(Flashing, ErasingTakesItsTime) {
  Bench bench("flashing", 1);
  const Bytes zeros(16, 0);
  bench.machine.load(target, zeros);
  EXPECT_THAT(bench.notes_after(milliseconds(990)), testing::IsEmpty());
  EXPECT_THAT(bench.notes_after(milliseconds(20)), ElementsAre(0xFFFFFFFF, 0));
}

TEST(Flashing, ErrorsAreFlagged) {
  Bench bench("flashing", 2);
  bench.machine.reports().fatal.clear();
  const auto notes = bench.notes_after(milliseconds(2));
  ASSERT_EQ(notes.size(), 3U);
  EXPECT_EQ(notes[0], parallelism_error);
  EXPECT_EQ(notes[1], sequence_error);
  EXPECT_NE(notes[2], 0xFFFF0000) << "bits do not go from 0 to 1";
}

TEST(Flashing, StaysLockedAfterAWrongKey) {
  Bench bench("flashing", 3);
  bench.machine.reports().fatal.clear();
  EXPECT_THAT(bench.notes_after(milliseconds(2)), ElementsAre(lock, lock));
}

TEST(Flashing, CodeInRamRunsMeanwhile) {
  EXPECT_THAT(Bench("flashing", 4).notes_after(milliseconds(1100)), ElementsAre(1));
}

TEST(Flashing, NewCodeIsExecutedNotWhatWasThere) {
  EXPECT_THAT(Bench("flashing", 5).notes_after(milliseconds(1100)), ElementsAre(1, 2));
}

}  // namespace
}  // namespace emulator
