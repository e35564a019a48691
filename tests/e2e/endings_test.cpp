// SPDX-License-Identifier: GPL-3.0-or-later
// Bounced, ignored, lost, held, forbidden: each with its words and its exit code.
#include <fmt/core.h>
#include <unistd.h>

#include "bus.hpp"

namespace {

using support::program;
using testing::AllOf;
using testing::HasSubstr;

class Endings : public Bus {
 protected:
  static std::string app_file() { return write_file("/tmp/bus/app.bin", program(20 * 1024)); }
};

TEST_F(Endings, BouncedTwiceThenEntered) {
  plug_in({"bounces=2"});
  const auto done = stm32boot({"--json", "enter"});
  EXPECT_EQ(done.exit, 0) << done.out;
  EXPECT_EQ(result_of(done).at("fired"), 3);
  EXPECT_THAT(done.out, HasSubstr("try 2 of 3"));
}

TEST_F(Endings, BouncedTooOften) {
  plug_in({"bounces=2"});
  const auto done = stm32boot({"enter", "--tries", "2"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, HasSubstr("rebooted 2 times, and each time its application came back"));
}

TEST_F(Endings, Ignored) {
  plug_in({"product=STM32 Virtual ComPort,line=,no-touch"});
  const auto done = stm32boot({"enter"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, HasSubstr("its application ignored touch-1200"));
  const auto rate = support::run({"stty", "-F", "/dev/ttyACM0", "speed"});
  EXPECT_EQ(rate.out, "9600\n") << "what it was before, not 1200";
}

TEST_F(Endings, Lost) {
  plug_in({"lost"});
  const auto done = stm32boot({"enter", "--timeout", "2"});
  EXPECT_EQ(done.exit, 75);
  EXPECT_THAT(done.err, AllOf(HasSubstr("nothing came back within 2.00 s"), HasSubstr("PA10")));
}

// As in a container that was not given the device, or until the kernel has made the file.
TEST_F(Endings, ADeviceWithoutItsFile) {
  plug_in({"mode=dfu"});
  const auto device = at("1-1")->usb;
  const std::string file = fmt::format("/dev/bus/usb/{:03}/{:03}", device.bus, device.address);
  ASSERT_TRUE(std::filesystem::remove(file));
  const auto done = stm32boot({"info"});
  EXPECT_EQ(done.exit, 77);
  EXPECT_THAT(done.err,
              HasSubstr("cannot open 0483:df11 at " + file +
                        ": No such file or directory, although the device is on the bus"));
  EXPECT_THAT(done.err, HasSubstr("in a container: `stm32boot doctor` shows"));
  EXPECT_THAT(stm32boot({"doctor"}).out, HasSubstr("this user may not open it"));
}

// As one that the system has not set up yet, or that is not to be used (USBGuard).
TEST_F(Endings, ADeviceThatIsNotConfigured) {
  plug_in({"mode=dfu"});
  std::ofstream("/sys/bus/usb/devices/1-1/bConfigurationValue") << "0\n";
  const auto done = stm32boot({"info"});
  EXPECT_EQ(done.exit, 77);
  EXPECT_THAT(done.err, HasSubstr("claiming interface 0: LIBUSB_ERROR_NOT_FOUND"));
}

TEST_F(Endings, PortHeldByAnotherProgram) {
  plug_in({"product=STM32 Virtual ComPort,line="});
  support::Background holder(
      {"flock", "/dev/ttyACM0", "/bin/sh", "-c", "echo held; exec sleep 1000"});
  holder.wait_for("held");
  const auto done = stm32boot({"enter"});
  EXPECT_EQ(done.exit, 74);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("cannot open /dev/ttyACM0"), HasSubstr("held by flock (process "),
                    HasSubstr("close the other program")));
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
}

// It asks every new port for about 10 s whether it is a modem.
TEST_F(Endings, PortHeldByModemManagerIsWaitedFor) {
  plug_in({"product=STM32 Virtual ComPort,line="});
  std::filesystem::copy_file("/usr/bin/flock", "/tmp/bus/ModemManager");
  support::Background holder(
      {"/tmp/bus/ModemManager", "/dev/ttyACM0", "/bin/sh", "-c", "echo held; read line"});
  holder.wait_for("held");
  support::Background enter({STM32BOOT, "-v", "enter"});
  enter.wait_for("firing touch-1200");
  holder.say("that is no modem");
  EXPECT_EQ(enter.join(), 0) << enter.transcript();
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::dfu);
}

