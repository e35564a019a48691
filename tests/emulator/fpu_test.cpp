// SPDX-License-Identifier: GPL-3.0-or-later
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;

constexpr std::uint32_t seven = 0x40E00000;
constexpr std::uint32_t nine = 0x41100000;
constexpr std::uint32_t extended = 0xFFFFFFE9;
constexpr std::uint32_t basic = 0xFFFFFFF9;
constexpr std::uint32_t fpca = 4;

// Noted: FPCA before, s3 and s20 after, EXC_RETURN, LSPACT before and after the handler uses the
// FPU, FPCA at the end.
TEST(Fpu, RegistersSurviveAHandlerThatUsesThem) {
  EXPECT_THAT(Bench("fpu", 0).notes_after(milliseconds(1)),
              ElementsAre(0, seven, nine, extended, 1, 0, fpca));
}

TEST(Fpu, LazyStateStaysPendingInAHandlerThatDoesNot) {
  EXPECT_THAT(Bench("fpu", 1).notes_after(milliseconds(1)),
              ElementsAre(0, seven, nine, extended, 1, 1, fpca));
}

TEST(Fpu, RegistersSurviveWithoutLazyStacking) {
  EXPECT_THAT(Bench("fpu", 2).notes_after(milliseconds(1)),
              ElementsAre(0, seven, nine, extended, 0, 0, fpca));
}

TEST(Fpu, FramesAreBasicWithoutAutomaticPreservation) {
  const auto notes = Bench("fpu", 3).notes_after(milliseconds(1));
  ASSERT_EQ(notes.size(), 7U);
  EXPECT_EQ(notes[3], basic);
}

}  // namespace
}  // namespace emulator
