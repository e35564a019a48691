// SPDX-License-Identifier: GPL-3.0-or-later
// Several images in one command: FILE and FILE@ADDRESS, and what is said about each.
#include <filesystem>

#include "cli.hpp"
#include "support/linked_program.hpp"
#include "sysboot/image_file.hpp"

namespace {

using support::Finished;
using support::LinkedProgram;
using sysboot::Bytes;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class SeveralImages : public Cli {
 protected:
  SeveralImages() {
    file("boot.bin", boot_);
    file("app.bin", app_);
    file("data.bin", data_);
    sysboot::Image config;
    config.segments = {{0x0800C000, Bytes(32, 0x42)}, {0x0800C100, Bytes(16, 0x43)}};
    save_image(path("config.hex"), config, "hex");
  }

  Finished run(Words words, const std::string& input = {}) {
    support::RunOptions options;
    options.stdin_text = input;
    words.insert(words.begin(), "--virtual=" + path("board.img"));
    return stm32boot(words, options);
  }
  std::string at(const std::string& name, const std::string& address) const {
    return path(name) + "@" + address;
  }
  Bytes flash(std::size_t from, std::size_t size) const {
    std::ifstream in(path("board.img"), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    const std::string some = all.substr(from, size);
    return {some.begin(), some.end()};
  }
  void refuses(const Words& words, int exit, const std::string& text) {
    const Finished done = run(words);
    EXPECT_EQ(done.exit, exit) << done.err;
    EXPECT_THAT(done.err, HasSubstr(text));
    EXPECT_THAT(done.out, IsEmpty());
  }
  nlohmann::json result(Words words) {
    words.insert(words.begin(), "--json");
    return json_lines(run(words).out).back();
  }

  const Bytes boot_ = LinkedProgram(0x08000000, 8 * 1024).bytes();
  const Bytes app_ = LinkedProgram(0x08004000).bytes();
  const Bytes data_ = Bytes(64, 0xA5);
};

TEST_F(SeveralImages, AreAllOnTheBoardAndWhatIsBetweenThemStays) {
  ASSERT_EQ(run({"flash", "--force", at("data.bin", "0x08003000")}).exit, 0);
  const Finished done = run({"flash", path("boot.bin"), at("app.bin", "0x08004000"),
                             path("config.hex"), at("data.bin", "0x08010000")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("flashed and verified: boot.bin + app.bin + config.hex + "
                                   "data.bin, 24688 bytes at 0x08000000"));
  EXPECT_EQ(flash(0, boot_.size()), boot_);
  EXPECT_EQ(flash(0x3000, data_.size()), data_) << "from before";
  EXPECT_EQ(flash(0x4000, app_.size()), app_);
  EXPECT_EQ(flash(0xC000, 32), Bytes(32, 0x42));
  EXPECT_EQ(flash(0xC100, 16), Bytes(16, 0x43));
  EXPECT_EQ(flash(0x10000, data_.size()), data_);
  EXPECT_THAT(run({"flash", at("data.bin", "0x08010000"), path("boot.bin"), path("config.hex"),
                   at("app.bin", "0x08004000")})
                  .out,
              StartsWith("already in flash, verified: data.bin + boot.bin + config.hex + app.bin"));
}

TEST_F(SeveralImages, OptionsMayStandBetweenThem) {
  const Finished done = run({"flash", path("boot.bin"), "--timeout", "5s", "--stay",
                             at("app.bin", "0x08004000"), "--full", path("config.hex")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("boot.bin + app.bin + config.hex"));
}

TEST_F(SeveralImages, AnAddressBehindTheFileIsThatOfTheOption) {
  ASSERT_EQ(run({"flash", at("app.bin", "0x08004000")}).exit, 0);
  EXPECT_EQ(flash(0x4000, app_.size()), app_);
  EXPECT_EQ(run({"verify", path("app.bin"), "--address", "0x08004000"}).exit, 0);
  EXPECT_EQ(run({"verify", at("app.bin", "134234112")}).exit, 0) << "in decimal";
}

TEST_F(SeveralImages, AFileNameMayHaveAnAt) {
  file("app@0x08008000", app_);
  ASSERT_EQ(run({"flash", "--force", path("app@0x08008000")}).exit, 0);
  EXPECT_EQ(flash(0, app_.size()), app_) << "the file of the whole name comes first";
  EXPECT_EQ(run({"flash", "--force", path("app@0x08008000@0x08004000")}).exit, 0);
  EXPECT_EQ(flash(0x4000, app_.size()), app_) << "what is behind the last @";
  std::filesystem::create_directory(path("a@b"));
  const std::string inside = file("a@b/app.bin", app_);
  EXPECT_EQ(run({"verify", inside + "@0x08004000"}).exit, 0);
  refuses({"verify", path("a@b/other.bin")}, 66, "no such file");
}

TEST_F(SeveralImages, WhatIsBehindTheAtHasToBeAnAddress) {
  const auto said = [&](const std::string& behind, const std::string& text) {
    refuses({"flash", at("app.bin", behind)}, 64,
            at("app.bin", behind) + ": no such file, and " + text);
  };
  said("x", "'x' is no address; write it as 0x08000000");
  said("08004000", "'08004000' is no address; write it as 0x08000000");
  said("8004000", "address 8004000 is decimal, that is 0x007A21A0; write it as 0x08004000");
  said("0x108004000", "address 0x108004000 is beyond 32 bits");
  said("", "nothing is behind the @");
  refuses({"flash", "@0x08004000"}, 64, "'@0x08004000' has no file in front of the @");
  refuses({"flash", path("missing.bin") + "@0x08004000"}, 66, "missing.bin: no such file");
  refuses({"flash", at("app.bin", "0x08004002")}, 64, "0x08004002 is not a multiple of 4");
}

TEST_F(SeveralImages, AnAddressWithoutAFileIsAnsweredWithHowToWriteIt) {
  refuses({"flash", path("app.bin"), "0x08004000"}, 64,
          "'0x08004000' is no file; where a raw binary goes stands behind it: FILE@0x08004000");
  refuses({"flash", ""}, 64, "an image is given, but empty");
}

TEST_F(SeveralImages, TheOptionAddressIsForOneFileWithoutAnAddress) {
  for (const std::string command : {"flash", "verify", "info"}) {
    refuses({command, path("boot.bin"), path("config.hex"), "--address", "0x08004000"}, 64,
            "--address is for one file; of several, each takes its own: FILE@ADDRESS");
    refuses({command, at("app.bin", "0x08004000"), "--address", "0x08004000"}, 64,
            "both --address and " + at("app.bin", "0x08004000") + " say where it goes");
  }
  refuses(
      {"convert", path("boot.bin"), path("config.hex"), path("out.hex"), "--address", "0x8000000"},
      64, "--address is for one file");
}

TEST_F(SeveralImages, AnAddressIsNotForWhatCarriesItsOwn) {
  refuses({"flash", path("boot.bin"), at("config.hex", "0x08004000")}, 64,
          "config.hex: is Intel HEX, which says itself where it goes; an address is for raw "
          "binaries");
}

// Settings are for the command that does not say it itself.
TEST_F(SeveralImages, AnAddressFromSettingsGivesWay) {
  support::RunOptions options;
  options.environment = {"STM32BOOT_ADDRESS=0x08008000"};
  const auto flashed = [&](Words words) {
    words.insert(words.begin(), {"--virtual=" + path("board.img"), "flash"});
    return stm32boot(words, options);
  };
  EXPECT_THAT(flashed({"--force", path("data.bin")}).out, HasSubstr("at 0x08008000"));
  EXPECT_THAT(flashed({"--force", at("data.bin", "0x08010000")}).out, HasSubstr("at 0x08010000"));
  const Finished several = flashed({path("boot.bin"), at("app.bin", "0x08004000")});
  EXPECT_EQ(several.exit, 0) << several.err;
  EXPECT_THAT(several.out, HasSubstr("boot.bin + app.bin, 24576 bytes at 0x08000000"));
}

TEST_F(SeveralImages, StandardInputIsOneOfThem) {
  const std::string app(app_.begin(), app_.end());
  const Finished done = run({"flash", path("boot.bin"), "-@0x08004000"}, app);
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("boot.bin + standard input, 24576 bytes"));
  EXPECT_EQ(flash(0x4000, app_.size()), app_);
  refuses({"flash", "-", "-@0x08004000"}, 64, "- is standard input, which holds one image only");
  refuses({"flash", path("boot.bin"), "-@0x08004000", "--monitor"}, 64,
          "--monitor takes keys from standard input");
  refuses({"flash", path("boot.bin"), "-@0x08004000", "--watch"}, 64, "--watch watches a file");
}

TEST_F(SeveralImages, OverlapNamesBothAndHowToMoveARawBinary) {
  const Finished done =
      run({"flash", "--force", path("boot.bin"), path("config.hex"), path("data.bin")});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("error: boot.bin (0x08000000-0x08001FFF) and data.bin "
                              "(0x08000000-0x0800003F) both have bytes for 0x08000000"),
                    HasSubstr("hint: without an address a raw binary goes to 0x08000000; `" +
                              path("boot.bin") + "@ADDRESS` puts it elsewhere")));
  const Finished meant = run({"flash", at("boot.bin", "0x08000000"), at("data.bin", "0x08000100")});
  EXPECT_EQ(meant.exit, 64);
  EXPECT_THAT(meant.err, AllOf(HasSubstr("both have bytes for 0x08000100"),
                               Not(HasSubstr("without an address"))));
  EXPECT_THAT(flash(0, 4), IsEmpty()) << "no board was touched";
}

TEST_F(SeveralImages, OneThatIsLinkedElsewhereIsNamedWithWhatToType) {
  const Finished done = run({"flash", path("boot.bin"), path("app.bin"), path("config.hex")});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, AllOf(HasSubstr("error: app.bin: looks linked for 0x08004000, but goes to "
                                        "0x08000000"),
                              HasSubstr("hint: `" + at("app.bin", "0x08004000") +
                                        "` puts it where it is linked for")));
  EXPECT_THAT(run({"flash", path("app.bin")}).err,
              HasSubstr("hint: `--address 0x08004000` puts it where it is linked for"));
  EXPECT_THAT(run({"flash", at("app.bin", "0x08008000")}).err,
              HasSubstr("hint: `" + at("app.bin", "0x08004000") + "` puts it"));
  EXPECT_EQ(run({"flash", "--force", path("boot.bin"), at("app.bin", "0x08008000")}).exit, 0);
}

