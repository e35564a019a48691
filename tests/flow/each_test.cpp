// SPDX-License-Identifier: GPL-3.0-or-later
// A production bench: boards that are plugged in and pulled at any moment, each flashed once a
// visit.
#include "sysboot/each.hpp"

#include <fmt/core.h>

#include <random>

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::BoardSettings;
using support::Fault;
using support::VirtualBoard;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::size_t kib = 1024;

class EachBoard : public support::Bench {
 protected:
  struct Try {
    std::string path;
    std::string serial;
    TimePoint from{};
    TimePoint to{};
    std::string failure;  // "" for a pass
    std::size_t erased = 0;
  };

  EachBoard() { host_.give_up_at = start_ + std::chrono::minutes(30); }

  TimePoint after(Duration time) const { return start_ + time; }
  void at(Duration time, std::function<void()> action) { host_.at(after(time), std::move(action)); }
  VirtualBoard& board(const std::string& path) { return host_.board(path); }

  VirtualBoard& add(const std::string& path, BoardSettings settings = {}) {
    VirtualBoard& made = add_board(std::move(settings), path);
    made.flash().load(flash_base, earlier_);
    return made;
  }
  void pull(const std::string& path) { board(path).unplug(host_.now()); }
  /// Whoever plugs it in holds BOOT0 if nothing else helps.
  void plug(const std::string& path) { board(path).plug_in(host_.now(), !board(path).boots()); }
  void stop_after(Duration time) {
    at(time, [this] { stop_ = true; });
  }

  void run(const EachOptions& options = {}) {
    EachOptions some = options;
    some.at_once = 16;
    work_on_each(job(), some,
                 [&](std::size_t number, const NamedBoard& one, const Job& own) {
                   tries_.resize(std::max(tries_.size(), number + 1));
                   Try done{one.name, one.board->usb.serial, host_.now(), {}, {}, 0};
                   const auto end = [&] {
                     done.to = host_.now();
                     tries_[number] = done;
                   };
                   try {
                     const auto result = flash(own, one.selector, image_, {});
                     done.erased = result.sectors_erased;
                     if (result.problem()) throw Error(*result.problem());
                   } catch (const Error& error) {
                     done.failure = to_string(error.code());
                     end();
                     throw;
                   }
                   end();
                 },
                 {[&](std::size_t number, const NamedBoard& one) {
                    EXPECT_EQ(number, begun_.size()) << "in order";
                    begun_.push_back(one.name);
                  },
                  [](std::size_t, const Event&) {},
                  [&](std::size_t, const std::optional<Error>& failure) {
                    ended_.push_back(failure ? std::string(to_string(failure->code())) : "");
                    if (on_ended_) on_ended_();
                    return goes_on_;
                  },
                  [&](const Sighting& seen) { left_out_.push_back(seen.why); }});
  }

  std::vector<std::string> failures() const {
    std::vector<std::string> all;
    for (const Try& each : tries_) all.push_back(each.failure);
    return all;
  }

  const TimePoint start_ = host_.now();
  const Image image_ = support::image_of(support::program(20 * kib, 1));
  const Bytes earlier_ = support::program(20 * kib, 2);
  std::vector<Try> tries_;  // by number
  std::vector<std::string> begun_;
  std::vector<std::string> ended_;
  std::vector<std::string> left_out_;
  std::function<void()> on_ended_;
  bool goes_on_ = true;
};

TEST_F(EachBoard, WhatIsThereAndWhatIsPluggedInOnceEach) {
  add("1-1");
  add("1-2");
  pull("1-2");
  at(seconds(5), [&] { plug("1-2"); });
  stop_after(seconds(30));
  run();
  EXPECT_THAT(failures(), ElementsAre("", ""));
  EXPECT_THAT(begun_, ElementsAre("1-1", "1-2"));
  EXPECT_TRUE(holds(board("1-1"), image_));
  EXPECT_TRUE(holds(board("1-2"), image_));
  EXPECT_LT(tries_[1].from, after(milliseconds(5600))) << "at once";
}

TEST_F(EachBoard, OneThatIsRightAlreadyPassesWithoutWear) {
  add("1-1");
  at(seconds(5), [&] { pull("1-1"); });
  at(seconds(7), [&] { plug("1-1"); });
  stop_after(seconds(20));
  run();
  EXPECT_THAT(failures(), ElementsAre("", ""));
  EXPECT_EQ(tries_[0].erased, 2U);
  EXPECT_EQ(tries_[1].erased, 0U);
}

