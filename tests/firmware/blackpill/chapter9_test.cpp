// SPDX-License-Identifier: GPL-3.0-or-later
// What hosts ask of every device: USB 2.0 chapter 9, and the data stages of chapter 8.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dfuse/session.hpp"
#include "fake_board.hpp"
#include "sysboot/virtual/application.hpp"

namespace firmware_test {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr std::uint8_t get_descriptor = 6;
constexpr std::uint16_t device_descriptor = 0x0100;
constexpr std::uint16_t configuration_descriptor = 0x0200;
constexpr std::uint16_t english = 0x0409;
constexpr std::uint16_t all_descriptors[] = {0x0100, 0x0200, 0x0300, 0x0301,
                                             0x0302, 0x0303, 0x0304};
// No such index, Microsoft's string, device qualifier, other speed, BOS, and what is of a class.
constexpr std::uint16_t no_descriptors[] = {0x0101, 0x0201, 0x0305, 0x03EE, 0x0600,
                                            0x0700, 0x0F00, 0x2100, 0x2900};
constexpr std::uint8_t all_endpoints[] = {0x01, 0x81, 0x82};

class Chapter9 : public testing::Test {
 protected:
  Chapter9() { board.enumerate(); }

  std::optional<Bytes> descriptor(std::uint16_t value, std::uint16_t length = 255) {
    return board.get(0x80, get_descriptor, value, value >> 8 == 3 ? english : 0, length);
  }

  std::string string(std::uint8_t index) {
    const auto bytes = descriptor(static_cast<std::uint16_t>(0x0300 | index));
    std::string text;
    for (std::size_t n = 2; bytes && n < bytes->size(); n += 2) {
      text += static_cast<char>(bytes->at(n));
    }
    return text;
  }

  Board board;
};

TEST_F(Chapter9, EveryDescriptorWithEveryLength) {
  for (const std::uint16_t value : all_descriptors) {
    const Bytes whole = descriptor(value, 0xFFFF).value();
    for (std::uint16_t length = 1; length < 300; ++length) {
      const auto part = descriptor(value, length);
      ASSERT_TRUE(part) << value << " " << length;
      const std::size_t expected = std::min<std::size_t>(length, whole.size());
      ASSERT_EQ(*part, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(expected)));
    }
    EXPECT_THAT(descriptor(value, 0), Optional(ElementsAre()));
  }
}

// The bench's virtual board plays this firmware, so they have to look alike to a host.
TEST_F(Chapter9, ConfigurationIsThatOfTheVirtualBoard) {
  sysboot::virtual_bench::ApplicationSettings settings;
  settings.has_dfu_runtime = true;
  const sysboot::virtual_bench::Application application(settings);
  EXPECT_EQ(descriptor(configuration_descriptor), application.descriptors().configuration);
  EXPECT_EQ(string(2), settings.product_name);
}

TEST_F(Chapter9, SaysWhoItIs) {
  const Bytes device = descriptor(device_descriptor).value();
  EXPECT_EQ(device.size(), 18U);
  EXPECT_EQ(device[8] | device[9] << 8, 0x0483);
  EXPECT_EQ(device[10] | device[11] << 8, 0x5740);
  EXPECT_EQ(string(1), "stm32boot");
  EXPECT_EQ(string(2), "stm32boot Black Pill");
  EXPECT_EQ(string(3), "325E35633334") << "as the ROM of a chip with this unique id shows it";
}

TEST_F(Chapter9, StallsWhatItDoesNotHave) {
  for (const std::uint16_t value : no_descriptors) {
    EXPECT_FALSE(descriptor(value)) << value;
  }
  EXPECT_FALSE(board.set(0x40, 1, 0, 0)) << "vendor request";
  EXPECT_FALSE(board.set(0x00, 12, 0, 0)) << "SYNCH_FRAME";
  EXPECT_FALSE(board.set(0x00, 3, 1, 0)) << "remote wake-up";
  EXPECT_FALSE(board.set(0x00, 3, 2, 0)) << "test mode";
  EXPECT_FALSE(board.set(0x03, 3, 0, 0)) << "recipient: other";
  EXPECT_FALSE(board.control({0x00, 7, 0x0100, 0, 18}, Bytes(18))) << "SET_DESCRIPTOR";
  EXPECT_FALSE(board.control({0x00, 7, 0x0200, 0, 93}, Bytes(93))) << "longer than a packet";
  EXPECT_TRUE(descriptor(device_descriptor)) << "and goes on working";
}

