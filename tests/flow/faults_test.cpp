// SPDX-License-Identifier: GPL-3.0-or-later
// Things that go wrong on the wire in the middle of a flash.
#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using std::chrono::seconds;
using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kib = 1024;

class Faults : public support::Bench {
 protected:
  void plug_in(std::vector<Fault> faults) {
    BoardSettings settings;
    settings.faults = std::move(faults);
    add_board(settings);
  }
  FlashResult flash_it() { return flash(job(), {}, image_, {}); }
  support::VirtualBoard& board() { return host_.board("1-1"); }

  const Image image_ = image_of(program(64 * kib));
};

TEST_F(Faults, 181AStatusThatIsHeardAndStalledCostsNothing) {
  BoardSettings settings;
  settings.rom.stalls_early_setup = 7;
  settings.starts_in_rom = true;
  const support::VirtualBoard& board = add_board(settings);
  FlashOptions options;
  options.stay = true;
  const FlashResult result = flash(job(), {}, image_, options);
  EXPECT_GE(host_.board("1-1").rom()->counts().early_setups, 5U) << "erases, addresses and blocks";
  EXPECT_EQ(result.restarts, 0);
  EXPECT_TRUE(holds(board, image_));
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(Faults, AStallWhileBusyIsWaitedFor) {
  plug_in({{Fault::Action::stall, Fault::Point::write, 20}});
  const FlashResult result = flash_it();
  EXPECT_EQ(result.restarts, 0);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Faults, AnIoErrorInMidDownloadCostsANewStartFromTheComparison) {
  plug_in({{Fault::Action::io_error, Fault::Point::write, 20}});
  const FlashResult result = flash_it();
  EXPECT_EQ(result.restarts, 1);
  EXPECT_TRUE(holds(board(), image_));
  EXPECT_THAT(notes(Note::Level::warning), SizeIs(1));
}

TEST_F(Faults, ThreeErrorsInARowAreNot) {
  plug_in({{Fault::Action::io_error, Fault::Point::erase, 1},
           {Fault::Action::io_error, Fault::Point::erase, 2},
           {Fault::Action::io_error, Fault::Point::erase, 3}});
  EXPECT_EQ(flash_it().restarts, 3);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Faults, FourErrorsInARowAreTooMany) {
  std::vector<Fault> faults;
  for (unsigned i = 1; i <= 4; ++i)
    faults.push_back({Fault::Action::io_error, Fault::Point::erase, i});
  plug_in(faults);
  EXPECT_ERROR(flash_it(), Errc::usb_io, AllOf(HasSubstr("board 1-1"), HasSubstr("erasing")));
  EXPECT_NO_THROW(flash_it()) << "the plain rerun completes";
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Faults, ReadsAreRetriedToo) {
  plug_in({{Fault::Action::timeout, Fault::Point::read, 30},
           {Fault::Action::stall, Fault::Point::read, 50}});
  EXPECT_EQ(flash_it().restarts, 2);
  EXPECT_TRUE(holds(board(), image_));
}

TEST_F(Faults, NaksAreOnlyWaitedFor) {
  plug_in({{Fault::Action::nak, Fault::Point::write, 5},
           {Fault::Action::nak, Fault::Point::erase, 2},
           {Fault::Action::nak, Fault::Point::read, 3}});
  EXPECT_EQ(flash_it().restarts, 0);
  EXPECT_TRUE(holds(board(), image_));
}

struct Unplugged {
  Fault::Point point;
  unsigned nth;
  const char* step;
};

class UnpluggedIn : public Faults, public testing::WithParamInterface<Unplugged> {};

TEST_P(UnpluggedIn, SaysSoAndTheSameCommandCompletes) {
  plug_in({{Fault::Action::unplug, GetParam().point, GetParam().nth}});
  EXPECT_ERROR(
      flash_it(), Errc::board_gone,
      AllOf(HasSubstr("board 1-1"), HasSubstr(GetParam().step), HasSubstr("left the bus")));
  EXPECT_FALSE(board().boots()) << "half an image must not look whole";
  board().plug_in(host_.now(), true);
  host_.sleep(seconds(1));
  const FlashResult result = flash_it();
  EXPECT_TRUE(holds(board(), image_));
  EXPECT_TRUE(result.run && result.run->board);
}

INSTANTIATE_TEST_SUITE_P(
    Anywhere, UnpluggedIn,
    testing::Values(Unplugged{Fault::Point::erase, 1, "erasing the 16 KiB sector"},
                    Unplugged{Fault::Point::erase, 4, "at 0x0800C000"},
                    Unplugged{Fault::Point::write, 1, "writing 2040 bytes"},
                    Unplugged{Fault::Point::write, 25, "writing 2048 bytes"},
                    Unplugged{Fault::Point::write, 32, "at 0x0800F800"},
                    Unplugged{Fault::Point::write, 33, "writing 8 bytes at 0x08000000"},
                    Unplugged{Fault::Point::read, 20, "reading 2048 bytes"}));

TEST_F(Faults, ResumingSkipsWhatIsRightAlready) {
  plug_in({{Fault::Action::unplug, Fault::Point::write, 25}});
  EXPECT_ERROR(flash_it(), Errc::board_gone, HasSubstr("left the bus"));
  board().plug_in(host_.now(), true);
  host_.sleep(seconds(1));
  const FlashResult result = flash_it();
  EXPECT_EQ(result.sectors, 4U);
  EXPECT_EQ(result.sectors_erased, 2U)
      << "the one with the vector table, and the one that was cut off";
}

TEST_F(Faults, UnpluggedWhileEntering) {
  plug_in({});
  host_.at(host_.now() + std::chrono::milliseconds(5), [&] { board().unplug(host_.now()); });
  EXPECT_ERROR(flash_it(), Errc::lost, HasSubstr("nothing came back"));
}

TEST_F(Faults, UnpluggedAfterTheLeave) {
  plug_in({});
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::run) {
      host_.at(host_.now() + std::chrono::milliseconds(100), [&] { board().unplug(host_.now()); });
    }
  };
  const FlashResult result = flash_it();
  EXPECT_EQ(result.bytes_verified, 64 * kib);
  EXPECT_FALSE(result.run->board) << "flashed and verified, but not back";
}

}  // namespace
}  // namespace sysboot
