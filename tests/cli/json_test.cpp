// SPDX-License-Identifier: GPL-3.0-or-later
// --json: one object a line, nothing else on standard output, and a result at the end in every
// case.
#include "cli.hpp"

namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Json : public Cli {
 protected:
  // The last line, which must be the result.
  static nlohmann::json result_of(const support::Finished& done) {
    const auto lines = json_lines(done.out);
    EXPECT_THAT(lines, testing::Not(IsEmpty()));
    const auto& result = lines.back();
    EXPECT_EQ(result.at("event"), "result");
    EXPECT_EQ(result.at("ok"), done.exit == 0);
    EXPECT_EQ(result.at("exit"), done.exit);
    return result;
  }
  static std::vector<std::string> stages_of(const support::Finished& done,
                                            const std::string& event) {
    std::vector<std::string> stages;
    for (const auto& line : json_lines(done.out)) {
      if (line.at("event") == event) stages.push_back(line.at("stage"));
    }
    return stages;
  }
};

TEST_F(Json, AFlash) {
  const auto done = with_boards({""}, {"--json", "flash", program()});
  const auto result = result_of(done);
  EXPECT_EQ(result.at("command"), "flash");
  EXPECT_EQ(result.at("image"), "app.bin");
  EXPECT_EQ(result.at("address"), "0x08000000");
  EXPECT_EQ(result.at("bytes"), 20517);
  EXPECT_EQ(result.at("sectors_erased"), 2);
  EXPECT_EQ(result.at("verified"), true);
  EXPECT_EQ(result.at("enter").at("outcome"), "entered");
  EXPECT_EQ(result.at("starts_by_itself"), true);
  EXPECT_EQ(result.at("run").at("address"), "0x08000000");
  EXPECT_EQ(result.at("run").at("back"), true);
  EXPECT_EQ(result.at("run").at("board").at("ports").at(0), "/dev/ttyACM0");
  EXPECT_EQ(stages_of(done, "begin"), stages_of(done, "end"));
  EXPECT_THAT(stages_of(done, "progress"), Contains("write"));
  EXPECT_THAT(done.err, IsEmpty());
}

TEST_F(Json, A3ABoardThatWillNotStartByItself) {
  const std::string data = file("data.bin", sysboot::Bytes(4096, 0x11));
  const auto done = with_boards({""}, {"--json", "flash", "--force", data});
  const auto result = result_of(done);
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(result.at("starts_by_itself"), false);
  EXPECT_FALSE(result.contains("run"));
  const auto told = with_boards({""}, {"flash", "--force", data});
  EXPECT_EQ(told.exit, 0);
  EXPECT_THAT(told.out, testing::HasSubstr("it will NOT start by itself after power-off"));
  EXPECT_THAT(told.err, testing::HasSubstr("there is no program at 0x08000000"));
}

TEST_F(Json, ErrorsToo) {
  const auto result = result_of(with_boards({"lost"}, {"--json", "enter"}));
  EXPECT_EQ(result.at("exit"), 75);
  EXPECT_EQ(result.at("error").at("code"), "lost");
  EXPECT_EQ(result.at("error").at("context"), "board 1-1");
  EXPECT_THAT(result.at("error").at("hints"), testing::Not(IsEmpty()));
}

TEST_F(Json, BadFilesToo) {
  EXPECT_EQ(result_of(with_boards({""}, {"--json", "flash", path("none")})).at("error").at("code"),
            "no-input");
}

TEST_F(Json, UsageErrorsToo) {
  const auto result = result_of(stm32boot({"--json", "list", "--frobnicate"}));
  EXPECT_EQ(result.at("error").at("code"), "usage");
}

TEST_F(Json, ListIsOneArray) {
  const auto done = with_boards({"", "mode=dfu"}, {"list", "--json"});
  const auto boards = nlohmann::json::parse(done.out);
  ASSERT_THAT(boards, SizeIs(2));
  EXPECT_EQ(boards[0].at("usb"), "1-1");
  EXPECT_EQ(boards[0].at("mode"), "application");
  EXPECT_EQ(boards[1].at("mode"), "dfu");
  EXPECT_EQ(boards[1].at("id"), "0483:df11");
}

TEST_F(Json, InfoAndDryRun) {
  const auto info = result_of(with_boards({"mode=dfu"}, {"--json", "info"}));
  EXPECT_EQ(info.at("chips").at(0), "STM32F411xE");
  EXPECT_THAT(info.at("sectors"), SizeIs(8));
  EXPECT_EQ(info.at("sectors").at(0).at("empty"), false);
  const auto plan =
      result_of(with_boards({"mode=dfu"}, {"--json", "flash", "--dry-run", program()}));
  EXPECT_THAT(plan.at("erase"), SizeIs(2));
}

TEST_F(Json, QuietLeavesTheResult) {
  EXPECT_THAT(json_lines(with_boards({""}, {"--json", "-q", "flash", program()}).out), SizeIs(1));
}

TEST_F(Json, TransfersOnlyWhenVeryVerbose) {
  const std::string app = program();
  EXPECT_THAT(with_boards({""}, {"--json", "flash", app}).out,
              testing::Not(HasSubstr("\"transfer\"")));
  EXPECT_THAT(with_boards({""}, {"--json", "-vv", "flash", app}).out,
              HasSubstr("\"event\":\"transfer\""));
}

#ifndef _WIN32  // whose command lines cannot carry such bytes
TEST_F(Json, NamesThatAreNotUtf8) {
  const auto done = with_boards({"product=\xff\xfe"}, {"list", "--json"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_NO_THROW(nlohmann::json::parse(done.out));
}
#endif

}  // namespace
