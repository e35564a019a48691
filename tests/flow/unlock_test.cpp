// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/unlock.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

class Unlock : public support::Bench {
 protected:
  static BoardSettings locked() {
    BoardSettings settings;
    settings.rom.read_protected = true;
    return settings;
  }
  static BoardSettings locked_with_boot0() {
    BoardSettings settings = locked();
    settings.boot0_held = true;
    settings.starts_in_rom = true;
    return settings;
  }
  // The cable is pulled while the ROM erases, and put back a second later.
  void while_it_unlocks(std::function<void(support::VirtualBoard&, TimePoint)> put_back) {
    answered_ = [this, put_back = std::move(put_back)] {
      const TimePoint pulled = host_.now() + std::chrono::seconds(2);
      auto& board = host_.board("1-1");
      host_.at(pulled, [&board, pulled] { board.unplug(pulled); });
      const TimePoint back = pulled + std::chrono::seconds(1);
      host_.at(back, [&board, back, put_back] { put_back(board, back); });
    };
  }
  UnlockResult unlock_it(bool answer = true) {
    UnlockOptions options;
    options.confirm = [this, answer](const UnlockLoss& loss) {
      asked_ += "board " + loss.board.port_path() + ", " + human_size(loss.flash.size());
      if (answered_) answered_();
      return answer;
    };
    return unlock(job(), {}, options);
  }

  std::string asked_;
  std::function<void()> answered_;
};

TEST_F(Unlock, ErasesEverythingAndLiftsTheProtection) {
  auto& board = add_board(locked_with_boot0());
  const UnlockResult result = unlock_it();
  EXPECT_TRUE(result.was_protected);
  EXPECT_TRUE(result.unlocked);
  ASSERT_TRUE(result.board);
  EXPECT_EQ(result.board->mode, BoardMode::dfu);
  EXPECT_EQ(asked_, "board 1-1, 512 KiB");
  EXPECT_THAT(board.flash().content(), Each(0xFF));
  EXPECT_EQ(flash(job(), {}, support::image_of(support::program(64)), {}).sectors_erased, 1U);
}

TEST_F(Unlock, A2AllOfFlashIsReadBack) {
  add_board(locked_with_boot0());
  EXPECT_EQ(unlock_it().bytes_read, 512U * 1024);
  EXPECT_THAT(stages(), Contains(Stage::verify));
}

// An F4 with BOOT0 low hangs once its flash is empty.
TEST_F(Unlock, A2NothingThatComesBackProvesNothing) {
  auto& board = add_board(locked());
  EXPECT_ERROR(unlock_it(), Errc::not_proved,
               AllOf(HasSubstr("board 1-1: it reset and did not come back within 3.00 s"),
                     HasSubstr("BOOT0 held")));
  EXPECT_THAT(board.flash().content(), Each(0xFF));
  board.plug_in(host_.now(), true);
  host_.sleep(std::chrono::seconds(1));
  const UnlockResult again = unlock_it();
  EXPECT_FALSE(again.was_protected) << "this is how it is known";
  EXPECT_FALSE(again.unlocked);
}

TEST_F(Unlock, A2AnApplicationThatComesBackShowsThatItFailed) {
  add_board(locked());
  while_it_unlocks([](support::VirtualBoard& board, TimePoint now) {
    board.flash().load(flash_base, support::program(64));  // as if nothing had been erased
    board.plug_in(now, false);
  });
  EXPECT_ERROR(
      unlock_it(), Errc::read_protected,
      AllOf(HasSubstr("board 1-1: nothing was unlocked"), HasSubstr("its application came back")));
}

TEST_F(Unlock, A2PulledHalfwayItIsStillProtected) {
  add_board(locked());
  while_it_unlocks([](support::VirtualBoard& board, TimePoint now) { board.plug_in(now, true); });
  EXPECT_ERROR(unlock_it(), Errc::protocol, HasSubstr("still read-protected"));
}

TEST_F(Unlock, A2FlashThatIsNotEmptyIsNotUnlocked) {
  add_board(locked_with_boot0());
  on_event_ = [this](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::verify) return;
    host_.board("1-1").flash().load(0x0807FFFF, Bytes{0x00});  // the very last byte
  };
  EXPECT_ERROR(unlock_it(), Errc::protocol,
               AllOf(HasSubstr("no longer read-protected"), HasSubstr("not empty at 0x0807FFFF")));
}

// An empty board in its place would look like success.
TEST_F(Unlock, A2AnotherBoardInItsPlaceIsNotTakenForIt) {
  add_board(locked());
  while_it_unlocks([](support::VirtualBoard& board, TimePoint now) {
    board.settings().rom.serial = "ANOTHER";
    board.settings().rom.read_protected = false;
    board.flash().erase_all();
    board.plug_in(now, true);
  });
  EXPECT_ERROR(unlock_it(), Errc::board_gone, HasSubstr("serial number ANOTHER"));
}

TEST_F(Unlock, NoMeansNo) {
  BoardSettings settings = locked();
  settings.rom.leaves_when_protected = true;
  auto& board = add_board(settings);
  const UnlockResult result = unlock_it(false);
  EXPECT_TRUE(result.was_protected);
  EXPECT_FALSE(result.unlocked);
  EXPECT_TRUE(result.run && result.run->board) << "the application runs again";
  EXPECT_TRUE(board.boots());
}

TEST_F(Unlock, 181NoMayLeaveItInDfuModeWhichIsSaid) {
  auto& board = add_board(locked());
  const UnlockResult result = unlock_it(false);
  EXPECT_FALSE(result.unlocked);
  EXPECT_FALSE(result.run);
  EXPECT_NE(board.rom(), nullptr);
  EXPECT_TRUE(board.boots()) << "nothing is erased";
  EXPECT_THAT(notes(Note::Level::warning),
              ElementsAre(HasSubstr("told to leave DFU mode, the device stays")));
}

TEST_F(Unlock, AChipThatIsNotProtectedKeepsItsFlash) {
  auto& board = add_board();
  const UnlockResult result = unlock_it();
  EXPECT_FALSE(result.was_protected);
  EXPECT_FALSE(result.unlocked);
  EXPECT_EQ(asked_, "") << "there is nothing to decide";
  EXPECT_TRUE(board.boots());
  EXPECT_TRUE(result.run && result.run->board);
}

TEST_F(Unlock, ABoardThatIsPulledOutMeanwhile) {
  BoardSettings settings = locked();
  settings.starts_in_rom = true;
  add_board(settings);
  UnlockOptions options;
  options.confirm = [this](const UnlockLoss&) {
    host_.board("1-1").unplug(host_.now());
    return true;
  };
  EXPECT_ERROR(unlock(job(), {}, options), Errc::board_gone, HasSubstr("left the bus"));
}

}  // namespace
}  // namespace sysboot