TEST_F(EachBoard, AResetIsNoNewBoard) {
  add("1-1");
  for (const int time : {5, 6, 7}) {
    at(seconds(time), [&] {
      pull("1-1");
      plug("1-1");
    });
  }
  at(seconds(9), [&] { board("1-1").enter_rom(host_.now()); });
  stop_after(seconds(20));
  run();
  EXPECT_THAT(failures(), ElementsAre(""));
}

TEST_F(EachBoard, AFailureIsTriedAgainWhenItReturns) {
  BoardSettings deaf;
  deaf.application.reboot_line = "";
  deaf.application.obeys_touch = false;
  add("1-1", deaf);
  at(seconds(100), [&] {
    pull("1-1");
    board("1-1").settings().application.obeys_touch = true;
  });
  at(seconds(102), [&] { plug("1-1"); });
  stop_after(seconds(110));
  run();
  EXPECT_THAT(failures(), ElementsAre("ignored", ""));
  EXPECT_GT(tries_[1].from, after(seconds(102)));
}

TEST_F(EachBoard, OneThatLeavesInMidFlashFailsAndIsTriedAgainWhenItReturns) {
  add("1-1");
  at(milliseconds(700), [&] { pull("1-1"); });
  at(milliseconds(1200), [&] { plug("1-1"); });
  stop_after(seconds(20));
  run();
  EXPECT_THAT(failures(), ElementsAre("board-gone", ""));
  EXPECT_TRUE(holds(board("1-1"), image_));
}

TEST_F(EachBoard, ThePortsDoNotWaitForEachOther) {
  for (int i = 1; i <= 8; ++i) {
    add(fmt::format("1-{}", i));
    pull(fmt::format("1-{}", i));
  }
  at(seconds(1), [&] {
    for (int i = 1; i <= 8; ++i) plug(fmt::format("1-{}", i));
  });
  stop_after(seconds(20));
  run();
  ASSERT_THAT(failures(), AllOf(SizeIs(8), Each("")));
  const Duration one = tries_[0].to - tries_[0].from;
  for (const Try& each : tries_) EXPECT_LE(each.to - tries_[0].from, one + milliseconds(200));
}

TEST_F(EachBoard, MoreThanCanBeWorkedOnAtOnceWait) {
  for (int i = 1; i <= 20; ++i) add(fmt::format("1-{}", i));
  stop_after(seconds(30));
  run();
  EXPECT_THAT(failures(), AllOf(SizeIs(20), Each("")));
}

TEST_F(EachBoard, ACountIsOfPassesAndExact) {
  BoardSettings lost;
  lost.never_returns = true;
  add("1-1", lost);
  for (const auto* path : {"1-2", "1-3", "1-4", "1-5"}) add(path);
  EachOptions options;
  options.count = 3;
  run(options);
  EXPECT_THAT(failures(), ElementsAre("lost", "", "", ""));
  EXPECT_TRUE(holds(board("1-4"), image_));
  EXPECT_FALSE(holds(board("1-5"), image_)) << "one more than was asked for";
}

TEST_F(EachBoard, OnlyAtThePortsThatAreNamed) {
  for (const auto* path : {"1-1", "1-2", "1-3"}) add(path);
  stop_after(seconds(10));
  run({{}, {"1-2", "7-7"}, 0});
  EXPECT_THAT(begun_, ElementsAre("1-2"));
  EXPECT_FALSE(holds(board("1-1"), image_));
}

TEST_F(EachBoard, WithoutCertaintyNothingIsTouched) {
  BoardSettings unknown;
  unknown.application.product_name = "STM32 Virtual ComPort";
  add("1-1", unknown);
  host_.add_device({"1-5", 1, 91, 0x0403, 0x6001, 0x0600, "FTDI", "FT232R", "A1", {}},
                   {{"/dev/ttyUSB0", "1-5", 0}});
  at(seconds(10), [&] { pull("1-1"); });
  at(seconds(15), [&] { plug("1-1"); });
  stop_after(seconds(30));
  run();
  EXPECT_THAT(tries_, IsEmpty());
  EXPECT_THAT(host_.opened, IsEmpty());
  EXPECT_THAT(left_out_, ElementsAre(HasSubstr("product name of a template"),
                                     HasSubstr("only used when it is named"),
                                     HasSubstr("product name of a template")))
      << "once each time that it is plugged in";
}

TEST_F(EachBoard, OneThatAnotherProcessWorksOnIsLeftToIt) {
  add("1-1");
  host_.hold_lock("1-1");
  at(seconds(10), [&] { host_.release_lock("1-1"); });
  stop_after(seconds(20));
  run();
  ASSERT_THAT(failures(), ElementsAre(""));
  EXPECT_GE(tries_[0].from, after(seconds(10)));
}

