// SPDX-License-Identifier: GPL-3.0-or-later
// Completion: what the program answers, and what bash, zsh and fish make of it.
#include <set>

#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

class Completion : public Cli {
 protected:
  static Words lines(const std::string& text) {
    Words all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }

  /// What the words behind the program's name can become, without what it means.
  static Words complete(Words words) {
    words.insert(words.begin(), "__complete");
    const auto done = stm32boot(words);
    EXPECT_EQ(done.exit, 0);
    EXPECT_EQ(done.err, "");
    Words found = lines(done.out);
    for (auto& line : found) line = line.substr(0, line.find('\t'));
    return found;
  }
  static Words complete_on_bench(Words words) {
    words.insert(words.begin(), {"--virtual", "--virtual-board", "serial=ONE", "--virtual-board",
                                 "serial=TWO,mode=dfu"});
    return complete(words);
  }
};

TEST_F(Completion, CommandsThatStartLikeThat) {
  EXPECT_THAT(complete({"re"}), ElementsAre("read", "restart"));
  EXPECT_THAT(complete({""}), AllOf(IsSupersetOf({"list", "flash", "option-bytes"}),
                                    Not(Contains(HasSubstr("__")))));
  EXPECT_THAT(complete({"--json", "-v", "--progress", "never", "fl"}), ElementsAre("flash"));
}

TEST_F(Completion, SaysWhatTheyMean) {
  EXPECT_EQ(stm32boot({"__complete", "prof"}).out,
            "profiles\tList the firmware that --firmware knows\n");
}

TEST_F(Completion, OptionsOfTheCommandAndOfAll) {
  EXPECT_THAT(complete({"flash", "--no"}),
              ElementsAre("--no-enter", "--no-verify", "--no-stamp", "--no-wait", "--no-config"));
  EXPECT_THAT(complete({"flash", "-"}), IsSupersetOf({"--port", "-p", "--json", "-v"}));
  EXPECT_THAT(complete({"convert", "--"}), Not(Contains("--port")));
  EXPECT_THAT(complete({"--"}), AllOf(Contains("--json"), Not(Contains("--virtual-board"))));
  EXPECT_THAT(complete({"enter", ""}), Contains("--tries")) << "nothing else fits there";
}

TEST_F(Completion, BoardsAsTheyAreNow) {
  EXPECT_THAT(complete_on_bench({"flash", "--port", ""}), ElementsAre("/dev/ttyACM0"));
  EXPECT_THAT(complete_on_bench({"flash", "--usb", ""}), ElementsAre("1-1", "1-2"));
  EXPECT_THAT(complete_on_bench({"enter", "-p", ""}), ElementsAre("/dev/ttyACM0"));
  EXPECT_THAT(complete_on_bench({"flash", "--serial=O"}), ElementsAre("--serial=ONE"));
}

TEST_F(Completion, NamesThatTheProgramKnows) {
  EXPECT_THAT(complete({"flash", "--firmware", "beta"}), ElementsAre("betaflight"));
  EXPECT_THAT(complete({"enter", "--trigger", ""}),
              ElementsAre("auto", "touch-1200", "text", "dfu-detach"));
  EXPECT_THAT(complete({"list", "--color=a"}), ElementsAre("--color=auto", "--color=always"));
  EXPECT_THAT(complete({"convert", "a.hex", "--family", "STM32F4"}), Contains("STM32F4"));
}

TEST_F(Completion, FilesOfTheKindThatFits) {
  const Words images = complete({"flash", ""});
  ASSERT_EQ(images.size(), 1U);
  EXPECT_THAT(images[0], AllOf(HasSubstr(":files "), HasSubstr(" .elf"), HasSubstr(" .uf2")));
  EXPECT_EQ(complete({"flash", "--stay", "--port", "/dev/ttyACM0", "--", "x"}), images);
  EXPECT_EQ(complete({"convert", "in.hex", ""}), images) << "the second one, too";
  EXPECT_THAT(complete({"--virtual="}), ElementsAre(":files"));
  EXPECT_THAT(complete({"read", "app.bin", ""}), Contains("--length")) << "and no second";
  for (const std::string command : {"flash", "verify", "info", "convert"}) {
    EXPECT_EQ(complete({command, "boot.bin", "app.bin@0x08004000", "--json", ""}), images);
  }
  EXPECT_THAT(complete({"flash", "app.bin", "--f"}), Contains("--full"));
}

