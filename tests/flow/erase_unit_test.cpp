// SPDX-License-Identifier: GPL-3.0-or-later
// Devices that erase more at a time than the sector that their layout names: GD32 and other clones.
#include <fmt/core.h>

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kib = 1024;
constexpr std::size_t block = 2048;
constexpr std::size_t bootloader_id = 2;  // asked for, as chips with this flash differ in RAM
constexpr std::size_t guard_words = 44;   // is guard there?
constexpr std::uint8_t dnload = 1;
constexpr std::uint8_t upload = 2;
constexpr std::uint8_t set_address = 0x21;

class EraseUnit : public support::Bench {
 protected:
  void add_board_that_erases(std::uint32_t sectors) {
    BoardSettings settings;
    settings.starts_in_rom = true;
    settings.rom.times = virtual_bench::FlashTimes::none();
    settings.rom.erase_unit = sectors;
    add_board(settings);
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
  void load(const Image& image) {
    for (const auto& segment : image.segments) board().flash().load(segment.address, segment.data);
  }
  FlashResult flash_it(const Image& image, FlashOptions options = {}) {
    options.stay = true;
    return flash(job(), {}, image, options);
  }

  struct Traffic {
    std::uint64_t bytes_read = 0;
    std::size_t addresses_set = 0;  // and sectors erased
  };
  /// From the end of the last stage of this kind on; of everything when there is none.
  Traffic traffic_after(Stage stage) const {
    Traffic all;
    for (const auto& event : events_) {
      const auto* end = std::get_if<StageEnd>(&event);
      if (end != nullptr && end->stage == stage) all = {};
      const auto* transfer = std::get_if<Transfer>(&event);
      if (transfer == nullptr) continue;
      const sysboot::Setup& setup = transfer->setup;
      if (setup.request == upload && setup.value >= 2) all.bytes_read += setup.length;
      const bool is_address = setup.request == dnload && setup.value == 0 &&
                              !transfer->data.empty() && transfer->data[0] == set_address;
      if (is_address) ++all.addresses_set;
    }
    return all;
  }
};

// One sector differs; erasing it takes others that were right, and that were left alone.
TEST_F(EraseUnit, A1SkippedSectorsAreReadAgainAndMended) {
  add_board_that_erases(2);
  Image image = image_of(program(64 * kib));
  load(image);
  image.segments[0].data[20 * kib] ^= 0xFF;
  const FlashResult result = flash_it(image);
  EXPECT_TRUE(holds(board(), image));
  EXPECT_EQ(result.bytes_verified, 64 * kib);
  EXPECT_EQ(result.sectors_erased, 4U) << "all of them at once, which any unit of erasing allows";
  EXPECT_THAT(notes(Note::Level::warning),
              ElementsAre(AllOf(HasSubstr("flash has changed in a sector that was right"),
                                HasSubstr("at 0x08000000\n  expected 00 00 02 20"),
                                HasSubstr("observed ff ff ff ff"))));
}

class AnyUnit : public EraseUnit, public testing::WithParamInterface<std::uint32_t> {};

// What goes with a sector may be behind it as well as before it, and several sectors.
TEST_P(AnyUnit, A1AnySectorThatChanged) {
  host_.give_up_at = host_.now() + std::chrono::hours(1);
  add_board_that_erases(GetParam());
  Image image = image_of(program(300 * kib));
  load(image);
  for (const std::size_t at : {0U, 16U, 32U, 48U, 64U, 128U, 256U}) {
    SCOPED_TRACE(fmt::format("change at {} KiB", at));
    image.segments[0].data[at * kib + 100] ^= 0xFF;
    EXPECT_EQ(flash_it(image).bytes_verified, 300 * kib);
    EXPECT_TRUE(holds(board(), image));
  }
}

INSTANTIATE_TEST_SUITE_P(Sectors, AnyUnit, testing::Range(2U, 9U));

TEST_F(EraseUnit, A1WhatIsToBeKeptSurvives) {
  add_board_that_erases(4);
  const Image bootloader = image_of(program(0x2000, 5));
  const Image settings = image_of(program(0x100, 6), 0x0800C000);
  Image image = image_of(program(40 * kib, 1, 0x08002000), 0x08002000);
  image.segments.push_back({0x0800C100, program(64, 2)});
  load(bootloader);
  load(settings);
  load(image);
  image.segments[0].data[20 * kib] ^= 0xFF;  // its own sector has nothing to keep
  const FlashResult result = flash_it(image);
  EXPECT_EQ(result.sectors_erased, 4U);
  EXPECT_TRUE(holds(board(), image));
  EXPECT_TRUE(holds(board(), bootloader));
  EXPECT_TRUE(holds(board(), settings));
}

// What is learned is not forgotten when the work starts anew.
TEST_F(EraseUnit, A1SurvivesARestartInTheMiddle) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  settings.rom.erase_unit = 2;
  settings.faults = {{support::Fault::Action::io_error, support::Fault::Point::write, 20}};
  add_board(settings);
  Image image = image_of(program(64 * kib));
  load(image);
  image.segments[0].data[20 * kib] ^= 0xFF;
  const FlashResult result = flash_it(image);
  EXPECT_EQ(result.restarts, 1);
  EXPECT_TRUE(holds(board(), image));
  EXPECT_EQ(notes(Note::Level::warning).size(), 2U) << "the change, and the restart";
}

