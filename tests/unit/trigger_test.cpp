// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/trigger.hpp"

#include "support/throws.hpp"
#include "trigger/choose.hpp"

namespace sysboot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(Unescape, PlainTextStaysAsItIs) {
  EXPECT_EQ(unescape("reset dfu"), bytes("reset dfu"));
}

TEST(Unescape, CEscapes) {
  EXPECT_EQ(unescape(R"(a\r\n\t\\\"\'\e)"), bytes("a\r\n\t\\\"'\x1b"));
  EXPECT_EQ(unescape(R"(\x24\xFF\x0)"
                     "a"),
            bytes("\x24\xFF\x0A"));
  EXPECT_EQ(unescape(R"(\0\101\3777)"), (Bytes{0, 'A', 0xFF, '7'}));
}

TEST(Unescape, RefusesWhatIsNoEscape) {
  EXPECT_ERROR(unescape(R"(ab\q)"), Errc::usage, HasSubstr("unknown escape at character 4"));
  EXPECT_ERROR(unescape("\\"), Errc::usage, HasSubstr("unknown escape"));
  EXPECT_ERROR(unescape(R"(\x1)"), Errc::usage, HasSubstr("unknown escape"));
  EXPECT_ERROR(unescape(R"(\xZZ)"), Errc::usage, HasSubstr("unknown escape"));
  EXPECT_ERROR(unescape(R"(\777)"), Errc::usage, HasSubstr("unknown escape"));
}

Board board(bool has_port, bool has_dfu_runtime, std::string product = "Some Firmware") {
  Board board;
  board.usb.port_path = "1-1";
  board.usb.product_name = std::move(product);
  if (has_port) board.ports.push_back({"/dev/ttyACM0", "1-1", 0});
  if (has_dfu_runtime) board.usb.interfaces.push_back({2, 0, 0xFE, 1, 1, 0});
  return board;
}

std::vector<std::string> names(const Ways& ways) {
  std::vector<std::string> names;
  for (const Way& way : ways) names.push_back(way.name);
  return names;
}

TEST(AutomaticTriggers, HarmlessOnesFirst) {
  EXPECT_THAT(names(choose_ways(board(true, true, "stm32boot Black Pill"), {})),
              ElementsAre("dfu-detach", "dfu line", "touch-1200"));
}

TEST(AutomaticTriggers, NoTextToUnknownFirmware) {
  EXPECT_THAT(names(choose_ways(board(true, false), {})), ElementsAre("touch-1200"));
  EXPECT_THAT(names(choose_ways(board(false, true), {})), ElementsAre("dfu-detach"));
  EXPECT_THAT(names(choose_ways(board(false, false, "stm32boot Black Pill"), {})), IsEmpty());
}

TEST(ChosenTrigger, IsTheOnlyOne) {
  EXPECT_THAT(names(choose_ways(board(true, true), trigger_named("touch-1200"))),
              ElementsAre("touch-1200"));
  EXPECT_THAT(names(choose_ways(board(true, true), trigger_named("dfu-detach"))),
              ElementsAre("dfu-detach"));
  EXPECT_THAT(names(choose_ways(board(true, true), trigger_named("text", bytes("x")))),
              ElementsAre("text"));
}

TEST(ChosenTrigger, MustFitTheBoard) {
  EXPECT_ERROR(choose_ways(board(false, true), trigger_named("touch-1200")), Errc::usage,
               HasSubstr("needs a serial port"));
  EXPECT_ERROR(choose_ways(board(false, true), trigger_named("text", bytes("x"))), Errc::usage,
               HasSubstr("needs a serial port"));
  EXPECT_ERROR(choose_ways(board(true, false), trigger_named("dfu-detach")), Errc::usage,
               HasSubstr("no DFU run-time interface"));
  EXPECT_ERROR(trigger_named("text"), Errc::usage, HasSubstr("needs a text"));
  EXPECT_ERROR(trigger_named("tuch"), Errc::usage,
               HasSubstr("unknown trigger 'tuch'; there are auto, touch-1200, text, dfu-detach"));
}

}  // namespace
}  // namespace sysboot
