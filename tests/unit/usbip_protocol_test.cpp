// SPDX-License-Identifier: GPL-3.0-or-later
#include "usbip_protocol.hpp"

#include <gmock/gmock.h>

#include "byte_queue.hpp"

namespace virtual_board {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// A CMD_SUBMIT for GET_DESCRIPTOR(device), laid out by hand from the kernel's documentation.
const Bytes get_descriptor = {
    0,    0,    0,    1,   // USBIP_CMD_SUBMIT
    0,    0,    0,    7,   // seqnum
    0,    1,    0,    2,   // devid
    0,    0,    0,    1,   // direction in
    0,    0,    0,    0,   // endpoint
    0,    0,    2,    0,   // transfer_flags
    0,    0,    0,    64,  // transfer_buffer_length
    0,    0,    0,    0,    0,    0,    0,  0,
    0,    0,    0,    0,                       // start_frame, number_of_packets, interval
    0x80, 0x06, 0x00, 0x01, 0x00, 0x00, 64, 0  // setup
};

TEST(Usbip, ParsesASubmit) {
  const Command command = parse_command(get_descriptor);
  ASSERT_TRUE(command.submit);
  EXPECT_FALSE(command.unlink);
  EXPECT_EQ(command.submit->sequence, 7U);
  EXPECT_TRUE(command.submit->is_in);
  EXPECT_EQ(command.submit->endpoint, 0);
  EXPECT_EQ(command.submit->length, 64U);
  EXPECT_EQ(command.submit->setup, (sysboot::Setup{0x80, 6, 0x0100, 0, 64}));
}

TEST(Usbip, ParsesAnUnlink) {
  Bytes bytes(header_size, 0);
  bytes[3] = 2;
  bytes[7] = 9;
  bytes[23] = 7;
  const Command command = parse_command(bytes);
  ASSERT_TRUE(command.unlink);
  EXPECT_EQ(command.unlink->sequence, 9U);
  EXPECT_EQ(command.unlink->victim, 7U);
}

TEST(Usbip, TakesNothingElse) {
  Bytes bytes(header_size, 0);
  for (const std::uint8_t code : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{99}}) {
    bytes[3] = code;
    const Command command = parse_command(bytes);
    EXPECT_FALSE(command.submit || command.unlink) << int{code};
  }
  const Command cut = parse_command(ByteView(get_descriptor).first(47));
  EXPECT_FALSE(cut.submit || cut.unlink);
}

TEST(Usbip, D7TakesNothingThatNoHostHasForTheseBoards) {
  const auto refused = [](std::size_t at, std::uint8_t value) {
    Bytes bytes = get_descriptor;
    bytes[at] = value;
    return !parse_command(bytes).submit;
  };
  EXPECT_FALSE(refused(15, 0)) << "direction out";
  EXPECT_TRUE(refused(15, 2)) << "neither in nor out";
  EXPECT_FALSE(refused(19, 15));
  EXPECT_TRUE(refused(19, 16)) << "no endpoint has this number";
  EXPECT_TRUE(refused(16, 1)) << "nor this one, of which only the first byte would count";
  EXPECT_TRUE(refused(35, 1)) << "an isochronous packet, whose descriptor would follow";
  EXPECT_TRUE(refused(32, 0x7F)) << "and very many of them";
  Bytes none = get_descriptor;
  std::fill(none.begin() + 32, none.begin() + 36, std::uint8_t{0xFF});
  EXPECT_TRUE(parse_command(none).submit) << "how some hosts write that there are none";
}

TEST(ByteQueue, D7GivesBackWhatCameIn) {
  ByteQueue queue;
  Bytes in;
  Bytes out;
  for (std::size_t i = 0; i < 2000; ++i) {
    const Bytes data(i % 37, static_cast<std::uint8_t>(i));
    in.insert(in.end(), data.begin(), data.end());
    queue.push(data);
    const std::size_t count = std::min(queue.size(), i * 7 % 41);
    const ByteView taken = queue.view().first(count);
    out.insert(out.end(), taken.begin(), taken.end());
    queue.pop(count);
  }
  out.insert(out.end(), queue.view().begin(), queue.view().end());
  EXPECT_EQ(out, in);
  queue.clear();
  EXPECT_TRUE(queue.empty());
}

// At a cost for each that grows with what waits behind it, this would take hours.
TEST(ByteQueue, D7TakesTimeInProportion) {
  ByteQueue queue;
  queue.push(Bytes(64 * 1024 * 1024));
  std::size_t pieces = 0;
  for (; !queue.empty(); ++pieces) queue.pop(std::min<std::size_t>(queue.size(), 48));
  EXPECT_EQ(pieces, 1398102U);
}

TEST(Usbip, AnswersAreAHeaderAndTheInData) {
  const Bytes answer = submit_answer(7, status_stall, 2, Bytes{0xAB, 0xCD});
  ASSERT_THAT(answer, SizeIs(header_size + 2));
  EXPECT_THAT(Bytes(answer.begin(), answer.begin() + 8), ElementsAre(0, 0, 0, 3, 0, 0, 0, 7));
  EXPECT_THAT(Bytes(answer.begin() + 20, answer.begin() + 28),
              ElementsAre(0xFF, 0xFF, 0xFF, 0xE0, 0, 0, 0, 2))
      << "status -32, actual_length 2";
  EXPECT_EQ(answer.back(), 0xCD);
  const Bytes unlinked = unlink_answer(9, status_unlinked);
  ASSERT_THAT(unlinked, SizeIs(header_size));
  EXPECT_EQ(unlinked[3], 4);
  EXPECT_EQ(unlinked[23], 0x98) << "-104";
}

TEST(Usbip, ListHasOneEntryForEachDevice) {
  Exported device;
  device.bus_id = "1-1";
  device.info.vendor = 0x0483;
  device.info.product = 0xDF11;
  device.info.interfaces = {{0, 0, 0xFE, 1, 2, 4}, {0, 1, 0xFE, 1, 2, 5}};
  const Bytes answer = list_answer({device});
  ASSERT_THAT(answer, SizeIs(12 + 312 + 4)) << "alternate settings are not counted";
  EXPECT_EQ(answer[11], 1);
  EXPECT_EQ(answer[12 + 311], 1) << "bNumInterfaces";
  EXPECT_EQ(answer[12 + 312], 0xFE);
  EXPECT_THAT(import_answer(nullptr), ElementsAre(1, 0x11, 0, 3, 0, 0, 0, 1));
  EXPECT_THAT(import_answer(&device), SizeIs(8 + 312));
}

}  // namespace
}  // namespace virtual_board
