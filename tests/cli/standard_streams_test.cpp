// SPDX-License-Identifier: GPL-3.0-or-later
// "-" in place of a file: bytes go in and come out as they are, and nothing else comes with them.
#include "cli.hpp"
#include "sysboot/image.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Streams : public Cli {
 protected:
  // Every value of a byte, line ends and an end of file of DOS among them.
  static std::string app() {
    sysboot::Bytes bytes = support::program(4096);
    for (std::size_t i = 8; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
    const std::string dos = "\r\n\x1a\n\r";
    std::copy(dos.begin(), dos.end(), bytes.begin() + 100);
    return {bytes.begin(), bytes.end()};
  }
  support::Finished with_input(const std::string& input, Words words) {
    support::RunOptions options;
    options.stdin_text = input;
    words.insert(words.begin(), "--virtual=" + path("board.img"));
    return stm32boot(words, options);
  }
};

TEST_F(Streams, D6FlashVerifyAndReadAgain) {
  const auto flash = with_input(app(), {"flash", "-"});
  EXPECT_EQ(flash.exit, 0) << flash.err;
  EXPECT_THAT(flash.out, StartsWith("flashed and verified: standard input, 4096 bytes at "));
  const auto verify = with_input(app(), {"verify", "-"});
  EXPECT_EQ(verify.exit, 0) << verify.err;
  const auto read = with_input("", {"read", "-", "--length", "4096"});
  EXPECT_EQ(read.exit, 0) << read.err;
  EXPECT_EQ(read.out, app());
  EXPECT_THAT(read.err, HasSubstr("\n-: 4096 bytes of Internal Flash at 0x08000000-0x08000FFF"));
}

TEST_F(Streams, D6ConvertBothWays) {
  const auto hex = with_input(app(), {"convert", "-", "-", "--to", "hex"});
  EXPECT_EQ(hex.exit, 0) << hex.err;
  EXPECT_THAT(hex.out, StartsWith(":02000004"));
  const auto back = with_input(hex.out, {"convert", "-", "-", "--to", "bin"});
  EXPECT_EQ(back.out, app());
  EXPECT_EQ(back.err,
            "-: bin, 4096 bytes in 1 segment at 0x08000000-0x08000FFF, from hex\nvirtual board\n");
  EXPECT_THAT(with_input(app(), {"convert", "-", "-"}).err, HasSubstr("name one with --to"));
}

TEST_F(Streams, D6JsonAndAnImageDoNotGoToTheSamePlace) {
  for (const Words& words :
       {Words{"--json", "read", "-"}, Words{"--json", "convert", "-", "-", "--to", "hex"}}) {
    const auto done = with_input(app(), words);
    EXPECT_EQ(done.exit, 64);
    EXPECT_EQ(json_lines(done.out).back().at("error").at("context"), "standard output");
  }
}

TEST_F(Streams, D6WhatNeedsStandardInputOrAFileForItself) {
  for (const char* option : {"--watch", "--monitor"}) {
    const auto done = with_input(app(), {"flash", "-", option});
    EXPECT_EQ(done.exit, 64);
    EXPECT_THAT(done.err, HasSubstr(option));
    EXPECT_FALSE(std::filesystem::exists(path("board.img")) &&
                 with_input(app(), {"verify", "-"}).exit == 0)
        << "nothing was flashed";
  }
}

TEST_F(Streams, D6InputThatIsNoImage) {
  const auto empty = with_input("", {"flash", "-"});
  EXPECT_EQ(empty.exit, 65);
  EXPECT_THAT(empty.err, StartsWith("error: standard input: is empty"));
  EXPECT_EQ(with_input(std::string(64 * 1024 * 1024 + 1, 'x'), {"flash", "-"}).exit, 65);
}

#ifndef _WIN32  // need a shell of POSIX
TEST(RunningPrograms, D6OneThatDoesNotReadItsInputIsNoTroubleForTheTest) {
  support::RunOptions more_than_a_pipe_holds;
  more_than_a_pipe_holds.stdin_text.assign(1024 * 1024, 'x');
  EXPECT_EQ(support::run({"/bin/sh", "-c", "exit 3"}, more_than_a_pipe_holds).exit, 3);
}

TEST_F(Streams, D6OutputThatIsFull) {
  const auto done =
      support::run({"/bin/sh", "-c", std::string(STM32BOOT) + " --virtual read - > /dev/full"});
  EXPECT_EQ(done.exit, 73);
  EXPECT_THAT(done.err, AllOf(HasSubstr("standard output: cannot be written: No space left")));
}

TEST_F(Streams, D6NoRawBinaryForATerminal) {
  const auto done =
      support::run({"script", "-qec", std::string(STM32BOOT) + " --virtual read -", "/dev/null"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.out, HasSubstr("standard output: is a terminal, and bin is no text"));
}
#endif

}  // namespace
