// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever devices, files, other programs and the environment say: none of it is a command to the
// terminal.
#include "cli.hpp"
#include "output/renderer.hpp"
#include "sysboot/text.hpp"

namespace {

using sysboot::Errc;
using sysboot::Error;
using testing::HasSubstr;
using testing::Not;

// Clears the screen, names the window, is a C1 control, turns the direction of text.
const std::string evil = "E\x1b[2J\x1b]0;x\x07\u009b31m\x7f\u202e.";
const std::string harmless = "E?[2J?]0;x??31m??";
// USB strings are UTF-16, and the virtual board takes each byte for a character.
const std::string harmless_in_usb = "E?[2J?]0;x?\u00c2?31m?\u00e2?\u00ae";

class HostileText : public Cli {
 protected:
  static bool is_harmless(const std::string& text) {
    return text == sysboot::printable_lines(text);
  }
  /// With --json, standard output is JSON that holds `said`; without, neither stream has anything
  /// but text, and one of them has it.
  static void expect_harmless(const support::Finished& done, const std::string& says = harmless) {
    EXPECT_TRUE(is_harmless(done.out)) << done.out;
    EXPECT_TRUE(is_harmless(done.err)) << done.err;
    EXPECT_THAT(done.out + done.err, HasSubstr(says));
  }
  support::Finished in_folder(const Words& words, const Words& environment = {}) {
    support::RunOptions options;
    options.environment = environment;
    options.folder = path("");
    return with_boards({}, words, options);
  }
};

TEST_F(HostileText, D2UsbStrings) {
  const Words boards = {"line=,no-touch,serial=1" + evil + ",product=" + evil};
  for (const Words& words : {Words{"list"}, Words{"-v", "enter", "--usb", "1-1"},
                             Words{"-vv", "flash", program(), "--usb", "1-1"},
                             Words{"enter", "--usb", "7-7"}, Words{"doctor"}}) {
    const auto done = with_boards(boards, words);
    EXPECT_TRUE(is_harmless(done.out + done.err)) << words.back() << done.out << done.err;
  }
  expect_harmless(with_boards(boards, {"list"}), harmless_in_usb);
  expect_harmless(with_boards(boards, {"enter"}), harmless_in_usb);
  expect_harmless(with_boards(boards, {"enter", "--usb", "1-1"}), harmless_in_usb);
}

TEST_F(HostileText, D2ANewLineInAUsbStringMakesNoLine) {
  const auto done = with_boards({"product=a\nflashed and verified"}, {"list"});
  EXPECT_THAT(done.out, HasSubstr("a?flashed and verified"));
}

TEST_F(HostileText, D2CompletionShowsThemInTheShell) {
  const Words board = {"__complete", "--virtual", "--virtual-board", "product=" + evil + "\nx"};
  const auto done = stm32boot({board[0], board[1], board[2], board[3], "enter", "--port", ""});
  expect_harmless(done, harmless_in_usb);
  EXPECT_EQ(std::count(done.out.begin(), done.out.end(), '\n'), 1) << done.out;
}

TEST_F(HostileText, D2FirmwaresAnswer) {
  expect_harmless(with_boards({"no-touch"}, {"enter", "--text", "\\x1b[2J\\r"}),
                  "unknown command\"");
}

TEST_F(HostileText, D2EnvironmentAndCommandLine) {
  expect_harmless(in_folder({"enter"}, {"STM32BOOT_USB=" + evil}));
  expect_harmless(in_folder({"enter"}, {"STM32BOOT_TIMEOUT=" + evil}));
  expect_harmless(in_folder({"enter", "--serial", evil}));
  expect_harmless(in_folder({"enter", "--" + evil}));
  expect_harmless(in_folder({"erase", "--sectors", evil}));
}

#ifndef _WIN32  // where no file has such a name
TEST_F(HostileText, D2NamesOfFiles) {
  const std::string app = file(evil + ".bin", support::program(4096));
  expect_harmless(with_boards({}, {"flash", app}));
  expect_harmless(with_boards({}, {"convert", app, path(evil + ".hex")}));
  expect_harmless(with_boards({}, {"flash", path(evil)}));
  expect_harmless(with_boards({}, {"flash", file(evil + ".txt", {'A'})}));
}

TEST_F(HostileText, D2JsonStaysUtf8AndSaysTheSame) {
  const std::string app = file(evil + "\xff.bin", support::program(4096));
  const auto done = with_boards({"product=" + evil}, {"--json", "flash", app, "--usb", "1-1"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(is_harmless(done.out)) << done.out;
  EXPECT_EQ(json_lines(done.out).back().at("image"), evil + "\ufffd.bin");
}
#endif

TEST_F(HostileText, D2SettingsFiles) {
  const auto write = [&](const std::string& text) {
    std::ofstream(path("stm32boot.toml"), std::ios::binary) << text;
  };
  const std::string spelt =
      R"("E\u001b[2J\u001b]0;x\u0007\u009b31m\u007f\u202e.")";  // as TOML has it
  for (const std::string& text :
       {"usb = " + spelt + "\n", spelt + " = 1\n", "[" + spelt + "]\na = 1\n",
        "[flash]\n" + spelt + " = {}\n", "trigger = " + spelt + "\n"}) {
    write(text);
    expect_harmless(in_folder({"-v", "enter"}));
  }
  for (const std::string& text : {"usb = '" + evil + "'\n", evil + "\n", "[" + evil + "]\n",
                                  "[[" + evil + "\n", "# " + evil + "\n"}) {
    write(text);
    expect_harmless(in_folder({"-v", "enter"}), "stm32boot.toml:1: ");
  }
}

TEST_F(HostileText, D2OwnColoursStay) {
  const auto done =
      with_boards({"product=" + evil}, {"--color", "always", "enter", "--usb", "1-1"});
  EXPECT_THAT(done.err, HasSubstr("\x1b[1mboard    \x1b[0m1-1 (" + harmless_in_usb));
  EXPECT_THAT(done.err, Not(HasSubstr("\x1b[2J")));
}

// What only a real machine has: names of processes, lines of the kernel's log, layouts. All of them
// are in an event or in how it ended.
class HostileEvent : public testing::TestWithParam<bool> {
 protected:
  static void tell_everything(stm32boot::Renderer& renderer) {
    using sysboot::Note;
    using sysboot::Stage;
    const auto tell = [&](const sysboot::Event& event) {
      renderer.event(event);
      renderer.board_event(0, event);
    };
    renderer.begin_boards({evil});
    tell(sysboot::StageBegin{Stage::erase, 100, evil});
    tell(sysboot::StageProgress{Stage::erase, 50});
    tell(sysboot::StageEnd{Stage::erase, 100, {}, evil});
    for (const auto level : {Note::Level::debug, Note::Level::info, Note::Level::warning}) {
      tell(Note{level, evil});
    }
    stm32boot::CommandResult outcome;
    outcome.command = "flash";
    outcome.text = evil + "\nsecond line";
    outcome.brief = evil;
    outcome.remarks = {evil};
    outcome.facts = {{"a", evil}, {"b", "\xff"}};
    renderer.board_ended(0, outcome);
    outcome.problem = Error(Errc::busy, "held by " + evil, "port " + evil);
    renderer.board_ended(0, outcome);
    renderer.finish(outcome);
  }
};

TEST_P(HostileEvent, D2IsHarmless) {
  stm32boot::RenderOptions options;
  options.verbosity = 2;
  options.color = stm32boot::When::never;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const auto renderer =
      GetParam() ? stm32boot::make_json_renderer(options) : stm32boot::make_text_renderer(options);
  tell_everything(*renderer);
  const std::string out = testing::internal::GetCapturedStdout();
  const std::string err = testing::internal::GetCapturedStderr();
  EXPECT_EQ(out, sysboot::printable_lines(out));
  EXPECT_EQ(err, sysboot::printable_lines(err));
  EXPECT_THAT(err, HasSubstr(harmless));
  EXPECT_THAT(out, HasSubstr(GetParam() ? R"(\u001b[2J)" : harmless + ".\nsecond line"));
}

INSTANTIATE_TEST_SUITE_P(Renderers, HostileEvent, testing::Bool(), [](const auto& json) {
  return json.param ? std::string("Json") : std::string("Text");
});

}  // namespace