TEST_F(Completion, NothingForWhatOnlyTheUserKnows) {
  EXPECT_THAT(complete({"enter", "--text", ""}), IsEmpty());
  EXPECT_THAT(complete({"flash", "--address", ""}), IsEmpty());
  EXPECT_THAT(complete({"no-such-command", ""}), Not(Contains("--port")));
  EXPECT_EQ(stm32boot({"__complete"}).exit, 0);
}

#ifndef _WIN32  // these shells are those of POSIX
// The shell types the line and asks; what it has then is compared.
class ShellCompletion : public Completion, public testing::WithParamInterface<const char*> {
 protected:
  // Without folders in front; a slash behind a folder is kept.
  static std::string last_part(const std::string& path) {
    const std::size_t slash = path.rfind('/', path.size() < 2 ? 0 : path.size() - 2);
    return slash == std::string::npos ? path : path.substr(slash + 1);
  }

  std::string shell(const std::string& line) const {
    const std::string here = std::string(PROJECT_SOURCE_DIR) + "/tests/cli/shells/";
    const std::string folder = path("");
    const auto program = std::filesystem::path(STM32BOOT).parent_path().string();
    support::RunOptions options;
    options.environment = {"PATH=" + program + ":/usr/bin:/bin", "HOME=" + folder};
    const auto done =
        support::run({"zsh", "-f", here + GetParam() + ".zsh",
                      std::string(PROJECT_SOURCE_DIR) + "/packaging/completions", folder, line},
                     options);
    EXPECT_EQ(done.exit, 0) << done.err;
    return done.out;
  }

  /// What the last word of the line becomes. bash shows the line with all of it, the others a line
  /// for each.
  std::set<std::string> offered(const std::string& line) const {
    std::string out = shell(line);
    const bool is_line = std::string(GetParam()) == "bash";
    if (is_line) {
      const std::string before = line.substr(0, line.rfind(' ') + 1);
      EXPECT_EQ(out.substr(0, before.size()), before);
      out = out.substr(before.size());
    }
    std::set<std::string> words;
    std::string word;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool ends = out[i] == '\n' || out[i] == '\t' || (is_line && out[i] == ' ');
      if (out[i] == '\\') {
        word += out[++i];
      } else if (!ends) {
        word += out[i];
        continue;
      } else {
        if (!word.empty()) words.insert(word);
        word.clear();
        if (out[i] == '\t') i = out.find('\n', i);
      }
    }
    return words;
  }
};

TEST_P(ShellCompletion, Commands) {
  EXPECT_THAT(offered("stm32boot re"), UnorderedElementsAre("read", "restart"));
  EXPECT_THAT(offered("stm32boot "), IsSupersetOf({"list", "flash", "option-bytes", "doctor"}));
}

TEST_P(ShellCompletion, OptionsAndTheirValues) {
  EXPECT_THAT(
      offered("stm32boot flash --no"),
      UnorderedElementsAre("--no-enter", "--no-verify", "--no-stamp", "--no-wait", "--no-config"));
  EXPECT_THAT(offered("stm32boot enter --trigger t"), ElementsAre("text", "touch-1200"));
  EXPECT_THAT(offered("stm32boot list --progress=a"),
              testing::AnyOf(ElementsAre("--progress=always", "--progress=auto"),
                             ElementsAre("--progress=always", "auto")))
      << "bash takes words apart at =";
}

TEST_P(ShellCompletion, Boards) {
  const std::string bench =
      "stm32boot --virtual --virtual-board serial=ONE --virtual-board mode=dfu ";
  EXPECT_THAT(offered(bench + "flash --port /dev/tty"), ElementsAre("/dev/ttyACM0"));
  EXPECT_THAT(offered(bench + "enter --usb "), ElementsAre("1-1", "1-2"));
  EXPECT_THAT(offered(bench + "enter --serial O"), ElementsAre("ONE"));
}

TEST_P(ShellCompletion, Files) {
  for (const char* name : {"app.bin", "two words.bin", "app.HEX", "app.txt"}) file(name, {1});
  std::filesystem::create_directory(path("apps"));
  std::set<std::string> names;
  for (const auto& name : offered("stm32boot flash ")) {
    if (!name.starts_with('.')) names.insert(last_part(name));
  }
  EXPECT_THAT(names, IsSupersetOf({"app.bin", "app.HEX", "two words.bin"}));
  EXPECT_THAT(names, Not(Contains("app.txt")));
  EXPECT_TRUE(names.contains("apps") || names.contains("apps/")) << "and folders";
}

INSTANTIATE_TEST_SUITE_P(Shells, ShellCompletion, testing::Values("bash", "zsh", "fish"),
                         [](const auto& shell) { return std::string(shell.param); });
#endif

}  // namespace