TEST_F(EachBoard, PermissionsThatComeLateAreWaitedFor) {
  const Error refused(Errc::not_permitted, "no");
  add("1-1");
  add("1-2");
  host_.refuse("/dev/ttyACM0", refused, after(milliseconds(1500)));
  host_.refuse("/dev/ttyACM1", refused);
  stop_after(seconds(20));
  run();
  ASSERT_THAT(begun_, ElementsAre("1-1", "1-2"));
  EXPECT_THAT(failures(), ElementsAre("", "not-permitted"));
}

TEST_F(EachBoard, AnotherBoardInItsPlaceIsAnotherTry) {
  add("1-1");
  at(milliseconds(700), [&] {
    pull("1-1");
    board("1-1").settings().application.serial = "418042804142";
    board("1-1").settings().rom.serial = "418042804142";
    board("1-1").flash().load(flash_base, earlier_);
    plug("1-1");
  });
  stop_after(seconds(20));
  run();
  ASSERT_THAT(failures(), ElementsAre("board-gone", ""));
  EXPECT_EQ(tries_[1].serial, "418042804142");
}

TEST_F(EachBoard, AnotherOneIsSeenByItsSerialHoweverFastItCame) {
  add("1-1");
  at(seconds(5), [&] {
    pull("1-1");
    board("1-1").settings().application.serial = "418042804142";
    board("1-1").settings().rom.serial = "418042804142";
    plug("1-1");
  });
  stop_after(seconds(20));
  run();
  EXPECT_THAT(failures(), ElementsAre("", ""));
}

TEST_F(EachBoard, AStopWaitsForWhoIsWorkedOn) {
  for (const auto* path : {"1-1", "1-2"}) add(path);
  pull("1-2");
  at(milliseconds(400), [&] { plug("1-2"); });
  stop_after(milliseconds(900));
  run();
  EXPECT_THAT(ended_, ElementsAre("interrupted", "interrupted"));
  stop_ = false;
  at(seconds(9), [&] { stop_ = true; });
  tries_.clear();
  begun_.clear();
  run();
  EXPECT_THAT(failures(), ElementsAre("", ""));
}

TEST_F(EachBoard, WhoeverIsToldCanEndIt) {
  add("1-1");
  goes_on_ = false;
  run();
  EXPECT_THAT(ended_, ElementsAre(""));
}

TEST_F(EachBoard, AnObserverThatThrowsEndsItToo) {
  add("1-1");
  on_ended_ = [] { throw Error(Errc::cannot_write_output, "full"); };
  EXPECT_ERROR(run(), Errc::cannot_write_output, HasSubstr("full"));
}

TEST_F(EachBoard, WithoutUsbThereIsNothingToWaitFor) {
  host_.hide_usb("/sys/bus/usb does not exist");
  EXPECT_ERROR(run(), Errc::no_board, HasSubstr("does not exist"));
}

// 200 boards at 16 USB ports: most stay long enough, some are pulled too early and come again, some
// are faulty, some hold the image already.
class TwoHundred : public EachBoard {
 protected:
  static constexpr int boards = 200;
  static constexpr int ports = 16;
  enum class Kind { plain, right_already, early, deaf, unplugs_itself, stalls };
  struct Visit {
    std::string path;
    std::string serial;
    Kind kind = Kind::plain;
    Duration from{};
    Duration to{};
    bool is_long = true;
    bool held_it = false;  // the image, when it was pulled
  };

