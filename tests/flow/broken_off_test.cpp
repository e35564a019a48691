// SPDX-License-Identifier: GPL-3.0-or-later
// A board with guard whose power failed while it was flashed: what its flash holds may read
// otherwise every time.
#include <tuple>

#include "support/bench.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/guard.hpp"
#include "sysboot/guard_change.hpp"
#include "sysboot/virtual/guard.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;
using support::VirtualBoard;

constexpr std::uint32_t kib = 1024;

class BrokenOff : public support::Bench {
 protected:
  BrokenOff() {
    BoardSettings settings;
    settings.guarded = true;
    add_board(std::move(settings));
  }
  VirtualBoard& board() { return host_.board("1-1"); }
  FlashResult flash_it(const Image& image) { return flash(job(), {}, image, {}); }
  Bytes flash_at(std::uint32_t address, std::size_t size) {
    const ByteView seen = board().flash().read(address, size);
    return {seen.begin(), seen.end()};
  }
  static Image application(std::size_t size, unsigned seed = 1) {
    return image_of(program(size, seed, guarded_application), guarded_application);
  }
};

// Power failed while the last bit was written, which is read as if it were right, now and then.
TEST_F(BrokenOff, 176AnApplicationThatIsNotTheSameEachTimeIsFlashedAnew) {
  const Image image = application(20 * kib);
  flash_it(image);
  for (std::uint32_t seed = 1; seed < 20; ++seed) {
    const Bytes right = flash_at(guarded_application, 4);
    Bytes words = right;
    words[3] |= 0x80;
    board().flash().load(guarded_application, words);
    board().flash().tear(virtual_bench::Torn::unstable, seed);
    board().flash().program(guarded_application, right, 0.1, 4);
    EXPECT_EQ(flash_it(image).sectors_erased, 2U);
    EXPECT_TRUE(board().flash().is_stable(guarded_application, 20 * kib));
    EXPECT_NE(board().application(), nullptr);
  }
}

class BrokenOffWithoutGuard : public support::Bench {
 protected:
  void expect_flashed_anew(const std::vector<Fault>& faults) {
    VirtualBoard& board = add_board();
    const Image image = image_of(program(20 * kib));
    std::ignore = flash(job(), {}, image, {});
    for (std::uint32_t seed = 1; seed < 20; ++seed) {
      const auto& data = image.segments.front().data;
      const Bytes right(data.begin(), data.begin() + 8);
      Bytes words = right;
      words[7] |= 0x80;
      board.flash().load(flash_base, words);
      board.flash().tear(virtual_bench::Torn::unstable, seed);
      board.flash().program(flash_base, right, 0.1, 8);
      ASSERT_FALSE(board.flash().is_stable(flash_base, 8)) << seed;
      board.unplug(host_.now());
      board.plug_in(host_.now(), true);
      host_.sleep(std::chrono::seconds(1));
      board.settings().faults = faults;
      EXPECT_GT(flash(job(), {}, image, {}).sectors_erased, 0U) << seed;
      EXPECT_TRUE(board.flash().is_stable(flash_base, 20 * kib)) << seed;
    }
  }
};

TEST_F(BrokenOffWithoutGuard, 176AnApplicationThatIsNotTheSameEachTimeIsFlashedAnew) {
  expect_flashed_anew({});
}

TEST_F(BrokenOffWithoutGuard, 176AlsoWhenTheComparisonFailsAtFirst) {
  expect_flashed_anew({{Fault::Action::io_error, Fault::Point::read, 5}});
}

TEST_F(BrokenOffWithoutGuard, 176AlsoWhenErasingFailsAtFirst) {
  expect_flashed_anew({{Fault::Action::stall, Fault::Point::erase, 1}});
}

// Or the last byte of another sector: what a comparison finds right there may not stay so.
TEST_F(BrokenOff, 176AfterAFlashThatBrokeOffNothingIsLeftAsItIs) {
  const Image image = application(40 * kib);
  flash_it(image);
  constexpr std::uint32_t last = guarded_application + 40 * kib - 4;
  for (std::uint32_t seed = 1; seed < 20; ++seed) {
    const Bytes right = flash_at(last, 4);
    board().flash().load(last, Bytes{right[0], right[1], right[2], 0xFF});
    board().flash().tear(virtual_bench::Torn::unstable, seed);
    board().flash().program(last, right, 0.1, 4);
    board().flash().load(guarded_application, Bytes(8, 0xFF));
    EXPECT_EQ(flash_it(image).sectors_erased, 3U);
    EXPECT_TRUE(board().flash().is_stable(guarded_application, 40 * kib));
  }
}

TEST_F(BrokenOff, 176AfterAUsbErrorAComparisonIsEnough) {
  flash_it(application(40 * kib, 1));
  board().settings().faults = {{Fault::Action::io_error, Fault::Point::write, 20}};
  unsigned erases = 0;
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::run) erases = board().rom()->counts().erases;
  };
  EXPECT_EQ(flash_it(application(40 * kib, 2)).restarts, 1);
  EXPECT_EQ(erases, 5U) << "all three, and all but the second once more";
}

// Guard's own first words, which are read as if they were right, now and then: whether it is
// recognised or not when the same command is given again.
TEST_F(BrokenOff, 176AGuardThatIsNotTheSameEachTimeIsWrittenAnew) {
  const GuardFor guard = [](const ChipGuess&) {
    return Image{"guard.elf", "elf", {{flash_base, virtual_bench::stub_guard()}}};
  };
  const Image image = application(20 * kib);
  for (std::uint32_t seed = 1; seed < 20; ++seed) {
    const Bytes right = flash_at(flash_base, 8);
    Bytes words = right;
    words[7] |= 0x80;
    board().flash().load(flash_base, words);
    board().flash().tear(virtual_bench::Torn::unstable, seed);
    board().flash().program(flash_base, right, 0.1, 8);
    ASSERT_FALSE(board().flash().is_stable(flash_base, 8)) << seed;
    board().unplug(host_.now());
    board().plug_in(host_.now(), true);
    host_.sleep(std::chrono::seconds(1));
    std::ignore = install_guard(job(), {}, guard, &image, {});
    EXPECT_TRUE(board().flash().is_stable(flash_base, 16 * kib)) << seed;
    EXPECT_EQ(flash_at(flash_base, 8), right);
  }
}

// Whatever power that fails in the middle leaves of the sector, there is no reset vector in it.
TEST_F(BrokenOff, 176AnApplicationIsMadeInvalidBeforeItIsErased) {
  for (const EraseSectors::Run sectors : {EraseSectors::Run{1, 1}, {1, 2}, {2, 2}}) {
    flash_it(application(40 * kib));
    const Bytes whole = flash_at(guarded_application, 40 * kib);
    Bytes found;
    on_event_ = [&](const Event& event) {
      const auto* begin = std::get_if<StageBegin>(&event);
      if (begin != nullptr && begin->stage == Stage::erase) {
        found = flash_at(guarded_application, 40 * kib);
      }
    };
    EXPECT_TRUE(erase(job(), {}, EraseSectors{{sectors}}, {}).is_guarded);
    Bytes wanted = whole;
    if (sectors.first == 1) std::fill_n(wanted.begin(), 8, std::uint8_t{0});
    EXPECT_EQ(found, wanted);
    on_event_ = nullptr;
  }
}

}  // namespace
}  // namespace sysboot
