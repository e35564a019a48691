// SPDX-License-Identifier: GPL-3.0-or-later
// One board through /dev/ttyACM0: application, DFU mode, flashed and verified, application again.
#include "bus.hpp"

namespace {

using support::program;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class OneBoard : public Bus {};

TEST_F(OneBoard, List) {
  plug_in({"serial=ABCDEF012345"});
  const auto done = stm32boot({"list"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out, AllOf(HasSubstr("/dev/ttyACM0"), HasSubstr("1-1"), HasSubstr("application"),
                              HasSubstr("0483:5740"), HasSubstr("ABCDEF012345")));
}

TEST_F(OneBoard, ListOfNothing) {
  const auto done = stm32boot({"list"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("no boards found"));
  EXPECT_THAT(result_of(stm32boot({"list", "--json"})).at("items"), testing::IsEmpty());
  EXPECT_EQ(stm32boot({"flash", write_file("/tmp/bus/app.bin", program(4096))}).exit, 69);
}

TEST_F(OneBoard, AMachineWithoutAnyUsb) {
  const std::string hide = R"(mount -n -t tmpfs none /sys/bus/usb && exec "$0" "$@")";
  const auto list =
      support::run({"unshare", "-m", "/bin/sh", "-c", hide, STM32BOOT, "list", "--json"});
  EXPECT_EQ(list.exit, 0);
  EXPECT_THAT(result_of(list).at("items"), testing::IsEmpty());
  EXPECT_THAT(list.out, HasSubstr(R"("level":"warning","text":"this machine shows no USB bus)"));
  const auto flash = support::run({"unshare", "-m", "/bin/sh", "-c", hide, STM32BOOT, "enter"});
  EXPECT_EQ(flash.exit, 69);
  EXPECT_THAT(flash.err, HasSubstr("shows no USB bus"));
}

TEST_F(OneBoard, EnterByTheCompanionsLineAndRun) {
  plug_in({"no-touch"});
  const auto enter = stm32boot({"enter", "--port", "/dev/ttyACM0"});
  EXPECT_EQ(enter.exit, 0) << enter.err;
  EXPECT_THAT(enter.err, HasSubstr("(dfu line)"));
  EXPECT_EQ(at("1-1")->usb.id(), "0483:df11");
  const auto again = stm32boot({"enter", "--port", "/dev/ttyACM0"});
  EXPECT_EQ(again.exit, 0) << "it is in DFU mode already, and its port still names it";
  const auto run = stm32boot({"run"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
}

TEST_F(OneBoard, EnterByTheTouch) {
  plug_in({"product=STM32 Virtual ComPort,line="});
  const auto done = stm32boot({"enter"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("(touch-1200)"));
}

TEST_F(OneBoard, EnterByDetach) {
  plug_in({"product=STM32 Virtual ComPort,line=,no-touch,detach"});
  const auto done = stm32boot({"enter"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("(dfu-detach)"));
}

TEST_F(OneBoard, EnterByDetachAndReset) {
  plug_in({"product=STM32 Virtual ComPort,line=,no-touch,detach=reset"});
  EXPECT_EQ(stm32boot({"enter"}).exit, 0);
}

TEST_F(OneBoard, EnterByText) {
  plug_in({"product=STM32 Virtual ComPort,line=reset dfu,no-touch"});
  const auto done = stm32boot({"enter", "--text", "reset dfu\\r"});
  EXPECT_EQ(done.exit, 0) << done.err;
}

TEST_F(OneBoard, FlashesImagesOfEverySize) {
  plug_in({"times=none"});
  unsigned seed = 0;
  for (const std::size_t size : {16U * 1024, 20U * 1024 + 37, 300U * 1024, 512U * 1024}) {
    SCOPED_TRACE(size);
    const auto app = program(size, ++seed);
    const auto done = stm32boot(
        {"--json", "flash", "--port", "/dev/ttyACM0", write_file("/tmp/bus/app.bin", app)});
    ASSERT_EQ(done.exit, 0) << done.out;
    const auto result = result_of(done);
    EXPECT_EQ(result.at("enter").at("outcome"), "entered");
    EXPECT_EQ(result.at("bytes_verified"), size);
    EXPECT_EQ(result.at("run").at("device").at("ports").at(0), "/dev/ttyACM0");
    EXPECT_TRUE(holds(0, app));
    EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
  }
}

TEST_F(OneBoard, FlashesAtTheSpeedOfRealFlash) {
  plug_in({"times=x8"});
  const auto app = program(20 * 1024 + 37);
  const auto done = stm32boot({"flash", write_file("/tmp/bus/app.bin", app)});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("flashed and verified: app.bin, 20517 bytes"));
  EXPECT_TRUE(holds(0, app));
  EXPECT_THAT(stm32boot({"flash", "/tmp/bus/app.bin"}).out,
              StartsWith("already in flash, verified"));
}

TEST_F(OneBoard, FlashesAndErases32BitsAtATime) {
  plug_in({"times=x8"});
  const auto app = program(20 * 1024 + 37);
  const auto done = stm32boot({"flash", "--x32", write_file("/tmp/bus/app.bin", app)});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("erase    2 sectors, 32 KiB"));
  EXPECT_TRUE(holds(0, app));
  const auto erase = stm32boot({"erase", "--x32", "--sectors", "0"});
  EXPECT_EQ(erase.exit, 0) << erase.err;
  EXPECT_TRUE(holds(0, sysboot::Bytes(16 * 1024, 0xFF)));
}

// With the next block under way behind the one that fails.
TEST_F(OneBoard, ATransferThatFailsAmongOthersIsGoneOnFrom) {
  allow_violations_ = true;  // what was under way already
  struct Case {
    const char* fault;
    int restarts;
  };
  const auto app = program(64 * 1024);
  const std::string file = write_file("/tmp/bus/app.bin", app);
  for (const Case& each : {Case{"stall@write:10", 0},
                           {"io-error@write:10", 1},
                           {"timeout@write:10", 1},
                           {"stall@read:10", 1},
                           {"io-error@read:10", 1}}) {
    SCOPED_TRACE(each.fault);
    plug_in({std::string("mode=dfu,times=none,fault=") + each.fault});
    const auto done = stm32boot({"--json", "flash", file});
    EXPECT_EQ(done.exit, 0) << done.out;
    EXPECT_EQ(result_of(done).at("restarts"), each.restarts);
    EXPECT_TRUE(holds(0, app));
    unplug_all();
  }
}

TEST_F(OneBoard, InfoShowsTheChip) {
  plug_in({"mode=dfu"});
  const auto done = stm32boot({"info"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("STM32F411xE (bootloader id 0xD0)"));
}

TEST_F(OneBoard, VeryVerboseShowsRealTransfers) {
  plug_in({"mode=dfu,times=none"});
  const auto done =
      stm32boot({"-vv", "flash", "--stay", write_file("/tmp/bus/app.bin", program(4096))});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, HasSubstr("type=a1 request=03"));
}

}  // namespace
