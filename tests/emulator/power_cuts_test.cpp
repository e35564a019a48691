// SPDX-License-Identifier: GPL-3.0-or-later
// Power fails at every moment of flashing a board that has guard, and leaves flash torn in every
// way: guard's own binary then starts the new application, the old one or the ROM, and the same
// command given again completes.
#include <fmt/core.h>

#include <fstream>
#include <map>
#include <string_view>

#include "cut_bench.hpp"
#include "guard_host.hpp"

namespace emulator {
namespace {

using support::Cut;
using support::Story;
using support::Torn;
using support::Work;
using sysboot::TimePoint;

constexpr std::size_t kib = 1024;
constexpr std::size_t most_failures = 12;
constexpr int trials = 50;

struct Tally {
  int cuts = 0;
  int rom = 0;
  int old_application = 0;
  int new_application = 0;
  int lost = 0;  ///< but for BOOT0
};

struct Variant {
  const char* name;
  bool x32;
  bool is_stamped;  ///< else something of the application's is where the stamp would be
};

void PrintTo(const Variant& variant, std::ostream* out) {
  *out << variant.name;
}

class CutTest : public testing::Test, public CutBench {
 protected:
  static Bytes image_of(std::size_t size, bool can_be_stamped, Address address = application) {
    Bytes image = idle_application(static_cast<std::uint32_t>(size));
    put_word(image, 4, address + 0x41);
    for (std::size_t slot = 0x1C; !can_be_stamped && slot < 0x2C; slot += 4) {
      put_word(image, slot, 0x12345678);
    }
    return image;
  }
  void put_guard() {
    std::ifstream in(COMPANION_DIR "/guard-f411.bin", std::ios::binary);
    const Bytes guard((std::istreambuf_iterator<char>(in)), {});
    board.flash().load(flash_base, guard);
  }
  Held held_now(Address begin, std::size_t size) {
    const auto seen = board.flash().read(begin, (size + 3) / 4 * 4);
    return {vectors(), begin, {seen.begin(), seen.end()}};
  }

  /// Cuts `command` off everywhere, each time with what is now in flash, the program `old`. The new
  /// one is `size` bytes from `begin` on.
  void cut_everywhere(const Words& command, const std::optional<Held>& old, Address begin,
                      std::size_t size) {
    const Bytes before = content();
    const Ran good = run(command);
    ASSERT_EQ(good.exit, 0) << good.said;
    old_ = old;
    new_ = held_now(begin, size);
    note_window(good.story);
    for (const Cut& cut : cuts_of(good.story)) {
      if (failures_ >= most_failures) break;
      board.flash().load(flash_base, before);
      cut_off(command, cut);
    }
    report();
  }

  /// `command` is cut off, and what is given again is cut off as well: `times`, by chance.
  void cut_twice(const Words& command, const Held& old, int times) {
    const Bytes before = content();
    const Ran good = run(command);
    ASSERT_EQ(good.exit, 0) << good.said;
    old_ = old;
    new_ = held_now(old.begin, old.content.size());
    const std::vector<Cut> cuts = cuts_of(good.story);
    for (int n = 0; n < times && failures_ < most_failures; ++n) {
      board.flash().load(flash_base, before);
      run(command, by_chance(cuts));
      const auto torn = board.flash();
      const Ran second = run(command);
      board.flash() = torn;
      cut_off(command, by_chance(cuts_of(second.story)));
    }
    report();
  }

  /// How long only BOOT0 could start the board.
  std::chrono::milliseconds window() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(window_end_ - window_begin_);
  }

  Tally tally;

 private:
  void report() {
    EXPECT_THAT(board.violations(), testing::IsEmpty());
    RecordProperty("cuts", tally.cuts);
    RecordProperty("rom", tally.rom);
    RecordProperty("old_application", tally.old_application);
    RecordProperty("new_application", tally.new_application);
    RecordProperty("lost", tally.lost);
    RecordProperty("milliseconds_without_guard", static_cast<int>(window().count()));
    fmt::print("{} cuts: {} ROM, {} old, {} new application, {} lost; {} ms without guard\n",
               tally.cuts, tally.rom, tally.old_application, tally.new_application, tally.lost,
               window().count());
  }

