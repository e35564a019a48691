// SPDX-License-Identifier: GPL-3.0-or-later
// flash --each: what a production bench shows, reports and answers.
#include <csignal>
#include <filesystem>
#include <regex>

#include "cli.hpp"

namespace {

using nlohmann::json;
using support::Background;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* deaf = "line=,no-touch";

class EachBoard : public Cli {
 protected:
  static Words flash(const std::string& app, Words more) {
    more.insert(more.begin(), {"flash", "--each", app});
    return more;
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  std::string content(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(EachBoard, ALineForEach) {
  const auto done = with_boards({"times=x8", "times=x8"}, flash(program(), {"--count", "2"}));
  EXPECT_EQ(done.exit, 0) << done.err;
  const std::regex wanted(
      "PASS  1-1       326533683734  flashed and verified, application back on /dev/ttyACM0  "
      "1\\.8. s\n"
      "PASS  1-2       326533693734  flashed and verified, application back on /dev/ttyACM1  "
      "1\\.8. s\n"
      "2 passed, 0 failed, [12]\\... s; virtual board\n");
  EXPECT_TRUE(std::regex_match(done.out, wanted)) << done.out;
  EXPECT_THAT(done.err, AllOf(HasSubstr("Ctrl-C ends it"), Not(HasSubstr("erase"))));
  const auto verbose = with_boards({""}, flash(program(), {"--count", "1", "-v"}));
  EXPECT_THAT(verbose.err, HasSubstr("1-1  erase "));
}

TEST_F(EachBoard, AFailureSaysWhyAndCountsInTheEnd) {
  const auto done = with_boards({deaf, ""}, flash(program(), {"--count", "1"}));
  EXPECT_EQ(done.exit, 75) << done.err;
  EXPECT_THAT(done.out, AllOf(StartsWith("FAIL  1-1       326533683734  ignored: its application"),
                              HasSubstr("\nPASS  1-2 "), HasSubstr("\n1 passed, 1 failed, ")));
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("  hint: "), HasSubstr("error: failed and did not pass later: 1-1 "
                                                     "(serial 326533683734)")));
}

TEST_F(EachBoard, OnATerminalItIsSeenFromAfar) {
  support::RunOptions wide;
  wide.environment = {"COLUMNS=160"};
  const Words words = flash(program(), {"--count", "1", "--color=always", "--bell"});
  const auto done = with_boards({deaf, ""}, words, wide);
  EXPECT_THAT(done.out, AllOf(HasSubstr("\x1b[1;7;31m FAIL  1-1 "),
                              HasSubstr("\x1b[1;7;32m PASS  1-2 "), HasSubstr("  \x1b[0m\n")));
  EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\a'), 2);
  const auto plain = with_boards({deaf, ""}, flash(program(), {"--count", "1"}));
  EXPECT_THAT(plain.out + plain.err, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\a"))));
}

TEST_F(EachBoard, BarsAreOfThoseInWork) {
  const auto done = with_boards({"times=x8", "times=x8"},
                                flash(program(), {"--count", "2", "--progress=always"}));
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, AllOf(HasSubstr("1-2  write    ["), EndsWith("\x1b[K")));
}

TEST_F(EachBoard, QuietSaysFailuresOnly) {
  const auto done = with_boards({deaf, ""}, flash(program(), {"--count", "1", "-q"}));
  EXPECT_THAT(done.out, IsEmpty());
  EXPECT_THAT(done.err, StartsWith("1-1  error: its application ignored"));
}

TEST_F(EachBoard, JsonHasAnEventForEachAndCounts) {
  const auto done = with_boards({deaf, ""}, flash(program(), {"--count", "1", "--json"}));
  EXPECT_EQ(done.exit, 75);
  std::vector<json> boards;
  const auto lines = json_lines(done.out);
  for (const auto& line : lines) {
    if (line.at("event") == "board") boards.push_back(line);
    if (line.at("event") == "end") {
      EXPECT_TRUE(line.contains("board")) << line;
    }
  }
  ASSERT_THAT(boards, SizeIs(2));
  EXPECT_EQ(boards[0].at("board"), "1-1");
  EXPECT_EQ(boards[0].at("serial"), "326533683734");
  EXPECT_EQ(boards[0].at("error").at("kind"), "ignored");
  EXPECT_EQ(boards[1].at("ok"), true);
  EXPECT_EQ(boards[1].at("virtual"), true);
  EXPECT_EQ(boards[1].at("bytes_verified"), 20517);
  const json& result = lines.back();
  EXPECT_EQ(result.at("event"), "result");
  EXPECT_EQ(result.at("passed"), 1);
  EXPECT_EQ(result.at("failed"), 1);
  EXPECT_EQ(result.at("image"), "app.bin");
}

TEST_F(EachBoard, ATableGrows) {
  const std::string app = file("a,b.bin", support::program(4096));
  const Words words = flash(app, {"--count", "1", "--report", path("boards.csv")});
  EXPECT_EQ(with_boards({deaf, ""}, words).exit, 75);
  EXPECT_EQ(with_boards({"serial=\"x\""}, words).exit, 0);
  const auto lines = lines_of(content("boards.csv"));
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0],
            "time,board,serial,result,error,text,seconds,bytes_written,image,image_bytes");
  const std::string time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ,";
  EXPECT_TRUE(std::regex_match(
      lines[1],
      std::regex(time + "1-1,326533683734,FAIL,ignored,\"its .*\",[0-9.]+,,\"a,b.bin\",4096")))
      << lines[1];
  EXPECT_TRUE(std::regex_match(lines[2], std::regex(time + "1-2,\\w+,PASS,,\"flashed and verified, "
                                                           "application back on /dev/ttyACM1\","
                                                           "[0-9.]+,\\d+,\"a,b.bin\",4096")))
      << lines[2];
  EXPECT_THAT(lines[3], HasSubstr(",1-1,\"\"\"x\"\"\",PASS,"));
}