TEST_F(SeveralImages, DataIsRightBesideAProgramOnly) {
  EXPECT_EQ(run({"flash", at("data.bin", "0x0800C000"), at("app.bin", "0x08004000")}).exit, 0)
      << "behind guard, which is on the board";
  refuses({"flash", path("config.hex"), at("data.bin", "0x08010000")}, 65,
          "config.hex: this is no STM32 program");
  refuses({"flash", at("app.bin", "0x08004000"), path("data.bin")}, 65,
          "data.bin: this is no STM32 program");
  EXPECT_EQ(run({"flash", "--force", path("config.hex"), at("data.bin", "0x08010000")}).exit, 0);
}

TEST_F(SeveralImages, VerifyNamesTheFileThatDiffers) {
  const Words images = {path("boot.bin"), at("app.bin", "0x08004000"), path("config.hex")};
  Words words = images;
  words.insert(words.begin(), "flash");
  ASSERT_EQ(run(words).exit, 0);
  words.front() = "verify";
  EXPECT_THAT(run(words).out,
              StartsWith("verified: flash holds boot.bin + app.bin + config.hex, 24624 bytes"));
  Bytes changed = app_;
  changed[0x123] ^= 1;
  file("app.bin", changed);
  const Finished done = run(words);
  EXPECT_EQ(done.exit, 76);
  EXPECT_THAT(done.err, HasSubstr("flash differs from boot.bin + app.bin + config.hex in 1 of 3 "
                                  "sectors, first at 0x08004123 of app.bin"));
  const auto json = result(words);
  EXPECT_EQ(json.at("differences").at(0).at("image"), "app.bin");
}

