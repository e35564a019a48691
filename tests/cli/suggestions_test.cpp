// SPDX-License-Identifier: GPL-3.0-or-later
// What is said about words that the command line does not know.
#include "cli.hpp"
#include "command_line/did_you_mean.hpp"
#include "command_line/other_tools.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::vector<std::string> known = {"flash", "verify",      "list",         "--port",
                                        "--x32", "--no-verify", "--timestamps", "-v"};

TEST(DidYouMean, OneSlipInShortWordsAndMoreInLongOnes) {
  EXPECT_EQ(stm32boot::closest("flahs", known), "flash");
  EXPECT_EQ(stm32boot::closest("lst", known), "list");
  EXPECT_EQ(stm32boot::closest("--x23", known), "--x32");
  EXPECT_EQ(stm32boot::closest("--timestmp", known), "--timestamps");
  EXPECT_EQ(stm32boot::closest("--prot=/dev/ttyACM0", known), "--port");
  EXPECT_EQ(stm32boot::closest("--no-v", known), "--no-verify");
  EXPECT_EQ(stm32boot::closest("--verify", known), "verify");
}

TEST(DidYouMean, NothingForWordsThatAreLikeNone) {
  for (const char* word :
       {"", "-", "--", "-x", "x", "--x", "-vv", "--bord", "fast", "--frobnicate"}) {
    EXPECT_EQ(stm32boot::closest(word, known), std::nullopt) << word;
  }
}

class Suggestions : public Cli {
 protected:
  static std::string said(const Words& words) {
    const auto done = stm32boot(words);
    EXPECT_EQ(done.exit, 64) << done.err;
    return done.err;
  }
};

TEST_F(Suggestions, WordsOfOtherToolsAreAnsweredWithTheCommand) {
  struct Case {
    Words words;
    const char* answer;
  };
  const std::vector<Case> cases = {
      {{"-a", "0", "-s", "0x08000000:leave", "-D", "app.bin"}, "use `stm32boot flash app.bin`"},
      {{"flash", "-D", "app.bin"}, "use `stm32boot flash app.bin`"},
      {{"-d", "0483:df11", "-U", "out.bin"}, "use `stm32boot read out.bin`"},
      {{"--download=app.bin"}, "use `stm32boot flash app.bin`"},
      {{"-c", "port=USB1", "-w", "app.hex", "0x08000000", "-g"}, "use `stm32boot flash app.hex`"},
      {{"--chip", "x", "write-flash", "0x1000", "app.bin"}, "use `stm32boot flash app.bin`"},
      {{"write_flash"}, "use `stm32boot flash FILE`"},
      {{"write", "app.bin", "0x8000000"}, "use `stm32boot flash app.bin`"},
      {{"download", "app.bin"}, "use `stm32boot flash app.bin`"},
      {{"reset"}, "use `stm32boot restart`"},
      {{"reboot"}, "use `stm32boot restart`"},
      {{"-l"}, "use `stm32boot list`"},
      {{"enter", "--device", "0483:df11"}, "use --port TTY, --usb PATH or --serial TEXT"},
      {{"enter", "--bord", "x"}, "'--bord'; use --port TTY, --usb PATH or --serial TEXT"},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(said(one.words), AllOf(StartsWith("error: unknown "), HasSubstr(one.answer)));
  }
}

TEST_F(Suggestions, BehindACommandAWordIsAFile) {
  EXPECT_THAT(said({"read", "app.bin", "boot"}), HasSubstr("read takes 1 file, and 'boot' is one"));
}

TEST_F(Suggestions, NoneForWhatIsLikeNothing) {
  for (const char* word : {"-x", "--frobnicate", "x"}) {
    EXPECT_THAT(said({word}), Not(HasSubstr(";"))) << word;
  }
}

TEST_F(Suggestions, NoWordOfAnotherToolIsOneOfOurs) {
  for (const std::string& word : stm32boot::words_of_other_tools()) {
    const auto done = stm32boot({word});
    EXPECT_THAT(done.err, StartsWith("error: unknown ")) << word;
  }
}

TEST_F(Suggestions, EachCommandThatIsNamedExists) {
  for (const std::string& word : stm32boot::words_of_other_tools()) {
    const std::string answer = stm32boot::answer_for_other_tools({word}, {word})->answer;
    const std::string start = "`stm32boot ";
    for (auto at = answer.find(start); at != std::string::npos; at = answer.find(start, at + 1)) {
      const std::string rest = answer.substr(at + start.size());
      const std::string command = rest.substr(0, rest.find_first_of(" `"));
      EXPECT_EQ(stm32boot({command, "--help"}).exit, 0) << word << ": " << answer;
    }
  }
}

TEST_F(Suggestions, HelpAndVersionAreCommandsToo) {
  EXPECT_EQ(stm32boot({"version"}).out, stm32boot({"--version"}).out);
  EXPECT_EQ(stm32boot({"help"}).out, stm32boot({"--help"}).out);
  EXPECT_EQ(stm32boot({"help", "flash"}).out, stm32boot({"flash", "--help"}).out);
  EXPECT_THAT(stm32boot({"help", "flash"}).out, HasSubstr("Usage: stm32boot flash"));
}

TEST_F(Suggestions, OptionsOfACommandMayStandInFrontOfIt) {
  const auto done = stm32boot({"--virtual", "--port", "/dev/ttyACM0", "--timeout", "5s", "enter"});
  EXPECT_EQ(done.exit, 0) << done.err;
}

TEST_F(Suggestions, NoWordAtAllIsAnsweredWithTheHelp) {
  EXPECT_THAT(said({}), StartsWith(stm32boot({"--help"}).out));
}

TEST_F(Suggestions, AValueThatIsMissingIsNamed) {
  EXPECT_THAT(said({"flash", "app.bin", "--port"}), HasSubstr("--port needs a value: TTY"));
}

// Not the next word, which is the image.
TEST_F(Suggestions, AnEmptyValueIsNamed) {
  EXPECT_THAT(said({"flash", "--port=", "app.bin"}), HasSubstr("--port is given, but empty"));
}

TEST_F(Suggestions, WhatIsAValueIsNoCommand) {
  const auto done = stm32boot({"--virtual", "--usb", "list", "enter"});
  EXPECT_THAT(done.err, HasSubstr("no board fits USB port list"));
  EXPECT_EQ(done.exit, 69);
}

}  // namespace
