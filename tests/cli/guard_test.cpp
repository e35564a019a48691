// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot guard, and what the other commands say on a board with guard.
#include "sysboot/virtual/guard.hpp"
#include "cli.hpp"
#include "guard_image.h"

namespace {

using support::RunOptions;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr std::uint32_t application = GUARD_APPLICATION;

class Guard : public Cli {
 protected:
  /// Linked for behind guard, with room for a stamp.
  std::string app(std::uint32_t address = application, std::size_t size = 20 * 1024) {
    sysboot::Bytes bytes = support::program(size, 1, address);
    std::fill_n(bytes.begin() + GUARD_SLOTS, 16, std::uint8_t{0});
    return file(address == application ? "app.bin" : "first.bin", bytes);
  }
  static RunOptions answering(const std::string& text) {
    RunOptions options;
    options.stdin_text = text;
    return options;
  }
  static nlohmann::json result_of(const support::Finished& done) {
    return json_lines(done.out).back();
  }
};

TEST_F(Guard, 172InstallSaysWhatItCostsAndAsks) {
  for (const char* answer : {"", "y\n", "no\n"}) {
    const auto done = with_boards({""}, {"guard", "install", app()}, answering(answer));
    EXPECT_EQ(done.exit, 64);
    EXPECT_THAT(done.err,
                AllOf(HasSubstr("board 1-1: guard 1 goes into the first sector, where only "
                                "programs for 0x08004000 start from then on; if power fails in "
                                "that second, it takes BOOT0 to bring the board back"),
                      HasSubstr("nothing was changed"), HasSubstr("application back")));
  }
  const auto done = with_boards({""}, {"guard", "install", app()}, answering("yes\n"));
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, MatchesRegex("guard 1 installed; app.bin flashed and verified, board 1-1, "
                                     ".* s; virtual board\n"));
}

TEST_F(Guard, 172AProgramCannotBeAskedAndNeedsYes) {
  const auto done = with_boards({""}, {"--json", "guard", "install", app()}, answering("yes\n"));
  EXPECT_EQ(done.exit, 64);
  EXPECT_EQ(result_of(done).at("error").at("text"), "nothing was changed: --yes was not given");
  const auto with_yes = with_boards({""}, {"--json", "guard", "install", app(), "--yes"});
  EXPECT_EQ(with_yes.exit, 0) << with_yes.err;
  const auto result = result_of(with_yes);
  EXPECT_EQ(result.at("guard"), (nlohmann::json{{"version", 1}, {"new", true}, {"stamped", true}}));
  EXPECT_EQ(result.at("address"), "0x08004000");
  EXPECT_TRUE(result.at("run").at("back"));
}

TEST_F(Guard, 172ItIsWholeInAFileAndTheStatusSaysSo) {
  const std::string board = "--virtual=" + path("board.img");
  ASSERT_EQ(stm32boot({board, "guard", "install", app(), "--yes"}).exit, 0);
  const auto status = stm32boot({board, "guard", "status"});
  EXPECT_EQ(status.out,
            "board 1-1: guard 1, which starts the application; its stamp is right and "
            "covers 20480 bytes; its sector is not write-protected; virtual board\n");
  EXPECT_THAT(stm32boot({board, "guard", "install", app()}).out,
              HasSubstr("guard 1 was there; app.bin already in flash, verified"));
  EXPECT_THAT(stm32boot({board, "info"}).out,
              HasSubstr("guard       guard 1, which starts the application; its stamp is right"));
  EXPECT_EQ(stm32boot({board, "verify", app()}).exit, 0);
  const auto again = stm32boot({board, "flash", app()});
  EXPECT_THAT(again.out, AllOf(HasSubstr("already in flash, verified: app.bin, 20480 bytes at "
                                         "0x08004000"),
                               HasSubstr("under guard 1, with its stamp")));
}