TEST_F(EachBoard, OrALineOfJsonEach) {
  const Words words = flash(program(), {"--count", "1", "--report", path("boards.jsonl")});
  EXPECT_EQ(with_boards({""}, words).exit, 0);
  EXPECT_EQ(with_boards({""}, words).exit, 0);
  const auto lines = json_lines(content("boards.jsonl"));
  ASSERT_THAT(lines, SizeIs(2));
  for (const json& line : lines) {
    EXPECT_EQ(line.at("serial"), "326533683734");
    EXPECT_EQ(line.at("result"), "PASS");
    EXPECT_TRUE(line.at("error").is_null());
    EXPECT_EQ(line.at("image_bytes"), 20517);
    EXPECT_GT(line.at("bytes_written"), 0);
  }
}

TEST_F(EachBoard, AReportThatCannotBeWrittenIsSaidBeforeAnythingIsDone) {
  const std::string app = program();
  const std::string other = file("other.csv", {'a', ',', 'b', '\n'});
  for (const std::string& report : {path("no/such/folder.csv"), other}) {
    const auto done = with_boards({""}, flash(app, {"--count", "1", "--report", report}));
    EXPECT_EQ(done.exit, 73) << report;
    EXPECT_THAT(done.out, IsEmpty());
  }
  EXPECT_EQ(content("other.csv"), "a,b\n");
  const auto done = with_boards({""}, flash(app, {"--count", "1", "--report", path("x.txt")}));
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, HasSubstr("a report is a .csv or a .jsonl file"));
}

#ifdef __linux__
TEST_F(EachBoard, AReportThatIsFullFailsTheBoardAndEndsIt) {
  std::filesystem::create_symlink("/dev/full", path("full.jsonl"));
  const auto done =
      with_boards({"", "times=x8", "times=x8"}, flash(program(), {"--report", path("full.jsonl")}));
  EXPECT_EQ(done.exit, 73) << done.err;
  EXPECT_THAT(done.out, StartsWith("FAIL  1-1       326533683734  cannot-write-output: "));
}
#endif

#ifndef _WIN32
TEST_F(EachBoard, CtrlCEndsItWithoutAnError) {
  Background bench({STM32BOOT, "--virtual", "flash", "--each", program()});
  bench.wait_for("PASS  1-1 ");
  bench.signal(SIGINT);
  bench.wait_for("1 passed, 0 failed");
  EXPECT_EQ(bench.join(), 0) << bench.transcript();
}

TEST_F(EachBoard, AndWithOneIfTheLastThatWasTriedFailed) {
  Background bench({STM32BOOT, "--virtual", "--virtual-board", deaf, "flash", "--each", program()});
  bench.wait_for("FAIL  1-1 ");
  bench.signal(SIGINT);
  EXPECT_EQ(bench.join(), 75) << bench.transcript();
}
#endif

TEST_F(EachBoard, WhatIsLeftOutIsSaidOnce) {
  const auto done = with_boards({"product=STM32 Virtual ComPort", "times=x8"},
                                flash(program(300 * 1024), {"--count", "1"}));
  EXPECT_EQ(done.exit, 0);
  const auto count = [&](const std::string& text) {
    std::size_t found = 0;
    for (const auto& line : lines_of(done.err)) {
      if (line.find(text) != std::string::npos) ++found;
    }
    return found;
  };
  EXPECT_EQ(count("left out: 1-1 ("), 1U) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("with --trigger, --firmware or --text\n"),
                              Not(HasSubstr("name it"))));
}

TEST_F(EachBoard, OnlyAtTheseUsbPorts) {
  const auto done =
      with_boards({"", "", ""}, flash(program(), {"--count", "2", "--usb", "1-3", "--usb", "1-2"}));
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("PASS  1-2"), HasSubstr("PASS  1-3"), Not(HasSubstr("  1-1"))));
}

TEST_F(EachBoard, WhatMakesNoSenseIsRefused) {
  const std::string app = program();
  const std::map<std::string, Words> refused = {
      {"--all those that are there now", flash(app, {"--all"})},
      {"name USB ports with --usb", flash(app, {"--port", "/dev/ttyACM0"})},
      {"name USB ports with", flash(app, {"--serial", "326533683734"})},
      {"--each and --watch", flash(app, {"--watch"})},
      {"--each and --monitor", flash(app, {"--monitor"})},
      {"--each and --dry-run", flash(app, {"--dry-run"})},
      {"--each and --no-wait", flash(app, {"--no-wait"})},
      {"--bell", {"flash", app, "--bell"}},
      {"--report", {"flash", app, "--report", path("x.csv")}},
      {"verify has no option --each", {"verify", "--each", app}},
  };
  for (const auto& [says, words] : refused) {
    const auto done = with_boards({""}, words);
    EXPECT_EQ(done.exit, 64) << says;
    EXPECT_THAT(done.err, HasSubstr(says));
    EXPECT_THAT(done.out, IsEmpty());
  }
}

TEST_F(EachBoard, ABadImageIsSaidOnceAndTouchesNone) {
  const auto done = with_boards({""}, flash(file("data.bin", sysboot::Bytes(4096, 0x11)), {}));
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.out, IsEmpty());
}

}  // namespace
