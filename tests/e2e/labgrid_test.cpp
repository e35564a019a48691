// SPDX-License-Identifier: GPL-3.0-or-later
// Debian's labgrid, udevd and the driver of packaging/integrations: a test bench with two boards,
// of which the second one is flashed.
#include "with_udev.hpp"

namespace {

class Labgrid : public WithUdev {};

// What labgrid calls to reach an exporter; it runs the command here.
constexpr const char* ssh = R"(#!/bin/sh
echo "$@" >>/tmp/bus/ssh
while [ "$1" != bench ]; do
  [ "$1" != -O ] || exit 0
  shift
done
shift
[ "$1" != -- ] || shift
exec sh -c "$*"
)";

TEST_F(Labgrid, FlashesTheBoardOfItsTarget) {
  plug_in_and_settle({"times=none", "times=none"});
  const auto beside_it = flash_of(0);
  std::filesystem::create_directory("/tmp/bus/bin");
  std::ofstream("/tmp/bus/bin/ssh") << ssh;
  std::filesystem::permissions("/tmp/bus/bin/ssh", std::filesystem::perms::all);
  write_file("/tmp/bus/bad.bin", {1, 2, 3});

  Words command = {"env",        "PATH=/tmp/bus/bin:/usr/bin:/bin",
                   PYTHON,       INTEGRATIONS_TESTS "/labgrid_bench.py",
                   INTEGRATIONS, STM32BOOT};
  std::map<std::string, sysboot::Bytes> images;
  const Words targets = {"main", "serial", "exporter"};
  for (const std::string& target : targets) {
    images[target] = support::program(20 * 1024, static_cast<unsigned>(images.size()));
    command.push_back(write_file("/tmp/bus/" + target + ".bin", images[target]));
  }
  support::Background bench(command);
  for (const std::string& target : targets) {
    bench.wait_for("flashed " + target, std::chrono::seconds(300));
    EXPECT_TRUE(holds(1, images[target])) << target;
    bench.say("go on");
  }
  EXPECT_EQ(bench.join(), 0) << bench.transcript();
  EXPECT_EQ(flash_of(0), beside_it);
  const auto on_the_exporter = support::run({"cat", "/tmp/bus/ssh"}).out;
  EXPECT_THAT(on_the_exporter, testing::HasSubstr(" bench -- " STM32BOOT
                                                  " flash --usb=1-2 /tmp/bus/exporter.bin\n"));
}

}  // namespace
