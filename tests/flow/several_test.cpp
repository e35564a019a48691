// SPDX-License-Identifier: GPL-3.0-or-later
// Many boards at once: each gets its image from its own thread, and what goes wrong with one stays
// with it.
#include "sysboot/several.hpp"

#include <fmt/core.h>

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::BoardSettings;
using support::Fault;
using support::VirtualBoard;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::size_t kib = 1024;
constexpr std::size_t many = 32;

class Several : public support::Bench {
 protected:
  struct Ended {
    std::optional<FlashResult> result;
    std::optional<Error> failure;
    std::vector<std::string> warnings;
  };

  static std::string path(std::size_t number) { return fmt::format("1-{}", 10 + number); }
  VirtualBoard& at(std::size_t number) { return host_.board(path(number)); }
  static Bytes earlier(std::size_t number) {
    return support::program(40 * kib, static_cast<unsigned>(100 + number));
  }

  /// Each board holds another program.
  void add_boards(
      std::size_t count, const std::function<void(std::size_t, BoardSettings&)>& vary =
                             [](std::size_t, BoardSettings&) {}) {
    for (std::size_t i = 0; i < count; ++i) {
      BoardSettings settings;
      settings.unique_id[0] = static_cast<std::uint8_t>(i);
      vary(i, settings);
      add_board(settings, path(i)).flash().load(flash_base, earlier(i));
    }
  }

  std::vector<NamedBoard> all() {
    std::vector<NamedBoard> boards;
    for (const Board& board : all_boards(host_, {}).taken) boards.push_back(named(board));
    return boards;
  }

  std::vector<Ended> flash_them(const std::vector<NamedBoard>& boards) {
    std::vector<Ended> all(boards.size());
    work_on_several(
        job(), boards.size(),
        [&](std::size_t i, const Job& own) {
          all[i].result = flash(own, boards[i].selector, image_, {});
        },
        [&](std::size_t i, const Event& event) {
          order_.push_back(i);
          const auto* note = std::get_if<Note>(&event);
          if (note != nullptr && note->level == Note::Level::warning) {
            all[i].warnings.push_back(note->text);
          }
        },
        [&](std::size_t i, const std::optional<Error>& failure) { all[i].failure = failure; });
    return all;
  }
  std::vector<Ended> flash_all() { return flash_them(all()); }

  // Flashed by its own thread, and by no other.
  void expect_flashed(std::size_t number, const Ended& ended) {
    EXPECT_FALSE(ended.failure) << number << ": " << ended.failure->what();
    EXPECT_TRUE(holds(at(number), image_)) << number;
    EXPECT_THAT(host_.writers(path(number)), ElementsAre(number));
    EXPECT_NE(at(number).application(), nullptr) << number;
  }
  void expect_untouched(std::size_t number) {
    EXPECT_TRUE(holds(at(number), support::image_of(earlier(number)))) << number;
    EXPECT_THAT(host_.writers(path(number)), IsEmpty()) << number;
  }

  // Somebody pulls the board and puts another one, with another program, into its port.
  void swap(std::size_t number) {
    VirtualBoard& board = at(number);
    board.unplug(host_.now());
    board.settings().application.serial = "418042804142";
    board.settings().rom.serial = "418042804142";
    board.flash().load(flash_base, earlier(number));
    board.plug_in(host_.now(), false);
  }

  const Image image_ = support::image_of(support::program(40 * kib));
  std::vector<std::size_t> order_;
};

TEST_F(Several, ThirtyTwoTakeAsLongAsOne) {
  add_boards(many);
  const auto first = all();
  const TimePoint start = host_.now();
  flash_them({first.front()});
  const Duration one = host_.now() - start;
  host_.board(path(0)).flash().load(flash_base, earlier(0));

  const TimePoint again = host_.now();
  const auto ended = flash_all();
  const Duration all_of_them = host_.now() - again;
  ASSERT_THAT(ended, SizeIs(many));
  for (std::size_t i = 0; i < many; ++i) expect_flashed(i, ended[i]);
  EXPECT_LE(all_of_them, one + one / 20);
}

