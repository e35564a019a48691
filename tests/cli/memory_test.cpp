// SPDX-License-Identifier: GPL-3.0-or-later
// verify, read and erase: words, streams and exit codes.
#include <filesystem>

#include "cli.hpp"
#include "sysboot/image.hpp"
#include "sysboot/image_file.hpp"

namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// A virtual board whose flash is kept from one command to the next.
class Memory : public Cli {
 protected:
  support::Finished with_state(Words words, const support::RunOptions& options = {}) {
    words.insert(words.begin(), "--virtual=" + path("board.img"));
    return stm32boot(words, options);
  }
  static nlohmann::json result_of(const support::Finished& done) {
    return json_lines(done.out).back();
  }
};

TEST_F(Memory, VerifySaysThatFlashHoldsTheImage) {
  const std::string app = program();
  EXPECT_EQ(with_state({"flash", app}).exit, 0);
  const auto done = with_state({"verify", app});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("verified: flash holds app.bin, 20517 bytes at 0x08000000, "
                                   "board 1-1, "));
  EXPECT_THAT(done.err, AllOf(HasSubstr("verify   0 of 2 sectors differ"),
                              HasSubstr("run      application back on /dev/ttyACM0")));
}

TEST_F(Memory, VerifyNamesTheFirstDifference) {
  const std::string app = program();
  EXPECT_EQ(with_state({"flash", app}).exit, 0);
  sysboot::Bytes other = support::program(20 * 1024 + 37);
  other[0x4001] ^= 1;
  const auto done = with_state({"verify", file("other.bin", other)});
  EXPECT_EQ(done.exit, 76);
  EXPECT_THAT(done.out, IsEmpty());
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("error: board 1-1: flash differs from other.bin in 1 of 2 sectors, "
                              "first at 0x08004001, in the 16 KiB sector at 0x08004000\n"
                              "  expected "),
                    HasSubstr("\n  observed "), HasSubstr("hint: `stm32boot flash`")));
}

TEST_F(Memory, VerifyGivesFactsAsJson) {
  const auto result =
      result_of(with_boards({"mode=dfu"}, {"--json", "verify", program(), "--timeout", "2"}));
  EXPECT_EQ(result.at("exit"), 76);
  EXPECT_EQ(result.at("error").at("kind"), "differs");
  EXPECT_EQ(result.at("verified"), false);
  EXPECT_EQ(result.at("sectors"), 2);
  EXPECT_EQ(result.at("differences").at(0).at("address"), "0x08000008")
      << "behind the vectors, which are the same";
  EXPECT_EQ(result.at("differences").at(0).at("sector").at("bytes"), 16 * 1024);
}

TEST_F(Memory, VerifyTellsWhenTheApplicationDoesNotComeBack) {
  const std::string app = file("app.bin", support::program(4096));
  EXPECT_EQ(with_boards({"app-lost"}, {"verify", app, "--timeout", "2"}).exit, 76)
      << "what was asked comes first";
}

