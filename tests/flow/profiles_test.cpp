// SPDX-License-Identifier: GPL-3.0-or-later
// Every profile on the firmware that it is for, on bad builds of it, and on all the others.
#include "sysboot/trigger.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/option_bytes.hpp"
#include "sysboot/unlock.hpp"
#include "sysboot/virtual/firmware.hpp"
#include "trigger/fire.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using virtual_bench::board_with;
using virtual_bench::firmware_names;

// Boards of other makes are only used when they are named.
const Selector at_1_1 = {"", "1-1", ""};

EnterOptions with_firmware(std::string_view name) {
  EnterOptions options;
  options.trigger.firmware = name;
  return options;
}

struct Fit {
  const char* board;
  const char* profile;
  const char* trigger;
  const char* lands_in = "0483:df11";
};

std::ostream& operator<<(std::ostream& out, const Fit& fit) {
  return out << fit.profile << " on " << fit.board;
}

class ProfileFits : public support::Bench, public testing::WithParamInterface<Fit> {};

TEST_P(ProfileFits, AndTheBoardEnters) {
  add_board(board_with(GetParam().board));
  const EnterResult result = enter(job(), at_1_1, with_firmware(GetParam().profile));
  EXPECT_EQ(result.outcome, Outcome::entered) << testing::PrintToString(result.remarks);
  EXPECT_EQ(result.trigger, GetParam().trigger);
  ASSERT_TRUE(result.board);
  EXPECT_EQ(result.board->usb.id(), GetParam().lands_in);
  EXPECT_THAT(result.other_new_dfu_boards, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    AllProfiles, ProfileFits,
    testing::Values(
        Fit{"betaflight", "betaflight", "betaflight msp"},
        Fit{"betaflight-2025", "betaflight", "betaflight msp"},
        Fit{"betaflight-3.2", "betaflight", "betaflight R"},
        Fit{"betaflight-cli", "betaflight", "betaflight open cli"},
        Fit{"betaflight-at32", "betaflight", "betaflight msp", "2e3c:df11"},
        Fit{"inav", "inav", "inav cli"}, Fit{"inav-cli", "inav", "inav open cli"},
        Fit{"inav", "betaflight", "betaflight R"},
        Fit{"micropython", "micropython", "micropython repl"},
        Fit{"micropython-old", "micropython", "micropython repl"},
        Fit{"circuitpython", "circuitpython", "touch-1200"},
        Fit{"circuitpython-no-touch", "circuitpython", "circuitpython repl"},
        Fit{"espruino", "espruino", "espruino console"}, Fit{"klipper", "klipper", "touch-1200"},
        Fit{"klipper-katapult", "klipper", "touch-1200", "1d50:6177"},
        Fit{"klipper-hid", "klipper", "touch-1200", "1209:beba"},
        Fit{"grblhal", "grblhal", "grblhal $DFU"}, Fit{"nanovna", "nanovna", "nanovna reset dfu"},
        Fit{"tinysa", "tinysa", "tinysa reset dfu"}, Fit{"flipper", "flipper", "flipper cli"},
        Fit{"rusefi", "rusefi", "rusefi command"},
        Fit{"speeduino", "speeduino", "speeduino command"},
        Fit{"speeduino-old", "speeduino", "speeduino command"},
        Fit{"maple", "maple", "maple 1EAF", "1eaf:0003"}, Fit{"panda", "panda", "panda request"},
        Fit{"candlelight", "dfu-runtime", "dfu-detach"}, Fit{"touch", "touch-1200", "touch-1200"}));

struct No {
  const char* board;
  const char* profile;
  const char* says;
};

std::ostream& operator<<(std::ostream& out, const No& no) {
  return out << no.profile << " on " << no.board;
}

class ProfileRefused : public support::Bench, public testing::WithParamInterface<No> {};

TEST_P(ProfileRefused, SaysWhatTheFirmwareSaid) {
  support::VirtualBoard& board = add_board(board_with(GetParam().board));
  const EnterOptions options = with_firmware(GetParam().profile);
  const EnterResult result = enter(job(), at_1_1, options);
  EXPECT_ERROR(result.require(), Errc::ignored, HasSubstr(GetParam().says));
  EXPECT_EQ(board.generation(), 1U) << "no reboot";
  EXPECT_THAT(board.harm(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    AllProfiles, ProfileRefused,
    testing::Values(No{"betaflight-armed", "betaflight",
                       "refused betaflight msp\n  betaflight msp: it is armed"},
                    No{"inav-armed", "inav", "refused inav cli\n  inav cli: it is armed"},
                    No{"espruino-old", "espruino", "this Espruino has no E.rebootToDFU"},
                    No{"grblhal-without", "grblhal", "it refused; it said \"error:20\""},
                    No{"tinysa-ultra", "tinysa", "a tinySA Ultra has no command for DFU mode"},
                    No{"tinysa-ultra", "nanovna", "a tinySA Ultra has no command for DFU mode"},
                    No{"micropython-without", "micropython", "NameError"},
                    No{"panda-release", "panda", "it refused the request (stall)"},
                    No{"nanovna", "tinysa",
                       "\"tinySA_\" as its version did not come within 1.00 s"},
                    No{"betaflight", "inav", "the right answer to MSP_FC_VARIANT did not come"},
                    No{"nanovna", "grblhal",
                       "\"ok\" to an empty line did not come within 1.00 s; it said \"ch>"},
                    No{"deaf", "micropython", "the raw REPL did not come within 3.00 s"},
                    No{"deaf", "flipper", "the prompt \">: \" did not come within 2.00 s"},
                    No{"deaf", "rusefi", "ignored rusefi command"},
                    No{"deaf", "klipper", "ignored touch-1200"}));

// Which wrong pairs enter all the same, because both firmwares understand the same.
bool may_enter(std::string_view profile, std::string_view firmware) {
  const bool obeys_touch =
      firmware.starts_with("klipper") || firmware == "circuitpython" || firmware == "touch";
  const bool touches =
      profile == "klipper" || profile == "circuitpython" || profile == "touch-1200";
  if (touches && obeys_touch) return true;
  if (profile == "dfu-runtime") return firmware == "candlelight";
  if (profile == "betaflight" && firmware == "inav") return true;
  if (profile == "companion" && firmware == "inav-cli") return true;
  if (profile == "nanovna" && firmware == "tinysa") return true;
  return firmware.starts_with(profile);
}

class AnyProfileOnAnyFirmware : public testing::TestWithParam<std::string> {};

TEST_P(AnyProfileOnAnyFirmware, DoesNoHarm) {
  for (const Profile& profile : profiles()) {
    SCOPED_TRACE(std::string(profile.name));
    virtual_bench::VirtualHost host;
    host.give_up_at = host.now() + std::chrono::minutes(1);
    auto& board = host.add_board("1-1", board_with(GetParam()));
    const EnterOptions options = with_firmware(profile.name);
    try {
      const EnterResult result = enter({host}, at_1_1, options);
      if (result.outcome == Outcome::entered) {
        EXPECT_TRUE(may_enter(profile.name, GetParam()));
      } else {
        EXPECT_EQ(result.outcome, Outcome::ignored);
        EXPECT_EQ(board.generation(), 1U) << "no reboot";
        EXPECT_ERROR(result.require(), Errc::ignored, HasSubstr("its application"));
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::usage) << error.what();
      EXPECT_EQ(board.generation(), 1U);
    }
    if (!may_enter(profile.name, GetParam())) {
      EXPECT_THAT(board.harm(), IsEmpty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EachFirmware, AnyProfileOnAnyFirmware,
                         testing::ValuesIn(firmware_names()));

class Profiles : public support::Bench {
 protected:
  EnterResult enter_it(const EnterOptions& options = {}) { return enter(job(), at_1_1, options); }
  EnterResult send(const char* text) {
    EnterOptions options;
    options.trigger.ways = {send_text(unescape(text))};
    return enter_it(options);
  }
};

// The model has the defect that the profile works around.
TEST_F(Profiles, BetaflightOf2025OnlyOpensItsCommandLineForALoneCharacter) {
  auto& board = add_board(board_with("betaflight-2025"));
  send("#\\r\\n");
  EXPECT_THAT(board.harm(), IsEmpty()) << "not opened";
  const Board found = find_board(host_, at_1_1);
  fire(job(), found, find_profile("betaflight").ways[2]);
  host_.sleep(seconds(1));
  EXPECT_NE(board.rom(), nullptr);
}

TEST_F(Profiles, OlderBetaflightTakesTheUsualSequence) {
  auto& board = add_board(board_with("betaflight"));
  send("#\\r\\n");
  EXPECT_THAT(board.harm(), ElementsAre(HasSubstr("command line")));
}

TEST_F(Profiles, MspRebootIsNotSentWhereItMeansAPlainReboot) {
  for (const char* firmware : {"betaflight-3.2", "inav"}) {
    SCOPED_TRACE(firmware);
    virtual_bench::VirtualHost host;
    auto& board = host.add_board("1-1", board_with(firmware));
    EnterOptions options;
    options.trigger.ways = {send_text(unescape("$M<\\x01\\x44\\x01\\x44"))};
    EXPECT_EQ(enter({host}, at_1_1, options).outcome, Outcome::bounced);
    EXPECT_THAT(board.harm(), testing::Not(IsEmpty())) << "what the profile must avoid";
  }
}

TEST_F(Profiles, AnArmedCraftIsAskedNothingMore) {
  auto& board = add_board(board_with("betaflight-armed"));
  const EnterResult result = enter_it(with_firmware("betaflight"));
  EXPECT_TRUE(result.forbidden);
  EXPECT_THAT(result.tried, ElementsAre("betaflight msp"));
  EXPECT_THAT(board.application()->received(), testing::Not(HasSubstr("\x44")));
}

TEST_F(Profiles, AStoppedConversationDoesNotWaitForTheBoardToLeave) {
  add_board(board_with("deaf"));
  const TimePoint start = host_.now();
  enter_it(with_firmware("nanovna"));
  EXPECT_LT(host_.now() - start, milliseconds(1200)) << "only for the prompt";
}

TEST_F(Profiles, TheRawReplIsLeftWhenTheProgramFails) {
  auto& board = add_board(board_with("micropython-without"));
  enter_it(with_firmware("micropython"));
  EXPECT_TRUE(board.application()->received().ends_with("\x02"));
}

TEST_F(Profiles, APortLeftAt1200BaudIsNotTouchedByAConversation) {
  auto settings = board_with("deaf");
  settings.application.obeys_touch = true;
  add_board(settings);
  host_.leave_port_at("/dev/ttyACM0", 1200);
  EXPECT_EQ(enter_it(with_firmware("nanovna")).outcome, Outcome::ignored);
}

TEST_F(Profiles, AFirmwareThatIsKnownForCertainIsNotAskedAsAnother) {
  add_board(board_with("klipper"));
  EXPECT_ERROR(enter_it(with_firmware("betaflight")), Errc::usage,
               HasSubstr("runs klipper, not betaflight"));
  EXPECT_EQ(enter_it(with_firmware("touch-1200")).outcome, Outcome::entered);
}

TEST_F(Profiles, WithoutASerialPort) {
  add_board(board_with("candlelight"));
  EXPECT_ERROR(enter_it(with_firmware("grblhal")), Errc::usage, HasSubstr("needs a serial port"));
}

TEST_F(Profiles, CtrlCWhileAPromptIsAwaited) {
  add_board(board_with("deaf"));
  host_.at(host_.now() + seconds(1), [&] { stop_ = true; });
  const TimePoint start = host_.now();
  EXPECT_ERROR(enter_it(with_firmware("micropython")), Errc::interrupted, HasSubstr("stopped"));
  EXPECT_LE(host_.now() - start, milliseconds(1200));
}

TEST_F(Profiles, BouncesAreTriedAgain) {
  auto settings = board_with("nanovna");
  settings.bounces = 2;
  add_board(settings);
  const EnterResult result = enter_it(with_firmware("nanovna"));
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 3);
}

class Automatic : public Profiles {};

TEST_F(Automatic, WhereTheFirmwareIsCertain) {
  const std::pair<const char*, const char*> expected[] = {{"micropython", "micropython repl"},
                                                          {"klipper", "touch-1200"},
                                                          {"maple", "maple 1EAF"},
                                                          {"panda", "panda request"}};
  for (const auto& [firmware, trigger] : expected) {
    SCOPED_TRACE(firmware);
    virtual_bench::VirtualHost host;
    host.add_board("1-1", board_with(firmware));
    const EnterResult result = enter({host}, at_1_1, {});
    EXPECT_EQ(result.outcome, Outcome::entered);
    EXPECT_EQ(result.trigger, trigger);
    EXPECT_THAT(result.tried, SizeIs(1));
  }
}

TEST_F(Automatic, ADeviceWithoutAPortIsAskedWhenItMayBeOpened) {
  virtual_bench::VirtualHost host;
  host.add_board("1-1", board_with("panda"));
  ASSERT_THAT(host.serial_ports(), IsEmpty());
  host.refuse("1-1", Error(Errc::not_permitted, "not yet"),
              host.now() + std::chrono::milliseconds(400));
  EXPECT_EQ(enter({host}, at_1_1, {}).outcome, Outcome::entered);
}

TEST_F(Automatic, ButNeverBySharedIds) {
  for (const std::string& firmware : firmware_names()) {
    auto settings = board_with(firmware);
    if (settings.application.vendor != 0x0483 || settings.application.obeys_touch) continue;
    SCOPED_TRACE(firmware);
    virtual_bench::VirtualHost host;
    auto& board = host.add_board("1-1", settings);
    EXPECT_THAT(enter({host}, at_1_1, {}).tried, ElementsAre("touch-1200"));
    EXPECT_EQ(board.application()->received(), "");
  }
}

class OtherLoaders : public Profiles {
 protected:
  const Image image_ = support::image_of(support::program(20000));
};

TEST_F(OtherLoaders, AreFlashedByTheirOwnTools) {
  add_board(board_with("klipper-katapult"));
  FlashOptions options;
  options.enter = with_firmware("klipper");
  EXPECT_ERROR(flash(job(), at_1_1, image_, options), Errc::protocol,
               AllOf(HasSubstr("board 1-1"), HasSubstr("the Katapult bootloader (1d50:6177)"),
                     HasSubstr("does not speak ST's DfuSe")));
  EXPECT_EQ(enter_it().outcome, Outcome::already);
  EXPECT_ERROR(inspect(job(), at_1_1, nullptr), Errc::protocol, HasSubstr("Katapult"));
  EXPECT_ERROR(run(job(), at_1_1, flash_base, {}), Errc::protocol, HasSubstr("Katapult"));
  EXPECT_ERROR(verify(job(), at_1_1, image_, {}), Errc::protocol, HasSubstr("Katapult"));
  EXPECT_ERROR(erase(job(), at_1_1, EraseAll{}, {}), Errc::protocol, HasSubstr("Katapult"));
  EXPECT_ERROR(unlock(job(), at_1_1, {}), Errc::protocol, HasSubstr("Katapult"));
  EXPECT_ERROR(read_option_bytes(job(), at_1_1, {}), Errc::protocol, HasSubstr("Katapult"));
  EXPECT_ERROR(write_option_bytes(job(), at_1_1, Bytes(16), {}), Errc::protocol,
               HasSubstr("Katapult"));
}

TEST_F(OtherLoaders, AreNotEvenEnteredWhereAFirmwareKnowsNoOther) {
  auto& board = add_board(board_with("maple"));
  FlashOptions options;
  options.enter = with_firmware("maple");
  EXPECT_ERROR(flash(job(), at_1_1, image_, options), Errc::usage,
               HasSubstr("maple reboots into 1eaf:0003"));
  EXPECT_EQ(board.generation(), 1U);
}

TEST_F(OtherLoaders, ClonesOfTheRomAreFlashedAsTheRomIs) {
  auto& board = add_board(board_with("betaflight-at32"));
  FlashOptions options;
  options.enter = with_firmware("betaflight");
  const FlashResult result = flash(job(), at_1_1, image_, options);
  EXPECT_EQ(result.bytes_verified, result.bytes);
  EXPECT_TRUE(holds(board, image_));
  EXPECT_TRUE(result.run->board);
}

}  // namespace
}  // namespace sysboot
