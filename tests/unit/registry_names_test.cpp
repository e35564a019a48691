// SPDX-License-Identifier: GPL-3.0-or-later
// Which device is which on macOS, where libusb and the I/O Registry each know a part.
#include "host/mac/registry_names.hpp"

#include <gmock/gmock.h>

namespace sysboot {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

UsbDeviceInfo listed(const std::string& port_path, unsigned address, std::uint16_t product) {
  UsbDeviceInfo device;
  device.port_path = port_path;
  device.bus = 20;
  device.address = address;
  device.vendor = 0x0483;
  device.product = product;
  return device;
}

RegistryDevice known(const std::string& port_path, unsigned address, std::uint16_t product) {
  return {port_path, 20, address, 0x0483, product, "STMicroelectronics", "STM32  BOOTLOADER", "S1"};
}

TEST(RegistryNames, TheRegistryKnowsPathAndNames) {
  const auto named = named_by_registry({listed("20", 5, 0xDF11)}, {known("20-2.4", 5, 0xDF11)});
  ASSERT_THAT(named, SizeIs(1));
  EXPECT_EQ(named[0].port_path, "20-2.4") << "libusb's is cut off";
  EXPECT_EQ(named[0].manufacturer, "STMicroelectronics");
  EXPECT_EQ(named[0].product_name, "STM32  BOOTLOADER");
  EXPECT_EQ(named[0].serial, "S1");
}

TEST(RegistryNames, ADeviceThatTheRegistryDoesNotHaveIsLeftOut) {
  EXPECT_THAT(named_by_registry({listed("20", 5, 0xDF11)}, {}), IsEmpty());
  EXPECT_THAT(named_by_registry({listed("20", 5, 0xDF11)}, {known("20-2", 6, 0xDF11)}), IsEmpty());
}

TEST(RegistryNames, AfterAResetPathAndIdsTell) {
  const auto named = named_by_registry({listed("20-2", 5, 0xDF11)}, {known("20-2", 9, 0xDF11)});
  ASSERT_THAT(named, SizeIs(1));
  EXPECT_EQ(named[0].serial, "S1");
  EXPECT_EQ(named[0].address, 5U) << "by which libusb opens it";
}

TEST(RegistryNames, AnotherDeviceOnThatAddressOrPortIsNotTakenForIt) {
  EXPECT_THAT(named_by_registry({listed("20-2", 5, 0xDF11)}, {known("20-3", 5, 0x5740)}), IsEmpty())
      << "its old address is somebody else's";
  EXPECT_THAT(named_by_registry({listed("20-2", 5, 0xDF11)}, {known("20-2", 9, 0x5740)}), IsEmpty())
      << "its port has the application by now";
}

TEST(RegistryNames, TheirOrderIsThatOfTheRegistrysPaths) {
  const auto named = named_by_registry({listed("20", 5, 0xDF11), listed("20", 4, 0xDF11)},
                                       {known("20-2", 5, 0xDF11), known("20-1", 4, 0xDF11)});
  ASSERT_THAT(named, SizeIs(2));
  EXPECT_EQ(named[0].port_path, "20-1");
  EXPECT_EQ(named[1].port_path, "20-2");
}

}  // namespace
}  // namespace sysboot