TEST_F(SeveralImages, JsonHasEachOfThem) {
  const auto json = result({"flash", path("boot.bin"), at("app.bin", "0x08004000")});
  EXPECT_EQ(json.at("image"), "boot.bin + app.bin");
  EXPECT_EQ(json.at("path"), nullptr);
  EXPECT_EQ(json.at("format"), "several");
  EXPECT_EQ(json.at("address"), "0x08000000");
  EXPECT_EQ(json.at("bytes"), 24576);
  EXPECT_EQ(json.at("images"), (nlohmann::json{{{"image", "boot.bin"},
                                                {"path", path("boot.bin")},
                                                {"format", "bin"},
                                                {"address", "0x08000000"},
                                                {"bytes", 8192}},
                                               {{"image", "app.bin"},
                                                {"path", path("app.bin")},
                                                {"format", "bin"},
                                                {"address", "0x08004000"},
                                                {"bytes", 16384}}}));
  for (const std::string command : {"flash", "verify", "info"}) {
    EXPECT_FALSE(result({command, path("boot.bin")}).contains("images")) << command;
    EXPECT_EQ(result({command, path("boot.bin"), path("config.hex")}).at("images").size(), 2U);
  }
  const auto plan = result({"flash", "--dry-run", path("boot.bin"), path("config.hex")});
  EXPECT_EQ(plan.at("images").at(1).at("image"), "config.hex");
}

TEST_F(SeveralImages, TwoOfTheSameNameAreToldApart) {
  std::filesystem::create_directory(path("old"));
  file("old/app.bin", app_);
  const Finished done = run({"flash", at("app.bin", "0x08004000"), path("old/app.bin")});
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, AllOf(HasSubstr("error: " + path("old/app.bin") + ": looks linked for"),
                              HasSubstr("`" + at("old/app.bin", "0x08004000") + "` puts")));
}