TEST_F(EraseUnit, A1StillWrongIsAMismatchWithBothValues) {
  add_board_that_erases(1);
  Image image = image_of(program(64 * kib));
  load(image);
  image.segments[0].data[20 * kib] ^= 0xFF;
  std::size_t verified = 0;
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::verify) return;
    ++verified;
    board().flash().load(0x08000900, Bytes{0x55});
  };
  EXPECT_ERROR(flash_it(image), Errc::mismatch,
               AllOf(HasSubstr("after all sectors of the image were erased and written once more"),
                     HasSubstr("at 0x08000900\n  expected "), HasSubstr("observed 55")));
  EXPECT_EQ(verified, 2U) << "and no more";
}

TEST_F(EraseUnit, A1WithoutVerifyNothingCountsThatWasOnlyReadBefore) {
  add_board_that_erases(2);
  Image image = image_of(program(64 * kib));
  load(image);
  FlashOptions options;
  options.verify = false;
  EXPECT_EQ(flash_it(image, options).bytes_verified, 64 * kib) << "nothing was erased";
  image.segments[0].data[20 * kib] ^= 0xFF;
  EXPECT_EQ(flash_it(image, options).bytes_verified, 0U);
}

// One sector that changed costs one reading after it, in one go.
TEST_F(EraseUnit, A1NothingIsReadTwiceAfterTheLastErase) {
  add_board_that_erases(1);
  Image image = image_of(program(300 * kib));
  load(image);
  image.segments[0].data[20 * kib] ^= 0xFF;
  flash_it(image);
  const Traffic traffic = traffic_after(Stage::write);
  EXPECT_GE(traffic.bytes_read, 300 * kib);
  EXPECT_LE(traffic.bytes_read, 300 * kib + block);
  EXPECT_EQ(traffic.addresses_set, 1U);
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(EraseUnit, A1AnUnchangedFlashIsReadOnce) {
  add_board_that_erases(2);
  const Image image = image_of(program(300 * kib));
  load(image);
  flash_it(image);
  const std::size_t last_words = 16 * 8;  // which power that failed may have left unsure
  EXPECT_EQ(traffic_after(Stage::write).bytes_read,
            bootloader_id + guard_words + 300 * kib + last_words);
}

TEST_F(EraseUnit, A1AWholeFlashIsReadOnce) {
  add_board_that_erases(1);
  load(image_of(program(300 * kib, 2)));
  flash_it(image_of(program(300 * kib)));
  const Traffic traffic = traffic_after(Stage::write);
  EXPECT_GE(traffic.bytes_read, 300 * kib);
  EXPECT_LE(traffic.bytes_read, 300 * kib + block);
  EXPECT_LE(traffic_after(Stage::run).bytes_read - traffic.bytes_read,
            bootloader_id + guard_words + 7 * block)
      << "a block of each sector, to compare";
}

}  // namespace
}  // namespace sysboot
