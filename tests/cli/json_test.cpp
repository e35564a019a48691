// SPDX-License-Identifier: GPL-3.0-or-later
// --json: one object a line, nothing else on standard output, and a result at the end in every
// case.
#include <csignal>
#include <utility>

#include "cli.hpp"
#include "support/json_contract.hpp"
#include "sysboot/version.hpp"

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Json : public Cli {
 protected:
  // The last line, which must be the result.
  static nlohmann::json result_of(const support::Finished& done) {
    const auto lines = json_lines(done.out);
    if (lines.empty()) throw std::runtime_error("no JSON; on standard error: " + done.err);
    const auto& result = lines.back();
    EXPECT_EQ(result.at("event"), "result");
    EXPECT_EQ(result.at("ok"), done.exit == 0);
    EXPECT_EQ(result.at("exit"), done.exit);
    return result;
  }
  static nlohmann::json event_of(const support::Finished& done, const std::string& event,
                                 const std::string& stage) {
    for (const auto& line : json_lines(done.out)) {
      if (line.at("event") == event && line.value("stage", "") == stage) return line;
    }
    return {};
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
  EXPECT_EQ(result.at("run").at("device").at("ports").at(0), "/dev/ttyACM0");
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
  EXPECT_EQ(result.at("error").at("kind"), "lost");
  EXPECT_EQ(result.at("error").at("context"), "board 1-1");
  EXPECT_THAT(result.at("error").at("hints"), testing::Not(IsEmpty()));
}

TEST_F(Json, BadFilesToo) {
  EXPECT_EQ(result_of(with_boards({""}, {"--json", "flash", path("none")})).at("error").at("kind"),
            "no-input");
}

TEST_F(Json, UsageErrorsToo) {
  const auto result = result_of(stm32boot({"--json", "list", "--frobnicate"}));
  EXPECT_EQ(result.at("error").at("kind"), "usage");
}

TEST_F(Json, AListHasItems) {
  const auto result = result_of(with_boards({"", "mode=dfu"}, {"list", "--json"}));
  EXPECT_EQ(result.at("command"), "list");
  const auto& boards = result.at("items");
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

TEST_F(Json, EveryResultHasSchemaVersionAndRemarks) {
  for (const Words& words : {Words{"list"},
                             {"profiles"},
                             {"chips"},
                             {"doctor"},
                             {"enter"},
                             {"frobnicate"},
                             {"--version"},
                             {"--help"},
                             {"flash", "--help"}}) {
    Words command = {"--json", "--virtual"};
    command.insert(command.end(), words.begin(), words.end());
    const auto result = result_of(stm32boot(command));
    EXPECT_EQ(result.at("schema"), 1) << result;
    EXPECT_EQ(result.at("version"), sysboot::version) << result;
    EXPECT_TRUE(result.at("remarks").is_array()) << result;
  }
}

TEST_F(Json, ListProfilesChipsAndDoctorHaveItems) {
  for (const char* command : {"list", "profiles", "chips", "doctor"}) {
    const auto result = result_of(stm32boot({"--virtual", command, "--json"}));
    EXPECT_EQ(result.at("command"), command);
    EXPECT_THAT(result.at("items"), testing::Not(IsEmpty()));
  }
}

TEST_F(Json, VersionAndHelpToo) {
  const auto version = result_of(stm32boot({"--version", "--json"}));
  EXPECT_EQ(version.at("text"), stm32boot({"--version"}).out);
  EXPECT_EQ(version.at("command"), "");
  const auto help = result_of(stm32boot({"run", "--json", "--help"}));
  EXPECT_EQ(help.at("text"), stm32boot({"run", "--help"}).out);
  EXPECT_EQ(help.at("command"), "run");
}

TEST_F(Json, SettingsLeaveVersionAndHelpAsTheyAre) {
  support::RunOptions options;
  options.environment = {"STM32BOOT_JSON=1"};
  for (const char* wish : {"--version", "--help"}) {
    EXPECT_EQ(stm32boot({wish}, options).out, stm32boot({wish}).out);
  }
}

TEST_F(Json, AskedForByAVariableEvenWhereArgumentsAreWrong) {
  support::RunOptions options;
  for (const char* yes : {"yes", "on", "true"}) {
    options.environment = {std::string("STM32BOOT_JSON=") + yes};
    EXPECT_EQ(result_of(stm32boot({"run", "--frobnicate"}, options)).at("exit"), 64) << yes;
  }
  EXPECT_EQ(result_of(stm32boot({"run", "--json=yes", "--frobnicate"})).at("exit"), 64);
  options.environment = {"STM32BOOT_JSON=1"};
  const auto result = result_of(stm32boot({"run", "--frobnicate"}, options));
  EXPECT_EQ(result.at("error").at("kind"), "usage");
  EXPECT_EQ(result.at("command"), "run");
  EXPECT_EQ(result_of(stm32boot({}, options)).at("error").at("kind"), "usage");
  options.environment = {"STM32BOOT_JSON=off"};
  EXPECT_THAT(stm32boot({"run", "--frobnicate"}, options).out, IsEmpty());
  options.environment = {"STM32BOOT_JSON=0"};
  EXPECT_THAT(stm32boot({"run", "--frobnicate"}, options).out, IsEmpty());
}

TEST_F(Json, AskedForByAFileEvenWhereArgumentsAreWrong) {
  const auto settings = [&](const std::string& text) {
    file("stm32boot.toml", {text.begin(), text.end()});
  };
  support::RunOptions options;
  options.folder = path("");
  settings("json = true\n");
  EXPECT_EQ(result_of(stm32boot({"--frobnicate"}, options)).at("error").at("kind"), "usage");
  EXPECT_THAT(stm32boot({"--frobnicate", "--no-config"}, options).out, IsEmpty());
  settings("json = true\nfrobnicate = 1\n");
  const auto result = result_of(stm32boot({"list"}, options));
  EXPECT_EQ(result.at("error").at("context"), "stm32boot.toml:2");
  EXPECT_EQ(result.at("command"), "list");
  settings("[flash]\njson = true\n");
  EXPECT_THAT(stm32boot({"--frobnicate"}, options).out, IsEmpty()) << "not for all commands";
}

TEST_F(Json, SettingsFromAFileAreANote) {
  const std::string text = "tries = 2\n";
  file("stm32boot.toml", {text.begin(), text.end()});
  support::RunOptions options;
  options.folder = path("");
  const auto done = with_boards({""}, {"--json", "enter"}, options);
  const auto first = json_lines(done.out).front();
  EXPECT_EQ(first.at("event"), "note");
  EXPECT_EQ(first.at("level"), "info");
  EXPECT_THAT(std::string(first.at("text")), HasSubstr("tries = 2 (line 1)"));
  EXPECT_THAT(done.err, HasSubstr("tries = 2 (line 1)"));
}

TEST_F(Json, EventsHaveFieldsForWhatTheirTextsSay) {
  const auto done = with_boards({""}, {"--json", "flash", program()});
  const auto found = event_of(done, "end", "find").at("device");
  EXPECT_EQ(found.at("usb"), "1-1");
  EXPECT_EQ(found.at("mode"), "application");
  EXPECT_EQ(found.at("ports"), nlohmann::json({"/dev/ttyACM0"}));
  EXPECT_EQ(found.at("product"), "stm32boot Black Pill");
  const auto entered = event_of(done, "end", "enter");
  EXPECT_EQ(entered.at("device").at("mode"), "dfu");
  EXPECT_EQ(entered.at("trigger"), "dfu line");
  EXPECT_EQ(entered.at("fired"), 1);
  const auto compared = event_of(done, "end", "compare");
  EXPECT_EQ(compared.at("sectors"), 2);
  EXPECT_EQ(compared.at("sectors_differ"), 2);
  EXPECT_EQ(event_of(done, "begin", "erase").at("sectors"), 2);
  EXPECT_EQ(event_of(done, "end", "erase").at("sectors"), 2);
  const auto runs = event_of(done, "end", "run");
  EXPECT_EQ(runs.at("left"), true);
  EXPECT_EQ(runs.at("device").at("mode"), "application");
}

TEST_F(Json, RemarksArePartOfTheResult) {
  const auto result = result_of(with_boards({""}, {"--json", "erase", "--chip"}));
  EXPECT_THAT(result.at("remarks"),
              ElementsAre(testing::ResultOf([](const auto& text) { return std::string(text); },
                                            HasSubstr("no application is left to start"))));
  const auto several = result_of(
      with_boards({"", ""}, {"--json", "erase", "--chip", "--usb", "1-1", "--usb", "1-2"}));
  for (const auto& row : several.at("boards")) EXPECT_THAT(row.at("remarks"), SizeIs(1));
  EXPECT_THAT(several.at("remarks"), SizeIs(1)) << "once for all";
  EXPECT_THAT(result_of(with_boards({""}, {"--json", "enter"})).at("remarks"), IsEmpty());
}

TEST_F(Json, PathsAreWhole) {
  program();
  support::RunOptions options;
  options.folder = path("");
  const auto whole = [&](const std::string& name) {
    return (std::filesystem::canonical(path("")) / name).string();
  };
  const auto flash = result_of(with_boards({""}, {"--json", "flash", "app.bin"}, options));
  EXPECT_EQ(flash.at("image"), "app.bin");
  EXPECT_EQ(flash.at("path"), whole("app.bin"));
  const auto read =
      result_of(with_boards({""}, {"--json", "read", "out.hex", "--length", "64"}, options));
  EXPECT_EQ(read.at("output"), whole("out.hex"));
  const auto converted =
      result_of(stm32boot({"--json", "convert", "out.hex", "out.srec"}, options));
  EXPECT_EQ(converted.at("input"), whole("out.hex"));
  EXPECT_EQ(converted.at("output"), whole("out.srec"));
  options.stdin_text = ":0400000001020304F2\n:00000001FF\n";
  const auto piped = result_of(stm32boot({"--json", "convert", "-", "two.srec"}, options));
  EXPECT_TRUE(piped.at("input").is_null());
}

TEST_F(Json, SecondsAreToAMillisecond) {
  const auto done = with_boards({"", ""}, {"--json", "-vv", "flash", "--all", program()});
  const std::string& text = done.out;
  std::size_t seen = 0;
  for (std::size_t at = 0; (at = text.find("\"seconds\":", at)) != std::string::npos; ++seen) {
    at += 10;
    const std::string number = text.substr(at, text.find_first_of(",}", at) - at);
    const std::size_t point = number.find('.');
    ASSERT_NE(point, std::string::npos) << number;
    EXPECT_LE(number.size() - point, 4U) << number;
    EXPECT_EQ(number.find_first_not_of("0123456789."), std::string::npos) << number;
  }
  EXPECT_GT(seen, 20U);
}

// All that these check is checked of each line that any test has the program print.
TEST_F(Json, TheSchemaIsStrict) {
  const std::string good = R"({"event":"progress","stage":"write","done":1})";
  EXPECT_THAT(support::violations_of_schema(good), IsEmpty());
  for (const char* bad :
       {R"({"event":"progress","stage":"write","done":"1"})", R"({"event":"progress","done":1})",
        R"({"event":"progress","stage":"write","done":1,"more":2})",
        R"({"event":"progress","stage":"think","done":1})", R"({"event":"progres"})", R"([])",
        R"({"event":"end","stage":"find","done":0,"seconds":0.1,"text":"1-1"})",
        R"({"event":"note","level":"warn","text":""})", R"({"event":"console"} )",
        "warning: this"}) {
    EXPECT_THAT(support::violations_of_schema(bad), testing::Not(IsEmpty())) << bad;
  }
}

TEST_F(Json, TheSchemaIsStrictAboutResults) {
  const auto flash = result_of(with_boards({""}, {"--json", "flash", program()}));
  const auto is_good = [](const nlohmann::json& result) {
    return support::violations_of_schema(result.dump()).empty();
  };
  ASSERT_TRUE(is_good(flash));
  for (const auto& member : flash.items()) {
    auto without = flash;
    without.erase(member.key());
    const bool is_optional = member.key() == "run" || member.key() == "virtual";
    EXPECT_EQ(is_good(without), is_optional) << "without " << member.key();
    auto wrong = flash;
    wrong[member.key()] = {{"no", "such"}};
    EXPECT_FALSE(is_good(wrong)) << "with a wrong " << member.key();
  }
  for (const auto& [key, value] : {std::pair{"items", nlohmann::json::array()},
                                   {"adress", "0x08000000"},
                                   {"address", "0x8000000"},
                                   {"address", "0800f000"},
                                   {"ok", false},
                                   {"exit", 64},
                                   {"schema", 2},
                                   {"command", "list"}}) {
    auto wrong = flash;
    wrong[key] = value;
    EXPECT_FALSE(is_good(wrong)) << key << " " << value;
  }
}

TEST_F(Json, TheContractEndsWithTheResult) {
  const Words command = {STM32BOOT, "--json", "list"};
  const support::Finished good = stm32boot({"--virtual", "--json", "list"});
  const auto judged = [&](const std::string& out, int exit) {
    return support::violations_of_contract(command, {exit, out, ""}, support::Streams::apart);
  };
  const std::string note = R"({"event":"note","level":"info","text":"x"})"
                           "\n";
  EXPECT_THAT(judged(note + good.out, 0), IsEmpty());
  EXPECT_THAT(judged(good.out + note, 0), SizeIs(1));
  EXPECT_THAT(judged(good.out, 64), SizeIs(1)) << "another exit status";
  EXPECT_THAT(judged("PORT  USB\n" + good.out, 0), SizeIs(1)) << "text in front of it";
}

#ifndef _WIN32
TEST_F(Json, WatchPrintsAResultForEachFlashAndOneAtItsEnd) {
  support::Background watching({STM32BOOT, "--virtual", "--json", "flash", "--watch", program()});
  const auto flashed = nlohmann::json::parse(watching.wait_for("\"event\":\"result\""));
  EXPECT_EQ(flashed.at("verified"), true);
  watching.signal(SIGINT);
  const auto ended = nlohmann::json::parse(watching.wait_for("\"event\":\"result\""));
  EXPECT_EQ(ended.at("watch_ended"), true);
  EXPECT_EQ(watching.join(), 0);
}

// Command lines of Windows cannot carry such bytes.
TEST_F(Json, NamesThatAreNotUtf8) {
  const auto done = with_boards({"product=\xff\xfe"}, {"list", "--json"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_NO_THROW(nlohmann::json::parse(done.out));
}
#endif

}  // namespace
