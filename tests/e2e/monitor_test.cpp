// SPDX-License-Identifier: GPL-3.0-or-later
// The console of a board that leaves the bus and comes back, while others work on it.
#include "bus.hpp"

namespace {

using support::program;

class Monitor : public Bus {
 protected:
  static void ask(support::Background& monitor) {
    monitor.say("version");
    monitor.wait_for("virtual board");
  }
};

TEST_F(Monitor, GoesOnAfterUnpluggingAndAfterFlashesByAnotherProcess) {
  plug_in({"times=none"});
  support::Background monitor({STM32BOOT, "monitor", "--port", "/dev/ttyACM0"});
  ask(monitor);
  boards_->say("unplug 0");
  monitor.wait_for("the board has left");
  boards_->say("plug 0");
  monitor.wait_for("monitoring /dev/ttyACM0 again");
  ask(monitor);
  unsigned seed = 1;
  for (const std::string trigger : {"auto", "touch-1200", "auto"}) {
    const auto app = program(20 * 1024, ++seed);
    const auto done = stm32boot({"flash", "--port", "/dev/ttyACM0", "--trigger", trigger,
                                 write_file("/tmp/bus/app.bin", app)});
    EXPECT_EQ(done.exit, 0) << done.err;
    monitor.wait_for("another stm32boot is working on board 1-1");
    monitor.wait_for("monitoring /dev/ttyACM0 again");
    ask(monitor);
    EXPECT_TRUE(holds(0, app)) << trigger;
  }
  monitor.signal(SIGINT);
  EXPECT_EQ(monitor.join(), 0) << monitor.transcript();
}

}  // namespace
