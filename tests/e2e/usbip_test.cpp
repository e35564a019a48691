// SPDX-License-Identifier: GPL-3.0-or-later
// Boards offered over USB/IP, imported with the kernel's own tool.
#include <sys/mount.h>

#include "bus.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;

class UsbIp : public Bus {
 protected:
  // Where usbip keeps what it has attached.
  ~UsbIp() override { std::filesystem::remove_all("/run/vhci_hcd"); }
};

TEST_F(UsbIp, IsListedImportedAndFlashed) {
  boards_ = std::make_unique<support::Background>(Words{VIRTUAL_BOARD, "--listen", "127.0.0.1:3240",
                                                        "--board", "mode=dfu,times=none",
                                                        "--flash-dir", "/tmp/bus"});
  boards_->wait_for("\"listening\"");
  const auto list = support::run({"usbip", "list", "-r", "127.0.0.1"});
  EXPECT_THAT(list.out + list.err, AllOf(HasSubstr("1-1"), HasSubstr("0483:df11")));
  const auto attach = support::run({"usbip", "attach", "-r", "127.0.0.1", "-b", "1-1"});
  EXPECT_EQ(attach.exit, 0) << attach.err;
  await([this] { return on_bus().size() == 1; }, "the imported board");
  const auto app = support::program(20 * 1024);
  const auto done = stm32boot({"flash", "--stay", write_file("/tmp/bus/app.bin", app)});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(holds(0, app));
}

TEST_F(UsbIp, StrangersAreTurnedAway) {
  boards_ =
      std::make_unique<support::Background>(Words{VIRTUAL_BOARD, "--listen", "127.0.0.1:3240"});
  boards_->wait_for("\"listening\"");
  const auto none = support::run({"usbip", "attach", "-r", "127.0.0.1", "-b", "9-9"});
  EXPECT_NE(none.exit, 0);
  support::run({"/bin/bash", "-c", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >/dev/tcp/127.0.0.1/3240"});
  const auto list = support::run({"usbip", "list", "-r", "127.0.0.1"});
  EXPECT_THAT(list.out + list.err, HasSubstr("0483:5740")) << "and it still serves";
}

// A machine of its own on the network: a namespace at the other end of a cable (veth).
class OtherMachine : public UsbIp {
 protected:
  static constexpr const char* bench = "10.73.0.2";

  OtherMachine() {
    ip({"netns", "add", "bench"});
    ip({"link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", "bench"});
    ip({"addr", "add", "10.73.0.1/24", "dev", "cable"});
    ip({"link", "set", "cable", "up"});
    ip({"-n", "bench", "addr", "add", std::string(bench) + "/24", "dev", "cable"});
    ip({"-n", "bench", "link", "set", "cable", "up"});
  }
  ~OtherMachine() override {
    ip({"netns", "del", "bench"});
    EXPECT_EQ(::umount("/run/netns"), 0);
    std::filesystem::remove("/run/netns");
  }

  static void ip(Words words) {
    words.insert(words.begin(), "ip");
    const auto done = support::run(words);
    EXPECT_EQ(done.exit, 0) << done.err;
  }

  /// As usbip does it for whoever works there: the board that is offered next.
  void attach() {
    await(
        [] {
          return support::run({"usbip", "attach", "-r", bench, "-b", "1-1"}).exit == 0;
        },
        "a board that can be attached");
  }
};

TEST_F(OtherMachine, ABoardThereIsAnOrdinaryBoardHere) {
  boards_ = std::make_unique<support::Background>(
      Words{"ip", "netns", "exec", "bench", VIRTUAL_BOARD, "--listen", std::string(bench) + ":3240",
            "--board", "times=none", "--flash-dir", "/tmp/bus"});
  boards_->wait_for("\"listening\"");
  attach();
  await([this] { return on_bus().size() == 1 && !on_bus().front().ports.empty(); }, "its port");
  const auto app = support::program(20 * 1024);
  support::Background flash({STM32BOOT, "flash", write_file("/tmp/bus/app.bin", app)});
  await([this] { return on_bus().empty(); }, "a board that reboots");
  attach();  // its bootloader
  flash.wait_for("verify");
  await([this] { return on_bus().empty(); }, "a board that leaves its bootloader");
  attach();  // its application
  EXPECT_EQ(flash.join(), 0) << flash.transcript();
  EXPECT_THAT(flash.transcript(), HasSubstr("application back on /dev/ttyACM0"));
  EXPECT_TRUE(holds(0, app));
}

}  // namespace
