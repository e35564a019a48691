// SPDX-License-Identifier: GPL-3.0-or-later
// --firmware and `profiles`, as users see them.
#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class FirmwareOption : public Cli {};

TEST_F(FirmwareOption, EntersAndFlashes) {
  const auto entered = with_boards({"firmware=nanovna"}, {"enter", "--firmware", "nanovna"});
  EXPECT_EQ(entered.exit, 0) << entered.err;
  EXPECT_THAT(entered.out, StartsWith("board 1-1 is in DFU mode"));
  const auto flashed = with_boards({"firmware=betaflight,times=none"},
                                   {"flash", program(), "--firmware", "betaflight"});
  EXPECT_EQ(flashed.exit, 0) << flashed.err;
  EXPECT_THAT(flashed.err, HasSubstr("(betaflight msp)"));
}

TEST_F(FirmwareOption, AWrongOneIsSaidToBeIgnored) {
  const auto done = with_boards({"firmware=grblhal"}, {"enter", "--firmware", "tinysa"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("error: board 1-1: its application ignored tinysa reset dfu"),
                    HasSubstr("the prompt \"ch> \" did not come within 1.00 s"),
                    HasSubstr("`stm32boot profiles`")));
}

TEST_F(FirmwareOption, ARefusalIsSaid) {
  const auto done =
      with_boards({"firmware=betaflight-armed"}, {"--json", "enter", "--firmware", "betaflight"});
  EXPECT_EQ(done.exit, 75);
  const auto result = json_lines(done.out).back();
  EXPECT_EQ(result.at("outcome"), "ignored");
  EXPECT_THAT(result.at("refusals").at(0).get<std::string>(), HasSubstr("it is armed"));
}

TEST_F(FirmwareOption, OtherLoadersAreNamed) {
  const auto done = with_boards({"firmware=klipper-katapult"}, {"enter", "--usb", "1-1"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("board 1-1 is in the Katapult bootloader"));
  const auto flashed =
      with_boards({"firmware=maple"}, {"flash", program(), "--usb", "1-1", "--firmware", "maple"});
  EXPECT_EQ(flashed.exit, 64);
  EXPECT_THAT(flashed.err, HasSubstr("it can be entered, and nothing else"));
}

TEST_F(FirmwareOption, MakesSense) {
  const auto unknown = with_boards({""}, {"enter", "--firmware", "ardupilot"});
  EXPECT_EQ(unknown.exit, 64);
  EXPECT_THAT(unknown.err, HasSubstr("unknown firmware 'ardupilot'; there are companion"));
  const auto both = with_boards({""}, {"enter", "--firmware", "inav", "--text", "dfu"});
  EXPECT_EQ(both.exit, 64);
  EXPECT_THAT(both.err, HasSubstr("--firmware says how to reboot it"));
}

TEST_F(FirmwareOption, DfuIsShortForTheTriggerDfuDetach) {
  const auto done = with_boards({"detach"}, {"--json", "enter", "--trigger", "dfu"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(json_lines(done.out).back().at("trigger"), "dfu-detach");
}

class ProfilesCommand : public Cli {};

TEST_F(ProfilesCommand, IsATable) {
  const auto done = stm32boot({"profiles"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out,
              AllOf(StartsWith("FIRMWARE       GRADE AUTO  WHAT"),
                    HasSubstr("\nbetaflight     A     -     Betaflight flight controllers"),
                    HasSubstr("\nklipper        A     yes   Klipper on USB"),
                    HasSubstr("\nrusefi         B     -     ")));
}

TEST_F(ProfilesCommand, IsOneArray) {
  const auto rows = nlohmann::json::parse(stm32boot({"profiles", "--json"}).out).at("items");
  ASSERT_THAT(rows, SizeIs(17));
  for (const auto& row : rows) {
    if (row.at("name") != "maple") continue;
    EXPECT_EQ(row.at("evidence"), "A");
    EXPECT_EQ(row.at("flashable"), false);
    EXPECT_THAT(row.at("loaders"), Contains("1eaf:0003"));
  }
}

}  // namespace
