// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/rom/entry.hpp"

#include "support.hpp"

namespace emulator {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

struct Wrong {
  std::uint32_t scenario;
  const char* said;
};
void PrintTo(const Wrong& wrong, std::ostream* out) {
  *out << wrong.said;
}

class RomEntry : public testing::TestWithParam<Wrong> {};

std::vector<std::string> violations_of(std::uint32_t scenario) {
  Bench bench("rom_entry", scenario);
  bench.machine.run_for(milliseconds(20));
  EXPECT_TRUE(bench.machine.in_rom());
  EXPECT_FALSE(bench.machine.entered_rom_by_reset());
  EXPECT_THAT(bench.reports(), IsEmpty());
  return rom_entry_violations(bench.machine);
}

TEST_P(RomEntry, TellsWhatIsWrong) {
  EXPECT_THAT(violations_of(GetParam().scenario), Contains(HasSubstr(GetParam().said)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, RomEntry,
    testing::Values(Wrong{1, "PRIMASK"}, Wrong{2, "FAULTMASK"}, Wrong{3, "BASEPRI is 0x10"},
                    Wrong{4, "the stack pointer is 0x20002000"},
                    Wrong{5, "jumped to 0x1FFF0110, not to the ROM's reset vector 0x1FFF0100"},
                    Wrong{6, "interrupt 6 is enabled"}, Wrong{7, "interrupt 6 is pending"},
                    Wrong{8, "SysTick runs"}, Wrong{9, "HSE is on"}, Wrong{10, "the PLL is on"},
                    Wrong{11, "GPIOC has its clock"}, Wrong{12, "TIM2 is not as after a reset"},
                    Wrong{13, "the USB pull-up is on"}, Wrong{14, "the independent watchdog runs"},
                    Wrong{16, "the process stack is in use"},
                    Wrong{17, "the CPU has given up its privileges"},
                    Wrong{18, "a floating-point context is active"},
                    Wrong{19, "from the handler of exception 14"},
                    Wrong{21, "SysTick is pending"}));

TEST(RomEntryAsItShouldBe, HasNothingToSay) {
  EXPECT_THAT(violations_of(0), IsEmpty());
}

TEST(RomEntryAsItShouldBe, MayRemap) {
  EXPECT_THAT(violations_of(20), IsEmpty());
}

TEST(RomEntryByAResetOfTheCore, ClearsTheCoreAndLeavesPeripheralsAlone) {
  EXPECT_THAT(violations_of(22), testing::ElementsAre(HasSubstr("GPIOC has its clock")));
}

TEST(RomEntryAsItShouldBe, IsBoot0) {
  MachineSettings settings;
  settings.boot0 = true;
  Machine machine(settings);
  machine.power_on();
  machine.run_for(milliseconds(1));
  EXPECT_TRUE(machine.in_rom());
  EXPECT_TRUE(machine.entered_rom_by_reset());
  EXPECT_THAT(rom_entry_violations(machine), IsEmpty());
}

}  // namespace
}  // namespace emulator
