// SPDX-License-Identifier: GPL-3.0-or-later
// Three boards that look alike: only the chosen one reboots and is flashed.
#include "bus.hpp"

namespace {

using support::program;
using sysboot::BoardMode;
using testing::AllOf;
using testing::HasSubstr;

class ThreeBoards : public Bus {
 protected:
  void SetUp() override {
    const std::string alike = "product=STM32 Virtual ComPort,line=,times=none";
    plug_in({alike, alike, alike});
    for (const auto& board : on_bus()) addresses_[board.port_path()] = board.usb.address;
  }
  std::string port_at(const std::string& path) { return at(path)->ports.front().path; }
  bool never_rebooted(const std::string& path) {
    return at(path) && at(path)->usb.address == addresses_.at(path);
  }
  static std::string app_file() { return write_file("/tmp/bus/app.bin", program(20 * 1024)); }
  static sysboot::Bytes app() { return program(20 * 1024); }

  std::map<std::string, unsigned> addresses_;
};

TEST_F(ThreeBoards, NoChoiceIsNoGuess) {
  const auto done = stm32boot({"flash", app_file()});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr("3 boards fit"), HasSubstr("\n  1-1 "),
                              HasSubstr("\n  1-2 "), HasSubstr("\n  1-3 ")));
  for (const char* path : {"1-1", "1-2", "1-3"}) EXPECT_TRUE(never_rebooted(path)) << path;
}

TEST_F(ThreeBoards, OnlyTheChosenOneByPort) {
  const auto done = stm32boot({"flash", "--port", port_at("1-2"), app_file()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(holds(1, app()));
  EXPECT_FALSE(holds(0, app()) || holds(2, app()));
  EXPECT_TRUE(never_rebooted("1-1"));
  EXPECT_TRUE(never_rebooted("1-3"));
}

TEST_F(ThreeBoards, OnlyTheChosenOneBySerial) {
  const auto done = stm32boot({"flash", "--serial", at("1-3")->usb.serial, app_file()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(holds(2, app()));
  EXPECT_TRUE(never_rebooted("1-1"));
  EXPECT_TRUE(never_rebooted("1-2"));
}

TEST_F(ThreeBoards, EvenWhenAnotherEntersAtTheSameMoment) {
  support::Background flash({STM32BOOT, "--json", "flash", "--usb", "1-1", app_file()});
  boards_->wait_for("\"detached\",\"board\":0");  // the trigger has worked
  boards_->say("enter 2");
  EXPECT_EQ(flash.join(), 0) << flash.transcript();
  EXPECT_TRUE(holds(0, app()));
  EXPECT_FALSE(holds(2, app()));
  EXPECT_EQ(at("1-3")->mode, BoardMode::dfu) << "it waits there, untouched";
}

TEST_F(ThreeBoards, ADfuBoardThatWasThereBeforeIsNeverTouched) {
  boards_->say("enter 0");
  await([this] { return at("1-1") && at("1-1")->mode == BoardMode::dfu; }, "board 0 in DFU mode");
  const unsigned address = at("1-1")->usb.address;
  const auto done = stm32boot({"flash", "--usb", "1-2", app_file()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(holds(1, app()));
  EXPECT_FALSE(holds(0, app()));
  EXPECT_EQ(at("1-1")->usb.address, address);
}

TEST_F(ThreeBoards, AllThreeAtOnceByThreeProcesses) {
  std::vector<std::unique_ptr<support::Background>> running;
  for (unsigned i = 0; i < 3; ++i) {
    const std::string file =
        write_file("/tmp/bus/app" + std::to_string(i) + ".bin", program(20 * 1024, i + 10));
    running.push_back(std::make_unique<support::Background>(
        Words{STM32BOOT, "flash", "--usb", "1-" + std::to_string(i + 1), file}));
  }
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(running[i]->join(), 0) << running[i]->transcript();
    EXPECT_TRUE(holds(i, program(20 * 1024, i + 10)));
  }
}

}  // namespace