TEST_F(Chapter9, DfuFunctionalDescriptorOnItsOwn) {
  const auto functional = board.get(0x81, get_descriptor, 0x2100, 2, 9);
  EXPECT_THAT(functional, Optional(ElementsAre(9, 0x21, 0x09, 0xFF, 0, 0, 8, 0x10, 0x01)));
  EXPECT_FALSE(board.get(0x81, get_descriptor, 0x2100, 0, 9));
}

TEST_F(Chapter9, WithoutDataTheDirectionBitMeansNothing) {
  board.send_setup({0x80, get_descriptor, device_descriptor, 0, 0});
  EXPECT_THAT(board.take(0x80), Optional(ElementsAre())) << "an IN status stage";
}

TEST_F(Chapter9, AddressIsSetBeforeTheStatusStage) {
  board.reset_bus();
  EXPECT_EQ(board.address, 0);
  EXPECT_TRUE(board.set(0x00, 5, 42, 0));
  EXPECT_EQ(board.address, 42);
  EXPECT_FALSE(board.set(0x00, 5, 128, 0));
}

TEST_F(Chapter9, ConfigurationsAreNoneAndOne) {
  EXPECT_THAT(board.get(0x80, 8, 0, 0, 1), Optional(ElementsAre(1)));
  EXPECT_TRUE(usb_device_is_configured());
  EXPECT_FALSE(board.set(0x00, 9, 2, 0));
  EXPECT_TRUE(usb_device_is_configured());
  EXPECT_TRUE(board.set(0x00, 9, 0, 0));
  EXPECT_FALSE(usb_device_is_configured());
  EXPECT_THAT(board.get(0x80, 8, 0, 0, 1), Optional(ElementsAre(0)));
  for (const std::uint8_t endpoint : all_endpoints) {
    EXPECT_FALSE(board.endpoints[endpoint].open);
    EXPECT_FALSE(board.get(0x82, 0, 0, endpoint, 2))
        << "GET_STATUS of an endpoint that is not there";
  }
  board.turn();
  EXPECT_TRUE(board.set(0x00, 9, 1, 0));
  for (const std::uint8_t endpoint : all_endpoints) {
    EXPECT_TRUE(board.endpoints[endpoint].open);
  }
}

TEST_F(Chapter9, TheSameConfigurationAgainStartsEndpointsOver) {
  board.type("echo never read");
  EXPECT_TRUE(board.set(0x02, 3, 0, 0x81));
  const unsigned before = board.endpoints[0x81].started_over;
  EXPECT_TRUE(board.set(0x00, 9, 1, 0));
  EXPECT_GT(board.endpoints[0x81].started_over, before);
  EXPECT_THAT(board.get(0x82, 0, 0, 0x81, 2), Optional(ElementsAre(0, 0)));
  EXPECT_THAT(board.type("echo 1\r"), testing::HasSubstr("1\r\n"));
}

TEST_F(Chapter9, Interfaces) {
  for (std::uint16_t interface = 0; interface < 3; ++interface) {
    EXPECT_THAT(board.get(0x81, 10, 0, interface, 1), Optional(ElementsAre(0)));
    EXPECT_THAT(board.get(0x81, 0, 0, interface, 2), Optional(ElementsAre(0, 0)));
    EXPECT_TRUE(board.set(0x01, 11, 0, interface));
    EXPECT_FALSE(board.set(0x01, 11, 1, interface));
  }
  EXPECT_FALSE(board.get(0x81, 10, 0, 3, 1));
  EXPECT_FALSE(board.set(0x01, 11, 0, 3));
  EXPECT_TRUE(board.set(0x00, 9, 0, 0));
  EXPECT_FALSE(board.get(0x81, 10, 0, 0, 1)) << "not configured";
}

