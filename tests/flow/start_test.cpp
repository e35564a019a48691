// SPDX-License-Identifier: GPL-3.0-or-later
// Where a board is started after the work, and whether it will start without us.
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/option_bytes.hpp"

namespace sysboot {
namespace {

using support::image_of;
using support::program;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t higher_up = 0x08008000;

// A settings page, an EEPROM image; and what MCUboot puts in front of a program.
Bytes data() {
  return Bytes(1000, 0x41);
}
Bytes mcuboot_slot() {
  Bytes bytes = {0x3D, 0xB8, 0xF3, 0x96, 0, 0, 0, 0};
  bytes.resize(0x200);
  const Bytes app = program(1000, 1, higher_up + 0x200);
  bytes.insert(bytes.end(), app.begin(), app.end());
  return bytes;
}

class Start : public support::Bench {
 protected:
  // It runs, but what runs is not at the start of flash.
  support::VirtualBoard& add_board_without_a_first_program() {
    auto& board = add_board();
    board.flash().load(flash_base, Bytes(1024, 0xFF));
    return board;
  }
  FlashResult flash_it(const Image& image, FlashOptions options = {}) {
    options.force = true;  // some of these are no programs, and are flashed all the same
    return flash(job(), {}, image, options);
  }
  BoardMode mode() { return board_at(host_, "1-1").value().mode; }
  bool starts_after_power_off() {
    auto& board = host_.board("1-1");
    board.unplug(host_.now());
    host_.sleep(std::chrono::seconds(1));
    board.plug_in(host_.now(), false);
    host_.sleep(std::chrono::seconds(1));
    return board.application() != nullptr;
  }
  std::vector<std::string> warnings() const { return notes(Note::Level::warning); }
};

TEST_F(Start, A3AWholeProgramStartsByItself) {
  add_board();
  const FlashResult result = flash_it(image_of(program(20000)));
  EXPECT_EQ(result.starts_by_itself, true);
  EXPECT_EQ(result.run->address, flash_base);
  EXPECT_THAT(warnings(), IsEmpty());
  EXPECT_TRUE(starts_after_power_off());
}

TEST_F(Start, A3BehindABootloaderItIsStartedAsItReallyBoots) {
  add_board();
  const FlashResult result = flash_it(image_of(program(20000, 1, higher_up), higher_up));
  EXPECT_EQ(result.run->address, flash_base) << "what a reset starts";
  EXPECT_TRUE(result.run->board);
  EXPECT_EQ(result.starts_by_itself, true);
  EXPECT_THAT(warnings(), IsEmpty());
  EXPECT_TRUE(starts_after_power_off());
}

TEST_F(Start, A3WithoutAFirstProgramItRunsTodayAndThatIsSaid) {
  add_board_without_a_first_program();
  const FlashResult result = flash_it(image_of(program(20000, 1, higher_up), higher_up));
  EXPECT_EQ(result.run->address, higher_up);
  EXPECT_TRUE(result.run->board);
  EXPECT_EQ(result.starts_by_itself, false);
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("no program at 0x08000000"),
                                            HasSubstr("will not start by itself"))));
  EXPECT_FALSE(starts_after_power_off());
}

TEST_F(Start, A3SoItIsWithStay) {
  add_board_without_a_first_program();
  FlashOptions options;
  options.stay = true;
  const FlashResult result = flash_it(image_of(program(20000, 1, higher_up), higher_up), options);
  EXPECT_FALSE(result.run);
  EXPECT_EQ(result.starts_by_itself, false);
}