TEST_F(Memory, ReadAndFlashAreInverse) {
  const std::string app = program(100'000);
  EXPECT_EQ(with_state({"flash", app}).exit, 0);
  for (const std::string name : {"dump.bin", "dump.hex", "dump.s19"}) {
    const auto done = with_state({"read", path(name), "--length", "100000"});
    EXPECT_EQ(done.exit, 0) << done.err;
    EXPECT_THAT(done.out, StartsWith(path(name) + ": 100000 bytes of Internal Flash at "
                                                  "0x08000000-0x0801869F, board 1-1, "));
    EXPECT_EQ(sysboot::load_image(path(name)).segments, sysboot::load_image(app).segments) << name;
  }
}

TEST_F(Memory, ReadTakesAllOfFlashOrWhatItIsTold) {
  EXPECT_EQ(with_boards({""}, {"read", path("all.bin")}).exit, 0);
  EXPECT_EQ(std::filesystem::file_size(path("all.bin")), 512U * 1024);
  EXPECT_EQ(
      with_boards({""}, {"read", path("some.hex"), "--address", "0x08020000", "--length", "1K"})
          .exit,
      0);
  EXPECT_EQ(sysboot::load_image(path("some.hex")).segments,
            (std::vector{sysboot::Segment{0x08020000, sysboot::Bytes(1024, 0xFF)}}));
}

TEST_F(Memory, ReadRefusesWhatMakesNoSense) {
  const auto refuses = [&](const Words& words, int exit, const std::string& text) {
    const auto done = with_boards({""}, words);
    EXPECT_EQ(done.exit, exit) << done.err;
    EXPECT_THAT(done.err, HasSubstr(text));
    EXPECT_THAT(done.out, IsEmpty());
  };
  refuses({"read", path("out.uf2")}, 64, "out.uf2: its extension must say one of bin, hex, srec");
  refuses({"read", path("out")}, 64, "its extension must say");
  refuses({"read", path("out.bin"), "--length", "0"}, 64, "length of 0");
  refuses({"read", path("out.bin"), "--length", "4G"}, 64, "'4G' is no length");
  refuses({"read", path("out.bin"), "--length", "4294967296"}, 64,
          "length 4294967296 is beyond 32 bits");
  refuses({"read", path("out.bin"), "--address", "0x20000000"}, 64,
          "is in none of the device's memories");
  refuses({"read", path("none/out.bin"), "--length", "1K"}, 73, "cannot be written");
  EXPECT_FALSE(std::filesystem::exists(path("out.bin")));
}

TEST_F(Memory, ReadDoesNotStopABoardForAFileThatCannotBeWritten) {
  std::filesystem::create_directory(path("folder.bin"));
  for (const std::string& out : {path("none/out.bin"), path("folder.bin")}) {
    const auto done = with_boards({""}, {"read", out});
    EXPECT_EQ(done.exit, 73) << done.err;
    EXPECT_THAT(done.err, testing::StartsWith("error: " + out + ": cannot be written"));
  }
}

// As where `read app.bin` was typed for `verify app.bin`.
TEST_F(Memory, D6ReadReplacesNoFileUnlessToldTo) {
  const std::string app = program();
  const auto before = sysboot::load_image(app).segments;
  const auto done = with_boards({""}, {"read", app});
  EXPECT_EQ(done.exit, 73);
  EXPECT_EQ(done.err,
            "error: " + app + ": is there already, and --overwrite was not given; virtual board\n")
      << "and the board is left alone";
  EXPECT_EQ(sysboot::load_image(app).segments, before);
  EXPECT_EQ(with_boards({""}, {"read", app, "--overwrite"}).exit, 0);
  EXPECT_EQ(std::filesystem::file_size(app), 512U * 1024);
}

TEST_F(Memory, EraseRefusesAPartOfASectorAndTheBoardRunsAgain) {
  const auto done = with_boards({""}, {"erase", "--address", "0x08000010", "--length", "16K"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr("only a part of the sector 0x08000000-0x08003FFF"),
                              HasSubstr("run      application back on /dev/ttyACM0")));
}

TEST_F(Memory, EraseAll) {
  const auto done = with_state({"erase", "--chip"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("erased, empty: 8 sectors, 512 KiB, board 1-1, "));
  EXPECT_THAT(done.out, HasSubstr("; it stays in DFU mode"));
  EXPECT_THAT(done.err, HasSubstr("no application is left to start"));
  EXPECT_EQ(with_state({"read", path("after.bin")}).exit, 0);
  EXPECT_THAT(sysboot::load_image(path("after.bin")).segments[0].data, Each(0xFF));
}

TEST_F(Memory, EraseSomeSectors) {
  const auto by_number = result_of(with_boards({""}, {"--json", "erase", "--sectors", "1,4-5"}));
  EXPECT_EQ(by_number.at("bytes"), (16 + 64 + 128) * 1024);
  EXPECT_EQ(by_number.at("sectors").at(1).at("address"), "0x08010000");
  const auto by_address =
      with_boards({""}, {"erase", "--address", "0x08004000", "--length", "16K", "--no-verify"});
  EXPECT_THAT(by_address.out, StartsWith("erased, NOT verified: 1 sector, 16 KiB"));
  EXPECT_THAT(by_address.err, Not(HasSubstr("no application")));
}

TEST_F(Memory, EraseNeedsToBeToldWhat) {
  const auto refuses = [&](const Words& words, const std::string& text) {
    const auto done = with_boards({""}, words);
    EXPECT_EQ(done.exit, 64) << done.err;
    EXPECT_THAT(done.err, HasSubstr(text));
    EXPECT_THAT(done.err, Not(HasSubstr("enter "))) << "the board is left alone";
  };
  refuses({"erase"}, "one of --chip, --sectors, or --address and --length");
  refuses({"erase", "--chip", "--sectors", "1"}, "only one of --chip");
  refuses({"erase", "--address", "0x08000000"}, "--address and --length go together");
  refuses({"erase", "--length", "16K"}, "--address and --length go together");
  for (const char* list : {"a", "1,", ",1", "1-", "-1", "1--2", "1 2", "99999999999999999999"}) {
    refuses({"erase", std::string("--sectors=") + list}, "names no sectors");
  }
}

}  // namespace
