// SPDX-License-Identifier: GPL-3.0-or-later
// firmware/sysboot on a register model: what enters the ROM, what does not, and in which order.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "libraries.hpp"

namespace firmware_test {
namespace {

constexpr std::uintptr_t vtor = 0xE000ED08;

class Sysboot : public testing::TestWithParam<Library> {
 protected:
  Sysboot() {
    if (library.record_is_in_ram) chip.add_ram(library.record, 2);
    chip.reset(Cause::power);
  }

  /// What the reset handler does: true when the ROM was entered, else `entries` is set.
  bool boot_enters_rom() {
    chip.forget_history();
    try {
      entries = library.check();
    } catch (const Jump& jump) {
      EXPECT_EQ(jump.table, library.chip.rom);
      return true;
    }
    return false;
  }

  void request() {
    chip.forget_history();
    EXPECT_THROW(library.request(), Reset);
    EXPECT_FALSE(chip.interrupts_on);
  }

  /// The request, its reset, and the jump.
  void enter_rom() {
    request();
    chip.reset(Cause::software);
    ASSERT_TRUE(boot_enters_rom());
  }

  void bounce() { chip.reset(Cause::software); }

  /// The words of the record, whatever their width.
  std::vector<std::uint32_t> record() const {
    std::vector<std::uint32_t> words;
    const unsigned count = library.chip.backup_mask == 0xFFFF ? 4 : 2;
    for (unsigned n = 0; n < count; ++n) words.push_back(chip.peek(library.record + 4 * n));
    return words;
  }

  void set_record(std::uint32_t first, std::uint32_t second) {
    if (library.chip.backup_mask == 0xFFFF) {
      chip.poke(library.record, first & 0xFFFF);
      chip.poke(library.record + 4, first >> 16);
      chip.poke(library.record + 8, second & 0xFFFF);
      chip.poke(library.record + 12, second >> 16);
    } else {
      chip.poke(library.record, first);
      chip.poke(library.record + 4, second);
    }
  }

