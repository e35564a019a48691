// SPDX-License-Identifier: GPL-3.0-or-later
// Whole flashes in a world where anything may go wrong with any USB transfer, several times in one
// flash. However it ends: never with a false success.
#include <fmt/core.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "support/bench.hpp"
#include "support/mishap.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::MishapHost;
using support::program;
using support::Step;
using support::VirtualBoard;
using support::VirtualHost;
using support::Wrong;

// More than a flash that starts anew as often as it may needs, each time with all its waits.
constexpr Duration deadline = std::chrono::minutes(10);
constexpr std::uint32_t least_rate = 1;  // of thousand transfers
constexpr std::uint32_t most_rate = 200;

// Reproducible everywhere: what a seed stands for must not depend on the standard library.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(engine_()) % end; }
  std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + below(last - first + 1);
  }

 private:
  std::mt19937 engine_;
};

// As often small as large: 1 to 2 and 100 to 200 are equally likely.
std::uint32_t fault_rate(Dice& dice) {
  const double exponent = dice.below(1000) / 999.0;
  return static_cast<std::uint32_t>(least_rate *
                                    std::pow(double{most_rate} / least_rate, exponent));
}

// One flash of a board at 1-1, with another one of its kind beside it.
class World {
 public:
  explicit World(std::uint32_t seed) : dice_(seed) {
    rate_ = fault_rate(dice_);
    image_ = image_of(program(dice_.between(64, 40 * 1024), seed));
    board_ = &host_.add_board("1-1", settings('6'));
    other_ = &host_.add_board("1-2", settings('7'));
    choose_options();
    fill_flash();
  }

  std::string describe() const {
    return fmt::format("{} faults in 1000 transfers, {} bytes, {}", rate_, image_.size(), trigger_);
  }

  FlashResult flash_with_faults() {
    MishapHost host(host_, [this](const Step& step) { return mishap(step); });
    return flash(host);
  }
  FlashResult flash_without() { return flash(host_); }

  bool is_flashed() const {
    const Bytes& wanted = image_.segments.front().data;
    const auto seen = board_->flash().read(flash_base, wanted.size());
    return std::equal(seen.begin(), seen.end(), wanted.begin());
  }
  bool runs() { return board_->application() != nullptr && board_->boots(); }
  bool other_is_untouched() {
    return other_->generation() == 1 && other_->application()->received().empty();
  }
  std::uint64_t image_bytes() const { return image_.size(); }

  // What the hint of the error says: plug it in again, holding BOOT0 where it does not start.
  void power_cycle() {
    board_->unplug(host_.now());
    host_.sleep(std::chrono::seconds(1));
    board_->plug_in(host_.now(), !board_->boots());
    host_.sleep(std::chrono::seconds(2));
    board_->settings().boot0_held = false;
  }

 private:
  static BoardSettings settings(char id) {
    BoardSettings settings;
    settings.unique_id[11] = static_cast<std::uint8_t>(id);
    settings.application.has_dfu_runtime = true;
    return settings;
  }

  void choose_options() {
    const char* triggers[] = {"auto", "touch-1200", "text", "dfu-detach"};
    trigger_ = triggers[dice_.below(4)];
    options_.enter.trigger = trigger_named(trigger_, {'d', 'f', 'u', '\r'});
    options_.compare_first = dice_.below(8) != 0;
    options_.x32 = dice_.below(8) == 0;
  }

  // What was there before: the program that every virtual board has, another one, the same one, or
  // one that differs in a byte.
  void fill_flash() {
    Bytes before = image_.segments.front().data;
    switch (dice_.below(4)) {
      case 0: return;
      case 1: before = program(before.size(), dice_.below(1000)); break;
      case 2: break;
      case 3: before[dice_.between(8, 63)] ^= 0x01; break;
    }
    board_->flash().load(flash_base, before);
  }

  FlashResult flash(Host& host) {
    Selector selector;
    selector.port_path = "1-1";
    host_.give_up_at = host_.now() + deadline;
    return sysboot::flash({host, {}, nullptr}, selector, image_, options_);
  }

  std::optional<Wrong> mishap(const Step& step) {
    if (!step.setup || dice_.below(1000) >= rate_) return std::nullopt;
    auto possible = step.possible();
    std::erase_if(possible, [](Wrong wrong) {
      return wrong == Wrong::unplug || wrong == Wrong::state || wrong == Wrong::stuck;
    });
    return possible[dice_.below(static_cast<std::uint32_t>(possible.size()))];
  }

  Dice dice_;
  VirtualHost host_;
  VirtualBoard* board_;
  VirtualBoard* other_;
  Image image_;
  const char* trigger_ = nullptr;
  FlashOptions options_;
  std::uint32_t rate_;
};

bool is_expected(Errc code) {
  const std::set<Errc> expected = {Errc::board_gone, Errc::usb_io,  Errc::serial_io, Errc::protocol,
                                   Errc::mismatch,   Errc::ignored, Errc::lost,      Errc::bounced};
  return expected.contains(code);
}

// Did it say that it is done?
bool try_to_flash(World& world) {
  try {
    const FlashResult result = world.flash_with_faults();
    EXPECT_TRUE(world.is_flashed()) << "a false success";
    EXPECT_EQ(result.bytes_verified, world.image_bytes());
    const auto& back = result.run->board;
    if (back && back->mode == BoardMode::application) {
      EXPECT_TRUE(world.runs()) << "nothing runs";
    }
    return true;
  } catch (const Error& error) {
    EXPECT_TRUE(is_expected(error.code())) << error.what();
    return false;
  }
}

void expect_the_plain_rerun_to_complete(World& world) {
  try {
    EXPECT_TRUE(world.flash_without().run->board.has_value());
    EXPECT_TRUE(world.is_flashed() && world.runs());
  } catch (const Error& error) {
    ADD_FAILURE() << "the rerun failed: " << error.what();
  }
}

std::uint32_t cases() {
  const char* wanted = std::getenv("STM32BOOT_HOSTILE_CASES");
  return wanted == nullptr ? 3000 : static_cast<std::uint32_t>(std::strtoul(wanted, nullptr, 10));
}

/// Whether it was flashed in spite of everything.
bool live_through(std::uint32_t seed) {
  World world(seed);
  SCOPED_TRACE(fmt::format("seed {}: {}", seed, world.describe()));
  const bool is_done = try_to_flash(world);
  EXPECT_TRUE(world.other_is_untouched());
  if (is_done) return true;
  world.power_cycle();
  expect_the_plain_rerun_to_complete(world);
  return false;
}

TEST(HostileWorld, NeverEndsInAFalseSuccess) {
  std::uint32_t succeeded = 0;
  for (std::uint32_t seed = 0; seed < cases(); ++seed) succeeded += live_through(seed) ? 1U : 0U;
  RecordProperty("cases", static_cast<int>(cases()));
  RecordProperty("flashed_all_the_same", static_cast<int>(succeeded));
  EXPECT_GT(succeeded, cases() / 3) << "many can be survived";
  EXPECT_LT(succeeded, cases()) << "some cannot";
}

// One wrong bit in the bootloader id made another chip of it, whose RAM is smaller.
TEST(HostileWorld, C2AnIdThatIsReadWrongRefusesNoImage) {
  for (const std::uint32_t seed : {8665U, 14661U, 18045U, 18896U, 20445U, 33105U, 39721U, 49763U}) {
    live_through(seed);
  }
}

}  // namespace
}  // namespace sysboot
