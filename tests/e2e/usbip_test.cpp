// SPDX-License-Identifier: GPL-3.0-or-later
// Boards offered over USB/IP, imported with the kernel's own tool.
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

}  // namespace
