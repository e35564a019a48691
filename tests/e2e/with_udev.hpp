// SPDX-License-Identifier: GPL-3.0-or-later
// The real udevd, while the tests of a suite run.
#pragma once

#include "bus.hpp"

class WithUdev : public Bus {
 protected:
  static void SetUpTestSuite() {
    std::filesystem::create_directories("/run/udev/rules.d");
    udevd_ = std::make_unique<support::Background>(
        Words{"env", below_chroot, "/lib/systemd/systemd-udevd"});
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (run_udevadm({"control", "--ping"}).exit != 0) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "udevd does not answer";
    }
  }
  static void TearDownTestSuite() {
    udevadm({"settle", "--timeout=30"});
    udevadm({"control", "--exit"});
    EXPECT_EQ(udevd_->join(), 0) << udevd_->transcript();
    udevd_.reset();
    std::filesystem::remove_all("/run/udev");
    std::filesystem::remove("/dev/char");
  }

  static std::string udevadm(const Words& words) {
    const auto done = run_udevadm(words);
    EXPECT_EQ(done.exit, 0) << done.err;
    return done.out;
  }

  void plug_in_and_settle(const Words& boards) {
    plug_in(boards);
    udevadm({"settle", "--timeout=30"});
  }

 private:
  // udevd and udevadm refuse to work below a chroot unless they are told so.
  static constexpr const char* below_chroot = "SYSTEMD_IGNORE_CHROOT=1";

  static support::Finished run_udevadm(const Words& words) {
    Words command = {"env", below_chroot, "udevadm"};
    command.insert(command.end(), words.begin(), words.end());
    return support::run(command);
  }

  inline static std::unique_ptr<support::Background> udevd_;
};
