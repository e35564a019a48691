// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/shared_look.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

namespace sysboot {
namespace {

constexpr Moment first{1, 10};

TEST(SharedLook, IsTakenOnceAMoment) {
  int looks = 0;
  SharedLook<int> look([&] { return ++looks; });
  EXPECT_EQ(look.get(first), 1);
  EXPECT_EQ(look.get(first), 1);
  EXPECT_EQ(look.get({2, 10}), 2) << "an event";
  EXPECT_EQ(look.get({2, 11}), 3) << "the end of a nap";
  EXPECT_EQ(look.get(first), 3) << "what is newer than asked for does";
}

TEST(SharedLook, IsTakenAgainByTheNextWhenItFails) {
  bool fails = true;
  SharedLook<int> look([&] { return fails ? throw std::runtime_error("lost") : 5; });
  EXPECT_THROW(look.get(first), std::runtime_error);
  fails = false;
  EXPECT_EQ(look.get(first), 5);
}

TEST(SharedLook, IsWaitedForByThoseWhoAskAtTheSameMoment) {
  std::promise<void> begun;
  std::promise<void> may_end;
  int looks = 0;
  SharedLook<int> look([&] {
    begun.set_value();
    may_end.get_future().wait();
    return ++looks;
  });
  int other = 0;
  std::thread one([&] { look.get(first); });
  begun.get_future().wait();
  std::thread two([&] { other = look.get(first); });
  may_end.set_value();
  one.join();
  two.join();
  EXPECT_EQ(other, 1);
  EXPECT_EQ(looks, 1);
}

}  // namespace
}  // namespace sysboot