TEST_F(Several, EveryRunIsLikeTheOther) {
  add_boards(8);
  flash_all();
  const auto first = std::exchange(order_, {});
  for (std::size_t i = 0; i < 8; ++i) at(i).flash().load(flash_base, earlier(i));
  flash_all();
  EXPECT_EQ(order_, first);
}

TEST_F(Several, WhatGoesWrongWithOneStaysWithIt) {
  add_boards(12, [](std::size_t number, BoardSettings& settings) {
    if (number == 1) settings.faults = {{Fault::Action::unplug, Fault::Point::write, 5}};
    if (number == 3) settings.application.reboot_line = "";
    if (number == 3) settings.application.obeys_touch = false;
    if (number == 5) settings.bounces = 1;
    if (number == 7) settings.bounces = 100;
    if (number == 9) settings.never_returns = true;
    if (number == 11) settings.faults = {{Fault::Action::stall, Fault::Point::write, 3}};
  });
  const auto ended = flash_all();
  for (const std::size_t number : {0U, 2U, 4U, 5U, 6U, 8U, 10U, 11U})
    expect_flashed(number, ended[number]);
  const std::map<std::size_t, Errc> failures = {
      {1, Errc::board_gone}, {3, Errc::ignored}, {7, Errc::bounced}, {9, Errc::lost}};
  for (const auto& [number, code] : failures) {
    ASSERT_TRUE(ended[number].failure) << number;
    EXPECT_EQ(to_string(ended[number].failure->code()), to_string(code));
    EXPECT_THAT(ended[number].failure->what(), HasSubstr("board " + path(number)));
    if (number != 1) expect_untouched(number);
  }
  EXPECT_THAT(ended[9].failure->what(), Not(HasSubstr("another board entered DFU mode")))
      << "the others are no strangers";
  EXPECT_EQ(ended[5].result->entered.fired, 2);
}

// Clones share serial numbers, and neighbours on a wafer may differ by the 0x0A that some ROMs add.
TEST_F(Several, SerialNumbersNeverLeadToAnothersBoard) {
  add_boards(many, [](std::size_t number, BoardSettings& settings) {
    settings.unique_id[0] = static_cast<std::uint8_t>(number % 4 * 0x0A);
    settings.rom.pull_up += milliseconds(10 * (many - number));  // the last one is back first
  });
  const auto ended = flash_all();
  for (std::size_t i = 0; i < many; ++i) expect_flashed(i, ended[i]);
}

TEST_F(Several, NorToABystanderWithTheSameSerial) {
  add_boards(2, [](std::size_t number, BoardSettings& settings) {
    settings.unique_id[0] = 1;
    settings.never_returns = number == 0;
  });
  host_.at(host_.now() + milliseconds(50), [&] { at(1).enter_rom(host_.now()); });
  const auto ended = flash_them({all().front()});
  ASSERT_TRUE(ended[0].failure);
  EXPECT_EQ(ended[0].failure->code(), Errc::lost);
  expect_untouched(1);
}

TEST_F(Several, SwappedInMidFlash) {
  add_boards(3);
  host_.at(host_.now() + milliseconds(1900), [&] { swap(1); });
  const auto ended = flash_all();
  expect_flashed(0, ended[0]);
  expect_flashed(2, ended[2]);
  ASSERT_TRUE(ended[1].failure);
  EXPECT_EQ(ended[1].failure->code(), Errc::board_gone);
  host_.sleep(seconds(1));
  EXPECT_TRUE(holds(at(1), support::image_of(earlier(1))));
  EXPECT_NE(at(1).application(), nullptr) << "the newcomer runs what it came with";
}

TEST_F(Several, SwappedWhileItEnters) {
  add_boards(3);
  host_.at(host_.now() + milliseconds(60), [&] { swap(1); });
  const auto ended = flash_all();
  expect_flashed(0, ended[0]);
  expect_flashed(2, ended[2]);
  ASSERT_TRUE(ended[1].failure);
  EXPECT_EQ(ended[1].failure->code(), Errc::board_gone);
  EXPECT_THAT(ended[1].failure->what(),
              HasSubstr("another board is at its USB port now: serial number 418042804142"));
  expect_untouched(1);
  EXPECT_NE(at(1).application(), nullptr);
}

