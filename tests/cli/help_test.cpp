// SPDX-License-Identifier: GPL-3.0-or-later
// Help, version, and that README and program agree.
#include "cli.hpp"
#include "sysboot/version.hpp"

namespace {

using testing::HasSubstr;

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
                              "option-bytes", "unlock", "convert", "profiles", "doctor"}) {
    const auto done = stm32boot({command, "--help"});
    EXPECT_EQ(done.exit, 0) << command;
    EXPECT_THAT(done.out, HasSubstr("Usage: stm32boot " + std::string(command)));
    EXPECT_THAT(readme(), HasSubstr("stm32boot " + std::string(command)))
        << "the README shows each command";
  }
}

TEST_F(Help, EveryExitCodeIsInHelpAndReadme) {
  const std::string help = stm32boot({"--help"}).out;
  for (const char* code : {"64", "65", "66", "69", "73", "74", "75", "76", "77", "79", "130"}) {
    EXPECT_THAT(help, HasSubstr(code));
    EXPECT_THAT(readme(), HasSubstr("| " + std::string(code) + " |"));
  }
}

TEST_F(Help, OptionsStandThereAsTheyAreTyped) {
  EXPECT_THAT(stm32boot({"--help"}).out, HasSubstr("\n  --virtual [=FILE]  "));
}

}  // namespace