  /// Mostly where flash is changed.
  Cut by_chance(const std::vector<Cut>& cuts) {
    chance_ = chance_ * 1664525 + 1013904223;
    const auto work = std::find_if(cuts.begin(), cuts.end(),
                                   [](const Cut& cut) { return cut.fraction.has_value(); });
    const bool is_of_work = chance_ >> 30 != 0 && work != cuts.end();
    const auto from = is_of_work ? work : cuts.begin();
    return from[(chance_ >> 8) % (cuts.end() - from)];
  }

  static std::vector<Cut> cuts_of(const Story& story) {
    std::vector<Cut> cuts;
    for (unsigned n = 1; n <= story.transfers; ++n) cuts.push_back({n, {}, Torn::old, n});
    for (const Work& work : story.works) {
      if (work.address - flash_base >= flash_size) continue;  // which voltage there is
      if (work.is_erase) {
        add_erase(work, cuts);
      } else {
        add_program(work, cuts);
      }
    }
    return cuts;
  }
  static void add_erase(const Work& work, std::vector<Cut>& cuts) {
    cuts.push_back({work.transfer, 0.5, Torn::done, 1});
    for (const Torn how : {Torn::random, Torn::unstable}) {
      for (const double fraction : {0.02, 0.5, 0.98}) {
        cuts.push_back({work.transfer, fraction, how, work.transfer});
      }
    }
  }
  // Bytes or words are programmed one after the other: all of a short block, some of a long one.
  static void add_program(const Work& work, std::vector<Cut>& cuts) {
    const auto steps = (work.end - work.begin) / std::chrono::microseconds(16);
    const bool is_short = work.bytes <= 64;
    for (decltype(steps + 0) step = 0; step < steps; ++step) {
      const double fraction = (static_cast<double>(step) + 0.5) / static_cast<double>(steps);
      const auto seed = static_cast<std::uint32_t>(work.transfer * 1000 + step);
      if (is_short) {
        for (const Torn how : {Torn::old, Torn::done, Torn::random, Torn::unstable}) {
          cuts.push_back({work.transfer, fraction, how, seed});
        }
        cuts.push_back({work.transfer, fraction, Torn::random, seed + 500});
        cuts.push_back({work.transfer, fraction, Torn::unstable, seed + 500});
      } else if (step == steps - 1) {
        for (const std::uint32_t more : {0U, 500U}) {
          cuts.push_back({work.transfer, fraction, Torn::unstable, seed + more});
        }
      } else if (step < 2 || step == steps / 2) {
        cuts.push_back(
            {work.transfer, fraction, step % 2 == 0 ? Torn::random : Torn::unstable, seed});
      }
    }
  }

  // From the erase of the first sector to its last word, nothing but BOOT0 starts the board.
  void note_window(const Story& story) {
    for (const Work& work : story.works) {
      if (work.address >= application || work.address < flash_base) continue;
      if (work.is_erase) window_begin_ = work.begin;
      window_end_ = work.end;
    }
  }

  void cut_off(const Words& command, const Cut& cut) {
    const Ran cut_run = run(command, cut);
    if (!cut_run.story.is_cut) return;
    ++tally.cuts;
    const bool may_be_lost =
        cut_run.story.cut_at >= window_begin_ && cut_run.story.cut_at <= window_end_;
    const std::string where = fmt::format(
        "transfer {}{}, torn {}, seed {}", cut.transfer,
        cut.fraction ? fmt::format(", at {:.4f} of {}", *cut.fraction, name(cut_run.story)) : "",
        static_cast<int>(cut.torn), cut.seed);
    const bool is_lost =
        !is_stable() ? judge_unstable(where, may_be_lost) : judge_stable(where, may_be_lost);
    give_again(command, where, is_lost);
  }
  static std::string name(const Story& story) {
    const Work& work = story.works.back();
    return fmt::format("{} {:08X} ({} bytes)", work.is_erase ? "erase" : "program", work.address,
                       work.bytes);
  }