  const Library& library = GetParam();
  Chip chip{library.chip};
  unsigned entries = 99;
};

INSTANTIATE_TEST_SUITE_P(Library, Sysboot, testing::ValuesIn(libraries()),
                         [](const auto& it) { return it.param.name; });

std::vector<Cause> all_causes() {
  return {Cause::power,
          Cause::brown_out,
          Cause::pin,
          Cause::software,
          Cause::independent_watchdog,
          Cause::window_watchdog,
          Cause::low_power};
}

TEST_P(Sysboot, WithoutRequestEveryResetStartsTheApplication) {
  for (const Cause cause : all_causes()) {
    chip.reset(cause);
    const auto before = record();
    const auto flags = chip.flags();
    EXPECT_FALSE(boot_enters_rom()) << to_string(cause);
    EXPECT_EQ(entries, 0U);
    EXPECT_EQ(chip.flags(), flags) << "the application reads the reset flags itself";
    EXPECT_EQ(record(), before);
    EXPECT_TRUE(chip.is_as_after_reset({}));
  }
}

TEST_P(Sysboot, RequestEntersTheRomAfterItsReset) {
  request();
  chip.reset(Cause::software);
  EXPECT_TRUE(boot_enters_rom());
  EXPECT_TRUE(chip.interrupts_on) << "the ROM's USB needs interrupts (AN2606 section 4.1)";
  EXPECT_EQ(chip.peek(vtor), library.vtor_in_rom);
  if (library.chip.remap != 0) {
    EXPECT_EQ(chip.peek(library.chip.remap), 1U);
  }
  EXPECT_TRUE(chip.is_as_after_reset({vtor, library.chip.remap}))
      << "the ROM expects the chip as a reset leaves it";
}

TEST_P(Sysboot, RemapLeavesTheBankBitsAlone) {
  if (library.chip.remap == 0) return;
  request();
  chip.reset(Cause::software);
  chip.poke(library.chip.remap, 0x100);
  EXPECT_TRUE(boot_enters_rom());
  EXPECT_EQ(chip.peek(library.chip.remap), 0x101U);
}

TEST_P(Sysboot, RequestTurnsInterruptsOffBeforeItWritesAnything) {
  request();
  const auto& history = chip.history();
  EXPECT_EQ(history.front(), "interrupts off");
  EXPECT_EQ(history.back(), "reset");
  EXPECT_EQ(std::count(history.begin(), history.end(), "interrupts off"), 1);
  const auto flags = fmt::format("write {:08X}", library.chip.reset_flags);
  const auto written =
      library.record_is_in_ram ? "record" : fmt::format("write {:08X}", library.record);
  EXPECT_LT(chip.position(flags), chip.position(written))
      << "a reset between the two must not look like the request's own";
}

TEST_P(Sysboot, RequestIsTakenBackBeforeTheJump) {
  request();
  const auto requested = record();
  chip.reset(Cause::software);
  EXPECT_TRUE(boot_enters_rom());
  EXPECT_NE(record(), requested);
  const auto written =
      library.record_is_in_ram ? "record" : fmt::format("write {:08X}", library.record);
  EXPECT_LT(chip.position(written), chip.position("jump"));
}

TEST_P(Sysboot, StaleRequestIsDroppedAfterEveryOtherReset) {
  for (const Cause cause : all_causes()) {
    if (cause == Cause::software) continue;
    chip.has_battery = true;
    request();
    const auto requested = record();
    chip.reset(cause);
    set_record(0, 0);
    for (unsigned n = 0; n < requested.size(); ++n) chip.poke(library.record + 4 * n, requested[n]);
    const auto flags = chip.flags();
    EXPECT_FALSE(boot_enters_rom()) << to_string(cause);
    EXPECT_EQ(entries, 0U);
    EXPECT_EQ(chip.flags(), flags);
    EXPECT_NE(record(), requested);
    chip.reset(Cause::software);
    EXPECT_FALSE(boot_enters_rom()) << "and stays dropped: " << to_string(cause);
  }
}

TEST_P(Sysboot, AnotherCauseBesideTheSoftwareResetCounts) {
  for (const Cause cause : all_causes()) {
    if (cause == Cause::software || cause == Cause::pin || cause == Cause::power) continue;
    request();
    chip.reset(Cause::software);
    chip.reset(cause);
    EXPECT_FALSE(boot_enters_rom()) << to_string(cause);
  }
}

TEST_P(Sysboot, OldFlagsThatTheApplicationNeverClearedDoNotCount) {
  for (const Cause cause : all_causes()) {
    chip.reset(Cause::power);
    chip.reset(cause);
    chip.reset(Cause::independent_watchdog);
    EXPECT_FALSE(boot_enters_rom());
    enter_rom();
  }
}

TEST_P(Sysboot, OnlyKeyWithComplementIsARecord) {
  request();
  const auto words = record();
  const std::uint32_t key = words.size() == 4 ? words[0] | words[1] << 16 : words[0];
  const auto enters = [&](std::uint32_t first, std::uint32_t second) {
    chip.reset(Cause::power);
    chip.poke(library.chip.reset_flags, library.chip.flags.at(Cause::software));
    set_record(first, second);
    return boot_enters_rom();
  };
  EXPECT_TRUE(enters(key, ~key)) << "so the test asks the right question";
  EXPECT_FALSE(enters(key, key));
  EXPECT_FALSE(enters(key, 0));
  EXPECT_FALSE(enters(key, 0xFFFFFFFF));
  EXPECT_FALSE(enters(~key, key));
  EXPECT_FALSE(enters(0, 0));
  EXPECT_FALSE(enters(0, 0xFFFFFFFF));
  EXPECT_FALSE(enters(0xFFFFFFFF, 0));
  EXPECT_FALSE(enters(0xFFFFFFFF, 0xFFFFFFFF));
  for (unsigned bit = 0; bit < 32; ++bit) {
    EXPECT_FALSE(enters(key, ~key ^ 1U << bit)) << bit;
    EXPECT_FALSE(enters(key ^ 1U << bit, ~key)) << bit;
  }
  const std::uint32_t too_often = key + library.tries + 1;
  EXPECT_FALSE(enters(too_often, ~too_often));
}

TEST_P(Sysboot, RandomRamIsNoRecord) {
  std::mt19937 engine(1);
  for (int n = 0; n < 20'000; ++n) {
    chip.poke(library.chip.reset_flags, library.chip.flags.at(Cause::software));
    set_record(static_cast<std::uint32_t>(engine()), static_cast<std::uint32_t>(engine()));
    ASSERT_FALSE(boot_enters_rom());
    ASSERT_EQ(entries, 0U);
  }
}

TEST_P(Sysboot, BouncingRomIsTriedAgainThenTheApplicationStarts) {
  enter_rom();
  for (unsigned n = 1; n < library.tries; ++n) {
    bounce();
    EXPECT_TRUE(boot_enters_rom()) << n;
  }
  bounce();
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(entries, library.tries);
  EXPECT_EQ(library.rom_exit(), exit_software_reset);
  chip.reset(Cause::software);
  EXPECT_FALSE(boot_enters_rom()) << "the request is over";
  EXPECT_EQ(entries, 0U);
  enter_rom();  // and the next one has all its tries
}

TEST_P(Sysboot, LeaveOfTheRomStartsTheApplicationAndSaysSo) {
  enter_rom();
  chip.leave_rom();
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(entries, 1U);
  EXPECT_EQ(library.rom_exit(), exit_jump);
  EXPECT_FALSE(boot_enters_rom()) << "asked once more";
  EXPECT_EQ(entries, 0U);
  chip.reset(Cause::software);
  EXPECT_FALSE(boot_enters_rom()) << "a later reset of the application's own";
}

TEST_P(Sysboot, LeaveAfterABounceCountsBothEntries) {
  if (library.tries < 2) return;
  enter_rom();
  bounce();
  EXPECT_TRUE(boot_enters_rom());
  chip.leave_rom();
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(entries, 2U);
  EXPECT_EQ(library.rom_exit(), exit_jump);
}

TEST_P(Sysboot, ResetButtonOrWatchdogInTheRomStartsTheApplication) {
  for (const Cause cause : {Cause::pin, Cause::independent_watchdog, Cause::brown_out}) {
    enter_rom();
    chip.reset(cause);
    EXPECT_FALSE(boot_enters_rom()) << to_string(cause);
    EXPECT_EQ(entries, 1U);
    EXPECT_EQ(library.rom_exit(), exit_other_reset);
    chip.reset(Cause::software);
    EXPECT_FALSE(boot_enters_rom());
  }
}

TEST_P(Sysboot, PowerLossInTheRomStartsTheApplication) {
  enter_rom();
  chip.reset(Cause::power);
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(entries, 0U);
}

TEST_P(Sysboot, CleanResetIsNoRequest) {
  EXPECT_THROW(library.clean_reset(), Reset);
  EXPECT_FALSE(chip.interrupts_on);
  chip.reset(Cause::software);
  EXPECT_FALSE(boot_enters_rom());
}

TEST_P(Sysboot, TwoHundredRequestsInARow) {
  for (int n = 0; n < 200; ++n) {
    enter_rom();
    chip.leave_rom();
    ASSERT_FALSE(boot_enters_rom());
    ASSERT_EQ(entries, 1U);
  }
}

TEST_P(Sysboot, ClocksAndWriteProtectionThatWereOnStayOn) {
  if (library.record_is_in_ram) return;
  chip.poke(library.chip.backup_clock, 0xFFFFFFFF);
  chip.poke(library.chip.unlock, library.chip.unlock_bit);
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(chip.peek(library.chip.backup_clock), 0xFFFFFFFF);
  EXPECT_EQ(chip.peek(library.chip.unlock), library.chip.unlock_bit);
}

TEST_P(Sysboot, ResetFlagsAreTheRegistersOwn) {
  for (const Cause cause : all_causes()) {
    chip.reset(Cause::power);
    chip.poke(library.chip.reset_flags, library.chip.flags.at(cause) | 2);
    EXPECT_EQ(library.reset_flags(), library.chip.flags.at(cause)) << to_string(cause);
  }
}

// What guard leaves (sysboot_record.h): the flags in its record, the register without them.
class SysbootAboveGuard : public Sysboot {
 protected:
  static constexpr std::uint32_t guard = 0x00B00700;