TEST_F(Chapter9, SettingAnInterfaceEndsItsHalts) {
  EXPECT_TRUE(board.set(0x02, 3, 0, 0x01));
  EXPECT_TRUE(board.set(0x02, 3, 0, 0x81));
  EXPECT_TRUE(board.set(0x01, 11, 0, 1));
  EXPECT_THAT(board.get(0x82, 0, 0, 0x01, 2), Optional(ElementsAre(0, 0)));
  EXPECT_FALSE(board.endpoints[0x01].stalled);
  EXPECT_FALSE(board.endpoints[0x81].stalled);
}

TEST_F(Chapter9, Halts) {
  for (const std::uint8_t endpoint : all_endpoints) {
    EXPECT_TRUE(board.set(0x02, 3, 0, endpoint));
    EXPECT_TRUE(board.endpoints[endpoint].stalled);
    EXPECT_THAT(board.get(0x82, 0, 0, endpoint, 2), Optional(ElementsAre(1, 0)));
    const unsigned before = board.endpoints[endpoint].started_over;
    EXPECT_TRUE(board.set(0x02, 1, 0, endpoint));
    EXPECT_FALSE(board.endpoints[endpoint].stalled);
    EXPECT_GT(board.endpoints[endpoint].started_over, before) << "DATA0 next";
    EXPECT_THAT(board.get(0x82, 0, 0, endpoint, 2), Optional(ElementsAre(0, 0)));
  }
  EXPECT_FALSE(board.set(0x02, 3, 1, 0x81)) << "no such feature";
  EXPECT_FALSE(board.set(0x02, 3, 0, 0x83)) << "no such endpoint";
  EXPECT_THAT(board.get(0x82, 0, 0, 0x00, 2), Optional(ElementsAre(0, 0)));
  EXPECT_THAT(board.get(0x82, 0, 0, 0x80, 2), Optional(ElementsAre(0, 0)));
}

TEST_F(Chapter9, DeviceStatusIsBusPowered) {
  EXPECT_THAT(board.get(0x80, 0, 0, 0, 2), Optional(ElementsAre(0, 0)));
}

TEST_F(Chapter9, ANewSetupEndsTheOldTransfer) {
  for (int packets = 0; packets < 3; ++packets) {
    board.send_setup({0x80, get_descriptor, configuration_descriptor, 0, 255});
    for (int n = 0; n < packets; ++n) board.take(0x80);
    EXPECT_EQ(string(2), "stm32boot Black Pill");
  }
  board.send_setup({0x21, 0x20, 0, 0, 7});
  EXPECT_EQ(string(2), "stm32boot Black Pill") << "while data from the host was awaited";
}

TEST_F(Chapter9, AHostMayTakeLessThanItAskedFor) {
  board.send_setup({0x80, get_descriptor, configuration_descriptor, 0, 255});
  EXPECT_TRUE(board.take(0x80));
  EXPECT_TRUE(board.give(0, {})) << "status stage in place of the second packet";
  EXPECT_FALSE(board.take(0x80));
  EXPECT_TRUE(usb_device_is_idle());
  EXPECT_EQ(string(1), "stm32boot");
}

TEST_F(Chapter9, SuspendAndResume) {
  usb_on_suspend();
  EXPECT_TRUE(usb_device_is_suspended());
  EXPECT_TRUE(usb_device_is_configured());
  usb_on_resume();
  EXPECT_FALSE(usb_device_is_suspended());
  usb_on_suspend();
  board.reset_bus();
  EXPECT_FALSE(usb_device_is_suspended());
  EXPECT_FALSE(usb_device_is_configured());
}

}  // namespace
}  // namespace firmware_test