  bool judge_stable(const std::string& where, bool may_be_lost) {
    return judge(power_on_once(), where, may_be_lost);
  }
  /// The same flash comes up the same way.
  Up power_on_once() {
    const auto all = board.flash().content();
    const std::string_view key(reinterpret_cast<const char*>(all.data()), looked_at);
    const auto [known, is_new] = seen_.try_emplace(std::hash<std::string_view>{}(key), Up::nothing);
    if (is_new) known->second = power_on();
    return known->second;
  }
  bool judge(Up up, const std::string& where, bool may_be_lost) {
    if (up == Up::rom) {
      ++tally.rom;
    } else if (up == Up::program && holds(new_)) {
      ++tally.new_application;
    } else if (up == Up::program && old_ && holds(*old_)) {
      ++tally.old_application;
    } else {
      ++tally.lost;
      if (!may_be_lost) fail(where + (up == Up::nothing ? ": nothing starts" : ": starts rubbish"));
      return true;
    }
    return false;
  }
  // What reads otherwise every time: guard's code many times, compiled for this machine.
  bool judge_unstable(const std::string& where, bool may_be_lost) {
    if (!board.flash().is_stable(flash_base, application - flash_base) || !has_guard()) {
      return judge(power_on(), where, may_be_lost);
    }
    for (int n = 0; n < trials; ++n) {
      if (support::guard_starts(board.flash())) return judge(Up::program, where, may_be_lost);
    }
    return judge(Up::rom, where, may_be_lost);
  }

  void give_again(const Words& command, const std::string& where, bool boot0_held) {
    const Ran again = run(command, {}, boot0_held);
    if (again.exit != 0) return fail(where + ": given again: " + again.said);
    if (!holds(new_)) return fail(where + ": given again, other bytes are there");
    if (board.application() == nullptr) return fail(where + ": given again, nothing runs");
    if (power_on_once() != Up::program) fail(where + ": given again, nothing starts it");
  }

  void fail(const std::string& what) {
    ++failures_;
    ADD_FAILURE() << what;
  }

  std::optional<Held> old_;
  Held new_;
  TimePoint window_begin_{};
  TimePoint window_end_{};
  std::map<std::size_t, Up> seen_;
  std::size_t failures_ = 0;
  std::uint32_t chance_ = 1;
};

using WithoutGuard = CutTest;

TEST_F(WithoutGuard, 176BoardsAreLost) {
  const Bytes first = image_of(36 * kib, true, flash_base);
  const Bytes second = image_of(20 * kib, true, flash_base);
  ASSERT_EQ(run({"flash", file("first.bin", first)}, {}, true).exit, 0);
  cut_everywhere({"flash", file("second.bin", second)}, held_now(flash_base, first.size()),
                 flash_base, second.size());
  EXPECT_GT(tally.lost, tally.cuts / 2);
}

class PowerCuts : public CutTest, public testing::WithParamInterface<Variant> {
 protected:
  static constexpr std::size_t guards_sector = application - flash_base;

