// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot.toml and STM32BOOT_*: where they are found, what beats what, and what they may not say.
#ifndef _WIN32
#include <unistd.h>
#endif

#include <algorithm>

#include "cli.hpp"

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Settings : public Cli {
 protected:
  /// A settings file in a folder below the test's own.
  void settings(const std::string& text, const std::string& folder = "project") {
    fs::create_directories(path(folder));
    std::ofstream(path(folder) + "/stm32boot.toml", std::ios::binary) << text;
  }

  /// Two boards, ONE at 1-1 and TWO at 1-2, which only the touch reboots.
  support::Finished in_folder(const std::string& folder, const Words& words,
                              const Words& environment = {}) const {
    fs::create_directories(path(folder));
    const std::string board = "product=STM32 Virtual ComPort,line=,serial=";
    return run_in(folder, {board + "ONE", board + "TWO"}, words, environment);
  }
  support::Finished in_project(const Words& words, const Words& environment = {}) const {
    return in_folder("project", words, environment);
  }
  /// One board; its application comes back twice before it enters.
  support::Finished bouncing(const Words& words, const Words& environment = {}) const {
    return run_in("project", {"bounces=2"}, words, environment);
  }

  /// The user's own file, and the variable that says where it is.
  void own_settings(const std::string& text) {
    fs::create_directories(path("own/stm32boot"));
    std::ofstream(path("own/stm32boot/config.toml"), std::ios::binary) << text;
  }
  Words own_folder() const {
#ifdef _WIN32
    return {"APPDATA=" + path("own")};
#else
    return {"XDG_CONFIG_HOME=" + path("own")};
#endif
  }

  static support::RunOptions with(const std::string& variable) {
    support::RunOptions options;
    options.environment = {variable};
    return options;
  }

  /// What is wrong with this file, for a command that touches no board.
  std::string complaint(const std::string& text) {
    settings(text);
    const auto done = in_project({"profiles"});
    EXPECT_EQ(done.exit, 64) << text;
    EXPECT_EQ(done.out, "") << text;
    return done.err;
  }

  support::Finished run_in(const std::string& folder, const Words& boards, const Words& words,
                           const Words& environment) const {
    Words command = {STM32BOOT, "--virtual"};
    for (const auto& board : boards) command.insert(command.end(), {"--virtual-board", board});
    command.insert(command.end(), words.begin(), words.end());
    support::RunOptions options;
    options.environment = environment;
    options.folder = path(folder);
    return support::run(command, options);
  }
};