TEST_F(Guard, 172StatusOfABoardWithout) {
  const auto done = with_boards({""}, {"--json", "guard", "status"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_EQ(result_of(done).at("guard"), nullptr);
  EXPECT_THAT(with_boards({""}, {"guard", "status"}).out, HasSubstr("board 1-1: no guard"));
}

TEST_F(Guard, 172OfSeveralBoardsNoneIsAsked) {
  const Words install = {"guard", "install", app(), "--all"};
  const auto done = with_boards({"", ""}, install, answering("yes\nyes\n"));
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.out + done.err, HasSubstr("nothing was changed: --yes was not given"));
  const auto all = with_boards({"", ""}, {"guard", "install", app(), "--all", "--yes"});
  EXPECT_EQ(all.exit, 0) << all.err;
}

TEST_F(Guard, 175OneFlashForGuardApplicationAndData) {
  const std::string board = "--virtual=" + path("board.img");
  const std::string guard = file("guard.bin", sysboot::virtual_bench::stub_guard());
  const std::string data = file("data.bin", sysboot::Bytes(300, 0xA5));
  const Words words = {board, "flash", guard, app() + "@0x08004000", data + "@0x08060000"};
  const auto done = stm32boot(words);
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("guard.bin + app.bin + data.bin"),
                              HasSubstr("under guard 1, which is new, with its stamp")));
  EXPECT_THAT(stm32boot({board, "guard", "status"}).out, HasSubstr("its stamp is right"));
  EXPECT_THAT(stm32boot(words).out, HasSubstr("already in flash, verified"));
}

TEST_F(Guard, 172WhatEraseTakesNeedsNoBoot0) {
  EXPECT_THAT(with_boards({"guard"}, {"erase", "--sectors", "1"}).err,
              AllOf(HasSubstr("guard brings the board up in DFU mode"), Not(HasSubstr("BOOT0"))));
  EXPECT_THAT(with_boards({""}, {"erase", "--chip"}).err, HasSubstr("or BOOT0 is needed"));
}

TEST_F(Guard, 172AProgramForGuardsPlaceIs64WithWhatToDo) {
  const auto done = with_boards({"guard"}, {"flash", app(0x08000000)});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(
      done.err,
      AllOf(HasSubstr("is linked for 0x08000000; the board has guard there"),
            HasSubstr("hint: link the program for 0x08004000: in its linker script ORIGIN")));
  EXPECT_THAT(with_boards({"guard"}, {"info", app(0x08000000)}).out,
              HasSubstr("image       would be refused: first.bin is linked for 0x08000000"));
  const auto erase = with_boards({"guard"}, {"erase", "--chip"});
  EXPECT_EQ(erase.exit, 64);
  EXPECT_THAT(erase.err, AllOf(HasSubstr("guard is in the sector at 0x08000000"),
                               Not(HasSubstr("link the program"))));
}

TEST_F(Guard, 172InDfuUtilsPlaceItIs64AndNothingIsOverwritten) {
  const std::string board = "--virtual=" + path("board.img");
  ASSERT_EQ(stm32boot({board, "guard", "install", app(), "--yes"}).exit, 0);
  for (const char* where :
       {"0x08000000:leave", "0x08000000:force", "0x08000000:mass-erase:force"}) {
    const auto done = stm32boot({board, "dfu-util", "-a", "0", "-s", where, "-D", app(0x08000000)});
    EXPECT_EQ(done.exit, 64) << where;
    EXPECT_THAT(done.err, HasSubstr("guard")) << where;
  }
  EXPECT_THAT(stm32boot({board, "guard", "status"}).out, HasSubstr("its stamp is right"));
  const auto behind =
      stm32boot({board, "dfu-util", "-a", "0", "-s", "0x08004000:leave", "-D", app()});
  EXPECT_EQ(behind.exit, 0) << behind.err;
}

