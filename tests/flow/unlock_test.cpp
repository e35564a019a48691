// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/unlock.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::Each;
using testing::HasSubstr;

class Unlock : public support::Bench {
 protected:
  static BoardSettings locked() {
    BoardSettings settings;
    settings.rom.read_protected = true;
    return settings;
  }
  UnlockResult unlock_it(bool answer = true) {
    UnlockOptions options;
    options.confirm = [this, answer](const UnlockLoss& loss) {
      asked_ += "board " + loss.board.port_path() + ", " + human_size(loss.flash.size());
      return answer;
    };
    return unlock(job(), {}, options);
  }

  std::string asked_;
};

TEST_F(Unlock, ErasesEverythingAndLiftsTheProtection) {
  auto& board = add_board(locked());
  const UnlockResult result = unlock_it();
  EXPECT_TRUE(result.was_protected);
  EXPECT_TRUE(result.unlocked);
  EXPECT_FALSE(result.board) << "nothing is left that could start";
  EXPECT_EQ(asked_, "board 1-1, 512 KiB");
  EXPECT_THAT(board.flash().content(), Each(0xFF));
  board.plug_in(host_.now(), true);
  host_.sleep(std::chrono::seconds(1));
  EXPECT_EQ(flash(job(), {}, support::image_of(support::program(64)), {}).sectors_erased, 1U);
}

TEST_F(Unlock, WithBoot0HeldItComesBackInDfuMode) {
  BoardSettings settings = locked();
  settings.boot0_held = true;
  settings.starts_in_rom = true;
  add_board(settings);
  const UnlockResult result = unlock_it();
  ASSERT_TRUE(result.board);
  EXPECT_EQ(result.board->mode, BoardMode::dfu);
}

TEST_F(Unlock, NoMeansNo) {
  auto& board = add_board(locked());
  const UnlockResult result = unlock_it(false);
  EXPECT_TRUE(result.was_protected);
  EXPECT_FALSE(result.unlocked);
  EXPECT_TRUE(result.run && result.run->board) << "the application runs again";
  EXPECT_TRUE(board.boots());
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