TEST_F(Settings, FromTheWorkingDirectory) {
  settings("usb = \"1-2\"  # the one on the left\n");
  const auto done = in_project({"enter"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("board 1-2 "));
}

TEST_F(Settings, FromTheRootOfTheProject) {
  settings("usb = '1-2'\n");
  fs::create_directories(path("project/.git"));
  EXPECT_THAT(in_folder("project/src/deep", {"enter"}).out, StartsWith("board 1-2 "));
}

TEST_F(Settings, NotFromAboveTheProjectOrOutsideOfOne) {
  settings("usb = '1-2'\n", "shared");
  fs::create_directories(path("shared/project/.git"));
  EXPECT_EQ(in_folder("shared/project", {"enter"}).exit, 64) << "two boards, and no choice";
  EXPECT_EQ(in_folder("shared/no-project", {"enter"}).exit, 64);
}

TEST_F(Settings, BesideTheImageBeforeTheWorkingDirectory) {
  settings("usb = '1-1'\n");
  settings("usb = '1-2'\n", "project/build");
  fs::copy(program(), path("project/build/app.bin"));
  const auto done = in_project({"-v", "flash", "build/app.bin"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("board 1-2"));
  const std::string file = (fs::path("build") / "stm32boot.toml").string();
  EXPECT_THAT(done.err, StartsWith("settings from " + file + ": usb = 1-2 (line 1)\n"));
}

TEST_F(Settings, TheCommandLineBeatsTheEnvironmentBeatsTheFile) {
  settings("tries = 1\n");
  const std::string environment = "STM32BOOT_TRIES=2";
  EXPECT_THAT(bouncing({"enter"}).err, HasSubstr("rebooted 1 time, "));
  EXPECT_THAT(bouncing({"enter"}, {environment}).err, HasSubstr("rebooted 2 times"));
  EXPECT_EQ(bouncing({"enter", "--tries", "3"}, {environment}).exit, 0);
}

TEST_F(Settings, WhatIsSaidForACommandBeatsWhatIsSaidForAll) {
  settings("tries = 1\n[flash]\ntries = 3\n[enter]\ntries = 2\n");
  EXPECT_THAT(bouncing({"enter"}).err, HasSubstr("rebooted 2 times"));
}

TEST_F(Settings, AChoiceOfBoardReplacesTheOneBelowAsAWhole) {
  settings("serial = 'ONE'\n");
  EXPECT_THAT(in_project({"enter"}).out, StartsWith("board 1-1 "));
  EXPECT_THAT(in_project({"enter", "--usb", "1-2"}).out, StartsWith("board 1-2 "));
  EXPECT_THAT(in_project({"enter"}, {"STM32BOOT_PORT=/dev/ttyACM1"}).out, StartsWith("board 1-2 "));
  EXPECT_THAT(in_project({"enter", "--usb", "1-2"}, {"STM32BOOT_PORT=/dev/ttyACM0"}).out,
              StartsWith("board 1-2 "));
}

TEST_F(Settings, AWayToRebootItReplacesTheOneBelowAsAWhole) {
  settings("firmware = 'betaflight'\nusb = '1-1'\n");
  EXPECT_EQ(in_project({"enter"}).exit, 75) << "it runs something else";
  const auto done = in_project({"enter", "--trigger", "touch-1200"});
  EXPECT_EQ(done.exit, 0) << done.err;
}

TEST_F(Settings, FlagsAndCounts) {
  settings("full = true\nverbose = 2\nstay = false\nusb = '1-1'\n");
  const auto done = in_project({"flash", program()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err,
              AllOf(StartsWith("settings from stm32boot.toml: full = true (line 1), verbose = 2 "
                               "(line 2), stay = false (line 3), usb = 1-1 (line 4)\n"),
                    HasSubstr("OUT type=21")));
  EXPECT_THAT(done.err, Not(HasSubstr("sectors differ"))) << "nothing to compare";
  EXPECT_THAT(done.out, Not(HasSubstr("it stays")));
  EXPECT_THAT(in_project({"flash", program(), "--full=false"}).err, HasSubstr("sectors differ"));
}

TEST_F(Settings, OneVariableForEach) {
  EXPECT_THAT(in_project({"enter"}, {"STM32BOOT_USB=1-2"}).out, StartsWith("board 1-2 "));
  EXPECT_EQ(in_project({"enter"}, {"STM32BOOT_USB="}).exit, 64) << "empty is not set";
  EXPECT_EQ(
      nlohmann::json::parse(in_project({"list"}, {"STM32BOOT_JSON=1"}).out).at("items").size(), 2U);
  EXPECT_EQ(in_project({"flash", program()}, {"STM32BOOT_USB=1-1", "STM32BOOT_QUIET=yes"}).err, "");
  EXPECT_THAT(
      in_project({"flash", program()}, {"STM32BOOT_USB=1-1", "STM32BOOT_PROGRESS=always"}).err,
      HasSubstr("[..."));
}

TEST_F(Settings, AVariableThatIsWrongIsNamed) {
  const auto done = in_project({"enter"}, {"STM32BOOT_TIMEOUT=soon"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(StartsWith("error: STM32BOOT_TIMEOUT: "), HasSubstr("soon")));
}

TEST_F(Settings, MistakesAreToldWithTheirLine) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"\n# hello\nprot = '/dev/ttyACM0'\n",
       "stm32boot.toml:3: unknown key 'prot'; did you mean 'port'?"},
      {"[flahs]\nfull = true\n",
       "stm32boot.toml:2: unknown command [flahs]; did you mean 'flash'?"},
      {"[list]\nport = 'x'\n", "stm32boot.toml:2: unknown key 'port'"},
      {"json\n", "stm32boot.toml:1: no TOML: key-value pair: expected '='"},
      {"port =\n", "stm32boot.toml:1: no TOML: key-value pair: expected value"},
      {"\nport = \"/dev/ttyACM0\n", "stm32boot.toml:2: no TOML: string: "},
      {"usb = ''\n", "stm32boot.toml:1: 'usb' is empty"},
      {"usb = []\n", "stm32boot.toml:1: 'usb' is empty"},
      {"usb = {a = 1}\n", "stm32boot.toml:1: unknown command [usb]"},
      {"usb = 2020-01-02\n", "stm32boot.toml:1: 'usb' is not understood; a value is"},
      {"usb = ['1-1', ['1-2']]\n", "stm32boot.toml:1: 'usb' is not understood; a value is"},
      {"[flash]\nfull = {}\n", "stm32boot.toml:2: 'full' is not understood; a value is"},
      {"[[flash]]\n", "stm32boot.toml:1: 'flash' is not understood; a value is"},
      {"[flash\n", "stm32boot.toml:1: no TOML: table header: expected ']'"},
      {"usb = '1-1'\nusb = '1-2'\n",
       "stm32boot.toml:2: no TOML: key-value pair: cannot redefine existing string 'usb'"},
      {"json = 'maybe'\n", "stm32boot.toml:1: --json: 'maybe' is neither on nor off"},
      {"progress = 3\n", "stm32boot.toml:1: --progress: "},
      {"progress = ['auto', 'never']\n", "stm32boot.toml:1: --progress: "},
  };
  for (const auto& [text, what] : mistakes) {
    EXPECT_THAT(complaint(text), StartsWith(std::string("error: ") + what)) << text;
  }
}

TEST_F(Settings, WhateverWayTomlHasToSayIt) {
  for (const char* text :
       {"usb = '1-2'", "\"usb\" = \"1-2\"", "usb = [\n  '1-2',  # the left one\n]",
        "enter.usb = '1-2'", "enter = { usb = '1-2' }", "[enter]\nusb = \"\"\"1-2\"\"\"",
        "\xEF\xBB\xBFusb = '1-2'", "usb = '1-2'\r\n"}) {
    settings(text);
    EXPECT_THAT(in_project({"enter"}).out, StartsWith("board 1-2 ")) << text;
  }
  settings("address = 0x0800_4000\ntimeout = 2.5\ntries = 1\n");
  EXPECT_THAT(
      in_project({"-v", "flash", program(), "--usb", "1-1"}).err,
      HasSubstr("address = 0x08004000 (line 1), timeout = 2.5 (line 2), tries = 1 (line 3)"));
}

TEST_F(Settings, AValueThatMakesNoSenseIsToldWhereItIsUsed) {
  settings("[enter]\ntimeout = 'soon'\ntries = 0\n");
  EXPECT_THAT(in_project({"enter"}).err, StartsWith("error: stm32boot.toml:2: --timeout: "));
  EXPECT_EQ(in_project({"profiles"}).exit, 0);
  settings("timeout = nan\n");
  EXPECT_THAT(in_project({"enter"}).err,
              StartsWith("error: stm32boot.toml:1: --timeout: 'nan' is not from 0.1 to 3600"));
  settings("usb = '1-1'\nfirmware = 'ardupilot'\n");
  const auto done = in_project({"enter"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr(", firmware = ardupilot (line 2)\n"),
                              HasSubstr("error: unknown firmware 'ardupilot'")));
}

TEST_F(Settings, WhatCanDoHarmIsNoSetting) {
  const std::pair<const char*, const char*> harmful[] = {
      {"flash", "force"},   {"flash", "no-verify"},    {"flash", "dry-run"},
      {"flash", "watch"},   {"flash", "monitor"},      {"erase", "all"},
      {"erase", "sectors"}, {"erase", "address"},      {"erase", "length"},
      {"read", "address"},  {"read", "length"},        {"erase", "no-verify"},
      {"unlock", "yes"},    {"option-bytes", "write"}, {"option-bytes", "force"},
      {"list", "virtual"},  {"list", "virtual-board"}, {"list", "config"},
      {"flash", "image"}};
  for (const auto& [command, key] : harmful) {
    const std::string is_no_key =
        std::string(key) == "image"
            ? "stm32boot.toml:2: unknown key 'image'"
            : "stm32boot.toml:2: '" + std::string(key) +
                  "' cannot be set here: it has to be on the command line each time";
    EXPECT_THAT(complaint("[" + std::string(command) + "]\n" + key + " = true\n"),
                HasSubstr(is_no_key));
  }
  EXPECT_THAT(complaint("yes = true\n"), HasSubstr("'yes' cannot be set here"));
}

// What a file that came with a download can cause, key by key; and that each is told.
struct Reach {
  const char* key;
  const char* value;
  const char* board;
  std::vector<std::string> words;
  int exit;
  const char* causes;
};

class DownloadedSetting : public Settings, public testing::WithParamInterface<Reach> {
 protected:
  support::Finished with(const std::string& text) {
    const Reach& reach = GetParam();
    settings(text);
    Words words = reach.words;
    std::replace(words.begin(), words.end(), std::string("APP"), program(64 * 1024));
    if (std::string(reach.board) == "two") return in_project(words);
    return run_in("project", {reach.board}, words, {});
  }
};

TEST_P(DownloadedSetting, D1CausesThisAndIsTold) {
  const Reach& reach = GetParam();
  const auto done = with(std::string(reach.key) + " = " + reach.value + "\n");
  EXPECT_EQ(done.exit, reach.exit) << done.err;
  EXPECT_THAT(done.out + done.err, HasSubstr(reach.causes));
  EXPECT_THAT(done.err,
              StartsWith("settings from stm32boot.toml: " + std::string(reach.key) + " = "));
  EXPECT_THAT(with("").out + with("").err, Not(HasSubstr(reach.causes))) << "nor without it";
}

INSTANTIATE_TEST_SUITE_P(
    Keys, DownloadedSetting,
    testing::Values(
        Reach{"port", "'/dev/ttyACM1'", "two", {"enter"}, 0, "board 1-2 is in DFU mode"},
        Reach{"usb", "'1-2'", "two", {"enter"}, 0, "board 1-2 is in DFU mode"},
        Reach{"serial", "'TWO'", "two", {"enter"}, 0, "board 1-2 is in DFU mode"},
        Reach{"firmware",
              "'betaflight'",
              "product=STM32 Virtual ComPort,line=",
              {"enter", "--usb", "1-1"},
              75,
              "error: board 1-1"},
        Reach{"trigger", "'dfu-detach'", "line=", {"enter"}, 64, "has no DFU run-time interface"},
        Reach{"timeout", "0.5", "lost", {"enter"}, 75, "within 0.50 s"},
        Reach{"tries", "1", "bounces=1", {"enter"}, 75, "rebooted 1 time,"},
        Reach{"address", "'0x08004000'", "", {"flash", "APP", "--force"}, 0, "at 0x08004000"},
        Reach{"full", "true", "", {"-v", "flash", "APP"}, 0, "full = true"},
        Reach{"stay", "true", "", {"flash", "APP"}, 0, "it stays in DFU mode"},
        Reach{"no-stamp", "true", "", {"flash", "APP"}, 0, "no-stamp = true"},
        Reach{"no-wait", "true", "app-lost", {"flash", "APP"}, 0, "was not waited for (no-wait in"},
        Reach{"timestamps", "true", "", {"flash", "APP", "--stay"}, 0, "timestamps = true"},
        Reach{"json", "true", "", {"list"}, 0, "\"items\":[{"},
        Reach{"quiet", "true", "", {"flash", "APP"}, 0, "quiet = true"},
        Reach{"verbose", "1", "", {"enter"}, 0, "firing "},
        Reach{"progress", "'always'", "", {"flash", "APP"}, 0, "[..."},
        Reach{"color", "'always'", "", {"enter"}, 0, "\x1b[1m"}),
    [](const auto& item) {
      std::string name = item.param.key;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST_F(Settings, D1TextOnlyCountsWhereTheUserPutIt) {
  const std::string text = "text = 'dfu\\r'\n";
  EXPECT_THAT(complaint(text), HasSubstr("stm32boot.toml:1: 'text' cannot be set here: it only "
                                         "counts in a file that --config names, in your own"));
  EXPECT_THAT(complaint("[enter]\n" + text), HasSubstr("'text' cannot be set here"));
  const std::string one = "usb = '1-1'\n" + text;
  own_settings(one);
  settings("");
  const auto own = in_project({"-v", "enter"}, own_folder());
  EXPECT_THAT(own.err, AllOf(HasSubstr("text = dfu"), HasSubstr("firing text")));
  const auto given = in_project({"-v", "enter", "--config", path("own/stm32boot/config.toml")});
  EXPECT_THAT(given.err, HasSubstr("firing text"));
}

TEST_F(Settings, D1X32OnlyCountsInTheUsersOwnFile) {
  EXPECT_THAT(complaint("x32 = true\n"), HasSubstr("'x32' cannot be set here: it only counts in "
                                                   "your own settings"));
  settings("x32 = true\n", "other");
  const auto given =
      in_project({"flash", program(), "--usb", "1-1", "--config", path("other/stm32boot.toml")});
  EXPECT_EQ(given.exit, 64) << "somebody may have sent it";
  own_settings("x32 = true\n");
  settings("");
  const auto own = in_project({"--json", "flash", program(), "--usb", "1-1"}, own_folder());
  EXPECT_EQ(own.exit, 0) << own.err;
  EXPECT_EQ(json_lines(own.out).back().at("x32"), true);
}

TEST_F(Settings, D1TheUsersOwnFileComesLast) {
  own_settings("usb = '1-1'\n[enter]\ntries = 5\n");
  settings("");
  const auto own = in_project({"enter"}, own_folder());
  EXPECT_THAT(own.out, StartsWith("board 1-1 "));
  const std::string file = (fs::path(path("own")) / "stm32boot" / "config.toml").string();
  EXPECT_EQ(own.err.substr(0, own.err.find('\n')),
            "settings from " + file + ": tries = 5 (line 3), usb = 1-1 (line 1)");
  settings("serial = 'TWO'\n");
  const auto both = in_project({"enter"}, own_folder());
  EXPECT_THAT(both.out, StartsWith("board 1-2 "));
  EXPECT_THAT(both.err, AllOf(HasSubstr(": serial = TWO (line 1)\n"), HasSubstr(": tries = 5 "),
                              Not(HasSubstr("usb = 1-1"))));
  EXPECT_EQ(in_project({"enter", "--no-config"}, own_folder()).exit, 64);
}

TEST_F(Settings, D1NothingIsToldOfAFileThatSetNothing) {
  settings("address = '0x08000000'\n");
  own_settings("tries = 4\n");
  EXPECT_EQ(in_project({"list"}, own_folder()).err, "");
}

TEST_F(Settings, D1QuietAndJsonTellItToo) {
  settings("quiet = true\nno-wait = true\n");
  const auto done = run_in("project", {"app-lost"}, {"--json", "flash", program()}, {});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.err,
            "settings from stm32boot.toml: quiet = true (line 1), no-wait = true (line 2)\n");
  const auto result = json_lines(done.out).back();
  EXPECT_EQ(
      result.at("settings").at(1),
      (nlohmann::json{{"key", "no-wait"}, {"value", "true"}, {"source", "stm32boot.toml:2"}}));
}

TEST_F(Settings, D1NoWaitIsToldHoweverItIsSaid) {
  settings("");
  for (const char* yes : {"true", "1", "yes", "on"}) {
    const auto done = run_in("project", {"app-lost"}, {"flash", program()},
                             {std::string("STM32BOOT_NO_WAIT=") + yes});
    EXPECT_EQ(done.exit, 0) << yes << done.err;
    EXPECT_THAT(done.out, HasSubstr("was not waited for (no-wait in STM32BOOT_NO_WAIT)")) << yes;
  }
  for (const char* no : {"false", "0", "no", "off"}) {
    const auto done = run_in("project", {"app-lost"}, {"flash", program()},
                             {std::string("STM32BOOT_NO_WAIT=") + no});
    EXPECT_EQ(done.exit, 79) << no << done.err;
    EXPECT_THAT(done.out, Not(HasSubstr("waited for ("))) << no;
  }
}

TEST_F(Settings, D1NoWaitIsOnlyToldWhereItMattered) {
  settings("no-wait = true\n");
  const auto dry = run_in("project", {""}, {"flash", program(), "--dry-run"}, {});
  EXPECT_THAT(dry.out, Not(HasSubstr("waited")));
  settings("no-wait = false\n");
  EXPECT_THAT(run_in("project", {""}, {"flash", program()}, {}).out, Not(HasSubstr("waited")));
  settings("");
  EXPECT_THAT(run_in("project", {""}, {"flash", program(), "--no-wait"}, {}).out,
              Not(HasSubstr("waited for (")))
      << "who types it knows";
}

#ifndef _WIN32  // has access lists
TEST_F(Settings, D1AFileThatOthersMayHaveWrittenIsNotRead) {
  settings("usb = '1-2'\n");
  fs::permissions(path("project/stm32boot.toml"), fs::perms::others_write, fs::perm_options::add);
  const auto done = in_project({"enter"});
  EXPECT_EQ(done.exit, 64) << "two boards, and no choice";
  EXPECT_THAT(done.err, StartsWith("settings in stm32boot.toml are not read: everybody may write "
                                   "to it; --config reads them\n"));
  EXPECT_THAT(in_project({"enter", "--config", "stm32boot.toml"}).out, StartsWith("board 1-2 "));
}

TEST_F(Settings, D1OneThatIsNotReadHidesNoOther) {
  settings("usb = '1-1'\n", "project/build");
  fs::permissions(path("project/build/stm32boot.toml"), fs::perms::others_write,
                  fs::perm_options::add);
  settings("usb = '1-2'\n");
  fs::copy(program(), path("project/build/app.bin"));
  const auto done = in_project({"flash", "build/app.bin"});
  EXPECT_THAT(done.out, HasSubstr("board 1-2"));
  EXPECT_THAT(done.err, AllOf(HasSubstr("settings in build/stm32boot.toml are not read: "),
                              HasSubstr("settings from stm32boot.toml: usb = 1-2 ")));
}

// Only root can make such files; for other users there is nothing to be seen.
TEST_F(Settings, D1AFolderOfAnotherUser) {
  settings("usb = '1-2'\n");
  if (::chown(path("project").c_str(), 4711, 4711) != 0) return;
  const auto folder = in_project({"enter"});
  EXPECT_EQ(folder.exit, 64);
  EXPECT_THAT(folder.err, StartsWith("settings in stm32boot.toml are not read: its folder belongs "
                                     "to user 4711; --config reads them\n"));
  EXPECT_THAT(in_project({"enter"}, {"SUDO_UID=4711"}).out, StartsWith("board 1-2 "))
      << "it is that user's, who has called sudo";
  ASSERT_EQ(::chown(path("project").c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(path("project/stm32boot.toml").c_str(), 4711, 4711), 0);
  EXPECT_THAT(in_project({"enter"}).err,
              StartsWith("settings in stm32boot.toml are not read: it belongs to user 4711; "));
}
#endif

TEST_F(Settings, WhatTheCommandLineDoesAtTheEndComesFirst) {
  settings("stay = true\n");
  EXPECT_EQ(in_project({"flash", program(), "--usb", "1-1", "--monitor"}).exit, 0);
  EXPECT_THAT(in_project({"flash", program(), "--usb", "1-1"}).out, HasSubstr("stays in DFU mode"));
}

TEST_F(Settings, NoVariableForcesAnything) {
  const std::string no_program = file("data.bin", sysboot::Bytes(4096, 0x11));
  EXPECT_EQ(with_boards({}, {"flash", no_program}, with("STM32BOOT_FORCE=1")).exit, 65);
  EXPECT_EQ(with_boards({"rdp"}, {"unlock"}, with("STM32BOOT_YES=1")).exit, 64);
  EXPECT_EQ(with_boards({"rdp,boot0,mode=dfu"}, {"unlock", "--yes"}).exit, 0);
  EXPECT_EQ(with_boards({}, {"erase"}, with("STM32BOOT_ALL=1")).exit, 64);
}

TEST_F(Settings, AnAddressForFlashIsNoneForRead) {
  settings("address = '0x08004000'\nusb = '1-1'\n");
  EXPECT_THAT(in_project({"flash", program(), "--force"}).out, HasSubstr("at 0x08004000"));
  EXPECT_THAT(in_project({"read", path("copy.bin")}).out, HasSubstr("at 0x08000000"));
}

TEST_F(Settings, FilesFromAnyEditor) {
  settings(
      "\xEF\xBB\xBFserial = 'A#B'   # with a comment\r\n\r\n [ flash ] # and one "
      "here\r\nfull=true\r\n");
  const auto done = with_boards({"serial=A#B", "serial=C"},
                                {"enter", "--config", path("project/stm32boot.toml")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("board 1-1 "));
}

TEST_F(Settings, AnotherFileOrNone) {
  settings("usb = '1-2'\n");
  const std::string other = path("other.toml");
  std::ofstream(other) << "usb = '1-1'\n";
  EXPECT_THAT(in_project({"enter", "--config", other}).out, StartsWith("board 1-1 "));
  EXPECT_EQ(in_project({"enter", "--no-config"}).exit, 64) << "two boards, and no choice";
  EXPECT_EQ(in_project({"enter", "--no-config", "--config", other}).exit, 64);
  const auto missing = in_project({"enter", "--config", "none.toml"});
  EXPECT_EQ(missing.exit, 66);
  EXPECT_THAT(missing.err,
              StartsWith("error: none.toml: cannot be read: No such file or directory"));
  EXPECT_EQ(in_project({"enter", "--config", "/"}).exit, 66);
#ifndef _WIN32  // no file is endless there
  const auto endless = in_project({"enter", "--config", "/dev/zero"});
  EXPECT_EQ(endless.exit, 64);
  EXPECT_THAT(endless.err, HasSubstr("/dev/zero: is larger than 64 KiB"));
#endif
}

TEST_F(Settings, HelpNeedsNone) {
  settings("nonsense\n");
  EXPECT_EQ(in_project({"--help"}).exit, 0);
  EXPECT_EQ(in_project({"flash", "--help"}).exit, 0);
  EXPECT_EQ(in_project({"--version"}).exit, 0);
}

TEST_F(Settings, AMistakeForPrograms) {
  settings("usb = '1-1'\nverbose = 'very'\n");
  const auto done = in_project({"--json", "enter"});
  EXPECT_EQ(done.exit, 64);
  const auto result = json_lines(done.out).back();
  EXPECT_EQ(result.at("ok"), false);
  EXPECT_EQ(result.at("error").at("context"), "stm32boot.toml:2");
}

TEST_F(Settings, AProblemNamesTheSettingsThatMayBeItsCause) {
  settings("serial = 'THREE'\n");
  const auto done = in_project({"enter"});
  EXPECT_EQ(done.exit, 69);
  EXPECT_THAT(done.err, StartsWith("settings from stm32boot.toml: serial = THREE (line 1)\n"));
  EXPECT_THAT(in_project({"list"}).err, Not(HasSubstr("stm32boot.toml")));
  EXPECT_THAT(in_project({"enter"}, {"STM32BOOT_SERIAL=FOUR"}).err,
              HasSubstr("serial = FOUR (STM32BOOT_SERIAL)\nerror: "));
}

}  // namespace