  void start_by_guard(Cause cause, std::uint32_t more = 0) {
    chip.poke(library.chip.reset_flags, 0);
    set_record(guard | flags_of(cause) | more, ~(guard | flags_of(cause) | more));
  }
  std::uint32_t flags_of(Cause cause) const { return library.chip.flags.at(cause); }
  bool knows_guard() const { return &library.chip == &f411(); }
};

INSTANTIATE_TEST_SUITE_P(Library, SysbootAboveGuard, testing::ValuesIn(libraries()),
                         [](const auto& it) { return it.param.name; });

TEST_P(SysbootAboveGuard, ResetFlagsAreWhatGuardHasFound) {
  for (const Cause cause : all_causes()) {
    start_by_guard(cause);
    EXPECT_EQ(library.reset_flags(), knows_guard() ? flags_of(cause) : 0) << to_string(cause);
    EXPECT_FALSE(boot_enters_rom()) << to_string(cause);
    EXPECT_EQ(entries, 0U);
  }
}

TEST_P(SysbootAboveGuard, TellsHowTheRomWasLeft) {
  if (!knows_guard()) return;
  chip.poke(library.chip.reset_flags, 0);
  set_record(guard | 2, ~(guard | 2));
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(entries, 2U);
  EXPECT_EQ(library.rom_exit(), exit_clean);
  start_by_guard(Cause::software, library.tries);
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(entries, library.tries);
  EXPECT_EQ(library.rom_exit(), exit_software_reset);
  start_by_guard(Cause::pin, 1);
  EXPECT_FALSE(boot_enters_rom());
  EXPECT_EQ(library.rom_exit(), exit_other_reset);
}

TEST_P(SysbootAboveGuard, ARecordThatNoGuardHasLeftThisTimeIsNotBelieved) {
  for (const Cause cause : all_causes()) {
    start_by_guard(Cause::low_power, 0x1A);
    chip.poke(library.chip.reset_flags, flags_of(cause));
    EXPECT_FALSE(boot_enters_rom()) << to_string(cause);
    EXPECT_EQ(entries, 0U) << to_string(cause);
    EXPECT_EQ(library.reset_flags(), flags_of(cause)) << to_string(cause);
  }
}

TEST_P(SysbootAboveGuard, ConfirmEndsTheCountAndChangesNothingElse) {
  for (const std::uint32_t count : {0x08U, 0x10U, 0x18U}) {
    start_by_guard(Cause::software, count | 1);
    const auto before = record();
    library.confirm();
    if (!knows_guard()) {
      EXPECT_EQ(record(), before);
      continue;
    }
    const std::uint32_t after = guard | flags_of(Cause::software) | 1;
    EXPECT_EQ(record(), (std::vector<std::uint32_t>{after, ~after}));
  }
}

TEST_P(SysbootAboveGuard, ConfirmWithoutGuardWritesNothing) {
  for (const Cause cause : all_causes()) {
    start_by_guard(Cause::software, 0x19);
    chip.poke(library.chip.reset_flags, flags_of(cause));
    const auto before = record();
    library.confirm();
    EXPECT_EQ(record(), before) << to_string(cause);
  }
  chip.poke(library.chip.reset_flags, 0);
  for (const std::uint32_t word : {0x00B00618U, 0x01B00718U, 0xDF00DF01U, 0U}) {
    set_record(word, ~word);
    const auto before = record();
    library.confirm();
    EXPECT_EQ(record(), before);
    EXPECT_EQ(library.reset_flags(), 0U);
  }
}

TEST_P(SysbootAboveGuard, ARequestIsAsEver) {
  start_by_guard(Cause::pin, 0x11);
  enter_rom();
}

}  // namespace
}  // namespace firmware_test
