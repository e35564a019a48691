// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/inspect.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::program;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kib = 1024;

class Read : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  ReadResult read_it(const ReadRange& range) { return read(job(), {}, range, {}); }
};

TEST_F(Read, AllOfFlashFromARunningBoard) {
  auto& board = add_board();
  board.flash().load(0x08000000, program(512 * kib));
  const ReadResult result = read_it({});
  EXPECT_EQ(result.memory, "Internal Flash");
  EXPECT_EQ(result.content.address, 0x08000000U);
  EXPECT_EQ(result.content.data, program(512 * kib));
  EXPECT_TRUE(result.visit.run && result.visit.run->board);
  EXPECT_THAT(stages(), ElementsAre(Stage::find, Stage::enter, Stage::read, Stage::run));
}

class ReadPart : public Read, public testing::WithParamInterface<std::pair<unsigned, unsigned>> {};

TEST_P(ReadPart, IsWhatFlashHolds) {
  auto& board = add_board(in_dfu_mode());
  board.flash().load(0x08000000, program(512 * kib));
  const auto [offset, length] = GetParam();
  const ReadResult result = read_it({0x08000000 + offset, length});
  const auto expected = board.flash().read(0x08000000 + offset, length);
  EXPECT_EQ(result.content.address, 0x08000000 + offset);
  EXPECT_EQ(result.content.data, Bytes(expected.begin(), expected.end()));
  EXPECT_FALSE(result.visit.run) << "it was in DFU mode";
}

INSTANTIATE_TEST_SUITE_P(Ranges, ReadPart,
                         testing::Values(std::pair{0U, 1U}, std::pair{1U, 1U}, std::pair{3U, 2U},
                                         std::pair{0U, 2048U}, std::pair{1U, 2048U},
                                         std::pair{5U, 10'000U}, std::pair{512U * 1024 - 1, 1U}));

TEST_F(Read, OtherMemories) {
  add_board(in_dfu_mode());
  const ReadResult options = read_it({0x1FFFC000, {}});
  EXPECT_EQ(options.memory, "Option Bytes");
  EXPECT_EQ(options.content.data, virtual_bench::RomSettings().option_bytes);
  const ReadResult part = read_it({0x1FFFC001, 1});
  EXPECT_THAT(part.content.data, ElementsAre(0xAA)) << "the ROM sends them as a whole only";
  EXPECT_EQ(read_it({0x1FFF7A00, {}}).content.data, Bytes(16, 0xFF));
}

TEST_F(Read, ProgressNeverExceedsItsTotal) {
  add_board(in_dfu_mode());
  read_it({0x08000001, 5000});
  std::uint64_t total = 0;
  for (const auto& event : events_) {
    const auto* progress = std::get_if<StageProgress>(&event);
    if (const auto* begin = std::get_if<StageBegin>(&event)) total = begin->total;
    EXPECT_LE(progress != nullptr ? progress->done : 0, total);
  }
}

TEST_F(Read, ARangeThatIsNotThereLeavesTheBoardAsItWas) {
  add_board();
  EXPECT_ERROR(read_it({0x08000000, 513 * kib}), Errc::usage, HasSubstr("reach past 0x0807FFFF"));
  EXPECT_NE(host_.board("1-1").application(), nullptr);
}

TEST_F(Read, ReadProtection) {
  BoardSettings settings;
  settings.rom.read_protected = true;
  settings.rom.leaves_when_protected = true;
  add_board(settings);
  EXPECT_ERROR(read_it({}), Errc::read_protected, HasSubstr("errVENDOR"));
  EXPECT_NE(host_.board("1-1").application(), nullptr);
}

}  // namespace
}  // namespace sysboot
