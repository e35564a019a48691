// SPDX-License-Identifier: GPL-3.0-or-later
// The flag: it survives what it must, and nothing but a request leads into the ROM.
#include "companion.hpp"

namespace emulator {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class CompanionFlag : public Companion, public testing::WithParamInterface<const char*> {
 protected:
  Machine& machine() { return board_->machine(); }
  /// Up to the system reset that a request ends in: the flag is written by then.
  bool run_to_request() {
    send(*open(), "dfu\r");
    const auto end = machine().now() + Time(std::chrono::seconds(2));
    return machine().run_to("sysboot_request", end - machine().now());
  }
  /// Instruction by instruction up to the request's own reset: how many.
  unsigned step_to_reset() {
    constexpr std::uint32_t csr = 0x74;
    constexpr std::uint32_t software = bit(28);
    unsigned count = 0;
    while ((machine().chip().rcc.peek(csr) & software) == 0 && count < 1000) {
      interrupted_ = interrupted_ || (machine().cpu().xpsr() & 0x1FF) != 0;
      machine().step();
      ++count;
    }
    return count;
  }
  bool is_in_stack() const { return std::string(GetParam()) == "blackpill-stack-offset.elf"; }
  Address record_in_ram() {
    return is_in_stack() ? machine().symbol("_estack") - 512 : machine().symbol("_bflag");
  }
  /// Is the whole record there: a word and its complement?
  bool has_flag() {
    const std::string store = GetParam();
    const auto is_flag = [](std::uint32_t word, std::uint32_t complement) {
      return word != 0 && word == ~complement;
    };
    if (store == "blackpill-rtc.elf") {
      const auto& rtc = machine().chip().rtc;
      return is_flag(rtc.backup_register(2), rtc.backup_register(3));
    }
    return is_flag(machine().word(record_in_ram()), machine().word(record_in_ram() + 4));
  }
  bool interrupted_ = false;  ///< by a handler that ran in step_to_reset()
};

INSTANTIATE_TEST_SUITE_P(Each, CompanionFlag,
                         testing::Values("blackpill.elf", "blackpill-stack-offset.elf",
                                         "blackpill-rtc.elf"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           name.resize(name.find('.'));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(CompanionFlag, IsNeededForTheRom) {
  plug_in(GetParam());
  for (const ResetCause cause :
       {ResetCause::power_on, ResetCause::brown_out, ResetCause::pin, ResetCause::software,
        ResetCause::iwdg, ResetCause::wwdg, ResetCause::low_power}) {
    board_->reset(cause, host_.now());
    wait(milliseconds(500));
    EXPECT_TRUE(await_application()) << to_string(cause);
    EXPECT_EQ(board_->rom_entries(), 0U) << to_string(cause);
  }
}

// The pin alone does not count: every reset inside pulls it low as well (RM0383 6.1.1).
TEST_P(CompanionFlag, IsIgnoredAfterEveryOtherReset) {
  plug_in(GetParam());
  for (const ResetCause cause :
       {ResetCause::brown_out, ResetCause::iwdg, ResetCause::wwdg, ResetCause::low_power}) {
    SCOPED_TRACE(to_string(cause));
    restart();
    ASSERT_TRUE(run_to_request());
    ASSERT_LT(step_to_reset(), 1000U);
    board_->reset(cause, host_.now());
    wait(milliseconds(500));
    EXPECT_EQ(board_->rom_entries(), 0U);
    board_->reset(ResetCause::software, host_.now());
    wait(milliseconds(500));
    EXPECT_EQ(board_->rom_entries(), 0U) << "and is gone by then";
  }
}

// It comes after the flag has been written and before the software reset.
TEST_P(CompanionFlag, IsIgnoredAfterAPinReset) {
  plug_in(GetParam());
  ASSERT_TRUE(run_to_request());
  const unsigned length = step_to_reset();
  for (unsigned at = length - 4; at < length; ++at) {
    SCOPED_TRACE(at);
    restart();
    ASSERT_TRUE(run_to_request());
    machine().step(at);
    board_->reset(ResetCause::pin, host_.now());
    wait(milliseconds(500));
    EXPECT_EQ(board_->rom_entries(), 0U);
  }
}

// Whatever is enabled and comes between the request and the reset finds the flag as it should be.
TEST_P(CompanionFlag, SurvivesAnInterruptAtEveryInstruction) {
  plug_in(GetParam());
  ASSERT_TRUE(run_to_request());
  const unsigned length = step_to_reset();
  ASSERT_LT(length, 1000U);
  ASSERT_GT(length, 5U);
  for (unsigned at = 0; at < length; ++at) {
    restart();
    ASSERT_TRUE(run_to_request());
    machine().step(at);
    const bool has_begun = has_flag();
    const bool masked = machine().cpu().primask() != 0;
    EXPECT_TRUE(masked || !has_begun) << at;
    for (const unsigned exception : {unsigned{sys_tick}, first_irq + 67}) {
      machine().exceptions().set_pending(exception, true);
    }
    interrupted_ = false;
    step_to_reset();
    EXPECT_FALSE(interrupted_ && masked) << at;
    EXPECT_TRUE(await_rom()) << "interrupted after " << at << " instructions";
    ASSERT_EQ(board_->rom_entries(), 1U);
  }
}

// Nothing masks the NMI. Its handler resets the chip, which is as good: the flag is there already.
// In the worst case the stack of a deep call ends just above a record that is inside it.
TEST_P(CompanionFlag, SurvivesAnNmiAtEveryInstruction) {
  plug_in(GetParam());
  ASSERT_TRUE(run_to_request());
  const unsigned length = step_to_reset();
  unsigned interrupted = 0;
  for (unsigned at = 0; at < length; ++at) {
    restart();
    ASSERT_TRUE(run_to_request());
    if (is_in_stack()) machine().cpu().set_msp(record_in_ram() + 16);
    machine().step(at);
    if (!has_flag()) continue;
    machine().exceptions().set_pending(nmi, true);
    EXPECT_TRUE(await_rom()) << "interrupted after " << at << " instructions";
    ++interrupted;
  }
  EXPECT_GE(interrupted, 3U);
}

}  // namespace
}  // namespace emulator
