// SPDX-License-Identifier: GPL-3.0-or-later
// How close a flash comes to the time that flash and wire force on it. Virtual time, so exact.
#include "chip/chip.hpp"
#include "support/bench.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::program;

constexpr std::size_t kib = 1024;
constexpr std::size_t block = 2048;
using Seconds = std::chrono::duration<double>;

class Speed : public support::Bench {
 protected:
  // Erasing, programming, and the transfers that cannot be left out: DNLOAD and two GETSTATUS for
  // each block and each erase, one UPLOAD for each block to prove it.
  Duration limit(const FlashResult& result, const virtual_bench::FlashTimes& times) {
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

  void add_board_in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    add_board(settings);
  }
  FlashResult flash_300_kib(bool x32, unsigned seed = 1) {
    FlashOptions options;
    options.stay = true;
    options.x32 = x32;
    return flash(job(), {}, image_of(program(300 * kib, seed)), options);
  }

  std::uint64_t erased_bytes_ = 0;
};

TEST_F(Speed, WithinFivePercentOfTheLimit) {
  add_board_in_dfu_mode();
  const FlashResult result = flash_300_kib(false);
  const double ratio = result.took / Seconds(limit(result, virtual_bench::FlashTimes::x8()));
  RecordProperty("ratio_percent", static_cast<int>(ratio * 100));
  EXPECT_LE(ratio, 1.05);
  EXPECT_GE(ratio, 1.0) << "or the limit is wrong";
}

TEST_F(Speed, WithinFivePercentOfTheLimitWithX32) {
  add_board_in_dfu_mode();
  const FlashResult result = flash_300_kib(true);
  const double ratio = result.took / Seconds(limit(result, virtual_bench::FlashTimes::x32()));
  RecordProperty("x32_ratio_percent", static_cast<int>(ratio * 100));
  EXPECT_LE(ratio, 1.05);
  EXPECT_GE(ratio, 1.0) << "or the limit is wrong";
}

TEST_F(Speed, X32TakesLessThanHalfOfTheTime) {
  add_board_in_dfu_mode();
  const Seconds without = flash_300_kib(false, 1).took;
  const Seconds with = flash_300_kib(true, 2).took;
  RecordProperty("x32_over_default_permille", static_cast<int>(1000 * (with / without)));
  EXPECT_LT(with / without, 0.5);
}

// Where the time of a whole flash goes, from the running application to the new one.
struct Shares {
  Duration enter{};     ///< until the bootloader is there
  Duration erase{};     ///< GETSTATUS that is held back by erasing
  Duration program{};   ///< GETSTATUS that is held back by programming
  Duration data{};      ///< blocks on the wire, both ways
  Duration requests{};  ///< all other transfers
  Duration run{};       ///< until the new application is there
};

class Shared : public Speed {
 protected:
  Shares shares() const {
    constexpr std::uint8_t dnload = 1;
    constexpr std::uint8_t upload = 2;
    constexpr std::uint8_t getstatus = 3;
    constexpr std::uint8_t erase_command = 0x41;
    Shares all;
    Duration* busy_with = &all.requests;
    bool in_dfu_mode = false;
    for (const auto& event : events_) {
      const auto* begin = std::get_if<StageBegin>(&event);
      if (begin != nullptr && begin->stage == Stage::run) in_dfu_mode = false;  // timed as a whole
      if (const auto* end = std::get_if<StageEnd>(&event)) {
        in_dfu_mode = in_dfu_mode || end->stage == Stage::enter;
        if (end->stage == Stage::enter) all.enter = end->took;
        if (end->stage == Stage::run) all.run = end->took;
      }
      const auto* transfer = std::get_if<Transfer>(&event);
      if (transfer == nullptr || !in_dfu_mode) continue;
      const sysboot::Setup& setup = transfer->setup;
      const bool is_block = setup.value >= 2 && setup.length > 0;
      if (setup.request == dnload) {
        const bool erases =
            setup.value == 0 && !transfer->data.empty() && transfer->data.front() == erase_command;
        busy_with = is_block ? &all.program : erases ? &all.erase : &all.requests;
      }
      const bool moves_data = is_block && (setup.request == dnload || setup.request == upload);
      Duration& share = moves_data                   ? all.data
                        : setup.request == getstatus ? *busy_with
                                                     : all.requests;
      share += transfer->took;
    }
    return all;
  }

  void report(const char* name, Duration share, Duration whole) {
    RecordProperty(name, static_cast<int>(1000 * std::chrono::duration<double>(share) /
                                          std::chrono::duration<double>(whole)));
  }
};

TEST_F(Shared, NothingWaitsThatTheBoardDoesNotForce) {
  add_board();
  const FlashResult result = flash(job(), {}, image_of(program(300 * kib)), {});
  const Shares shared = shares();
  const Duration waits = result.took - shared.enter - shared.erase - shared.program - shared.data -
                         shared.requests - shared.run;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(result.took);
  RecordProperty("took_ms", static_cast<int>(milliseconds.count()));
  report("enter_permille", shared.enter, result.took);
  report("erase_permille", shared.erase, result.took);
  report("program_permille", shared.program, result.took);
  report("data_permille", shared.data, result.took);
  report("requests_permille", shared.requests, result.took);
  report("run_permille", shared.run, result.took);
  EXPECT_GE(waits, Duration::zero()) << "something was counted twice";
  EXPECT_LE(waits, result.took / 200) << "half a percent";

  const BoardSettings board;
  const Duration noticed = std::chrono::milliseconds(60);  // when it leaves, and that it is back
  EXPECT_LE(shared.enter, board.disconnect + board.rom.pull_up + board.enumeration + noticed);
  EXPECT_LE(shared.run, board.application_start + board.enumeration + noticed);
}

}  // namespace
}  // namespace sysboot
