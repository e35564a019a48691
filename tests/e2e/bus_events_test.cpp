// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel tells of boards that come and go.
#include "bus.hpp"
#include "host/linux/uevents.hpp"

namespace {

TEST_F(Bus, TellsWhoeverWaitsOfABoardThatComesAndGoes) {
  sysboot::Uevents uevents;
  uevents.wait({});
  const auto hears = [&] { return uevents.wait(std::chrono::seconds(1)); };
  plug_in({"times=none"});
  await(hears, "word of the board");
  await([&] { return !hears(); }, "silence");
  unplug_all();
  await(hears, "word that it is gone");
}

}  // namespace