TEST_F(Endings, NoPermissionForThePort) {
  plug_in({"product=STM32 Virtual ComPort,line="});
  const auto done = as_nobody({"enter"});
  EXPECT_EQ(done.exit, 77);
  EXPECT_THAT(done.err, AllOf(HasSubstr("cannot open /dev/ttyACM0: Permission denied"),
                              HasSubstr("dialout")));
}

TEST_F(Endings, NoPermissionForTheBootloader) {
  plug_in({"mode=dfu"});
  const auto done = as_nobody({"flash", app_file()});
  EXPECT_EQ(done.exit, 77);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("Permission denied"), HasSubstr("ENV{PRODUCT}==\"483/df11/*")));
}

TEST_F(Endings, AnotherStm32bootOnTheSameBoard) {
  plug_in({"times=x8"});
  support::Background first({STM32BOOT, "--json", "flash", app_file()});
  first.wait_for("\"stage\":\"erase\"");
  const auto second = stm32boot({"flash", app_file()});
  EXPECT_EQ(second.exit, 74);
  EXPECT_THAT(second.err, AllOf(HasSubstr("board 1-1: another stm32boot (process "),
                                HasSubstr(std::to_string(first.pid()))));
  EXPECT_EQ(first.join(), 0) << first.transcript();
}

TEST_F(Endings, D6RootAndAUserInTurn) {
  plug_in({"mode=dfu"});
  {
    const auto lock = host_->lock_board("1-1");
    EXPECT_EQ(lock->weakness(), "");
    const auto second = as_nobody({"info"});
    EXPECT_EQ(second.exit, 74);
    EXPECT_THAT(second.err,
                HasSubstr(fmt::format("another stm32boot (process {} of user root)", ::getpid())));
  }
  const auto user = as_nobody({"info"});
  EXPECT_EQ(user.exit, 77) << "which is what the device says";
  EXPECT_THAT(user.err, testing::Not(HasSubstr("nothing keeps another")));
  EXPECT_EQ(stm32boot({"info"}).exit, 0);
}

TEST_F(Endings, AnotherProgramHasClaimedTheBootloader) {
  plug_in({"mode=dfu,times=x8"});
  write_file("/tmp/bus/big.bin", program(64 * 1024));
  support::Background other({"dfu-util", "-a", "0", "-s", "0x08000000", "-D", "/tmp/bus/big.bin"});
  boards_->wait_for("attached");
  other.wait_for("Determining device status");
  const auto done = stm32boot({"flash", app_file()});
  EXPECT_EQ(done.exit, 74);
  EXPECT_THAT(done.err, HasSubstr("held by dfu-util (process "));
  EXPECT_EQ(other.join(), 0) << other.transcript();
}

TEST_F(Endings, ApplicationThatDoesNotComeBack) {
  plug_in({"times=none,app-lost"});
  const auto done = stm32boot({"flash", app_file(), "--timeout", "2"});
  EXPECT_EQ(done.exit, 79);
  EXPECT_THAT(done.out, HasSubstr("flashed and verified"));
  EXPECT_THAT(done.err, HasSubstr("nothing came back within 2.00 s"));
}

TEST_F(Endings, ReadProtected) {
  plug_in({"rdp"});
  allow_violations_ = true;
  const auto done = stm32boot({"flash", app_file()});
  EXPECT_EQ(done.exit, 76);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("read protection (RDP) active"), HasSubstr("`stm32boot unlock`")));
}

}  // namespace