TEST_F(Guard, 172RemoveFlashesAProgramInGuardsPlace) {
  const auto without = with_boards({"guard"}, {"guard", "remove", "--yes"});
  EXPECT_EQ(without.exit, 64);
  EXPECT_THAT(without.err, HasSubstr("needs the program that is to start in guard's place"));
  const auto done = with_boards({"guard"}, {"guard", "remove", app(0x08000000), "--yes"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("guard 1 goes, and with it all protection"));
  EXPECT_THAT(done.out, HasSubstr("guard removed; first.bin flashed and verified"));
  const auto again = with_boards({""}, {"guard", "remove", app(0x08000000)});
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_THAT(again.err, Not(HasSubstr("type 'yes'"))) << "there is nothing to lose";
  EXPECT_THAT(again.out, HasSubstr("no guard; first.bin flashed and verified"));
}

TEST_F(Guard, 172WordsWithoutEffectAreRefused) {
  struct Call {
    Words words;
    std::string complaint;
  };
  const std::vector<Call> calls = {
      {{"guard", "instal"}, "'instal' is none of install, remove and status"},
      {{"guard", "status", "--yes"}, "guard status has no use for --yes"},
      {{"guard", "status", app()}, "guard status has no use for an image"},
      {{"guard", "status", "--unprotect"}, "guard status has no use for --unprotect"},
      {{"guard", "status", "--no-wait"}, "guard status has no use for --no-wait"},
      {{"guard", "remove", app(), "--no-stamp"}, "guard remove has no use for --no-stamp"},
      {{"guard", "remove", app(), "--protect"}, "guard remove has no use for --protect"},
      {{"guard", "install", "--protect", "--unprotect"}, "do not go together"},
  };
  for (const Call& call : calls) {
    const auto done = with_boards({""}, call.words);
    EXPECT_EQ(done.exit, 64) << call.complaint;
    EXPECT_THAT(done.err, HasSubstr(call.complaint));
  }
}

TEST_F(Guard, 172TheGuardThatIsNamedOrInAFileIsTaken) {
  const auto named =
      with_boards({""}, {"guard", "install", "--yes", "--guard-image", "guard-f446"});
  EXPECT_EQ(named.exit, 0) << named.err;
  const auto larger =
      with_boards({""}, {"guard", "install", "--yes", "--guard-image", "guard-f412"});
  EXPECT_EQ(larger.exit, 65);
  EXPECT_THAT(larger.err, HasSubstr("its guard keeps a record in RAM up to 0x2003FFFF"));
  const auto none = with_boards({""}, {"guard", "install", "--yes", "--guard-image", app()});
  EXPECT_EQ(none.exit, 65);
  EXPECT_THAT(none.err, HasSubstr("this is no guard"));
}

TEST_F(Guard, 172ProtectedByOptionBytes) {
  const auto done = with_boards({""}, {"--json", "guard", "install", app(), "--yes", "--protect"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(result_of(done).at("protected"), true);
}

TEST_F(Guard, 172ConvertPutsTheStampIn) {
  const auto done = stm32boot({"convert", app(), path("app.hex"), "--guard"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("at 0x08004000-0x08008FFF"));
  ASSERT_EQ(stm32boot({"convert", path("app.hex"), path("back.bin")}).exit, 0);
  std::ifstream in(path("back.bin"), std::ios::binary);
  const sysboot::Bytes bytes{std::istreambuf_iterator<char>(in), {}};
  ASSERT_EQ(bytes.size(), 20480U);
  EXPECT_EQ(guard_word_at(bytes.data(), GUARD_SLOTS), GUARD_STAMP_MAGIC);
  EXPECT_EQ(guard_word_at(bytes.data(), GUARD_STAMP_CRC_AT), guard_stamp_crc(bytes.data(), 20480));
  const auto elsewhere =
      stm32boot({"convert", app(0x08000000), path("x.hex"), "--guard", "--address", "0x08000000"});
  EXPECT_EQ(elsewhere.exit, 65);
  EXPECT_THAT(elsewhere.err, HasSubstr("no program begins at 0x08004000"));
}

}  // namespace
