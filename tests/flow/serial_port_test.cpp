// SPDX-License-Identifier: GPL-3.0-or-later
// Which interface of a device the virtual host takes for its serial port.
#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using virtual_bench::Answer;
using virtual_bench::DescriptorBuilder;
using virtual_bench::Descriptors;

constexpr std::uint8_t disk_in = 0x81;
constexpr std::uint8_t disk_out = 0x01;
constexpr std::uint8_t serial_in = 0x83;
constexpr std::uint8_t serial_out = 0x03;

// MicroPython's: a disk on interface 0, a serial port on 1 and 2. It only notes what it is told.
class DiskAndPort : public virtual_bench::BusBoard {
 public:
  explicit DiskAndPort(bool has_data_endpoints = true) {
    descriptors_.device = DescriptorBuilder()
                              .add({18, 1, 0x00, 0x02, 0xEF, 2, 1, 64})
                              .word(0xF055)
                              .word(0x9800)
                              .add({0x00, 0x02, 0, 0, 0, 1})
                              .bytes();
    DescriptorBuilder builder;
    builder.add({9, 2, 0, 0, 3, 1, 0, 0x80, 50})
        .add({9, 4, 0, 0, 2, 8, 6, 0x50, 0})
        .add({7, 5, disk_in, 2, 64, 0, 0})
        .add({7, 5, disk_out, 2, 64, 0, 0})
        .add({8, 0x0B, 1, 2, 2, 2, 0, 0})
        .add({9, 4, 1, 0, 1, 2, 2, 1, 0})
        .add({7, 5, 0x82, 3, 8, 0, 16})
        .add({9, 4, 2, 0, 2, 0x0A, 0, 0, 0});
    if (has_data_endpoints) {
      builder.add({7, 5, serial_out, 2, 64, 0, 0}).add({7, 5, serial_in, 2, 64, 0, 0});
    }
    descriptors_.configuration = builder.configuration();
  }

  const Descriptors* descriptors() override { return &descriptors_; }
  bool in_rom() const override { return false; }
  unsigned generation() const override { return 1; }
  void advance(TimePoint /*now*/) override {}
  std::optional<TimePoint> next_event() const override { return std::nullopt; }
  void unplug(TimePoint /*now*/) override {}
  void plug_in(TimePoint /*now*/, bool /*boot0_held*/) override {}
  void enter_rom(TimePoint /*now*/) override {}
  void usb_reset(TimePoint /*now*/) override {}
  TimePoint ready_at(TimePoint now) const override { return now; }
  Answer control(const Setup& setup, ByteView /*out*/, TimePoint /*now*/) override {
    requests.push_back(setup);
    return {};
  }
  void bulk_out(std::uint8_t endpoint, ByteView data, TimePoint /*now*/) override {
    received[endpoint].insert(received[endpoint].end(), data.begin(), data.end());
  }
  Bytes bulk_in(std::uint8_t endpoint, std::size_t /*most*/) override { return {endpoint}; }
  virtual_bench::FlashMemory& flash() override { return flash_; }
  std::vector<std::string> violations() const override { return {}; }

  std::vector<Setup> requests;
  std::map<std::uint8_t, Bytes> received;

 private:
  Descriptors descriptors_;
  virtual_bench::FlashMemory flash_{parse_layout(f411_flash)};
};

class Composite : public support::Bench {
 protected:
  DiskAndPort& add(bool has_data_endpoints = true) {
    auto made = std::make_unique<DiskAndPort>(has_data_endpoints);
    DiskAndPort& board = *made;
    host_.add_board("1-1", std::move(made));
    return board;
  }
};

TEST_F(Composite, SerialDataGoesToThePortAndNotToTheDisk) {
  DiskAndPort& board = add();
  const auto port = host_.open_serial("/dev/ttyACM0");
  port->write(Bytes{'x'}, std::chrono::seconds(1));
  EXPECT_THAT(board.received, ElementsAre(testing::Pair(serial_out, Bytes{'x'})));
  EXPECT_EQ(port->read(1, std::chrono::seconds(1)), Bytes{serial_in});
}

TEST_F(Composite, RateAndLinesGoToTheInterfaceOfThePort) {
  DiskAndPort& board = add();
  host_.open_serial("/dev/ttyACM0")->set_baud(1200);
  EXPECT_THAT(board.requests, Contains(Field(&Setup::request, 0x20)).Times(2));  // line coding
  EXPECT_THAT(board.requests, Contains(Field(&Setup::request, 0x22)).Times(2));  // line state
  EXPECT_THAT(board.requests, testing::Each(Field(&Setup::index, 1)));
}

TEST_F(Composite, APortWithoutDataDoesNotBorrowTheDisks) {
  add(false);
  EXPECT_ERROR(host_.open_serial("/dev/ttyACM0"), Errc::serial_io,
               testing::HasSubstr("no bulk endpoint"));
}

}  // namespace
}  // namespace sysboot
