// SPDX-License-Identifier: GPL-3.0-or-later
// Help, version, and that README and program agree.
#include "cli.hpp"
#include "output/error_table.hpp"
#include "sysboot/version.hpp"

namespace {

using testing::HasSubstr;
using testing::Not;

class Help : public Cli {
 protected:
  static std::string readme() {
    std::ifstream in(std::string(PROJECT_SOURCE_DIR) + "/README.md");
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(Help, VersionIsOneLine) {
  const auto done = stm32boot({"--version"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(done.out, std::string("stm32boot ") + sysboot::version + "\n");
}

TEST_F(Help, EveryCommandHasHelpOnStandardOutput) {
  for (const char* command : {"list", "enter", "flash", "verify", "read", "erase", "run", "info",
                              "option-bytes", "unlock", "convert", "profiles", "chips", "doctor"}) {
    const auto done = stm32boot({command, "--help"});
    EXPECT_EQ(done.exit, 0) << command;
    EXPECT_THAT(done.out, HasSubstr("Usage: stm32boot " + std::string(command)));
    EXPECT_THAT(readme(), HasSubstr("stm32boot " + std::string(command)))
        << "the README shows each command";
  }
}

TEST_F(Help, EveryExitCodeIsInHelpAndReadme) {
  const std::string help = stm32boot({"--help"}).out;
  for (const auto& row : stm32boot::exit_codes()) {
    const std::string code = std::to_string(row.code);
    const std::string cell = "\n  " + code + std::string(26 - code.size(), ' ');
    EXPECT_THAT(help, HasSubstr(cell + std::string(row.brief) + "\n"));
    EXPECT_THAT(readme(), HasSubstr("\n| " + code + " | " + std::string(row.meaning) + " |\n"));
  }
}

TEST_F(Help, OptionsStandThereAsTheyAreTyped) {
  EXPECT_THAT(stm32boot({"--help"}).out, HasSubstr("\n  --virtual[=FILE]  "));
  EXPECT_THAT(stm32boot({"enter", "--help"}).out, HasSubstr("\n  -p, --port TTY  "));
}

TEST_F(Help, OptionsOfACommandAreGrouped) {
  const std::string help = stm32boot({"flash", "--help"}).out;
  const auto board = help.find("\nWhich board:\n  -p, --port");
  const auto entering = help.find("\nHow to enter DFU mode:\n  --firmware");
  const auto work = help.find("\nWhat to do:\n  --address");
  EXPECT_LT(board, entering);
  EXPECT_LT(entering, work);
  EXPECT_NE(work, std::string::npos);
  EXPECT_THAT(stm32boot({"doctor", "--help"}).out, Not(HasSubstr("Which board")));
}

TEST_F(Help, FitsEightyColumns) {
  for (const Words& words :
       {Words{"--help"}, Words{"flash", "--help"}, Words{"convert", "--help"}}) {
    std::istringstream lines(stm32boot(words).out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  }
}

}  // namespace
