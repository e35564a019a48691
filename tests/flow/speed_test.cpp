// SPDX-License-Identifier: GPL-3.0-or-later
// How close a flash comes to the time that flash and wire force on it. Virtual time, so exact.
#include "support/bench.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::program;

constexpr std::size_t kib = 1024;
constexpr std::size_t block = 2048;

class Speed : public support::Bench {
 protected:
  // Erasing, programming, and the transfers that cannot be left out: DNLOAD and two GETSTATUS for
  // each block and each erase, one UPLOAD for each block to prove it.
  Duration limit(const FlashResult& result) {
    const auto times = virtual_bench::FlashTimes::x8();
    const auto blocks = static_cast<Duration::rep>(result.bytes_written / block);
    Duration erases{};
    Duration::rep erased = 0;
    for (const auto& event : events_) {
      const auto* progress = std::get_if<StageProgress>(&event);
      if (progress == nullptr || progress->stage != Stage::erase) continue;
      erases += times.of_sector(static_cast<std::uint32_t>(progress->done - erased_bytes_));
      erased_bytes_ = progress->done;
      ++erased;
    }
    const auto& wire = host_.wire;
    return erases + times.of_program(result.bytes_written) +
           erased * (wire.of(5) + 2 * wire.of(6)) +
           blocks * (wire.of(block) + 2 * wire.of(6) + wire.of(block));
  }

  std::uint64_t erased_bytes_ = 0;
};

TEST_F(Speed, WithinFivePercentOfTheLimit) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings);
  FlashOptions options;
  options.stay = true;
  const FlashResult result = flash(job(), {}, image_of(program(300 * kib)), options);
  const double ratio =
      std::chrono::duration<double>(result.took) / std::chrono::duration<double>(limit(result));
  RecordProperty("ratio_percent", static_cast<int>(ratio * 100));
  EXPECT_LE(ratio, 1.05);
  EXPECT_GE(ratio, 1.0) << "or the limit is wrong";
}

}  // namespace
}  // namespace sysboot
