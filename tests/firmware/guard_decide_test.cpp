// SPDX-License-Identifier: GPL-3.0-or-later
// What guard decides: by example, and everything that it can find against rules written once more.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "guard_image.h"

extern "C" {
#include "../../firmware/guard/src/decide.h"
std::uint32_t f411_guard_decide(const guard_situation* found);
std::uint32_t f405_guard_decide(const guard_situation* found);
std::uint32_t guard_read(std::uint32_t address);
std::uint32_t guard_image_crc(std::uint32_t address, std::uint32_t length);
}

namespace {

// RCC_CSR: RM0383 6.3.21.
constexpr std::uint32_t low_power = 0x80000000;
constexpr std::uint32_t window_watchdog = 0x40000000;
constexpr std::uint32_t watchdog = 0x20000000;
constexpr std::uint32_t software = 0x10000000;
constexpr std::uint32_t power = 0x08000000;
constexpr std::uint32_t pin = 0x04000000;
constexpr std::uint32_t brown_out = 0x02000000;
// As resets set them. NRST goes low with each.
constexpr std::uint32_t power_on = power | brown_out | pin;
constexpr std::uint32_t by_software = software | pin;

constexpr std::uint32_t key = 0xDF00DF00;
// guard's record, from the table in sysboot_record.h.
constexpr std::uint32_t done = 0x00B00700;
constexpr std::uint32_t settling = 0x00B00720;
constexpr std::uint32_t armed = 0x00B00740;
constexpr std::uint32_t tapped = 0x00B00760;
constexpr std::uint32_t left = 0x00B00780;
constexpr std::uint32_t in_rom = 0x00B007C0;
constexpr std::uint32_t one_start = 0x08;

constexpr std::uint32_t application = 0x08004000;
constexpr std::uint32_t flash_end = 0x08080000;
constexpr std::uint32_t image_size = 0x80;

std::vector<std::uint8_t> image_in_flash;
std::uint32_t kib_of_flash = 512;
/// Reads otherwise this time; called with the address and what is there.
std::function<std::uint32_t(std::uint32_t, std::uint32_t)> unsteady;

class Flash {
 public:
  Flash() {
    kib_of_flash = 512;
    unsteady = nullptr;
    image_in_flash.assign(image_size, 0xFF);
    for (std::uint32_t n = 0; n < image_size; ++n) image_in_flash[n] = static_cast<std::uint8_t>(n);
    put(0x00, 0x2001FFF8);
    put(0x04, application + 0x41);
    for (const std::uint32_t slot : {0x1CU, 0x20U, 0x24U, 0x28U}) put(slot, 0);
  }
  static void put(std::uint32_t offset, std::uint32_t word) {
    guard_put_word(image_in_flash.data(), offset, word);
  }
  static std::uint32_t get(std::uint32_t offset) {
    return guard_word_at(image_in_flash.data(), offset);
  }
  static void stamp(bool confirms = false) {
    put(0x28, confirms ? 1 : 0);
    ASSERT_TRUE(guard_stamp_put(image_in_flash.data(), image_size));
  }
};

enum class Image { broken, plain, stamped, confirms };

void write(Image image) {
  Flash flash;
  if (image == Image::broken) Flash::put(0x04, 0xFFFFFFFF);
  if (image == Image::stamped) Flash::stamp();
  if (image == Image::confirms) Flash::stamp(true);
}

/// What guard writes into its record, and does next.
enum class Action { enter_rom, start_application, reset, wait };
struct Decided {
  Action action;
  std::uint32_t record;
  bool operator==(const Decided& other) const = default;
};
void PrintTo(const Decided& decided, std::ostream* out) {
  static constexpr const char* names[] = {"enter ROM", "start application", "reset", "wait"};
  *out << names[static_cast<int>(decided.action)] << fmt::format(", {:08X}", decided.record);
}

Action action_of(std::uint32_t record) {
  if ((record >> 8 & 0x1FFFF) != 0xB007) return Action::enter_rom;
  switch (record >> 5 & 7) {
    case 0: return Action::start_application;
    case 1:
    case 3: return Action::wait;
    case 4: return Action::reset;
    default: return Action::enter_rom;
  }
}

Decided decide(std::uint32_t flags, std::uint32_t record, bool as_after_reset = true,
               bool waited = false) {
  const guard_situation found{flags, record, as_after_reset, waited};
  const std::uint32_t written = f411_guard_decide(&found);
  return {action_of(written), written};
}

// The record that an application finds: guard's, and the flags in it.
Decided starts(std::uint32_t flags, std::uint32_t more = 0) {
  return {Action::start_application, done | flags | more};
}
Decided enters_rom(std::uint32_t times = 1) {
  return {Action::enter_rom, key + times};
}
constexpr Decided enters_rom_for_an_application = {Action::enter_rom, in_rom | 1};

class GuardDecides : public testing::Test {
 protected:
  Flash flash;
};

TEST_F(GuardDecides, AnOrdinaryStartOfEachCause) {
  for (const std::uint32_t flags : {power_on, brown_out | pin, by_software, watchdog | pin,
                                    window_watchdog | pin, low_power | pin}) {
    for (const std::uint32_t record : {0U, 0x12345678U, 0xFFFFFFFFU, done | flags}) {
      EXPECT_EQ(decide(flags, record), starts(flags)) << fmt::format("{:08X}", flags);
    }
  }
}

TEST_F(GuardDecides, ThePinAloneWaitsForASecondTap) {
  EXPECT_EQ(decide(pin, 0), (Decided{Action::wait, pin | settling}));
  EXPECT_EQ(decide(pin, 0, true, true), starts(pin)) << "none came";
}

TEST_F(GuardDecides, TheSecondTapLeadsIntoTheRomOnceTheContactIsQuiet) {
  EXPECT_EQ(decide(pin, pin | armed), (Decided{Action::wait, pin | tapped}));
  EXPECT_EQ(decide(pin, pin | armed, true, true), enters_rom());
}

TEST_F(GuardDecides, ASecondResetOfAnotherCauseIsNoTap) {
  for (const std::uint32_t flags : {power_on, brown_out | pin, by_software, watchdog | pin,
                                    window_watchdog | pin, low_power | pin}) {
    EXPECT_EQ(decide(flags, pin | armed), starts(flags)) << fmt::format("{:08X}", flags);
  }
}

TEST_F(GuardDecides, ARequestEntersTheRomThreeTimes) {
  EXPECT_EQ(decide(by_software, key), enters_rom(1));
  EXPECT_EQ(decide(by_software, key + 1), enters_rom(2));
  EXPECT_EQ(decide(by_software, key + 2), enters_rom(3));
  EXPECT_EQ(decide(by_software, key + 3), starts(by_software, 3)) << "bounced once too often";
  EXPECT_EQ(decide(by_software, key + 4), starts(by_software)) << "no request";
}

TEST_F(GuardDecides, ARequestIsDroppedAfterEveryOtherReset) {
  for (const std::uint32_t flags : {brown_out | pin, watchdog | pin, window_watchdog | pin,
                                    low_power | pin, by_software | watchdog}) {
    EXPECT_EQ(decide(flags, key), starts(flags));
    EXPECT_EQ(decide(flags, key + 1), starts(flags, 1)) << "in the ROM";
  }
  EXPECT_EQ(decide(power_on, key), starts(power_on));
  EXPECT_EQ(decide(power_on, key + 2), starts(power_on)) << "RAM by chance";
  EXPECT_EQ(decide(pin, key + 1), (Decided{Action::wait, pin | settling | 1}));
  EXPECT_EQ(decide(pin, key + 1, true, true), starts(pin, 1));
}

TEST_F(GuardDecides, WhatTheRomLeavesIsResetOnce) {
  EXPECT_EQ(decide(0, key + 1, false), (Decided{Action::reset, left | 1}));
  EXPECT_EQ(decide(0, key + 1, true), (Decided{Action::reset, left | 1}));
  EXPECT_EQ(decide(power_on, 0x12345678, false), (Decided{Action::reset, left})) << "by BOOT0";
  EXPECT_EQ(decide(pin, done | one_start, false), (Decided{Action::reset, left}));
  EXPECT_EQ(decide(by_software, left | 1), starts(0, 1)) << "as if there had been no reset";
  EXPECT_EQ(decide(0, left | 2), starts(0, 2)) << "flags that never show make no endless loop";
  EXPECT_EQ(decide(power_on, left | 1), starts(power_on));
  EXPECT_EQ(decide(watchdog | pin, left | 1), starts(watchdog | pin, 1));
}

TEST_F(GuardDecides, NoApplicationLeadsIntoTheRomAgainAndAgain) {
  write(Image::broken);
  for (const std::uint32_t flags : {power_on, by_software, watchdog | pin}) {
    EXPECT_EQ(decide(flags, 0), enters_rom_for_an_application);
    EXPECT_EQ(decide(flags, in_rom | 1), enters_rom_for_an_application) << "it has bounced";
  }
  EXPECT_EQ(decide(pin, 0, true, true), enters_rom_for_an_application);
  EXPECT_EQ(decide(by_software, key + 1), enters_rom(2)) << "the rest of a request";
  EXPECT_EQ(decide(by_software, key + 3), enters_rom_for_an_application) << "and has no end";
  EXPECT_EQ(decide(by_software, left | 1), enters_rom_for_an_application) << "nothing is there";
}

TEST_F(GuardDecides, OnceThereIsAnApplicationItIsStarted) {
  EXPECT_EQ(decide(0, in_rom | 1, false), (Decided{Action::reset, left | 1}));
  EXPECT_EQ(decide(0, in_rom | 1), (Decided{Action::reset, left | 1}));
  EXPECT_EQ(decide(by_software, in_rom | 1), starts(by_software, 1)) << "by its own reset";
  EXPECT_EQ(decide(watchdog | pin, in_rom | 1), starts(watchdog | pin, 1));
  EXPECT_EQ(decide(pin, in_rom | 1), (Decided{Action::wait, pin | settling | 1}));
  EXPECT_EQ(decide(power_on, in_rom | 1), starts(power_on));
}

TEST_F(GuardDecides, AnApplicationThatDoesNotConfirmIsStartedThreeTimes) {
  write(Image::confirms);
  EXPECT_EQ(decide(power_on, 0), starts(power_on, one_start));
  EXPECT_EQ(decide(by_software, done | one_start), starts(by_software, 2 * one_start));
  EXPECT_EQ(decide(watchdog | pin, done | 2 * one_start), starts(watchdog | pin, 3 * one_start));
  EXPECT_EQ(decide(by_software, done | 3 * one_start), enters_rom());
  EXPECT_EQ(decide(brown_out | pin, done | 3 * one_start), enters_rom());
  EXPECT_EQ(decide(power_on, done | 3 * one_start), starts(power_on, one_start)) << "tries again";
  EXPECT_EQ(decide(by_software, done), starts(by_software, one_start)) << "it has confirmed";
  EXPECT_EQ(decide(by_software, left | 1), starts(0, one_start | 1)) << "it is new";
}

TEST_F(GuardDecides, WaitingForATapDoesNotForgetTheCount) {
  write(Image::confirms);
  EXPECT_EQ(decide(pin, done | 2 * one_start),
            (Decided{Action::wait, pin | settling | 2 * one_start}));
  EXPECT_EQ(decide(pin, pin | armed | 2 * one_start),
            (Decided{Action::wait, pin | tapped | 2 * one_start}));
  EXPECT_EQ(decide(watchdog | pin, pin | armed | 2 * one_start),
            starts(watchdog | pin, 3 * one_start));
  EXPECT_EQ(decide(pin, done | 2 * one_start, true, true), starts(pin, 3 * one_start));
  EXPECT_EQ(decide(pin, done | 3 * one_start, true, true), enters_rom());
}

TEST_F(GuardDecides, WithoutTheFlagNothingIsCounted) {
  for (const Image image : {Image::plain, Image::stamped}) {
    write(image);
    EXPECT_EQ(decide(by_software, done | 3 * one_start), starts(by_software));
  }
}

TEST_F(GuardDecides, EntriesOfAnEarlierStartAreHistory) {
  EXPECT_EQ(decide(by_software, done | 3), starts(by_software));
  EXPECT_EQ(decide(pin, done | 3), (Decided{Action::wait, pin | settling}));
}

// The same once more, in other words.
struct Found {
  std::uint32_t flags;
  std::uint32_t record;
  bool as_after_reset;
  bool waited;
  Image image;
};
Decided expected(const Found& found) {
  const bool from_power_on = (found.flags & power) != 0;
  const std::uint32_t record = from_power_on ? 0 : found.record;
  std::optional<std::uint32_t> request;
  if (record >= key && record <= key + 3) request = record - key;
  std::optional<std::uint32_t> state;
  if ((record >> 8 & 0x1FFFF) == 0xB007) state = record >> 5 & 7;
  const std::uint32_t count = state ? record >> 3 & 3 : 0;
  const bool in_between = state && *state != 0;
  const std::uint32_t entries = request ? *request : in_between ? record & 7 : 0;
  const bool has_left = state && *state == 4;

  if (!found.as_after_reset) return {Action::reset, left | entries};
  if (found.flags == 0 && !has_left) return {Action::reset, left | entries};
  const bool only_software = found.flags == software || found.flags == by_software;
  if (only_software && request && *request < 3) return enters_rom(*request + 1);
  const bool second_tap = state && *state == 2;
  if (found.flags == pin && !found.waited) {
    return {Action::wait, pin | (second_tap ? tapped : settling) | count << 3 | entries};
  }
  if (found.flags == pin && second_tap) return enters_rom();
  const std::uint32_t told = only_software && has_left ? 0 : found.flags;
  switch (found.image) {
    case Image::broken: return enters_rom_for_an_application;
    case Image::plain:
    case Image::stamped: return starts(told, entries);
    case Image::confirms: break;
  }
  return count == 3 ? enters_rom() : starts(told, (count + 1) << 3 | entries);
}

std::vector<std::uint32_t> every_kind_of_record() {
  std::vector<std::uint32_t> records = {0,          1,          0x12345678, 0xFFFFFFFF, key - 1,
                                        key + 0xFF, 0x01B00740, 0x00B00640, 0x00B08740, 0x00B017A0};
  for (std::uint32_t n = 0; n <= 4; ++n) records.push_back(key + n);
  for (std::uint32_t low = 0; low < 0x100; ++low) {
    if (low % 8 > 3 && low % 8 != 7) continue;
    for (const std::uint32_t flags : {0U, pin, by_software, 0xFE000000U}) {
      records.push_back(done | flags | low);
    }
  }
  return records;
}

TEST(GuardDecidesEverything, AsTheRulesSay) {
  const auto records = every_kind_of_record();
  unsigned decided = 0;
  for (const Image image : {Image::broken, Image::plain, Image::stamped, Image::confirms}) {
    write(image);
    for (std::uint32_t flags = 0; flags < 128; ++flags) {
      for (const std::uint32_t record : records) {
        for (unsigned bits = 0; bits < 4; ++bits) {
          const Found found = {flags << 25, record, (bits & 1) != 0, (bits & 2) != 0, image};
          ASSERT_EQ(decide(found.flags, record, found.as_after_reset, found.waited),
                    expected(found))
              << fmt::format("flags {:08X}, record {:08X}, as after reset {}, waited {}, image {}",
                             found.flags, record, found.as_after_reset, found.waited,
                             static_cast<int>(image));
          ++decided;
        }
      }
    }
  }
  EXPECT_GT(decided, 600'000U);
}

class GuardImage : public GuardDecides {
 protected:
  static bool is_whole() { return decide(power_on, 0).action == Action::start_application; }
  static bool is_whole_with(std::uint32_t stack, std::uint32_t entry) {
    Flash::put(0, stack);
    Flash::put(4, entry);
    return is_whole();
  }
  static bool is_whole_on_f405(std::uint32_t stack) {
    Flash::put(0, stack);
    const guard_situation found{power_on, 0, true, false};
    return action_of(f405_guard_decide(&found)) == Action::start_application;
  }
};

TEST_F(GuardImage, TheStackHasToBeInRam) {
  constexpr std::uint32_t entry = application + 0x41;
  for (const std::uint32_t stack :
       {0x20000001U, 0x20000400U, 0x2001FFF8U, 0x2001FFFFU, 0x20020000U}) {
    EXPECT_TRUE(is_whole_with(stack, entry)) << fmt::format("{:08X}", stack);
  }
  for (const std::uint32_t stack : {0U, 0x20000000U, 0x20020001U, 0x1FFFFFFFU, 0x10000400U,
                                    0x08004000U, 0x40000000U, 0xFFFFFFFFU}) {
    EXPECT_FALSE(is_whole_with(stack, entry)) << fmt::format("{:08X}", stack);
  }
}

TEST_F(GuardImage, OrInTheCoreCoupledRamOfAnF405) {
  for (const std::uint32_t stack : {0x10000004U, 0x10010000U, 0x20020000U}) {
    EXPECT_TRUE(is_whole_on_f405(stack)) << fmt::format("{:08X}", stack);
  }
  for (const std::uint32_t stack : {0x10000000U, 0x10010001U, 0x0FFFFFFFU}) {
    EXPECT_FALSE(is_whole_on_f405(stack)) << fmt::format("{:08X}", stack);
  }
}

TEST_F(GuardImage, TheResetVectorHasToBeInTheApplicationsFlash) {
  constexpr std::uint32_t stack = 0x20020000;
  for (const std::uint32_t entry : {application + 9, application + 0x41, flash_end - 1}) {
    EXPECT_TRUE(is_whole_with(stack, entry)) << fmt::format("{:08X}", entry);
  }
  for (const std::uint32_t entry :
       {0U, application + 0x40, application + 7, application + 1, application - 1, 0x08000101U,
        flash_end + 1, flash_end, 0x20000101U, 0x1FFF0101U, 0xFFFFFFFFU}) {
    EXPECT_FALSE(is_whole_with(stack, entry)) << fmt::format("{:08X}", entry);
  }
}

// Power failed while the last bit was programmed.
TEST_F(GuardImage, StackPointerAndResetVectorHaveToReadTheSameEachTime) {
  for (const std::uint32_t unsteady_at : {application, application + 4}) {
    for (const int wrong_read : {1, 2, 8, 15}) {
      int reads = 0;
      unsteady = [&](std::uint32_t address, std::uint32_t word) {
        const bool is_wrong = address == unsteady_at && reads++ == wrong_read;
        return is_wrong ? word ^ 0x80000000 : word;
      };
      EXPECT_FALSE(is_whole()) << fmt::format("{:08X}, read {}", unsteady_at, wrong_read);
    }
  }
}

TEST_F(GuardImage, HowMuchFlashThereIsTheChipSays) {
  constexpr std::uint32_t beyond_256 = 0x08040001;
  EXPECT_TRUE(is_whole_with(0x20020000, beyond_256));
  kib_of_flash = 256;
  EXPECT_FALSE(is_whole_with(0x20020000, beyond_256));
  EXPECT_TRUE(is_whole_with(0x20020000, beyond_256 - 2));
}

TEST_F(GuardImage, AStampCountsWhereThereIsOne) {
  EXPECT_TRUE(is_whole()) << "without";
  Flash::stamp();
  EXPECT_TRUE(is_whole());
  for (std::uint32_t n = 8; n < image_size; ++n) {
    if (n >= 0x1C && n < 0x20) continue;  // without its magic it is no stamp
    for (const int bit : {0, 7}) {
      image_in_flash[n] ^= static_cast<std::uint8_t>(1 << bit);
      EXPECT_FALSE(is_whole()) << "byte " << n << ", bit " << bit;
      image_in_flash[n] ^= static_cast<std::uint8_t>(1 << bit);
    }
  }
}

TEST_F(GuardImage, WithoutItsMagicItIsNoStamp) {
  Flash::stamp();
  Flash::put(0x24, Flash::get(0x24) ^ 1);
  for (const std::uint32_t magic : {0U, 0xFFFFFFFFU, 0x504D5452U, 0x08004101U}) {
    Flash::put(0x1C, magic);
    EXPECT_TRUE(is_whole()) << fmt::format("{:08X}", magic);
  }
}

TEST_F(GuardImage, TheStampsLengthHasToMakeSense) {
  const auto is_whole_with_length = [](std::uint32_t length, std::uint32_t present) {
    image_in_flash.resize(present, 0xFF);
    Flash::put(0x1C, GUARD_STAMP_MAGIC);
    Flash::put(0x20, length);
    Flash::put(0x28, 0);
    if (length <= present) Flash::put(0x24, guard_stamp_crc(image_in_flash.data(), length & ~3U));
    return is_whole();
  };
  EXPECT_TRUE(is_whole_with_length(0x2C, 0x80));
  EXPECT_FALSE(is_whole_with_length(0x28, 0x80));
  EXPECT_FALSE(is_whole_with_length(0, 0x80));
  for (const std::uint32_t odd : {1U, 2U, 3U}) EXPECT_FALSE(is_whole_with_length(0x40 + odd, 0x80));
  kib_of_flash = 17;  // the application has 1024 bytes
  EXPECT_TRUE(is_whole_with_length(0x400, 0x400));
  EXPECT_FALSE(is_whole_with_length(0x404, 0x404));
  EXPECT_FALSE(is_whole_with_length(0xFFFFFFFC, 0x400)) << "which nothing may read";
}

TEST_F(GuardImage, NothingOfABrokenOneIsRead) {
  Flash::stamp();
  EXPECT_FALSE(is_whole_with(0xFFFFFFFF, 0xFFFFFFFF));
}

}  // namespace

std::uint32_t guard_read(std::uint32_t address) {
  if (address == 0x1FFF7A20) return kib_of_flash << 16 | 0xFFFF;
  const std::uint32_t offset = address - application;
  if (offset + 4 > image_in_flash.size() || offset % 4 != 0) {
    ADD_FAILURE() << fmt::format("read from {:08X}", address);
    return 0;
  }
  const std::uint32_t word = guard_word_at(image_in_flash.data(), offset);
  return unsteady ? unsteady(address, word) : word;
}

std::uint32_t guard_image_crc(std::uint32_t address, std::uint32_t length) {
  if (address != application || length % 4 != 0 || length > kib_of_flash * 1024 - 0x4000) {
    ADD_FAILURE() << fmt::format("CRC of {} bytes at {:08X}", length, address);
    return 0;
  }
  std::vector<std::uint8_t> flash = image_in_flash;
  flash.resize(std::max<std::size_t>(flash.size(), length), 0xFF);
  return guard_stamp_crc(flash.data(), length);
}
