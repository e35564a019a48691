// SPDX-License-Identifier: GPL-3.0-or-later
// guard's own binary on the chip: starts, taps, and applications that are whole or not.
#include <fmt/core.h>

#include "guarded.hpp"

namespace emulator {
namespace {

using testing::IsEmpty;

// RCC_CSR after a reset of each cause.
std::uint32_t flags_of(ResetCause cause) {
  switch (cause) {
    case ResetCause::power_on: return 0x0E000000;
    case ResetCause::brown_out: return 0x06000000;
    case ResetCause::pin: return 0x04000000;
    case ResetCause::software: return 0x14000000;
    case ResetCause::iwdg: return 0x24000000;
    case ResetCause::wwdg: return 0x44000000;
    case ResetCause::low_power: return 0x84000000;
  }
  return 0;
}

double in_ms(Time time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

class GuardStarts : public Guarded {
 protected:
  GuardStarts() { put(idle_application()); }

  // What is in RAM by chance, or left by a program.
  void put_noise_over_the_record() { machine.randomise(machine.ram().last(64)); }
};

class GuardStartsAfter : public GuardStarts, public testing::WithParamInterface<ResetCause> {};

INSTANTIATE_TEST_SUITE_P(Each, GuardStartsAfter,
                         testing::Values(ResetCause::power_on, ResetCause::brown_out,
                                         ResetCause::pin, ResetCause::software, ResetCause::iwdg,
                                         ResetCause::wwdg, ResetCause::low_power),
                         [](const auto& instance) {
                           std::string name(to_string(instance.param));
                           std::erase_if(name, [](char c) { return c == ' ' || c == '-'; });
                           return name;
                         });

TEST_P(GuardStartsAfter, AThousandResetsTheApplication) {
  power_on();
  for (int n = 0; n < 1000; ++n) {
    if (n % 2 == 1) put_noise_over_the_record();
    ASSERT_TRUE(starts_after(GetParam())) << n;
    ASSERT_FALSE(machine.in_rom()) << n;
    ASSERT_EQ(record(), guards | flags_of(GetParam())) << n;
    ASSERT_EQ(machine.word(record_at + 4), ~record()) << n;
  }
}

TEST_P(GuardStartsAfter, WhateverResetCameBefore) {
  power_on();
  for (const ResetCause before : causes_without_wait()) {
    ASSERT_TRUE(starts_after(before));
    ASSERT_TRUE(starts_after(GetParam())) << to_string(before);
    EXPECT_EQ(record(), guards | flags_of(GetParam())) << "flags of earlier resets are gone";
  }
}

TEST_P(GuardStartsAfter, GivesBackAllThatItTouches) {
  put(stamped(idle_application()));
  power_on();
  put_noise_over_the_record();
  const Bytes before(machine.ram().begin(), machine.ram().end());
  reset(GetParam());
  const bool lost = GetParam() == ResetCause::power_on;
  const Bytes after_reset(machine.ram().begin(), machine.ram().end());
  EXPECT_EQ(after_reset == before, !lost);
  ASSERT_TRUE(starts_within(milliseconds(600)));

  const Cpu& cpu = machine.cpu();
  EXPECT_EQ(cpu.msp(), machine.word(application));
  EXPECT_EQ(cpu.primask(), 0U);
  EXPECT_EQ(cpu.basepri(), 0U);
  EXPECT_EQ(cpu.control(), 0U);
  EXPECT_EQ(cpu.xpsr() & 0x1FF, 0U);
  EXPECT_EQ(machine.core().scb().vector_table(), application);
  const Chip& chip = machine.chip();
  EXPECT_THAT(chip.rcc.differences_from_reset(), IsEmpty());
  EXPECT_THAT(chip.clocked(), IsEmpty());
  EXPECT_THAT(chip.not_reset(), IsEmpty());
  EXPECT_EQ(chip.rcc.peek(0x74), 0U) << "the flags are in the record";
  EXPECT_TRUE(chip.systick.is_reset());
  EXPECT_TRUE(chip.iwdg.is_reset());
  EXPECT_FALSE(chip.iwdg.runs());
  for (unsigned exception = 1; exception < Exceptions::count; ++exception) {
    EXPECT_FALSE(machine.exceptions().is_pending(exception)) << exception;
  }
  for (std::size_t n = 0x100; n < machine.ram().size() - 8; ++n) {
    ASSERT_EQ(machine.ram()[n], after_reset[n]) << hex32(ram_base + static_cast<Address>(n));
  }
  EXPECT_THAT(machine.reports().texts(), IsEmpty());
}

TEST_F(GuardStarts, AddsLittleTime) {
  power_on();
  for (const ResetCause cause : causes_without_wait()) {
    ASSERT_TRUE(starts_after(cause));
    EXPECT_LT(time, microseconds(50)) << to_string(cause);
    RecordProperty(std::string(to_string(cause)), fmt::format("{:.4f} ms", in_ms(time)));
  }
  ASSERT_TRUE(starts_after(ResetCause::pin));
  EXPECT_GT(time, milliseconds(499));
  EXPECT_LT(time, milliseconds(501));
}

TEST_F(GuardStarts, ChecksAllOfFlashWithin60Ms) {
  put(stamped(idle_application(496 * 1024)));
  power_on();
  ASSERT_TRUE(starts_after(ResetCause::software));
  EXPECT_LT(time, milliseconds(60));
  EXPECT_GT(time, milliseconds(30)) << "the unit takes 4 cycles a word (RM0383 4.3)";
  RecordProperty("496 KiB", fmt::format("{:.1f} ms", in_ms(time)));
}

TEST_F(GuardStarts, AHardwareWatchdogIsFedWhileItWaits) {
  machine.settings().options.user &= static_cast<std::uint8_t>(~bit(5));
  power_on();
  machine.reset(ResetCause::pin);
  ASSERT_TRUE(starts_within(milliseconds(600)));
  EXPECT_EQ(record(), guards | flags_of(ResetCause::pin)) << "the watchdog has not reset it";
  EXPECT_TRUE(machine.chip().iwdg.runs());
  machine.run_for(milliseconds(500));
  EXPECT_EQ(record(), guards | flags_of(ResetCause::pin)) << "it leaves all the time";
  machine.run_for(milliseconds(30));
  EXPECT_EQ(record(), guards | flags_of(ResetCause::iwdg)) << "so the test asks the right thing";
}

// With BOOT0 the reset flags are still there; what tells a jump is the clocks.
TEST_F(GuardStarts, WhatTheRomLeavesIsResetOnce) {
  constexpr std::uint32_t cr = 0x00;
  constexpr std::uint32_t cfgr = 0x08;
  const std::pair<std::uint32_t, std::uint32_t> changes[] = {
      {cr, 0x83 | bit(16)}, {cr, 0x83 | bit(24)}, {cfgr, 0x80}};
  for (const auto& [reg, value] : changes) {
    machine.settings().boot0 = true;
    machine.power_on();
    machine.run_for(milliseconds(1));
    ASSERT_TRUE(machine.in_rom());
    machine.settings().boot0 = false;
    machine.chip().rcc.write(reg, 4, value);
    machine.leave_rom(flash_base);
    ASSERT_TRUE(starts_within(milliseconds(1)));
    EXPECT_EQ(record(), guards) << "no flags, as it was no reset";
    EXPECT_THAT(machine.chip().rcc.differences_from_reset(), IsEmpty());
  }
}

class GuardTaps : public GuardStarts {};

TEST_F(GuardTaps, TwoWithinHalfASecondLeadIntoTheRom) {
  for (const int gap : {11, 20, 100, 250, 400, 490}) {
    power_on();
    machine.run_for(milliseconds(5));
    tap_twice(milliseconds(gap));
    EXPECT_TRUE(is_well_in_rom()) << gap << " ms";
  }
}

TEST_F(GuardTaps, TwoThatAreTooCloseOrTooFarApartDoNot) {
  for (const int gap : {0, 1, 5, 9, 510, 600, 1000, 5000}) {
    power_on();
    machine.run_for(milliseconds(5));
    tap_twice(milliseconds(gap));
    EXPECT_TRUE(starts_within(milliseconds(600))) << gap << " ms";
    EXPECT_GT(time, milliseconds(499)) << gap << " ms: it waits anew";
    EXPECT_EQ(record(), guards | flags_of(ResetCause::pin));
  }
}

TEST_F(GuardTaps, AContactThatBouncesIsOneTap) {
  const auto press = [&] {
    for (const int us : {80, 1500, 300, 4000, 9000}) {
      machine.reset(ResetCause::pin);
      machine.run_for(microseconds(us));
    }
    machine.reset(ResetCause::pin);
  };
  power_on();
  press();
  EXPECT_TRUE(starts_within(milliseconds(600)));
  press();
  machine.run_for(milliseconds(200));
  EXPECT_FALSE(machine.in_rom());
  press();
  EXPECT_TRUE(is_well_in_rom()) << "the second";
}

TEST_F(GuardTaps, OtherResetsAreNoTaps) {
  for (const ResetCause first : causes_without_wait()) {
    power_on();
    reset(first);
    machine.run_for(milliseconds(100));
    machine.reset(ResetCause::pin);
    EXPECT_TRUE(starts_within(milliseconds(600))) << to_string(first) << ", pin";
    machine.reset(ResetCause::pin);
    machine.run_for(milliseconds(100));
    ASSERT_TRUE(starts_after(first)) << "pin, " << to_string(first);
    EXPECT_LT(time, milliseconds(1));
    EXPECT_TRUE(starts_after(first)) << "and it is forgotten";
  }
}

TEST_F(GuardTaps, ThreeStillLeadIntoTheRom) {
  power_on();
  tap_twice();
  machine.run_for(milliseconds(100));
  ASSERT_TRUE(machine.in_rom());
  machine.reset(ResetCause::pin);
  machine.run_for(milliseconds(100));
  EXPECT_FALSE(machine.in_rom()) << "it is out again, and waits";
  machine.reset(ResetCause::pin);
  EXPECT_TRUE(is_well_in_rom());
}

TEST_F(GuardTaps, ARomThatBouncesIsEnteredThreeTimes) {
  power_on();
  tap_twice();
  for (int n = 1; n <= 3; ++n) {
    ASSERT_TRUE(is_well_in_rom()) << n;
    bounce();
  }
  ASSERT_TRUE(starts_within(milliseconds(1)));
  EXPECT_EQ(record(), guards | flags_of(ResetCause::software) | 3);
}

class GuardRefuses : public Guarded {
 protected:
  void expect_rom_for_ever() {
    for (const ResetCause cause : causes_without_wait()) {
      reset(cause);
      ASSERT_TRUE(is_well_in_rom()) << to_string(cause);
      for (int n = 1; n <= 20; ++n) {
        bounce();
        ASSERT_TRUE(is_well_in_rom()) << to_string(cause) << ", bounce " << n;
      }
    }
    machine.reset(ResetCause::pin);
    ASSERT_TRUE(is_well_in_rom(milliseconds(600)));
  }
};

TEST_F(GuardRefuses, ToStartWhereNothingIs) {
  power_on();
  expect_rom_for_ever();
}

TEST_F(GuardRefuses, AnApplicationWithoutItsFirstWords) {
  Bytes image = idle_application();
  put_word(image, 0, 0xFFFFFFFF);
  put_word(image, 4, 0xFFFFFFFF);
  put(image);
  power_on();
  expect_rom_for_ever();
}

TEST_F(GuardRefuses, AnApplicationThatIsLinkedForAnotherAddress) {
  Bytes image = idle_application();
  put_word(image, 4, 0x08000041);
  put(image);
  power_on();
  expect_rom_for_ever();
}

TEST_F(GuardRefuses, AStampedApplicationOfWhichPartIsMissing) {
  Bytes image = stamped(idle_application(0x2000));
  std::fill(image.begin() + 0x1000, image.end(), std::uint8_t{0xFF});
  put(image);
  power_on();
  expect_rom_for_ever();
}

TEST_F(GuardRefuses, EachWrongWordOfAStampedApplication) {
  const Bytes image = stamped(idle_application());
  for (std::size_t word = 2; word < image.size() / 4; ++word) {
    if (word == 7) continue;  // without its magic it is no stamp
    Bytes other = image;
    other[4 * word + word % 4] ^= static_cast<std::uint8_t>(1U << word % 8);
    machine.load(application, Bytes(0x1000, 0xFF));
    put(other);
    machine.power_on();
    EXPECT_TRUE(is_well_in_rom()) << "word " << word;
  }
}

// Whatever its number of words leaves over when they are taken four at a time.
TEST_F(GuardRefuses, NoStampedApplicationThatIsWhole) {
  for (std::uint32_t size = 0x44; size <= 0x64; size += 4) {
    put(stamped(idle_application(size)));
    machine.power_on();
    EXPECT_TRUE(starts_within(milliseconds(1))) << size;
  }
}

// Half of it with a stamp's magic, a third with two first words that could be an application's.
TEST_F(GuardRefuses, GarbageOfEveryKind) {
  int started = 0;
  for (int n = 0; n < 400; ++n) {
    Bytes garbage(0x200);
    machine.randomise(garbage);
    if (n % 2 == 0) put_word(garbage, 0x1C, GUARD_STAMP_MAGIC);
    if (n % 4 == 0) put_word(garbage, 0x20, word_at(garbage, 0x20) & 0x7FFFC);
    const bool could_be_one = n % 3 == 0;
    if (could_be_one) put_word(garbage, 0, 0x20000000 + (word_at(garbage, 0) & 0x1FFF8) + 8);
    if (could_be_one) put_word(garbage, 4, (word_at(garbage, 4) & 0x1FE) + application + 9);
    put(garbage);
    machine.power_on();
    const bool starts = starts_within(milliseconds(60));
    ASSERT_EQ(starts, could_be_one && n % 2 == 1) << n;
    ASSERT_TRUE(starts || is_well_in_rom()) << n;
    started += starts ? 1 : 0;
  }
  EXPECT_GT(started, 50);
}

// dfu-util -s 0x08004000:leave. The ROM starts the application, which does not know of the record.
TEST_F(GuardRefuses, NothingThatIsThereAtLast) {
  power_on();
  ASSERT_TRUE(machine.in_rom());
  put(idle_application());
  machine.leave_rom(application);
  machine.run_for(milliseconds(5));
  ASSERT_FALSE(machine.in_rom());
  EXPECT_TRUE(starts_after(ResetCause::software)) << "its own reset is no bounce";
}

// What must not happen in guard, as reading flash that this chip does not have, leads into the ROM.
TEST_F(GuardRefuses, ToHangInAFault) {
  put(idle_application());
  for (const unsigned steps : {20U, 30U, 40U}) {
    machine.power_on();
    machine.step(steps);
    machine.exceptions().set_pending(nmi, true);
    EXPECT_TRUE(is_well_in_rom()) << steps;
  }
}

TEST_F(Guarded, IsKnownByItsHeader) {
  EXPECT_EQ(machine.word(0x0800001C), GUARD_MAGIC);
  EXPECT_EQ(machine.word(0x08000020), GUARD_VERSION);
  EXPECT_EQ(machine.word(0x08000024), record_at);
  EXPECT_EQ(machine.word(0x08000028), application);
}

class GuardRescue : public Guarded {
 protected:
  GuardRescue() { put(stamped(idle_application(), true)); }
};

TEST_F(GuardRescue, ComesAfterThreeStartsWithoutAWord) {
  for (const ResetCause cause : {ResetCause::software, ResetCause::iwdg, ResetCause::wwdg,
                                 ResetCause::brown_out, ResetCause::pin}) {
    power_on();
    ASSERT_TRUE(starts_after(cause));
    ASSERT_TRUE(starts_after(cause));
    reset(cause);
    EXPECT_TRUE(is_well_in_rom(milliseconds(600))) << to_string(cause);
  }
}

TEST_F(GuardRescue, PowerOnTriesAgain) {
  power_on();
  for (int n = 0; n < 3; ++n) {
    reset(ResetCause::software);
    machine.run_for(milliseconds(1));
  }
  ASSERT_TRUE(machine.in_rom());
  for (int n = 0; n < 20; ++n) {
    ASSERT_TRUE(starts_after(ResetCause::power_on)) << n;
  }
}

TEST_F(GuardRescue, ARomThatBouncesDoesNotKeepTheApplicationBack) {
  power_on();
  for (int n = 0; n < 3; ++n) {
    reset(ResetCause::software);
    machine.run_for(milliseconds(1));
  }
  for (int n = 1; n <= 3; ++n) {
    ASSERT_TRUE(is_well_in_rom()) << n;
    bounce();
  }
  EXPECT_TRUE(starts_within(milliseconds(1)));
}

// Each bad application, with and without the wish to be rescued.
struct Bad {
  const char* name;
  std::uint32_t scenario;
  bool rescued;  ///< by the count, if it asks for it
};
void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}

class GuardSaves : public Guarded, public testing::WithParamInterface<Bad> {
 protected:
  GuardSaves() {
    machine.reports().fatal.clear();  // they do what they must not
    image_ = application_in(EMULATOR_FIRMWARE_DIR "/bad.elf");
    symbols_ = read_elf(EMULATOR_FIRMWARE_DIR "/bad.elf").symbols;
  }
  void run_bad() {
    machine.power_on();
    machine.set_word(symbols_.at("scenario").address, GetParam().scenario);
    machine.run_for(milliseconds(50));
  }

