// SPDX-License-Identifier: GPL-3.0-or-later
// The real udevd, while the tests of a suite run.
#pragma once

#include "bus.hpp"

class WithUdev : public Bus {
 protected:
  static void SetUpTestSuite() {
    std::filesystem::create_directories("/run/udev/rules.d");
    const auto start = support::run({"/lib/systemd/systemd-udevd", "--daemon"}, below_chroot());
    ASSERT_EQ(start.exit, 0) << start.err;
  }
  static void TearDownTestSuite() {
    udevadm({"settle", "--timeout=30"});
    udevadm({"control", "--exit"});
    std::filesystem::remove_all("/run/udev");
    std::filesystem::remove("/dev/char");
  }

  static std::string udevadm(const Words& words) {
    Words command = {"udevadm"};
    command.insert(command.end(), words.begin(), words.end());
    const auto done = support::run(command, below_chroot());
    EXPECT_EQ(done.exit, 0) << done.err;
    return done.out;
  }

  void plug_in_and_settle(const Words& boards) {
    plug_in(boards);
    udevadm({"settle", "--timeout=30"});
  }

 private:
  // udevadm refuses to work below a chroot unless it is told so.
  static support::RunOptions below_chroot() {
    return {{"SYSTEMD_IGNORE_CHROOT=1"}, {}, false, false, std::chrono::seconds(60), {}};
  }
};
