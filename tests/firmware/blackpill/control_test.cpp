// SPDX-License-Identifier: GPL-3.0-or-later
// Control transfers whose answers fill packets: when an empty one has to follow (USB 2.0 section
// 5.5.3), and when it must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

extern "C" {
#include "usb/control.h"
#include "usb/device.h"
#include "usb/driver.h"
}

namespace firmware_test {
namespace {

using testing::ElementsAre;

std::vector<std::uint8_t> answer;
bool has_answer = true;
std::optional<std::size_t> sending;
const std::uint8_t* sent_from = nullptr;

// Read requests take the answer; nothing else is asked here.
class Control : public testing::Test {
 protected:
  Control() {
    usb_control_reset();
    has_answer = true;
    sending.reset();
  }

  /// The sizes of the packets that a host gets for an answer of so many bytes when it asks for
  /// `length`, until the device has nothing more to send.
  static std::vector<std::size_t> packets(std::size_t size, std::uint16_t length) {
    answer.assign(size, 0xA5);
    const std::uint8_t setup[8] = {0x80,
                                   6,
                                   0,
                                   1,
                                   0,
                                   0,
                                   static_cast<std::uint8_t>(length & 0xFF),
                                   static_cast<std::uint8_t>(length >> 8)};
    usb_control_setup(setup);
    std::vector<std::size_t> sizes;
    while (sending && sizes.size() < 10) {
      sizes.push_back(*std::exchange(sending, std::nullopt));
      usb_control_sent();
    }
    EXPECT_FALSE(usb_control_is_idle()) << "the status stage is still to come";
    usb_control_received(nullptr, 0);
    EXPECT_TRUE(usb_control_is_idle());
    return sizes;
  }
};

TEST_F(Control, AFullLastPacketIsFollowedByAnEmptyOneIfTheHostAskedForMore) {
  EXPECT_THAT(packets(64, 65), ElementsAre(64, 0));
  EXPECT_THAT(packets(64, 255), ElementsAre(64, 0));
  EXPECT_THAT(packets(128, 129), ElementsAre(64, 64, 0));
  EXPECT_THAT(packets(128, 0xFFFF), ElementsAre(64, 64, 0));
}

TEST_F(Control, AndByNoneIfItGotAllThatItAskedFor) {
  EXPECT_THAT(packets(64, 64), ElementsAre(64));
  EXPECT_THAT(packets(128, 128), ElementsAre(64, 64));
  EXPECT_THAT(packets(200, 64), ElementsAre(64));
  EXPECT_THAT(packets(200, 128), ElementsAre(64, 64));
}

TEST_F(Control, AShortPacketIsTheLast) {
  EXPECT_THAT(packets(63, 255), ElementsAre(63));
  EXPECT_THAT(packets(65, 255), ElementsAre(64, 1));
  EXPECT_THAT(packets(65, 65), ElementsAre(64, 1));
  EXPECT_THAT(packets(200, 100), ElementsAre(64, 36));
}

TEST_F(Control, AnEmptyAnswerIsOnePacket) {
  EXPECT_THAT(packets(0, 255), ElementsAre(0));
}

// NULL + 0 is undefined in C.
TEST_F(Control, D8ARequestThatAnswersNothingSendsNothingButNotFromNull) {
  has_answer = false;
  EXPECT_THAT(packets(0, 8), ElementsAre(0));
  EXPECT_NE(sent_from, nullptr);
}

}  // namespace

extern "C" {

bool usb_device_request(const usb_setup* /*setup*/, usb_data* data) {
  if (has_answer) *data = usb_data{answer.data(), answer.size()};
  return true;
}

void usb_driver_send(std::uint8_t endpoint, const std::uint8_t* bytes, std::size_t count) {
  EXPECT_EQ(endpoint, 0x80);
  EXPECT_FALSE(sending) << "one packet at a time";
  sending = count;
  sent_from = bytes;
}

void usb_driver_receive(std::uint8_t /*endpoint*/) {}
void usb_driver_cancel_send(std::uint8_t /*endpoint*/) {
  sending.reset();
}
void usb_driver_stall(std::uint8_t /*endpoint*/) {
  ADD_FAILURE() << "stalled";
}

}  // extern "C"

}  // namespace firmware_test
