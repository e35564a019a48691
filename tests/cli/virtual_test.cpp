// SPDX-License-Identifier: GPL-3.0-or-later
// --virtual that was left in a script must be seen in what the script hears.
#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class Virtual : public Cli {
 protected:
  static const nlohmann::json& is_virtual(const nlohmann::json& object) {
    return object.at("virtual");
  }
  static nlohmann::json last_of(const support::Finished& done) {
    return json_lines(done.out).back();
  }
};

TEST_F(Virtual, A4EveryJsonResultSaysSo) {
  const std::string app = program();
  const std::vector<Words> commands = {
      {"flash", app},   {"flash", app, "--dry-run"}, {"enter"},
      {"verify", app},  {"erase", "--chip"},         {"read", path("out.bin"), "--length", "64"},
      {"option-bytes"}, {"unlock", "--yes"}};
  for (Words command : commands) {
    command.insert(command.begin(), "--json");
    EXPECT_EQ(is_virtual(last_of(with_boards({""}, command))), true) << command[1];
  }
  for (const char* command : {"info", "run"}) {
    EXPECT_EQ(is_virtual(last_of(with_boards({"mode=dfu"}, {"--json", command}))), true);
  }
}

TEST_F(Virtual, A4ErrorsSaySoToo) {
  EXPECT_EQ(is_virtual(last_of(with_boards({"lost"}, {"--json", "enter"}))), true);
  EXPECT_EQ(is_virtual(last_of(stm32boot({"--virtual", "--json", "enter", "--tries"}))), true)
      << "a command line that makes no sense";
  EXPECT_EQ(
      is_virtual(last_of(stm32boot({"--virtual=" + path("no/board.img"), "--json", "enter"}))),
      true);
  EXPECT_THAT(with_boards({"lost"}, {"enter"}).err, HasSubstr("nothing came back"));
  EXPECT_THAT(with_boards({"lost"}, {"enter"}).err, HasSubstr("; virtual board\n  hint: "));
}

TEST_F(Virtual, AsManyBoardsAsWanted) {
  const auto done = stm32boot({"--virtual=3", "flash", program(), "--all"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("3 of 3 boards done"));
  EXPECT_EQ(stm32boot({"--virtual=3", "list", "--json"}).exit, 0);
}

TEST_F(Virtual, ANumberOfBoardsThatMakesNoSense) {
  for (const char* count : {"0", "33", "99999999999999999999"}) {
    const auto done = stm32boot({std::string("--virtual=") + count, "list"});
    EXPECT_EQ(done.exit, 64) << count;
    EXPECT_THAT(done.err, HasSubstr("from 1 to 32 boards")) << count;
  }
  for (const char* speed : {"-1", "nan", "1001", "fast"}) {
    EXPECT_EQ(stm32boot({"--virtual", "--virtual-speed", speed, "list"}).exit, 64) << speed;
  }
}

TEST_F(Virtual, A4SoDoBoardsThatAreListed) {
  const auto boards = last_of(with_boards({"", "mode=dfu"}, {"--json", "list"})).at("items");
  ASSERT_EQ(boards.size(), 2U);
  for (const auto& board : boards) EXPECT_EQ(is_virtual(board), true);
}

TEST_F(Virtual, A4SoDoesEachOfSeveralBoards) {
  const auto lines = json_lines(with_boards({"", ""}, {"--json", "enter", "--all"}).out);
  EXPECT_EQ(is_virtual(lines.back()), true);
  ASSERT_EQ(lines.back().at("boards").size(), 2U);
  for (const auto& row : lines.back().at("boards")) EXPECT_EQ(is_virtual(row), true);
  std::size_t ended = 0;
  for (const auto& line : lines) {
    if (line.at("event") != "board") continue;
    EXPECT_EQ(is_virtual(line), true);
    ++ended;
  }
  EXPECT_EQ(ended, 2U);
}

TEST_F(Virtual, A4TheLastLineSaysSo) {
  EXPECT_THAT(with_boards({""}, {"flash", program()}).out, EndsWith(" s; virtual board\n"));
  EXPECT_THAT(with_boards({""}, {"enter"}).out, EndsWith("; virtual board\n"));
  EXPECT_THAT(with_boards({""}, {"list"}).out, EndsWith("\nvirtual board\n"));
  EXPECT_THAT(with_boards({""}, {"option-bytes"}).out, EndsWith("\nvirtual board\n"));
  EXPECT_THAT(with_boards({"", ""}, {"enter", "--all"}).out, EndsWith("\nvirtual board\n"));
  EXPECT_THAT(stm32boot({"--virtual-board", "", "list"}).out, EndsWith("\nvirtual board\n"));
}

// No board is there, but the results are those of the machine.
TEST_F(Virtual, A4WithoutItNothingIsSaid) {
  const Words command = {"enter", "--usb", "99-99"};
  const auto text = stm32boot(command);
  EXPECT_NE(text.exit, 0);
  EXPECT_THAT(text.out + text.err, Not(HasSubstr("virtual")));
  Words as_json = command;
  as_json.insert(as_json.begin(), "--json");
  EXPECT_FALSE(last_of(stm32boot(as_json)).contains("virtual"));
}

// A debug probe is on this bus, and nothing else.
TEST_F(Cli, I1AnEmptyListSaysHowAProgramWithoutUsbIsReached) {
  const auto empty = with_boards({"id=0483:374b"}, {"list"});
  EXPECT_EQ(empty.exit, 0);
  EXPECT_THAT(empty.err,
              AllOf(HasSubstr("no boards found"), HasSubstr("a debug probe"),
                    HasSubstr("hold BOOT0, press and release NRST, and run this again\n")));
  EXPECT_THAT(with_boards({""}, {"list"}).err, Not(HasSubstr("BOOT0")));
  const auto none = with_boards({"id=0483:374b"}, {"enter"});
  EXPECT_EQ(none.exit, 69);
  EXPECT_THAT(none.err, HasSubstr("NRST, and run this again (without --port and --serial"));
  EXPECT_EQ(with_boards({"mode=dfu,boot0"}, {"enter"}).exit, 0) << "what the hint leads to";
}

}  // namespace
