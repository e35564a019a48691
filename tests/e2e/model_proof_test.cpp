// SPDX-License-Identifier: GPL-3.0-or-later
// The model's proof: programs that this project did not write must see a real ROM in it.
#include "bus.hpp"

namespace {

using support::program;
using testing::AllOf;
using testing::HasSubstr;

class ModelProof : public Bus {};

TEST_F(ModelProof, LsusbSeesTheRomsDescriptors) {
  plug_in({"mode=dfu"});
  const auto done = support::run({"lsusb", "-v", "-d", "0483:df11"});
  EXPECT_EQ(done.exit, 0);
  for (const char* line :
       {"bcdUSB               1.00",
        "bMaxPacketSize0        64",
        "idVendor           0x0483",
        "idProduct          0xdf11",
        "bcdDevice           22.00",
        "iManufacturer           1 STMicroelectronics",
        "iProduct                2 STM32  BOOTLOADER",
        "wTotalLength       0x0036",
        "bNumInterfaces          1",
        "bmAttributes         0xc0",
        "MaxPower              100mA",
        "bInterfaceClass       254",
        "iInterface              4 @Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg",
        "iInterface              5 @Option Bytes  /0x1FFFC000/01*016 e",
        "iInterface              6 @OTP Memory /0x1FFF7800/01*512 e,01*016 e",
        "iInterface              7 @Device Feature/0xFFFF0000/01*004 e",
        "bmAttributes                       11",
        "Will Detach",
        "Manifestation Intolerant",
        "wDetachTimeout                    255 milliseconds",
        "wTransferSize                    2048 bytes",
        "bcdDFUVersion                   1.1a",
        "Device Status:     0x0001"}) {
    EXPECT_THAT(done.out, HasSubstr(line));
  }
}

TEST_F(ModelProof, DfuUtilListsFourAlternateSettings) {
  plug_in({"mode=dfu,rom-serial=328A37623437"});
  const auto done = support::run({"dfu-util", "-l"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(
      done.out,
      AllOf(
          HasSubstr("Found DFU: [0483:df11] ver=2200"), HasSubstr("path=\"1-1\""),
          HasSubstr("alt=3, name=\"@Device Feature/0xFFFF0000/01*004 e\", serial=\"328A37623437\""),
          HasSubstr("alt=2, name=\"@OTP Memory /0x1FFF7800/01*512 e,01*016 e\""),
          HasSubstr("alt=1, name=\"@Option Bytes  /0x1FFFC000/01*016 e\""),
          HasSubstr("alt=0, name=\"@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg\"")));
}

TEST_F(ModelProof, DfuUtilDownloadsUploadsAndLeaves) {
  plug_in({"mode=dfu,times=x8"});
  const auto app = program(20 * 1024 + 37);
  write_file("/tmp/bus/app.bin", app);

  const auto down =
      support::run({"dfu-util", "-a", "0", "-s", "0x08000000", "-D", "/tmp/bus/app.bin"});
  EXPECT_EQ(down.exit, 0) << down.err;
  EXPECT_THAT(down.out, HasSubstr("File downloaded successfully"));
  EXPECT_TRUE(holds(0, app));

  std::filesystem::remove("/tmp/bus/back.bin");
  const std::string range = "0x08000000:" + std::to_string(app.size());
  const auto up = support::run({"dfu-util", "-a", "0", "-s", range, "-U", "/tmp/bus/back.bin"});
  EXPECT_EQ(up.exit, 0) << up.err;
  EXPECT_EQ(read_file("/tmp/bus/back.bin"), app);

  const auto leave =
      support::run({"dfu-util", "-a", "0", "-s", "0x08000000:leave", "-D", "/tmp/bus/app.bin"});
  EXPECT_THAT(leave.out, HasSubstr("Transitioning to dfuMANIFEST state"));
  await([this] { return at("1-1") && at("1-1")->mode == sysboot::BoardMode::application; },
        "the application");
}

// AN2606 table 4, as dfu-util reads and writes it.
TEST_F(ModelProof, DfuUtilChoosesTheVoltageRange) {
  plug_in({"mode=dfu,times=x8"});
  const auto read_range = [] {
    std::filesystem::remove("/tmp/bus/range.bin");
    const auto up =
        support::run({"dfu-util", "-a", "3", "-s", "0xFFFF0000:4", "-U", "/tmp/bus/range.bin"});
    EXPECT_EQ(up.exit, 0) << up.err;
    return read_file("/tmp/bus/range.bin");
  };
  EXPECT_EQ(read_range(), (sysboot::Bytes{0x00, 0xFF, 0xFF, 0xFF}));
  write_file("/tmp/bus/words.bin", sysboot::Bytes{0x03, 0xFF, 0xFF, 0xFF});
  const auto down =
      support::run({"dfu-util", "-a", "3", "-s", "0xFFFF0000", "-D", "/tmp/bus/words.bin"});
  EXPECT_EQ(down.exit, 0) << down.err;
  EXPECT_EQ(read_range(), (sysboot::Bytes{0x03, 0xFF, 0xFF, 0xFF}));
}

TEST_F(ModelProof, TheKernelMakesASerialPortOfTheApplication) {
  plug_in({""});
  support::RunOptions options;
  options.timeout = std::chrono::seconds(20);
  const auto done = support::run(
      {"/bin/sh", "-c",
       "stty -F /dev/ttyACM0 raw -echo; exec 3<>/dev/ttyACM0; printf 'version\\r' >&3; "
       "head -n 1 <&3"},
      options);
  EXPECT_THAT(done.out, HasSubstr("virtual board"));
}

}  // namespace
