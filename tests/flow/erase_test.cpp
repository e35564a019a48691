// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/erase.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::size_t kib = 1024;

class Erase : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  support::VirtualBoard& full_board(BoardSettings settings = {}) {
    auto& board = add_board(std::move(settings));
    board.flash().load(0x08000000, support::program(512 * kib));
    return board;
  }
  EraseResult erase_it(const EraseRequest& request, const EraseOptions& options = {}) {
    return erase(job(), {}, request, options);
  }
};

TEST_F(Erase, AllFromARunningBoardThatThenStaysInDfuMode) {
  auto& board = full_board();
  const EraseResult result = erase_it(EraseAll{});
  EXPECT_THAT(board.flash().content(), Each(0xFF));
  EXPECT_EQ(result.bytes, 512 * kib);
  EXPECT_TRUE(result.takes_program);
  EXPECT_EQ(board.rom()->counts().erases, 1U) << "one command";
  EXPECT_THAT(stages(), ElementsAre(Stage::find, Stage::enter, Stage::erase, Stage::verify));
}

TEST_F(Erase, ABoardThatRanRunsAgainWhereItsProgramIsWhole) {
  auto& board = full_board();
  const EraseResult result = erase_it(EraseSectors{{{7, 7}}});
  EXPECT_THAT(board.flash().read(0x08060000, 128 * kib), Each(0xFF));
  EXPECT_FALSE(result.takes_program);
  ASSERT_TRUE(result.run);
  EXPECT_FALSE(result.problem());
  EXPECT_NE(board.application(), nullptr);
}

TEST_F(Erase, OrStaysInDfuModeIfItIsToldTo) {
  auto& board = full_board();
  EraseOptions options;
  options.stay = true;
  EXPECT_FALSE(erase_it(EraseSectors{{{7, 7}}}, options).run);
  EXPECT_NE(board.rom(), nullptr);
}

TEST_F(Erase, AProgramWhoseEntryIsErasedIsNotStarted) {
  auto& board = full_board();
  Bytes far = support::program(512 * kib);
  const std::uint32_t entry = 0x08060001;
  for (std::size_t i = 0; i < 4; ++i) far[4 + i] = static_cast<std::uint8_t>(entry >> (8 * i));
  board.flash().load(0x08000000, far);
  const EraseResult result = erase_it(EraseSectors{{{7, 7}}});
  EXPECT_TRUE(result.takes_program);
  EXPECT_FALSE(result.run);
  EXPECT_NE(board.rom(), nullptr);
}

TEST_F(Erase, ABoardInDfuModeStaysThere) {
  auto& board = full_board(in_dfu_mode());
  EXPECT_FALSE(erase_it(EraseSectors{{{7, 7}}}).run);
  EXPECT_NE(board.rom(), nullptr);
}

TEST_F(Erase, OnlyTheSectorsAskedFor) {
  auto& board = full_board(in_dfu_mode());
  const EraseResult result = erase_it(EraseSectors{{{1, 1}, {5, 5}}});
  EXPECT_THAT(result.sectors, SizeIs(2));
  EXPECT_FALSE(result.takes_program);
  EXPECT_THAT(board.flash().read(0x08004000, 16 * kib), Each(0xFF));
  EXPECT_THAT(board.flash().read(0x08020000, 128 * kib), Each(0xFF));
  const Bytes before = support::program(512 * kib);
  const auto kept = [&](std::uint32_t offset, std::size_t size) {
    const auto seen = board.flash().read(0x08000000 + offset, size);
    return std::equal(seen.begin(), seen.end(), before.begin() + offset);
  };
  EXPECT_TRUE(kept(0, 16 * kib));
  EXPECT_TRUE(kept(0x8000, 96 * kib));
  EXPECT_TRUE(kept(0x40000, 256 * kib));
}

TEST_F(Erase, AWriteProtectedSectorIsFound) {
  auto& board = full_board(in_dfu_mode());
  board.flash().write_protect(0x08004000);
  EXPECT_ERROR(erase_it(EraseSectors{{{0, 2}}}), Errc::mismatch,
               AllOf(HasSubstr("was erased, but is not empty at 0x08004000"),
                     HasSubstr("expected ff ff ff")));
}

TEST_F(Erase, WithoutVerifyingNothingIsReadButWhetherGuardIsThere) {
  auto& board = full_board(in_dfu_mode());
  EraseOptions options;
  options.verify = false;
  erase_it(EraseAll{}, options);
  EXPECT_EQ(board.rom()->counts().reads, 1U);
  EXPECT_THAT(board.flash().content(), Each(0xFF));
}

TEST_F(Erase, NothingIsErasedWhenTheRequestMakesNoSense) {
  auto& board = full_board(in_dfu_mode());
  EXPECT_ERROR(erase_it(EraseSectors{{{0, 0}, {8, 8}}}), Errc::usage,
               HasSubstr("there is no sector 8"));
  EXPECT_EQ(board.rom()->counts().erases, 0U);
}

TEST_F(Erase, ABoardThatRanRunsAgainWhenTheRequestMakesNoSense) {
  auto& board = full_board();
  EXPECT_ERROR(erase_it(EraseRange{0x08000010, 16 * kib}), Errc::usage,
               HasSubstr("only a part of the sector 0x08000000-0x08003FFF"));
  EXPECT_EQ(board.rom(), nullptr);
  EXPECT_TRUE(board_at(host_, "1-1"));
  EXPECT_EQ(board_at(host_, "1-1")->mode, BoardMode::application);
}

TEST_F(Erase, ReadProtection) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.read_protected = true;
  full_board(settings);
  allow_violations_ = true;
  EXPECT_ERROR(erase_it(EraseAll{}), Errc::read_protected, HasSubstr("errVENDOR"));
}

TEST_F(Erase, InterruptedBetweenSectors) {
  auto& board = full_board(in_dfu_mode());
  on_event_ = [this](const Event& event) {
    if (std::holds_alternative<StageProgress>(event)) stop_ = true;
  };
  EXPECT_ERROR(erase_it(EraseSectors{{{0, 7}}}), Errc::interrupted, HasSubstr(""));
  EXPECT_EQ(board.rom()->counts().erases, 1U);
  EXPECT_EQ(board.rom()->state(), DfuState::dfuDNLOAD_IDLE) << "what was begun is finished";
}

}  // namespace
}  // namespace sysboot
