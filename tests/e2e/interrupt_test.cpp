// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl-C at any stage: it stops between blocks, leaves the board in DFU mode, says how to go on,
// exits 130.
#include "bus.hpp"

namespace {

using support::program;
using testing::AllOf;
using testing::HasSubstr;

class Interrupt : public Bus {
 protected:
  // Interrupts a flash once it says `moment`; then the plain rerun must complete.
  void interrupt_at(const std::string& moment) {
    SCOPED_TRACE(moment);
    plug_in({"times=x8"});
    const auto app = program(64 * 1024);
    const Words command = {STM32BOOT, "--json",       "flash",
                           "--port",  "/dev/ttyACM0", write_file("/tmp/bus/app.bin", app)};
    support::Background flash(command);
    flash.wait_for(moment);
    flash.signal(SIGINT);
    EXPECT_EQ(flash.join(), 130) << flash.transcript();
    EXPECT_THAT(flash.transcript(), AllOf(HasSubstr("\"kind\":\"interrupted\""),
                                          HasSubstr("the same command again finishes the work")));
    const auto again = support::run(command);
    EXPECT_EQ(again.exit, 0) << again.out << again.err;
    EXPECT_TRUE(holds(0, app));
  }
};

TEST_F(Interrupt, WhileEntering) {
  interrupt_at("\"begin\",\"stage\":\"enter\"");
}
TEST_F(Interrupt, WhileComparing) {
  interrupt_at("\"begin\",\"stage\":\"compare\"");
}
TEST_F(Interrupt, WhileErasing) {
  interrupt_at("\"progress\",\"stage\":\"erase\"");
}
TEST_F(Interrupt, WhileWriting) {
  interrupt_at("\"progress\",\"stage\":\"write\",\"done\":20");
}
TEST_F(Interrupt, WhileVerifying) {
  interrupt_at("\"progress\",\"stage\":\"verify\"");
}

TEST_F(Interrupt, LeavesTheBoardInDfuMode) {
  plug_in({"times=x8"});
  support::Background flash(
      {STM32BOOT, "--json", "flash", write_file("/tmp/bus/app.bin", program(64 * 1024))});
  flash.wait_for("\"progress\",\"stage\":\"write\"");
  flash.signal(SIGTERM);
  EXPECT_EQ(flash.join(), 130);
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::dfu);
}

// One has nothing to do and is done, one is written, one never comes back from its reboot.
TEST_F(Interrupt, OfSeveralBoardsNamesEachWithItsState) {
  const auto app = program(300 * 1024);
  holds_at_first_ = [&](std::size_t number) {
    auto flash = number == 0 ? app : program(1024);
    flash.resize(512 * 1024, 0xFF);
    return flash;
  };
  plug_in({"times=none", "times=x8", "lost"});
  const Words command = {STM32BOOT, "--json",    "flash", "--count",
                         "3",       "--timeout", "100",   write_file("/tmp/bus/app.bin", app)};
  support::Background flash(command);
  flash.wait_for(R"("event":"board","board":"1-1")");
  boards_->wait_for(R"("detached","board":2)");
  flash.wait_for(R"("progress","board":"1-2","stage":"write")");
  flash.signal(SIGINT);
  EXPECT_EQ(flash.join(), 130) << flash.transcript();
  const auto result = result_of(support::Finished{130, flash.transcript(), ""});
  ASSERT_EQ(result.at("boards").size(), 3U) << result;
  const auto& boards = result.at("boards");
  EXPECT_TRUE(boards[0].at("ok")) << "it was done before";
  const char* states[] = {"", "stopped on request; it is in DFU mode",
                          "stopped on request; it is not on the bus"};
  for (const std::size_t i : {1U, 2U}) {
    EXPECT_EQ(boards[i].at("board"), path_of(i));
    EXPECT_EQ(boards[i].at("exit"), 130);
    EXPECT_EQ(boards[i].at("error").at("text"), states[i]);
  }
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
  EXPECT_EQ(at("1-2")->mode, sysboot::BoardMode::dfu);
}

TEST_F(Interrupt, WhileWaitingForABoardThatIsLost) {
  plug_in({"lost"});
  support::Background enter({STM32BOOT, "enter", "--timeout", "600"});
  boards_->wait_for("\"detached\"");
  enter.signal(SIGINT);
  EXPECT_EQ(enter.join(), 130);
}

}  // namespace
