// SPDX-License-Identifier: GPL-3.0-or-later
// The cable goes in the middle of it: a clear message, exit 74, and the same command completes.
#include "bus.hpp"

namespace {

using support::program;
using testing::AllOf;
using testing::HasSubstr;

struct Moment {
  const char* name;
  const char* fault;
  const char* step;
};

class Unplugged : public Bus {
 protected:
  void unplug_at(const Moment& moment) {
    SCOPED_TRACE(moment.name);
    plug_in({std::string("times=x8,fault=") + moment.fault});
    const auto app = program(64 * 1024);
    const Words command = {"flash", "--port", "/dev/ttyACM0", write_file("/tmp/bus/app.bin", app)};
    const auto broken = stm32boot(command);
    EXPECT_EQ(broken.exit, 74) << broken.err;
    EXPECT_THAT(broken.err, AllOf(HasSubstr("board 1-1"), HasSubstr(moment.step),
                                  HasSubstr("left the bus"), HasSubstr("plug it in again")));
    boards_->say("plug 0 boot0");
    await([this] { return at("1-1").has_value(); }, "the board on the bus again");
    const auto again = stm32boot({"--json", "flash", "--port", "/dev/ttyACM0", "/tmp/bus/app.bin"});
    EXPECT_EQ(again.exit, 0) << again.out;
    EXPECT_TRUE(holds(0, app));
  }
};

TEST_F(Unplugged, WhileErasing) {
  unplug_at({"erase", "unplug@erase:3", "erasing the 16 KiB sector at 0x08008000"});
}

TEST_F(Unplugged, WhileWriting) {
  unplug_at({"write", "unplug@write:25", "writing 2048 bytes"});
}

TEST_F(Unplugged, WhileVerifying) {
  unplug_at({"read", "unplug@read:20", "reading 2048 bytes"});
}

TEST_F(Unplugged, ResumingSkipsWhatIsRightAlready) {
  plug_in({"times=x8,fault=unplug@write:25"});
  write_file("/tmp/bus/app.bin", program(64 * 1024));
  EXPECT_EQ(stm32boot({"flash", "/tmp/bus/app.bin"}).exit, 74);
  boards_->say("plug 0 boot0");
  await([this] { return at("1-1").has_value(); }, "the board on the bus again");
  const auto again = stm32boot({"--json", "flash", "/tmp/bus/app.bin"});
  EXPECT_EQ(result_of(again).at("sectors_erased"), 2);
  EXPECT_EQ(result_of(again).at("sectors"), 4);
}

TEST_F(Unplugged, WhileEntering) {
  plug_in({"lost"});
  support::Background enter({STM32BOOT, "enter", "--timeout", "3"});
  boards_->wait_for("\"detached\"");
  EXPECT_EQ(enter.join(), 75) << enter.transcript();
}

}  // namespace
