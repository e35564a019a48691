// SPDX-License-Identifier: GPL-3.0-or-later
// Which boards "all" takes: never one by a guess.
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/error.hpp"
#include "sysboot/several.hpp"
#include "sysboot/virtual/firmware.hpp"

namespace sysboot {
namespace {

using std::chrono::seconds;
using support::BoardSettings;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class All : public support::Bench {
 protected:
  static BoardSettings unknown() {
    BoardSettings settings;
    settings.application.product_name = "STM32 Virtual ComPort";
    return settings;
  }
  static BoardSettings in_rom() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  std::vector<std::string> taken(const TriggerChoice& choice = {}) {
    std::vector<std::string> paths;
    for (const Board& board : all_boards(host_, choice).taken) paths.push_back(board.port_path());
    return paths;
  }
  std::string reason(const TriggerChoice& choice = {}) {
    const auto all = all_boards(host_, choice);
    EXPECT_THAT(all.left_out, SizeIs(1));
    return all.left_out.empty() ? "" : all.left_out.front().why;
  }
};

TEST_F(All, InDfuModeAndOfKnownFirmware) {
  add_board({}, "1-1");
  add_board(in_rom(), "1-2");
  EXPECT_THAT(taken(), ElementsAre("1-1", "1-2"));
}

TEST_F(All, AsPeopleCountPorts) {
  for (const auto* path : {"1-10", "1-2", "1-2.10", "1-2.9", "3-1"}) add_board(in_rom(), path);
  EXPECT_THAT(taken(), ElementsAre("1-2", "1-2.9", "1-2.10", "1-10", "3-1"));
}

TEST_F(All, NotAnUnknownApplicationByItsIdAlone) {
  add_board(in_rom(), "1-1");
  add_board(unknown(), "1-2");
  EXPECT_THAT(taken(), ElementsAre("1-1"));
  EXPECT_THAT(reason(), HasSubstr("the product name of a template"));
}

TEST_F(All, ButWithATriggerOfTheUsers) {
  add_board(unknown(), "1-2");
  EXPECT_THAT(taken(trigger_named("touch-1200")), ElementsAre("1-2"));
  EXPECT_THAT(reason(trigger_named("dfu-detach")), HasSubstr("no DFU run-time interface"));
}

TEST_F(All, NotWithADfuRunTimeInterfaceAlone) {
  BoardSettings settings = unknown();
  settings.application.has_dfu_runtime = true;
  add_board(settings, "1-2");
  EXPECT_THAT(taken(), IsEmpty());
  EXPECT_THAT(taken(trigger_named("dfu-detach")), ElementsAre("1-2"));
}

TEST_F(All, WithAProfileThoseThatShowIt) {
  add_board(unknown(), "1-1");
  add_board(in_rom(), "1-2");
  BoardSettings klipper = virtual_bench::board_with("klipper");
  add_board(klipper, "1-3");
  const auto all = all_boards(host_, {"betaflight"});
  EXPECT_THAT(taken({"betaflight"}), ElementsAre("1-1", "1-2"));
  ASSERT_THAT(all.left_out, SizeIs(1));
  EXPECT_THAT(all.left_out.front().why, HasSubstr("runs klipper, not betaflight"));
}

TEST_F(All, NotOtherMakes) {
  host_.add_device({"1-5", 1, 91, 0x0403, 0x6001, 0x0600, "FTDI", "FT232R", "A1", {}},
                   {{"/dev/ttyUSB0", "1-5", 0}});
  EXPECT_THAT(taken(trigger_named("touch-1200")), IsEmpty());
  EXPECT_THAT(reason(trigger_named("touch-1200")), HasSubstr("only used when it is named"));
}

TEST_F(All, NorBootloadersOfOtherMakes) {
  const UsbInterface dfu{0, 0, 0xFE, 1, 2, 0};
  host_.add_device({"1-5", 1, 91, 0x1234, 0x5678, 0x0100, "Acme", "Loader", "", {dfu}});
  host_.add_device({"1-6", 1, 92, 0x1EAF, 0x0003, 0x0100, "Leaf", "Maple 003", "", {dfu}});
  const auto all = all_boards(host_, {});
  EXPECT_THAT(all.taken, IsEmpty());
  ASSERT_THAT(all.left_out, SizeIs(2));
  EXPECT_THAT(all.left_out[0].why, HasSubstr("only used when it is named"));
  EXPECT_THAT(all.left_out[1].why, HasSubstr("the Maple bootloader"));
}

TEST_F(All, ACountIsAwaited) {
  add_board({}, "1-1");
  host_.at(host_.now() + seconds(2), [&] { add_board({}, "1-2"); });
  host_.at(host_.now() + seconds(5), [&] { add_board(in_rom(), "1-3"); });
  const TimePoint start = host_.now();
  EXPECT_THAT(await_boards(job(), {}, 3, seconds(60)).taken, SizeIs(3));
  EXPECT_EQ(host_.now() - start, seconds(5)) << "not longer than it takes";
}

TEST_F(All, FewerThanTheCountAreListed) {
  add_board({}, "1-1");
  add_board(unknown(), "1-2");
  const TimePoint start = host_.now();
  EXPECT_ERROR(await_boards(job(), {}, 2, seconds(10)), Errc::no_board,
               AllOf(HasSubstr("1 of 2 boards came within 10.0 s"), HasSubstr("\n  1-1 ("),
                     HasSubstr("left out: 1-2")));
  EXPECT_EQ(host_.now() - start, seconds(10));
}

TEST_F(All, MoreThanTheCountAreAUsageError) {
  add_board({}, "1-1");
  add_board({}, "1-2");
  EXPECT_ERROR(await_boards(job(), {}, 1, seconds(10)), Errc::usage,
               HasSubstr("2 boards are there, not 1"));
}

TEST_F(All, WaitingForACountCanBeStopped) {
  host_.at(host_.now() + seconds(1), [&] { stop_ = true; });
  EXPECT_ERROR(await_boards(job(), {}, 1, seconds(10)), Errc::interrupted, HasSubstr("stopped"));
}

}  // namespace
}  // namespace sysboot