  static Bytes image(std::size_t size) { return image_of(size, GetParam().is_stamped); }
  Words command(const Words& words) const {
    Words all = words;
    if (GetParam().x32) all.emplace_back("--x32");
    return all;
  }
  Words flash(const Bytes& program) {
    const std::string name =
        fmt::format("{}.bin", std::hash<std::string_view>{}(
                                  {reinterpret_cast<const char*>(program.data()), program.size()}));
    return command({"flash", "--address", "0x08004000", file(name, program)});
  }
  Held has_flashed(const Bytes& program) {
    const Ran done = run(flash(program));
    EXPECT_EQ(done.exit, 0) << done.said;
    return held_now(application, program.size());
  }
  // An erase of 16 KiB, and not even that much to write.
  void expect_short_window() {
    EXPECT_LT(window(), GetParam().x32 ? milliseconds(300) : milliseconds(500));
    EXPECT_GT(tally.lost, 10);
    EXPECT_GT(tally.rom, 50);
  }
  void update(const Bytes& first, const Bytes& second) {
    put_guard();
    const Held old = has_flashed(first);
    cut_everywhere(flash(second), old, application, second.size());
    EXPECT_EQ(tally.lost, 0);
    EXPECT_GT(tally.rom, 50);
    EXPECT_GT(tally.old_application, 10);
    EXPECT_GT(tally.new_application, 5);
  }
};

TEST_P(PowerCuts, 176FirstFlash) {
  put_guard();
  const Bytes program = image(36 * kib);
  cut_everywhere(flash(program), std::nullopt, application, program.size());
  EXPECT_EQ(tally.lost, 0);
  EXPECT_GT(tally.rom, 50);
  EXPECT_GT(tally.new_application, 5);
}

TEST_P(PowerCuts, 176Update) {
  update(image(36 * kib), image(20 * kib));
}

TEST_P(PowerCuts, 176BackToTheOldOne) {
  const Bytes old = image(36 * kib);
  put_guard();
  has_flashed(old);
  update(image(20 * kib), old);
}

// Its vectors are the same, at least without a stamp.
TEST_P(PowerCuts, 176OnlyTheLastSectorDiffers) {
  const Bytes first = image(36 * kib);
  Bytes second = first;
  second[34 * kib] ^= 0xFF;
  update(first, second);
}

TEST_P(PowerCuts, 176ASecondTimeWhenGivenAgain) {
  put_guard();
  const Bytes first = image(36 * kib);
  Bytes second = first;
  for (std::size_t at = 0x100; at < second.size(); at += 5 * kib) second[at] ^= 0xFF;
  const Held old = has_flashed(first);
  cut_twice(flash(second), old, 150);
  EXPECT_EQ(tally.lost, 0);
  EXPECT_GT(tally.rom, 50);
}

INSTANTIATE_TEST_SUITE_P(Boards, PowerCuts,
                         testing::Values(Variant{"x8", false, true}, Variant{"x32", true, true},
                                         Variant{"x8_without_stamp", false, false},
                                         Variant{"x32_without_stamp", true, false}),
                         [](const auto& each) { return std::string(each.param.name); });

class GuardPowerCuts : public PowerCuts {};

// Until guard is whole, BOOT0 is needed: for that half second only.
TEST_P(GuardPowerCuts, 176Install) {
  const Bytes old = image_of(36 * kib, true, flash_base);
  ASSERT_EQ(run({"flash", file("old.bin", old)}, {}, true).exit, 0);
  const Bytes program = image(20 * kib);
  cut_everywhere(command({"guard", "install", "--yes", file("app.bin", program)}),
                 held_now(flash_base, old.size()), flash_base, guards_sector + program.size());
  expect_short_window();
}

TEST_P(GuardPowerCuts, 176ReplaceGuard) {
  put_guard();
  board.flash().load(flash_base + GUARD_SLOTS + 4, Bytes{0});  // of another version
  const Bytes first = image(36 * kib);
  const Held old = has_flashed(first);
  const Bytes second = image(20 * kib);
  cut_everywhere(command({"guard", "install", "--yes", file("app.bin", second)}), old, flash_base,
                 guards_sector + second.size());
  expect_short_window();
}

TEST_P(GuardPowerCuts, 176Remove) {
  put_guard();
  const Held old = has_flashed(image(36 * kib));
  const Bytes program = image_of(20 * kib, true, flash_base);
  cut_everywhere(command({"guard", "remove", "--yes", file("app.bin", program)}), old, flash_base,
                 program.size());
  EXPECT_GT(tally.rom, 50);
}

INSTANTIATE_TEST_SUITE_P(Boards, GuardPowerCuts,
                         testing::Values(Variant{"x8", false, true}, Variant{"x32", true, true}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace emulator