TEST_F(SeveralImages, ADryRunPlansAllOfThem) {
  const Finished done = run(
      {"flash", "--dry-run", path("boot.bin"), path("config.hex"), at("data.bin", "0x08020000")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("boot.bin + config.hex + data.bin: 8304 bytes at 0x08000000, "
                                  "3 sectors; nothing is changed by a dry run"));
}

TEST_F(SeveralImages, InfoShowsWhereEachIs) {
  const Finished done = run({"info", at("app.bin", "0x08004000"), path("boot.bin")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out,
              HasSubstr("image       app.bin + boot.bin, several, 24576 bytes at 0x08000000\n"
                        "            0x08004000-0x08007FFF, 16 KiB: app.bin, bin\n"
                        "            0x08000000-0x08001FFF, 8 KiB: boot.bin, bin\n"));
  EXPECT_THAT(run({"info", at("app.bin", "0x08004000"), path("data.bin")}).out,
              HasSubstr("would be refused: data.bin: this is no STM32 program"));
}

TEST_F(SeveralImages, EachBoardGetsAllOfThem) {
  const Finished done = with_boards(
      {"", ""}, {"flash", "--all", path("boot.bin"), at("app.bin", "0x08004000"), "--json"});
  EXPECT_EQ(done.exit, 0) << done.err;
  const auto json = json_lines(done.out).back();
  ASSERT_EQ(json.at("boards").size(), 2U);
  EXPECT_EQ(json.at("boards").at(1).at("images").size(), 2U);
}

TEST_F(SeveralImages, ConvertMergesAllButTheLastWord) {
  const Finished done = run({"convert", path("boot.bin"), at("app.bin", "0x08004000"),
                             path("config.hex"), path("all.hex")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith(path("all.hex") + ": hex, 24624 bytes in 4 segments at "
                                                     "0x08000000-0x0800C10F, from several"));
  const sysboot::Image all = sysboot::load_image(path("all.hex"));
  ASSERT_EQ(all.segments.size(), 4U);
  EXPECT_EQ(all.segments[0], (sysboot::Segment{0x08000000, boot_}));
  EXPECT_EQ(all.segments[1], (sysboot::Segment{0x08004000, app_}));
  EXPECT_EQ(all.segments[3], (sysboot::Segment{0x0800C100, Bytes(16, 0x43)}));
}

TEST_F(SeveralImages, ConvertTakesOptionsAnywhere) {
  const Words files = {path("boot.bin"), at("app.bin", "0x08004000"), path("all")};
  for (const Words& words :
       {Words{"convert", files[0], files[1], files[2], "--to", "srec"},
        Words{"convert", "--to", "srec", files[0], files[1], files[2]},
        Words{"convert", files[0], "--to", "srec", files[1], "--only-flash", files[2]},
        Words{"--to=srec", "convert", files[0], "--only-flash", files[1], files[2]},
        Words{"convert", "--to", "srec", files[0], "--", files[1], files[2]}}) {
    const Finished done = run(words);
    EXPECT_EQ(done.exit, 0) << done.err;
    EXPECT_EQ(sysboot::load_image(path("all")).size(), boot_.size() + app_.size());
    std::filesystem::remove(path("all"));
  }
}

TEST_F(SeveralImages, ConvertNeverReplacesAnyOfItsInputs) {
  for (const std::string out : {"boot.bin", "app.bin", "data.bin"}) {
    refuses({"convert", path("boot.bin"), at("app.bin", "0x08004000"), at("data.bin", "0x08008000"),
             path(out), "--to", "hex"},
            64, path(out) + ": is the input, too");
  }
  EXPECT_EQ(sysboot::load_image(path("data.bin")).segments[0].data, data_);
}

TEST_F(SeveralImages, ConvertSaysWhichOneLooksLinkedElsewhere) {
  const Finished done = run({"convert", path("boot.bin"), at("app.bin", "0x08008000"),
                             path("config.hex"), path("all.hex")});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, HasSubstr("app.bin looks linked for 0x08004000, but is written for "
                                  "0x08008000; it takes " +
                                  at("app.bin", "0x08004000")));
  EXPECT_THAT(run({"convert", path("boot.bin"), at("app.bin", "0x08004000"), path("all.hex")}).err,
              Not(HasSubstr("looks linked")));
}

TEST_F(SeveralImages, ConvertTellsEachInItsResult) {
  const auto json =
      result({"convert", path("boot.bin"), at("app.bin", "0x08004000"), path("all.srec")});
  EXPECT_EQ(json.at("input"), nullptr);
  EXPECT_EQ(json.at("from"), "several");
  EXPECT_EQ(json.at("images").at(1).at("path"), path("app.bin"));
  EXPECT_EQ(result({"convert", path("boot.bin"), path("one.srec")}).at("input"), path("boot.bin"));
}

}  // namespace