TEST_F(Several, B3SwappedWhileItsApplicationStartsIsRefused) {
  add_boards(1);
  const TimePoint start = host_.now();
  flash_all();
  const Duration took = host_.now() - start;
  at(0).flash().load(flash_base, earlier(0));
  host_.at(host_.now() + took - milliseconds(150), [&] { swap(0); });
  const auto ended = flash_all();
  ASSERT_TRUE(ended[0].failure);
  EXPECT_EQ(ended[0].failure->code(), Errc::board_gone);
  EXPECT_THAT(ended[0].failure->what(), HasSubstr("another board is at its USB port now"));
}

TEST_F(Several, WhoComesAndGoesMeanwhileIsLeftAlone) {
  add_boards(6);
  auto chosen = all();
  chosen.erase(chosen.begin() + 3, chosen.end());
  at(5).unplug(host_.now());
  host_.at(host_.now() + milliseconds(40), [&] { at(3).enter_rom(host_.now()); });
  host_.at(host_.now() + milliseconds(90), [&] { at(4).unplug(host_.now()); });
  host_.at(host_.now() + milliseconds(200), [&] { at(5).plug_in(host_.now(), true); });
  const auto ended = flash_them(chosen);
  for (std::size_t i = 0; i < 3; ++i) expect_flashed(i, ended[i]);
  for (std::size_t i = 3; i < 6; ++i) expect_untouched(i);
}

TEST_F(Several, ABoardThatAnotherProcessHoldsFailsAlone) {
  add_boards(3);
  host_.hold_lock(path(1));
  const auto ended = flash_all();
  expect_flashed(0, ended[0]);
  expect_flashed(2, ended[2]);
  ASSERT_TRUE(ended[1].failure);
  EXPECT_EQ(ended[1].failure->code(), Errc::busy);
  expect_untouched(1);
}

TEST_F(Several, AStopEndsAllOfThemAndTheSameAgainFinishes) {
  add_boards(8, [](std::size_t number, BoardSettings& settings) {
    settings.rom.pull_up += milliseconds(200 * number);  // so that it meets them at different work
  });
  host_.at(host_.now() + milliseconds(1500), [&] { stop_ = true; });
  for (const Ended& each : flash_all()) {
    ASSERT_TRUE(each.failure);
    EXPECT_EQ(each.failure->code(), Errc::interrupted);
  }
  stop_ = false;
  host_.sleep(seconds(2));
  const auto ended = flash_all();
  ASSERT_THAT(ended, SizeIs(8));
  for (std::size_t i = 0; i < 8; ++i) expect_flashed(i, ended[i]);
}

TEST_F(Several, EachIsFoundAgainByThePortItHad) {
  add_boards(2);
  const std::vector<Selector> both = {{"/dev/ttyACM1", "", ""}, {"", path(0), ""}};
  work_on_several(
      job(), 2,
      [&](std::size_t i, const Job& own) { return enter(own, named(host_, both)[i].selector, {}); },
      [](std::size_t, const Event&) {}, [](std::size_t, const std::optional<Error>&) {});
  const auto again = named(host_, both);
  EXPECT_EQ(again[0].name, path(1));
  EXPECT_EQ(again[0].board->mode, BoardMode::dfu);
  EXPECT_EQ(again[1].name, path(0));
}

TEST_F(Several, TwoNamesForOneBoardAreAUsageError) {
  add_boards(2);
  EXPECT_ERROR(named(host_, {{"/dev/ttyACM0", "", ""}, {"", path(0), ""}}), Errc::usage,
               HasSubstr("serial port /dev/ttyACM0 and USB port 1-10 name the same board"));
}

TEST_F(Several, WhatWorkThrowsIsHandedOver) {
  std::vector<std::string> failures(3);
  work_on_several(
      job(), 3,
      [](std::size_t i, const Job&) {
        if (i == 1) throw Error(Errc::usb_io, "broken");
        if (i == 2) throw std::logic_error("a defect");
      },
      [](std::size_t, const Event&) {},
      [&](std::size_t i, const std::optional<Error>& failure) {
        failures[i] = failure ? std::string(to_string(failure->code())) : "none";
      });
  EXPECT_THAT(failures, ElementsAre("none", "usb-io", "internal"));
}

}  // namespace
}  // namespace sysboot