TEST_F(Start, A3DataBehindAProgramStartsTheProgram) {
  add_board();
  for (const Bytes& bytes : {data(), mcuboot_slot()}) {
    const FlashResult result = flash_it(image_of(bytes, higher_up));
    EXPECT_EQ(result.run->address, flash_base);
    EXPECT_TRUE(result.run->board);
    EXPECT_EQ(result.starts_by_itself, true);
  }
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(Start, A3DataAloneIsNeverJumpedTo) {
  add_board_without_a_first_program();
  for (const std::uint32_t address : {flash_base, higher_up}) {
    for (const Bytes& bytes : {data(), mcuboot_slot()}) {
      events_.clear();
      const FlashResult result = flash_it(image_of(bytes, address));
      EXPECT_FALSE(result.run);
      EXPECT_EQ(result.starts_by_itself, false);
      EXPECT_EQ(mode(), BoardMode::dfu);
      EXPECT_THAT(warnings(), ElementsAre(HasSubstr("begin with a vector table")));
    }
  }
}

TEST_F(Start, A3TheFirstPartThatIsAProgramIsStarted) {
  add_board_without_a_first_program();
  Image image = image_of(data(), 0x08004000);
  image.segments.push_back({higher_up, program(1000, 1, higher_up)});
  EXPECT_EQ(flash_it(image).run->address, higher_up);
}

// Nothing is promised of a first program that was not read back; nor is it read for that.
TEST_F(Start, A3NothingIsPromisedOfWhatIsNotVerified) {
  add_board();
  FlashOptions options;
  options.verify = false;
  const FlashResult result = flash_it(image_of(program(20000)), options);
  EXPECT_EQ(result.starts_by_itself, std::nullopt);
  EXPECT_EQ(result.run->address, flash_base);
  EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(Start, A3WhatIsNoProgramIsNoneUnverified) {
  add_board();
  FlashOptions options;
  options.verify = false;
  const FlashResult result = flash_it(image_of(data()), options);
  EXPECT_EQ(result.starts_by_itself, false);
  EXPECT_FALSE(result.run);
}

// Started with power, flash is at 0 as well; the ROM has itself there.
TEST_F(Start, A3NothingIsSaidOfAFirstProgramLinkedFor0) {
  auto& board = add_board();
  board.flash().load(flash_base, Bytes{0, 0, 2, 0x20, 0xA5, 0x01, 0, 0});
  const FlashResult result = flash_it(image_of(program(20000, 1, higher_up), higher_up));
  EXPECT_EQ(result.starts_by_itself, std::nullopt);
  EXPECT_EQ(result.run->address, higher_up);
  EXPECT_TRUE(result.run->board);
  EXPECT_THAT(warnings(), IsEmpty());
}

// A flash that is done is not called failed because of a look at what is beside it.
TEST_F(Start, A3ALookThatFailsIsNoReasonToFail) {
  support::BoardSettings settings;
  settings.faults.assign(4, {support::Fault::Action::io_error, support::Fault::Point::read, 2});
  add_board(settings);
  FlashOptions options;
  options.verify = false;
  options.compare_first = false;
  const Image image = image_of(program(16 * 1024, 1, higher_up), higher_up);
  const FlashResult result = flash_it(image, options);
  EXPECT_EQ(result.starts_by_itself, std::nullopt);
  EXPECT_EQ(result.run->address, higher_up);
  EXPECT_TRUE(result.run->board);
}

TEST_F(Start, A3AVisitDoesNotSendABoardIntoNowhere) {
  add_board_without_a_first_program();
  const VerifyResult result = verify(job(), {}, image_of(Bytes(64, 0xFF), higher_up), {});
  EXPECT_FALSE(result.visit.run);
  EXPECT_EQ(mode(), BoardMode::dfu);
  EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("it stays in DFU mode"),
                                            HasSubstr("no program at 0x08000000"))));
}

TEST_F(Start, A3NorDoesAVisitToAnotherMemory) {
  add_board_without_a_first_program();
  EXPECT_FALSE(read_option_bytes(job(), {}, {}).visit.run);
  EXPECT_EQ(mode(), BoardMode::dfu);
}

TEST_F(Start, A3NorDoesARefusal) {
  add_board_without_a_first_program();
  EXPECT_ERROR(flash_it(image_of(program(512 * 1024 + 1))), Errc::image_does_not_fit,
               HasSubstr("board 1-1"));
  EXPECT_EQ(mode(), BoardMode::dfu);
}

// The look does not change the ordinary case: it knows what it has verified.
TEST_F(Start, A3NothingMoreIsReadOfAnImageAtTheStart) {
  add_board();
  flash_it(image_of(program(20000)));
  unsigned reads = 0;
  on_event_ = [&](const Event& event) {
    const auto* end = std::get_if<StageEnd>(&event);
    const auto* begin = std::get_if<StageBegin>(&event);
    auto* rom = host_.board("1-1").rom();
    if (rom == nullptr) return;
    if (end != nullptr && end->stage == Stage::compare) reads = rom->counts().reads;
    if (begin == nullptr || begin->stage != Stage::run) return;
    EXPECT_EQ(rom->counts().reads, reads + 16) << "the words that are written last";
  };
  EXPECT_EQ(flash_it(image_of(program(20000))).sectors_erased, 0U);
  EXPECT_GT(reads, 0U);
}

TEST_F(Start, A3ABounceStartsNothingWhereThereIsNothing) {
  support::BoardSettings settings;
  settings.bounces = 1;
  add_board(settings).flash().load(flash_base, data());
  EnterOptions options;
  options.back_within = std::chrono::seconds(2);
  EXPECT_EQ(enter(job(), {}, options).outcome, Outcome::lost);
}

TEST_F(Start, A3RunRefusesWhatIsNoProgram) {
  support::BoardSettings settings;
  settings.starts_in_rom = true;
  auto& board = add_board(settings);
  board.flash().load(higher_up, mcuboot_slot());
  EXPECT_ERROR(run(job(), {}, higher_up, {}), Errc::no_program,
               AllOf(HasSubstr("no program at 0x08008000"), HasSubstr("0x96F3B83D is no stack")));
  board.flash().load(higher_up, Bytes{0, 0, 2, 0x20, 0xFF, 0xFF, 0xFF, 0xFF});
  EXPECT_ERROR(run(job(), {}, higher_up, {}), Errc::no_program,
               HasSubstr("0xFFFFFFFF is no reset vector"));
  EXPECT_EQ(mode(), BoardMode::dfu);
}

// What the virtual board does after a jump into data: nothing, until the power goes.
TEST_F(Start, A3AJumpIntoDataLosesTheBoard) {
  support::BoardSettings settings;
  settings.starts_in_rom = true;
  auto& board = add_board(settings);
  board.flash().load(higher_up, data());
  RunOptions options;
  options.force = true;
  const RunResult result = run(job(), {}, higher_up, options);
  EXPECT_TRUE(result.left);
  EXPECT_FALSE(result.board);
  EXPECT_EQ(board.descriptors(), nullptr);
  EXPECT_TRUE(starts_after_power_off());
}

}  // namespace
}  // namespace sysboot