  Bytes image_;
  std::map<std::string, Elf::Symbol> symbols_;
};

INSTANTIATE_TEST_SUITE_P(
    Each, GuardSaves,
    testing::Values(Bad{"hangs", 1, false}, Bad{"hangs_with_interrupts_off", 2, false},
                    Bad{"crashes_and_hangs", 3, false}, Bad{"crashes_and_resets", 4, true},
                    Bad{"locks_up_in_its_hard_fault", 5, false}, Bad{"crashes_later", 6, true},
                    Bad{"wipes_the_record_and_resets", 7, false},
                    Bad{"hangs_with_the_watchdog_running", 8, true},
                    Bad{"feeds_the_watchdog_and_hears_nothing", 9, false},
                    Bad{"resets_at_once", 10, true}, Bad{"sleeps_for_ever", 12, false},
                    Bad{"hangs_on_another_clock", 13, false}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(GuardSaves, ByADoubleTap) {
  put(image_);
  for (const int later : {0, 1, 7, 33}) {
    run_bad();
    ASSERT_FALSE(machine.in_rom()) << "so the test asks the right question";
    machine.run_for(milliseconds(later));
    tap_twice();
    EXPECT_TRUE(is_well_in_rom()) << later;
  }
}

TEST_P(GuardSaves, ByItselfIfItIsAskedTo) {
  put(stamped(image_, true));
  run_bad();
  EXPECT_EQ(is_well_in_rom(milliseconds(150)), GetParam().rescued);
  if (GetParam().rescued) return;
  tap_twice();
  EXPECT_TRUE(is_well_in_rom());
}

// As STM32CubeMX makes them, and sysboot_check() in main().
TEST_F(Guarded, ARequestOfAnotherApplicationLeadsIntoTheRom) {
  machine.load_elf(EMULATOR_FIRMWARE_DIR "/cubemx_above_guard.elf");
  for (const std::uint32_t scenario : {1U, 2U}) {  // from main, from a thread
    machine.power_on();
    machine.set_word(machine.symbol("scenario"), scenario);
    machine.set_word(machine.symbol("note_count"), 0);
    EXPECT_TRUE(is_well_in_rom(milliseconds(300))) << scenario;
    EXPECT_EQ(machine.word(machine.symbol("note_count")), 1U) << "it has started once";
    machine.reset(ResetCause::iwdg);
    machine.run_for(milliseconds(1));
    EXPECT_EQ(machine.word(machine.symbol("note_count")), 2U) << "and once more";
  }
}

// VECT_TAB_OFFSET is missing there: SysTick comes to guard.
TEST_F(Guarded, AnApplicationWhoseInterruptsComeToGuardEndsInTheRom) {
  machine.load_elf(EMULATOR_FIRMWARE_DIR "/cubemx_above_guard.elf");
  machine.power_on();
  machine.set_word(machine.symbol("scenario"), 0);
  machine.set_word(machine.symbol("note_count"), 0);
  EXPECT_TRUE(is_well_in_rom());
  EXPECT_EQ(machine.word(machine.symbol("note_count")), 1U) << "it has started once";
}

TEST_F(Guarded, AnApplicationThatJumpsIntoTheRomIsThereAlready) {
  put(application_in(EMULATOR_FIRMWARE_DIR "/bad.elf"));
  machine.load(read_elf(EMULATOR_FIRMWARE_DIR "/bad.elf"));
  machine.power_on();
  machine.set_word(machine.symbol("scenario"), 11);
  machine.run_for(milliseconds(5));
  EXPECT_TRUE(machine.in_rom());
  tap_twice();
  EXPECT_TRUE(is_well_in_rom()) << "and a double tap leads there cleanly";
}

}  // namespace
}  // namespace emulator
