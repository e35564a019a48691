// SPDX-License-Identifier: GPL-3.0-or-later
// The companion firmware itself, on an emulated chip, under the real kernel: from the command line
// into the ROM, flashed, and the new version answers.
#include "emulated.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using Words = std::vector<std::string>;

TEST_F(Emulated, AnswersOnTheKernelsSerialPort) {
  plug_in_companion();
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  EXPECT_EQ(at("1-1")->usb.product_name, "stm32boot Black Pill");
}

TEST_F(Emulated, ItsConsoleGoesOnThroughAResetAndAFlashByAnotherProcess) {
  plug_in_companion();
  support::Background monitor({STM32BOOT, "monitor", "--usb", "1-1"});
  monitor.say("version");
  monitor.wait_for("stm32boot Black Pill 0.1.0");
  monitor.say("reset");
  monitor.wait_for("the board has left");
  monitor.wait_for("monitoring /dev/ttyACM0 again");
  const auto done = stm32boot({"flash", image("blackpill-next.bin")});
  EXPECT_EQ(done.exit, 0) << done.err;
  monitor.wait_for("another stm32boot is working on board 1-1");
  monitor.wait_for("monitoring /dev/ttyACM0 again");
  monitor.say("version");
  monitor.wait_for("stm32boot Black Pill 0.1.0-next");
  monitor.signal(SIGINT);
  EXPECT_EQ(monitor.join(), 0) << monitor.transcript();
}

class EmulatedTrigger : public Emulated, public testing::WithParamInterface<Words> {};

TEST_P(EmulatedTrigger, FlashesTheNextVersion) {
  plug_in_companion();
  Words words = {"flash", "--port", "/dev/ttyACM0", image("blackpill-next.bin")};
  words.insert(words.end(), GetParam().begin(), GetParam().end());
  const auto done = stm32boot(words);
  ASSERT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
  EXPECT_EQ(at("1-1")->ports.front().path, "/dev/ttyACM0");
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0-next\r\n"));
}

std::string trigger_name(const testing::TestParamInfo<Words>& instance) {
  static const char* const names[] = {"Auto", "Touch", "Detach", "Line"};
  return names[instance.index];
}

INSTANTIATE_TEST_SUITE_P(Each, EmulatedTrigger,
                         testing::Values(Words{}, Words{"--trigger", "touch-1200"},
                                         Words{"--trigger", "dfu-detach"},
                                         Words{"--text", "dfu\\r"}),
                         trigger_name);

TEST_F(Emulated, ButtonThenFlash) {
  plug_in_companion();
  boards_->say("enter 0");
  await_mode(sysboot::BoardMode::dfu);
  EXPECT_EQ(stm32boot({"flash", image("blackpill-next.bin")}).exit, 0);
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
}

TEST_F(Emulated, DfuUtilDetachesAndFlashes) {
  plug_in_companion();
  const auto detach = support::run({"dfu-util", "-e", "-d", "0483:5740"});
  await_mode(sysboot::BoardMode::dfu);
  EXPECT_THAT(detach.out, HasSubstr("Device will detach and reattach"));
  const auto down = support::run({"dfu-util", "-a", "0", "-d", "0483:df11", "-s",
                                  "0x08000000:leave", "-D", image("blackpill-next.bin")});
  EXPECT_THAT(down.out, HasSubstr("File downloaded successfully")) << down.err;
  await_application();
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
}

TEST_F(Emulated, DfuUtilFlashesWhatStm32bootHasEntered) {
  plug_in_companion();
  ASSERT_EQ(stm32boot({"enter"}).exit, 0);
  const auto down = support::run({"dfu-util", "-a", "0", "-d", "0483:df11", "-s",
                                  "0x08000000:leave", "-D", image("blackpill-next.bin")});
  EXPECT_THAT(down.out, HasSubstr("File downloaded successfully")) << down.err;
  await_application();
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
}

class EmulatedFault : public Emulated {};

TEST_F(EmulatedFault, BouncesAreTriedAgainByTheFirmwareItself) {
  plug_in_companion("bounces=2");
  const auto done = stm32boot({"--json", "enter"});
  EXPECT_EQ(done.exit, 0) << done.out;
  EXPECT_EQ(result_of(done).at("fired"), 1);
}

TEST_F(EmulatedFault, BouncesThatTheFirmwareGivesUpOnAreTriedAgainByStm32boot) {
  plug_in_companion("bounces=4");
  const auto done = stm32boot({"--json", "flash", image("blackpill-next.bin")});
  EXPECT_EQ(done.exit, 0) << done.out;
  EXPECT_EQ(result_of(done).at("enter").at("fired"), 2);
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
}

// guard's own binary starts the ROM, and the next flash is as any other.
TEST_F(EmulatedFault, UnderGuardAFlashThatBreaksOffNeedsNoBoot0) {
  plug_in_companion("times=x8,fault=unplug@write:5");
  const std::string app = image("blackpill-guarded.bin");
  const auto broken = stm32boot({"guard", "install", "--yes", app});
  EXPECT_EQ(broken.exit, 74) << broken.err;
  EXPECT_THAT(broken.err, HasSubstr("writing 2048 bytes at 0x08005"));
  boards_->say("plug 0");
  await_mode(sysboot::BoardMode::dfu);
  const auto again = stm32boot({"flash", app});
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("under guard 1, with its stamp"));
  await_application();
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  EXPECT_EQ(stm32boot({"flash", image("blackpill.bin")}).exit, 64) << "for guard's place";
  EXPECT_EQ(stm32boot({"flash", image("blackpill-guarded-next.bin")}).exit, 0);
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
}

TEST_F(EmulatedFault, BouncesForEverEndInTheOldApplication) {
  plug_in_companion("bounces=1000");
  const auto done = stm32boot({"flash", image("blackpill-next.bin")});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, HasSubstr("and each time its application came back"));
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
}

// A floating PA10 makes the ROM choose its USART (AN2606): its USB stays dead.
TEST_F(EmulatedFault, LostUntilThePowerGoes) {
  plug_in_companion("lost");
  const auto done = stm32boot({"flash", image("blackpill-next.bin"), "--timeout", "2"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, AllOf(HasSubstr("nothing came back within 2.00 s"), HasSubstr("PA10")));
  boards_->say("unplug 0");
  boards_->say("plug 0");
  await_application();
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
}

class EmulatedUnplugged : public EmulatedFault, public testing::WithParamInterface<const char*> {};

TEST_P(EmulatedUnplugged, TheSameCommandCompletes) {
  plug_in_companion(GetParam());
  const Words command = {"flash", "--port", "/dev/ttyACM0", image("blackpill-next.bin")};
  const auto broken = stm32boot(command);
  EXPECT_EQ(broken.exit, 74) << broken.err;
  EXPECT_THAT(broken.err, AllOf(HasSubstr("left the bus"), HasSubstr("plug it in again")));
  boards_->say("plug 0 boot0");
  await_mode(sysboot::BoardMode::dfu);
  const auto again = stm32boot(command);
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
}

std::string moment_name(const testing::TestParamInfo<const char*>& instance) {
  static const char* const names[] = {"Erase", "Write", "Read"};
  return names[instance.index];
}

INSTANTIATE_TEST_SUITE_P(Each, EmulatedUnplugged,
                         testing::Values("fault=unplug@erase:1", "fault=unplug@write:2",
                                         "fault=unplug@read:3"),
                         moment_name);

}  // namespace
