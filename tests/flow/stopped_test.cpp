// SPDX-License-Identifier: GPL-3.0-or-later
// This process stands still for 20 s, longer than any wait but a few, and goes on: Ctrl-Z, a
// suspended laptop, a paused virtual machine. At every place of a story where it looks at the
// world, or at the clock; the boards, which have gone on meanwhile, must not be given up for that.
#include <tuple>

#include <fmt/core.h>

#include "support/bench.hpp"
#include "support/mishap.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/option_bytes.hpp"
#include "sysboot/unlock.hpp"
#include "sysboot/virtual/firmware.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::Mishap;
using support::MishapHost;
using support::program;
using support::VirtualHost;
using support::Wrong;

constexpr std::size_t kib = 1024;
const Selector at_1_1 = {"", "1-1", ""};

struct Story {
  const char* name;
  std::function<void(const Job&)> tell;  ///< throws, or fails the test, when it ends badly
  BoardSettings board = {};
};

std::ostream& operator<<(std::ostream& out, const Story& story) {
  return out << story.name;
}

Image image() {
  return image_of(program(20 * kib));
}

void flash_by(const Job& job, const char* trigger) {
  FlashOptions options;
  options.enter.trigger = trigger_named(trigger, {'d', 'f', 'u', '\r'});
  const FlashResult result = flash(job, at_1_1, image(), options);
  EXPECT_TRUE(result.run && result.run->board && result.run->board->mode == BoardMode::application);
}

void enter_by(const Job& job, const char* firmware) {
  EnterOptions options;
  options.trigger.firmware = firmware;
  const EnterResult result = enter(job, at_1_1, options);
  EXPECT_EQ(result.outcome, Outcome::entered) << testing::PrintToString(result.remarks);
}

BoardSettings with_runtime() {
  BoardSettings settings;
  settings.application.has_dfu_runtime = true;
  return settings;
}

BoardSettings protected_board() {
  BoardSettings settings;
  settings.rom.read_protected = true;
  settings.boot0_held = true;
  return settings;
}

BoardSettings busy_rom() {
  BoardSettings settings;
  settings.rom.answers_while_busy = true;
  return settings;
}

BoardSettings stalling_rom() {
  BoardSettings settings;
  settings.rom.stalls_while_busy = true;
  return settings;
}

class StoppedAnywhere : public testing::TestWithParam<Story> {
 protected:
  // The number of places at which it could have been stopped.
  static std::size_t tell(std::optional<Mishap> mishap) {
    VirtualHost bench;
    bench.add_board("1-1", GetParam().board);
    bench.give_up_at = bench.now() + std::chrono::minutes(5);
    MishapHost host(bench, mishap);
    try {
      GetParam().tell({host, {}, nullptr});
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
    return host.steps().size();
  }
};

TEST_P(StoppedAnywhere, D4GoesOnAsIfNothingHadHappened) {
  const std::size_t places = tell(std::nullopt);
  ASSERT_GT(places, 10U);
  for (std::size_t at = 0; at < places; ++at) {
    SCOPED_TRACE(fmt::format("stopped at {} of {}", at, places));
    tell(Mishap{at, Wrong::stopped});
  }
  RecordProperty("places", static_cast<int>(places));
}

INSTANTIATE_TEST_SUITE_P(
    Stories, StoppedAnywhere,
    testing::Values(
        Story{"flash_by_touch", [](const Job& job) { flash_by(job, "touch-1200"); }},
        Story{"flash_by_text", [](const Job& job) { flash_by(job, "text"); }},
        Story{"flash_by_detach", [](const Job& job) { flash_by(job, "dfu-detach"); },
              with_runtime()},
        Story{"flash_with_a_rom_that_answers_busy", [](const Job& job) { flash_by(job, "auto"); },
              busy_rom()},
        Story{"flash_with_a_rom_that_stalls", [](const Job& job) { flash_by(job, "auto"); },
              stalling_rom()},
        Story{"read",
              [](const Job& job) {
                EXPECT_TRUE(read(job, at_1_1, {flash_base, 8 * kib}, {}).visit.run->board);
              }},
        Story{"verify",
              [](const Job& job) {
                EXPECT_EQ(verify(job, at_1_1, image(), {}).differences.size(), 2U);
              }},
        Story{"erase",
              [](const Job& job) {
                std::ignore = erase(job, at_1_1, EraseSectors{{{0, 2}}}, {});
              }},
        Story{"unlock",
              [](const Job& job) {
                UnlockOptions options;
                options.confirm = [](const UnlockLoss&) { return true; };
                EXPECT_TRUE(unlock(job, at_1_1, options).unlocked);
              },
              protected_board()},
        Story{"write_option_bytes",
              [](const Job& job) {
                const Bytes now = read_option_bytes(job, at_1_1, {}).now.bytes;
                EXPECT_TRUE(write_option_bytes(job, at_1_1, now, {}).after);
              }}),
    [](const auto& each) { return std::string(each.param.name); });

INSTANTIATE_TEST_SUITE_P(Firmware, StoppedAnywhere, testing::ValuesIn([] {
                           std::vector<Story> stories;
                           for (const char* name :
                                {"betaflight", "inav", "micropython", "circuitpython", "espruino",
                                 "grblhal", "nanovna", "flipper", "rusefi", "speeduino", "panda"}) {
                             stories.push_back({name,
                                                [name](const Job& job) { enter_by(job, name); },
                                                virtual_bench::board_with(name)});
                           }
                           return stories;
                         }()),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace sysboot