  int some(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  Kind any_kind() {
    const int dice = some(0, 19);
    if (dice < 2) return Kind::right_already;
    if (dice < 6) return Kind::early;
    if (dice == 6) return Kind::deaf;
    if (dice < 9) return Kind::unplugs_itself;
    return dice < 11 ? Kind::stalls : Kind::plain;
  }

  void prepare(const Visit& visit) {
    BoardSettings& settings = board(visit.path).settings();
    settings.application.serial = settings.rom.serial = visit.serial;
    settings.application.obeys_touch = visit.kind != Kind::deaf;
    settings.application.reboot_line = visit.kind == Kind::deaf ? "" : "dfu";
    settings.faults.clear();
    if (visit.kind == Kind::unplugs_itself) {
      settings.faults = {{Fault::Action::unplug, Fault::Point::write, 5}};
    }
    if (visit.kind == Kind::stalls)
      settings.faults = {{Fault::Action::stall, Fault::Point::write, 3}};
    board(visit.path)
        .flash()
        .load(flash_base,
              visit.kind == Kind::right_already ? image_.segments.front().data : earlier_);
  }

  // Returns when the next one may be plugged in.
  Duration schedule(Visit visit, bool is_new) {
    const std::size_t number = visits_.size();
    visits_.push_back(visit);
    at(visit.from, [this, number, is_new] {
      if (is_new) prepare(visits_[number]);
      plug(visits_[number].path);
    });
    at(visit.to, [this, number] {
      visits_[number].held_it = holds(board(visits_[number].path), image_);
      pull(visits_[number].path);
    });
    return visit.to + milliseconds(some(1100, 4000));
  }

  void schedule_all() {
    std::vector<Duration> free(ports);
    for (Duration& time : free) time = milliseconds(some(100, 5000));
    for (int i = 0; i < boards; ++i) {
      Duration& next = free[static_cast<std::size_t>(i % ports)];
      const std::string path = fmt::format("1-{}", 1 + i % ports);
      Visit visit{path, fmt::format("SN{:04}", i), any_kind(), next, {}};
      const bool comes_again = visit.kind == Kind::early || visit.kind == Kind::unplugs_itself;
      visit.is_long = !comes_again;
      visit.to = next + (visit.kind == Kind::early            ? milliseconds(some(350, 1700))
                         : visit.kind == Kind::deaf           ? seconds(60)
                         : visit.kind == Kind::unplugs_itself ? seconds(6)
                                                              : milliseconds(some(6000, 9000)));
      next = schedule(visit, true);
      if (!comes_again) continue;
      visit.is_long = true;
      visit.from = next;
      visit.to = next + milliseconds(some(6000, 9000));
      next = schedule(visit, false);
    }
    for (const Duration& time : free) end_ = std::max(end_, time);
  }

  bool is_during(const Visit& visit, TimePoint time) const {
    return time >= after(visit.from) && time < after(visit.to);
  }
  std::vector<Try> begun_in(const Visit& visit) const {
    std::vector<Try> some;
    for (const Try& each : tries_) {
      if (each.path == visit.path && is_during(visit, each.from)) some.push_back(each);
    }
    return some;
  }
  /// One that was pulled and plugged in again while it rebooted has only been slow.
  auto passes_in(const Visit& visit) const {
    return std::count_if(tries_.begin(), tries_.end(), [&](const Try& each) {
      return each.path == visit.path && is_during(visit, each.to) && each.failure.empty();
    });
  }

  std::mt19937 random_;
  std::vector<Visit> visits_;
  Duration end_{};
};

TEST_F(TwoHundred, InAndOutAtRandomMoments) {
  for (int i = 1; i <= ports; ++i) {
    add(fmt::format("1-{}", i));
    pull(fmt::format("1-{}", i));
  }
  schedule_all();
  stop_after(end_ + seconds(2));
  run();
  std::size_t seen = 0;
  std::map<std::string, int> failures;
  for (const Visit& visit : visits_) {
    const std::string who = fmt::format("{} at {}", visit.serial, visit.path);
    const auto begun = begun_in(visit);
    EXPECT_THAT(begun, SizeIs(testing::Le(1U))) << who;
    seen += begun.size();
    const int wanted = visit.kind == Kind::deaf ? 0 : 1;
    if (visit.is_long) {
      EXPECT_EQ(passes_in(visit), wanted) << who;
      EXPECT_EQ(visit.held_it, wanted == 1) << who;
    }
    if (begun.empty()) continue;
    const Try& it = begun.front();
    EXPECT_EQ(it.serial, visit.serial);
    if (!it.failure.empty()) ++failures[it.failure];
    if (visit.kind == Kind::right_already) {
      EXPECT_EQ(it.erased, 0U) << who;
    }
  }
  EXPECT_EQ(seen, tries_.size()) << "none while no board was there";
  EXPECT_GT(failures["board-gone"], 10) << "else nothing was proved";
  EXPECT_GT(failures["ignored"], 3);
}

TEST_F(TwoHundred, TheTriesAtAPortComeOneAfterTheOther) {
  for (int i = 1; i <= ports; ++i) {
    add(fmt::format("1-{}", i));
    pull(fmt::format("1-{}", i));
  }
  random_.seed(7);
  schedule_all();
  stop_after(end_ + seconds(2));
  run();
  std::map<std::string, TimePoint> free;
  for (const Try& each : tries_) {
    EXPECT_GE(each.from, free[each.path]) << each.serial;
    free[each.path] = each.to;
  }
  EXPECT_THAT(tries_, SizeIs(testing::Ge(200U)));
}

}  // namespace
}  // namespace sysboot
