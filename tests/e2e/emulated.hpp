// SPDX-License-Identifier: GPL-3.0-or-later
// The companion firmware on an emulated chip, whose ROM is the model, on this machine's USB bus.
#pragma once

#include "bus.hpp"

class Emulated : public Bus {
 protected:
  Emulated() { virtual_board_ = {"env", "-u", "STM32BOOT_ROM", EMULATED_VIRTUAL_BOARD}; }

  static std::string image(const std::string& name) { return COMPANION_DIR "/" + name; }

  void plug_in_companion(const std::string& spec = "") {
    plug_in({spec}, {"--firmware", image("blackpill.elf")});
  }

  /// What the console answers to a line, through the kernel's tty. /sys shows a tty a little before
  /// its node is in /dev.
  std::string ask(const std::string& line) {
    await([] { return std::filesystem::is_character_file("/dev/ttyACM0"); }, "the port's node");
    const std::string script = "stty -F /dev/ttyACM0 raw -echo; exec 3<>/dev/ttyACM0; printf '" +
                               line + "\\r' >&3; timeout 5 head -n 2 <&3";
    support::RunOptions options;
    options.timeout = std::chrono::seconds(20);
    const auto done = support::run({"/bin/sh", "-c", script}, options);
    EXPECT_EQ(done.err, "");
    return done.out;
  }
  void await_mode(sysboot::BoardMode mode) {
    await([&] { return at("1-1") && at("1-1")->mode == mode; }, "the board");
  }
  void await_application() {
    await([this] { return at("1-1") && !at("1-1")->ports.empty(); }, "the application's port");
  }
};
