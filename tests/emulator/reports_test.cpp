// SPDX-License-Identifier: GPL-3.0-or-later
// Which reports stop a program, and which are only told.
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr Address nothing_there = 0x40022000;

class ForeignPrograms : public testing::Test {
 protected:
  ForeignPrograms() {
    machine_.reports().on_report = [this](const Report& report) { told_.push_back(report.text); };
    machine_.reports().be_lenient();
    machine_.power_on();
  }
  Machine machine_;
  std::vector<std::string> told_;
};

TEST_F(ForeignPrograms, GoOnAfterWhatIsNotModelledAndItIsToldOnce) {
  for (int i = 0; i < 3; ++i) machine_.chip().read(nothing_there, 4);
  EXPECT_FALSE(machine_.is_stopped());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("unmodelled: read from 0x40022000")));
  EXPECT_EQ(machine_.reports().texts(), told_);
}

TEST_F(ForeignPrograms, FillNoMemoryWithReports) {
  for (Address i = 0; i < 1000; ++i) machine_.chip().write(nothing_there, 4, i);
  EXPECT_THAT(machine_.reports().all(), SizeIs(100));
}

TEST_F(ForeignPrograms, StopWhenTheCpuHasLockedUpHoweverMuchWasTold) {
  for (Address i = 0; i < 1000; ++i) machine_.chip().write(nothing_there, 4, i);
  machine_.reports().add(Finding::lockup, "a fault in a fault handler");
  EXPECT_TRUE(machine_.is_stopped());
  EXPECT_THAT(told_.back(), HasSubstr("lockup: a fault in a fault handler"));
}

TEST(OwnPrograms, StopAtOnceAtWhatIsNotModelled) {
  Machine machine;
  machine.power_on();
  machine.chip().read(nothing_there, 4);
  EXPECT_TRUE(machine.is_stopped());
}

}  // namespace
}  // namespace emulator
