// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/linux/uevents.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sysboot {
namespace {

using namespace std::string_view_literals;

TEST(UeventMessages, OfUsbDevicesAndSerialPortsThatComeAndGoCount) {
  EXPECT_TRUE(
      is_of_the_bus("add@/devices/pci0000:00/usb1/1-1\0ACTION=add\0SUBSYSTEM=usb\0"
                    "DEVTYPE=usb_device\0PRODUCT=483/df11/2200\0SEQNUM=4711\0"sv))
      << "the kernel's";
  EXPECT_TRUE(
      is_of_the_bus("libudev\0\xfe\xed\xca\xfe\0ACTION=remove\0DEVNAME=/dev/ttyACM0\0"
                    "SUBSYSTEM=tty\0"sv))
      << "udev's";
  EXPECT_FALSE(
      is_of_the_bus("bind@/devices/pci0000:00/usb1/1-1\0ACTION=bind\0SUBSYSTEM=usb\0"
                    "DEVTYPE=usb_device\0DRIVER=usb\0"sv));
  EXPECT_FALSE(
      is_of_the_bus("add@/devices/pci0000:00/usb1/1-1/1-1:1.0\0ACTION=add\0SUBSYSTEM=usb\0"
                    "DEVTYPE=usb_interface\0"sv));
  EXPECT_FALSE(is_of_the_bus("add@/devices/virtual/net/veth0\0ACTION=add\0SUBSYSTEM=net\0"sv));
  EXPECT_FALSE(is_of_the_bus("ACTION=add\0SUBSYSTEM=tty_x\0NAME=SUBSYSTEM=tty\0"sv));
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

TEST(BusEvents, BeginANewMoment) {
  BusEvents events;
  const Moment before = events.moment();
  events.happened();
  const Moment after = events.moment();
  EXPECT_TRUE(before.is_before(after));
  EXPECT_FALSE(after.is_before(before));
}

TEST(BusEvents, TheNapsOfAllWhoWaitEndAtTheSameTime) {
  BusEvents events;
  const Moment before = events.moment();
  EXPECT_FALSE(events.wait(std::chrono::seconds(1)));
  EXPECT_LT(before.naps, events.moment().naps);
}

}  // namespace
}  // namespace sysboot
