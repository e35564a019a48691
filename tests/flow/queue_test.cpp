// SPDX-License-Identifier: GPL-3.0-or-later
// Transfers that are under way before the one in front of them has ended, and how few there are.
#include <tuple>

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;

constexpr std::size_t kib = 1024;

class Queue : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  FlashResult flash_it(const Image& image) {
    FlashOptions options;
    options.stay = true;
    return flash(job(), {}, image, options);
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
  Duration time_of(const std::function<void()>& action) {
    const TimePoint start = host_.now();
    action();
    return host_.now() - start;
  }
  std::uint64_t transfers_of(const std::function<void()>& action) {
    const auto before = host_.control_transfers;
    action();
    return host_.control_transfers - before;
  }

  const Image image_ = image_of(program(300 * kib, 1));
};

TEST_F(Queue, HidesWhatTheHostTakesToBeginATransfer) {
  add_board(in_dfu_mode());
  const Duration at_once = time_of([&] { std::ignore = flash_it(image_); });
  const Duration read_at_once = time_of([&] { std::ignore = sysboot::read(job(), {}, {}, {}); });
  host_.wire.turn_around = milliseconds(1);
  const Duration waiting = time_of([&] { flash_it(image_of(program(300 * kib, 2))); });
  const Duration read_waiting = time_of([&] { std::ignore = sysboot::read(job(), {}, {}, {}); });
  // 150 blocks that are written with three transfers each, and read with one.
  EXPECT_LE(waiting - at_once, milliseconds(90));
  EXPECT_LE(read_waiting - read_at_once, milliseconds(30)) << "256 blocks";
}

TEST_F(Queue, AStallCostsOneBlock) {
  add_board(in_dfu_mode());
  const Duration smooth = time_of([&] { std::ignore = flash_it(image_); });
  BoardSettings settings = in_dfu_mode();
  for (unsigned n = 20; n <= 60; n += 20) {
    settings.faults.push_back({Fault::Action::stall, Fault::Point::write, n});
  }
  board().unplug(host_.now());
  host_.add_board("1-2", settings);
  FlashResult result;
  const Duration rough = time_of([&] { result = flash_it(image_); });
  EXPECT_EQ(result.restarts, 0);
  EXPECT_LE(rough - smooth, milliseconds(500)) << "the block behind it is not waited for";
  EXPECT_TRUE(holds(host_.board("1-2"), image_));
}

// What has error correction takes no byte twice, so the sectors begun are erased again.
TEST_F(Queue, AStallIsARestartWhereFlashIsWrittenOnce) {
  BoardSettings settings = in_dfu_mode();
  settings.rom = virtual_bench::rom_of("stm32g474");
  settings.faults = {{Fault::Action::stall, Fault::Point::write, 20}};
  add_board(settings);
  const FlashResult result = flash_it(image_);
  EXPECT_EQ(result.restarts, 1);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Queue, IsNotForRomsThatAnswerWhileTheyAreBusy) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.answers_while_busy = true;
  add_board(settings);
  EXPECT_EQ(flash_it(image_).restarts, 0);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Queue, AStopWithABlockUnderWayIsGoneOnWith) {
  add_board(in_dfu_mode());
  int written = 0;
  on_event_ = [&](const Event& event) {
    const auto* progress = std::get_if<StageProgress>(&event);
    if (progress != nullptr && progress->stage == Stage::write && ++written == 40) stop_ = true;
  };
  EXPECT_ERROR(flash_it(image_), Errc::interrupted, testing::_);
  EXPECT_EQ(board().rom()->counts().writes, 41U) << "the one behind was under way";
  stop_ = false;
  flash_it(image_);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Queue, NothingIsAskedTwice) {
  add_board(in_dfu_mode());
  const Image image = image_of(program(20 * kib, 1));
  flash_it(image);
  EXPECT_EQ(transfers_of([&] { flash_it(image); }), 28U + 16U)
      << "configuration, name of the flash, alternate setting, GETSTATE, GETSTATUS; the chip's id, "
         "which is refused; Set Address, ABORT, the first words, ten blocks; the first words 16 "
         "times";
  Image changed = image;
  changed.segments.front().data.at(kib) ^= 1;
  EXPECT_EQ(transfers_of([&] { flash_it(changed); }), 86U);
  EXPECT_EQ(transfers_of([&] { std::ignore = inspect(job(), {}, nullptr); }), 256U + 17U);
}

}  // namespace
}  // namespace sysboot
