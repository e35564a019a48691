// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/linux/uevents.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sysboot {
namespace {

using namespace std::string_view_literals;

TEST(UeventMessages, OfUsbDevicesAndSerialPortsCount) {
  EXPECT_TRUE(
      is_of_the_bus("add@/devices/pci0000:00/usb1/1-1\0ACTION=add\0SUBSYSTEM=usb\0"
                    "PRODUCT=483/df11/2200\0SEQNUM=4711\0"sv))
      << "the kernel's";
  EXPECT_TRUE(is_of_the_bus("libudev\0\xfe\xed\xca\xfe\0DEVNAME=/dev/ttyACM0\0SUBSYSTEM=tty\0"sv))
      << "udev's";
  EXPECT_FALSE(is_of_the_bus("add@/devices/virtual/net/veth0\0ACTION=add\0SUBSYSTEM=net\0"sv));
  EXPECT_FALSE(is_of_the_bus("SUBSYSTEM=usb_power_delivery\0NAME=SUBSYSTEM=usb\0"sv));
  EXPECT_FALSE(is_of_the_bus(""sv));
}

TEST(BusEvents, AreTakenByEachThreadThatWaits) {
  BusEvents events;
  EXPECT_FALSE(events.wait({}));
  events.happened();
  EXPECT_TRUE(events.wait({}));
  EXPECT_FALSE(events.wait({})) << "nothing since";
  bool other = false;
  std::thread([&] { other = events.wait({}); }).join();
  EXPECT_TRUE(other) << "news to it";
}

}  // namespace
}  // namespace sysboot
