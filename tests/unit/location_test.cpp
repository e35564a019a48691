// SPDX-License-Identifier: GPL-3.0-or-later
// How Windows and macOS say where a device is plugged in.
#include <gmock/gmock.h>

#include "host/mac/location.hpp"
#include "host/windows/location.hpp"

namespace sysboot {
namespace {

const std::vector<std::string> controllers = {"PCIROOT(0)#PCI(1400)",
                                              "PCIROOT(0)#PCI(1C04)#PCI(0000)"};

TEST(WindowsLocation, HasTheControllerAndEachPort) {
  EXPECT_EQ(port_path_of("PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)", controllers), "1-4");
  EXPECT_EQ(port_path_of("PCIROOT(0)#PCI(1C04)#PCI(0000)#USBROOT(0)#USB(13)#USB(2)", controllers),
            "2-13.2");
  EXPECT_EQ(port_path_of("PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(4)#USB(2)#USBMI(2)", controllers),
            "1-4.2")
      << "a function of a composite device is where the device is";
}

TEST(WindowsLocation, WhatIsOnNoUsbPortHasNone) {
  EXPECT_EQ(port_path_of("PCIROOT(0)#PCI(1400)#USBROOT(0)", controllers), std::nullopt);
  EXPECT_EQ(port_path_of("PCIROOT(0)#PCI(1F00)", controllers), std::nullopt);
  EXPECT_EQ(port_path_of("PCIROOT(0)#PCI(9900)#USBROOT(0)#USB(1)", controllers), std::nullopt)
      << "a controller that nobody knows";
  EXPECT_EQ(port_path_of("", controllers), std::nullopt);
}

TEST(WindowsInstance, OfADevice) {
  const auto id = parse_instance_id(R"(USB\VID_0483&PID_DF11\326533683734)");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->vendor, 0x0483);
  EXPECT_EQ(id->product, 0xDF11);
  EXPECT_EQ(id->interface_number, std::nullopt);
  EXPECT_EQ(id->serial, "326533683734");
}

TEST(WindowsInstance, OfAFunction) {
  const auto id = parse_instance_id(R"(USB\VID_0483&PID_5740&MI_0A\7&1A2B3C4D&0&000A)");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->interface_number, 10);
  EXPECT_EQ(id->serial, "") << "Windows made up what stands there";
}

TEST(WindowsInstance, OfSomethingElse) {
  EXPECT_EQ(parse_instance_id(R"(USB\ROOT_HUB30\4&2F6E8B2C&0&0)"), std::nullopt);
  EXPECT_EQ(parse_instance_id(R"(FTDIBUS\VID_0403+PID_6001+A50285BIA\0000)"), std::nullopt);
  EXPECT_EQ(parse_instance_id(""), std::nullopt);
}

TEST(WindowsInstance, TellsWhatDidNotEnumerate) {
  EXPECT_TRUE(has_failed(*parse_instance_id(R"(USB\VID_0000&PID_0002\6&2C24CE2E&0&4)")));
  EXPECT_FALSE(has_failed(*parse_instance_id(R"(USB\VID_0483&PID_DF11\X)")));
}

TEST(MacLocation, HasTheBusAndADigitForEachPort) {
  EXPECT_EQ(port_path_of(0x14200000), "20-2");
  EXPECT_EQ(port_path_of(0x14220000), "20-2.2");
  EXPECT_EQ(port_path_of(0x01A40000), "1-10.4");
  EXPECT_EQ(port_path_of(0x02000000), "2") << "a root hub";
}

TEST(MacPortName, TheCalloutNameIsTaken) {
  EXPECT_EQ(callout_name("/dev/tty.usbmodem14201"), "/dev/cu.usbmodem14201");
  EXPECT_EQ(callout_name("/dev/cu.usbmodem14201"), "/dev/cu.usbmodem14201");
  EXPECT_EQ(callout_name("/dev/ttys003"), "/dev/ttys003");
}

}  // namespace
}  // namespace sysboot
