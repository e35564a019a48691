// SPDX-License-Identifier: GPL-3.0-or-later
// The optional part of firmware/sysboot: what asks for the bootloader, and the order of leaving.
#include "sysboot_triggers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

struct Left {};  // sysboot_request() and sysboot_reset() do not return

unsigned entries;
sysboot_exit rom_exit;
std::vector<std::string> calls;

}  // namespace

extern "C" {
unsigned sysboot_check() {
  calls.emplace_back("check");
  return entries;
}
sysboot_exit sysboot_rom_exit() {
  return rom_exit;
}
void sysboot_request() {
  calls.emplace_back("request");
  throw Left{};
}
void sysboot_reset() {
  calls.emplace_back("reset");
  throw Left{};
}
}

namespace firmware_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void wait_ms(std::uint32_t ms) {
  calls.push_back("wait " + std::to_string(ms));
}

void unplug() {
  calls.emplace_back("unplug");
}

// Each test begins with a line that has ended and a button that is not pressed.
class Triggers : public testing::Test {
 protected:
  Triggers() {
    text("\n");
    sysboot_on_button(false, 0);
    sysboot_wanted = false;
    calls.clear();
    entries = 0;
  }

  static void text(std::string_view typed) {
    sysboot_on_text(reinterpret_cast<const std::uint8_t*>(typed.data()), typed.size());
  }

  static bool asks(std::string_view typed) {
    sysboot_wanted = false;
    text(typed);
    return sysboot_wanted;
  }
};

TEST_F(Triggers, OrdinaryStartGoesOn) {
  sysboot_start();
  EXPECT_THAT(calls, ElementsAre("check"));
}

TEST_F(Triggers, StartByTheRomWithoutResetBecomesACleanOne) {
  entries = 1;
  rom_exit = SYSBOOT_EXIT_JUMP;
  EXPECT_THROW(sysboot_start(), Left);
  EXPECT_THAT(calls, ElementsAre("check", "reset"));
}

TEST_F(Triggers, StartAfterAResetOutOfTheRomIsCleanAlready) {
  entries = 3;
  for (const sysboot_exit how : {SYSBOOT_EXIT_SOFTWARE_RESET, SYSBOOT_EXIT_OTHER_RESET}) {
    rom_exit = how;
    calls.clear();
    sysboot_start();
    EXPECT_THAT(calls, ElementsAre("check"));
  }
}

TEST_F(Triggers, LineDfuAsks) {
  EXPECT_TRUE(asks("dfu\r"));
  EXPECT_TRUE(asks("dfu\n"));
  EXPECT_TRUE(asks("help\r\ndfu\r\nversion\r\n"));
  EXPECT_FALSE(asks("d"));
  EXPECT_FALSE(asks("fu"));
  EXPECT_TRUE(asks("\r")) << "the line came in pieces";
}

TEST_F(Triggers, OtherLinesDoNotAsk) {
  for (const char* const line : {"\r", "dfu", "\x7f\r", "df\r", "dfuu\r", "ddfu\r", "xdfu\r",
                                 " dfu\r", "dfu \r", "DFU\r", "dfudfu\r", "d\rfu\r"}) {
    EXPECT_FALSE(asks(line)) << line;
    text("\r");
  }
}

TEST_F(Triggers, TouchAt1200BaudAsks) {
  sysboot_on_line_state(1200, true);
  sysboot_on_line_state(115200, false);
  sysboot_on_line_state(0, false);
  EXPECT_FALSE(sysboot_wanted);
  sysboot_on_line_state(1200, false);
  EXPECT_TRUE(sysboot_wanted);
}

TEST_F(Triggers, ButtonHeldForASecondAsks) {
  sysboot_on_button(true, 5000);
  sysboot_on_button(true, 5999);
  EXPECT_FALSE(sysboot_wanted);
  sysboot_on_button(true, 6000);
  EXPECT_TRUE(sysboot_wanted);
}

TEST_F(Triggers, ButtonThatReportsItsEdgesOnlyAsksWhenLetGo) {
  sysboot_on_button(true, 0xFFFFFF00);  // the clock wraps while it is held
  sysboot_on_button(false, 0xFFFFFF00 + 1000);
  EXPECT_TRUE(sysboot_wanted);
}

TEST_F(Triggers, ButtonPressedAgainAndAgainDoesNotAsk) {
  for (std::uint32_t now = 100; now < 5000; now += 600) {
    sysboot_on_button(true, now);
    sysboot_on_button(false, now + 500);
  }
  EXPECT_FALSE(sysboot_wanted);
}

TEST_F(Triggers, PollDoesNothingUntilSomebodyAsks) {
  sysboot_poll(wait_ms, unplug);
  EXPECT_THAT(calls, IsEmpty());
}

TEST_F(Triggers, PollLeavesInTheOrderThatTheHostCanFollow) {
  sysboot_wanted = true;
  EXPECT_THROW(sysboot_poll(wait_ms, unplug), Left);
  EXPECT_THAT(calls, ElementsAre("wait 100", "unplug", "wait 30", "request"));
}

}  // namespace
}  // namespace firmware_test
