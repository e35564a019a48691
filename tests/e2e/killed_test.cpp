// SPDX-License-Identifier: GPL-3.0-or-later
// A flash that is interrupted or killed at any moment: the same command given again completes it.
// STM32BOOT_KILLS says how often (default 4), STM32BOOT_KILL_SEED where the moments come from.
#include <cstdlib>
#include <random>
#include <thread>

#include "bus.hpp"

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

unsigned setting(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::stoul(value));
}

class Killed : public Bus {
 protected:
  static constexpr std::size_t size = 40 * 1024;

  Words flash_command(unsigned seed) {
    return {STM32BOOT, "--json", "flash",
            "--usb",   "1-1",    write_file("/tmp/bus/app.bin", support::program(size, seed))};
  }

  microseconds time_of_a_whole_flash() {
    const auto start = steady_clock::now();
    const auto done = support::run(flash_command(1));
    EXPECT_EQ(done.exit, 0) << done.out << done.err;
    return duration_cast<microseconds>(steady_clock::now() - start);
  }

  // Each moment is a time to wait, because the ones between two lines of output count, too.
  static void kill_after(const Words& command, microseconds delay, int signal) {
    support::Background flash(command);
    std::this_thread::sleep_for(delay);
    flash.signal(signal);
    const int exit = flash.join();
    const bool as_expected = exit == 0 || exit == (signal == SIGKILL ? 128 + SIGKILL : 130);
    EXPECT_TRUE(as_expected) << "exit " << exit << "\n" << flash.transcript();
  }
};

TEST_F(Killed, AtAnyMoment) {
  plug_in({"times=x32"});
  const unsigned count = setting("STM32BOOT_KILLS", 4);
  std::mt19937 random(setting("STM32BOOT_KILL_SEED", 20261124));
  std::uniform_int_distribution<microseconds::rep> moment(0, time_of_a_whole_flash().count());
  for (unsigned i = 0; i < count; ++i) {
    const microseconds delay(moment(random));
    const int signal = i % 2 == 0 ? SIGKILL : SIGINT;
    SCOPED_TRACE("round " + std::to_string(i) + ", signal " + std::to_string(signal) + " after " +
                 std::to_string(delay.count()) + " us");
    const unsigned seed = i + 2;
    kill_after(flash_command(seed), delay, signal);
    const auto again = support::run(flash_command(seed));
    EXPECT_EQ(again.exit, 0) << again.out << again.err;
    EXPECT_TRUE(holds(0, support::program(size, seed)));
    const auto board = at("1-1");
    EXPECT_TRUE(board && board->mode == sysboot::BoardMode::application) << "its application runs";
    if (HasFailure()) return;
  }
  RecordProperty("moments", static_cast<int>(count));
}

}  // namespace
