// SPDX-License-Identifier: GPL-3.0-or-later
// One whole flash, from the running application to the new one, with every single thing going wrong
// that can go wrong wherever a device is opened, and at every single USB transfer and serial
// operation of it.
#include <fmt/core.h>

#include "support/bench.hpp"
#include "support/mishap.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::Mishap;
using support::MishapHost;
using support::program;
using support::Step;
using support::VirtualBoard;
using support::VirtualHost;
using support::Wrong;
using testing::Contains;
using testing::Not;
using virtual_bench::rom_of;

constexpr std::size_t kib = 1024;
// Longer than the longest that this flash may wait for anything: four times in a row an answer to
// a GETSTATUS while busy (8 s), and between them the way back to dfuIDLE (10 s).
constexpr Duration deadline = std::chrono::seconds(90);

// How the board is flashed.
struct Variant {
  const char* name;
  const char* trigger;
  bool x32 = false;
  /// The board erases more at a time than its layout names; of its two sectors the image changes
  /// one, and leaves some of it to somebody else.
  bool is_clone = false;
  const char* chip = "stm32f411";
};

constexpr std::size_t free_from = 6 * kib;
constexpr std::size_t free_to = 7 * kib;

// A program whose stack is where the chip has RAM.
Image application(const char* chip) {
  Bytes data = program(20 * kib);
  const std::uint32_t stack = rom_of(chip).stacks.front().end;
  for (std::size_t i = 0; i < 4; ++i) data[i] = static_cast<std::uint8_t>(stack >> 8 * i);
  return image_of(data);
}

Image image_with_gap() {
  const Bytes all = program(20 * kib);
  const auto at = [&](std::size_t offset) {
    return all.begin() + static_cast<std::ptrdiff_t>(offset);
  };
  Image image = image_of({at(0), at(free_from)});
  image.segments.push_back({flash_base + free_to, {at(free_to), all.end()}});
  return image;
}

// Two boards of a kind, the one that is flashed and the one that must not be touched.
class Rig {
 public:
  explicit Rig(const Variant& variant)
      : image(variant.is_clone ? image_with_gap() : application(variant.chip)), variant_(variant) {
    host.add_board("1-1", settings('6'));
    host.add_board("1-2", settings('7'));
    if (!variant.is_clone) return;
    for (const auto& segment : image.segments) board().flash().load(segment.address, segment.data);
    board().flash().load(flash_base + 100, Bytes{0});
    board().flash().load(flash_base + free_from, kept);
  }

  FlashResult flash(Host& seen) {
    const Job job{seen, {}, &stop_};
    FlashOptions options;
    options.enter.trigger = trigger_named(variant_.trigger, {'d', 'f', 'u', '\r'});
    options.x32 = variant_.x32;
    Selector selector;
    selector.port_path = "1-1";
    return sysboot::flash(job, selector, image, options);
  }

  VirtualBoard& board() { return host.board("1-1"); }
  VirtualBoard& other() { return host.board("1-2"); }
  bool is_flashed() {
    return std::all_of(image.segments.begin(), image.segments.end(),
                       [&](const Segment& segment) { return holds(segment); });
  }
  bool has_kept() { return !variant_.is_clone || holds({flash_base + free_from, kept}); }
  bool runs_it() { return is_flashed() && board().application() != nullptr; }

  // What the hint of the error says: plug it in again, holding BOOT0 where it does not start.
  void power_cycle() {
    board().unplug(host.now());
    host.sleep(std::chrono::seconds(1));
    board().plug_in(host.now(), !board().boots());
    host.sleep(std::chrono::seconds(2));
    board().settings().boot0_held = false;
  }

  VirtualHost host;
  const Image image;
  const Bytes kept = program(free_to - free_from, 8);

 private:
  bool holds(const Segment& segment) {
    const auto seen = board().flash().read(segment.address, segment.data.size());
    return std::equal(seen.begin(), seen.end(), segment.data.begin());
  }
  BoardSettings settings(char id) const {
    BoardSettings settings;
    settings.rom = rom_of(variant_.chip);
    settings.unique_id[11] = static_cast<std::uint8_t>(id);
    settings.application.has_dfu_runtime = true;
    if (variant_.is_clone) settings.rom.erase_unit = 2;
    return settings;
  }

  Variant variant_;
  std::atomic<bool> stop_ = false;
};

// What the library may say: that it could not be done, never that it is at fault itself.
bool is_expected(Errc code) {
  const std::set<Errc> expected = {Errc::board_gone, Errc::usb_io,        Errc::serial_io,
                                   Errc::protocol,   Errc::mismatch,      Errc::ignored,
                                   Errc::lost,       Errc::bounced,       Errc::no_board,
                                   Errc::busy,       Errc::not_permitted, Errc::no_driver};
  return expected.contains(code);
}

struct Tally {
  std::size_t cases = 0;
  std::size_t succeeded = 0;
  Duration longest{};
};

class EveryFault : public testing::TestWithParam<Variant> {
 protected:
  static std::vector<Step> steps_of_a_good_run() {
    Rig rig(GetParam());
    MishapHost host(rig.host, std::nullopt);
    rig.flash(host);
    EXPECT_TRUE(rig.runs_it());
    EXPECT_TRUE(rig.has_kept());
    return host.steps();
  }

