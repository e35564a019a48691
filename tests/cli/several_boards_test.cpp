// SPDX-License-Identifier: GPL-3.0-or-later
// Several boards in one command: which, what is said of each, and what a script gets.
#include <algorithm>
#include <set>

#include "cli.hpp"

namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class SeveralBoards : public Cli {
 protected:
  // One is pulled while it is written, one bounces for ever, one has a write-protected sector.
  static Words with_failures() {
    return {"", "fault=unplug@write:5", "bounces=100", "option-bytes=EFAA1055FFFFFFFFFD7F0080FFFFFFFF", "firmware=grblhal,no-touch", ""};
  }
  static std::vector<std::string> names_of(const json& boards, bool ok) {
    std::vector<std::string> names;
    for (const auto& board : boards) {
      if (board.at("ok") == ok) names.push_back(board.at("board"));
    }
    return names;
  }
  static std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
    std::vector<std::string> found;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      if (line.find(part) != std::string::npos) found.push_back(line);
    }
    return found;
  }
};

TEST_F(SeveralBoards, AllOfThemLineByLine) {
  const auto done = with_boards({"times=x8", "times=x8"}, {"flash", "--all", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out,
            "BOARD      TIME  RESULT\n"
            "1-1      1.82 s  flashed and verified, application back on /dev/ttyACM0\n"
            "1-2      1.82 s  flashed and verified, application back on /dev/ttyACM1\n"
            "2 of 2 boards done, 1.82 s\n");
  EXPECT_THAT(lines_with(done.err, "1-2  "),
              ElementsAre("x"));
}

TEST_F(SeveralBoards, OneIsATableToo) {
  const auto done = with_boards({""}, {"flash", "--all", program()});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out, AllOf(StartsWith("BOARD "), HasSubstr("1 of 1 boards done")));
}

TEST_F(SeveralBoards, FailuresStayWithTheirBoards) {
  const auto done = with_boards(with_failures(), {"flash", "--all", program()});
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(done.err, "");
}

}  // namespace