  static std::vector<Mishap> mishaps_at(std::size_t at, const Step& step) {
    std::vector<Mishap> all;
    for (const Wrong wrong : step.possible()) {
      if (wrong != Wrong::state) {
        all.push_back({at, wrong, {}});
        continue;
      }
      for (unsigned state = 0; state <= 11; ++state) {  // 11 is no state at all
        all.push_back({at, wrong, static_cast<DfuState>(state)});
      }
    }
    return all;
  }

  void everything_goes_wrong_at(const std::vector<Step>& steps, std::size_t at) {
    for (const Mishap& mishap : mishaps_at(at, steps[at])) {
      SCOPED_TRACE(fmt::format("step {} of {} ({}): {} {}", at, steps.size(), steps[at].describe(),
                               support::to_string(mishap.wrong),
                               mishap.wrong == Wrong::state ? to_string(mishap.state) : ""));
      go_wrong(mishap);
    }
  }

  void go_wrong(const Mishap& mishap) {
    Rig rig(GetParam());
    const TimePoint start = rig.host.now();
    rig.host.give_up_at = start + deadline;
    MishapHost host(rig.host, mishap);
    bool replug = mishap.wrong == Wrong::unplug || mishap.wrong == Wrong::stuck;
    try {
      const FlashResult result = rig.flash(host);
      EXPECT_TRUE(rig.is_flashed()) << "a false success";
      EXPECT_TRUE(rig.has_kept()) << "flashed, but somebody else's bytes are gone";
      if (result.run->board) {
        EXPECT_TRUE(rig.runs_it()) << "nothing runs";
      } else {
        EXPECT_TRUE(replug) << "flashed, but left in the bootloader without need";
      }
      ++tally_.succeeded;
    } catch (const Error& error) {
      EXPECT_TRUE(is_expected(error.code())) << error.what();
      replug |= error.code() == Errc::lost;
    }
    ++tally_.cases;
    tally_.longest = std::max(tally_.longest, rig.host.now() - start);
    nobody_else_was_touched(rig, host);
    if (replug) rig.power_cycle();
    the_plain_rerun_completes(rig);
  }

  static void nobody_else_was_touched(Rig& rig, const MishapHost& host) {
    EXPECT_EQ(rig.other().generation(), 1U);
    EXPECT_EQ(rig.other().application()->received(), "");
    EXPECT_THAT(host.opened(), Not(Contains("1-2")));
    EXPECT_THAT(host.opened(), Not(Contains("/dev/ttyACM1")));
  }

  static void the_plain_rerun_completes(Rig& rig) {
    rig.host.give_up_at = rig.host.now() + deadline;
    try {
      const FlashResult result = rig.flash(rig.host);
      EXPECT_TRUE(result.run->board.has_value());
      EXPECT_TRUE(rig.runs_it());
    } catch (const Error& error) {
      ADD_FAILURE() << "the rerun failed: " << error.what();
    }
  }

  Tally tally_;
};

TEST_P(EveryFault, IsSurvived) {
  const auto steps = steps_of_a_good_run();
  ASSERT_GT(steps.size(), 60U);
  for (std::size_t at = 0; at < steps.size(); ++at) everything_goes_wrong_at(steps, at);
  RecordProperty("cases", static_cast<int>(tally_.cases));
  RecordProperty("flashed_all_the_same", static_cast<int>(tally_.succeeded));
  RecordProperty("longest_seconds",
                 static_cast<int>(std::chrono::duration<double>(tally_.longest).count()));
  EXPECT_GT(tally_.succeeded, tally_.cases / 4) << "most of these can be survived at once";
}

INSTANTIATE_TEST_SUITE_P(Triggers, EveryFault,
                         testing::Values(Variant{"auto", "auto"},
                                         Variant{"touch1200", "touch-1200"},
                                         Variant{"text", "text"},
                                         Variant{"dfudetach", "dfu-detach"},
                                         Variant{"x32", "dfu-detach", true},
                                         Variant{"clone", "dfu-detach", false, true}),
                         [](const auto& each) { return std::string(each.param.name); });

// The transfers of one flash, one of each kind: the last, so that most of it has been done.
class FaultsOfChips : public EveryFault {};

TEST_P(FaultsOfChips, 183AreSurvived) {
  const auto steps = steps_of_a_good_run();
  std::map<std::string, std::size_t> last;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    if (steps[at].setup) last[steps[at].describe()] = at;
  }
  for (const auto& [step, at] : last) everything_goes_wrong_at(steps, at);
  RecordProperty("cases", static_cast<int>(tally_.cases));
  EXPECT_GT(tally_.succeeded, tally_.cases / 4) << "most of these can be survived at once";
}

std::vector<Variant> chips() {
  static const std::vector<std::string> names = virtual_bench::chip_names();
  std::vector<Variant> all;
  for (const std::string& name : names) {
    all.push_back({name.c_str(), "dfu-detach", false, false, name.c_str()});
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(Table, FaultsOfChips, testing::ValuesIn(chips()), [](const auto& each) {
  std::string name = each.param.name;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace sysboot
