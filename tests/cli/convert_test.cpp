// SPDX-License-Identifier: GPL-3.0-or-later
// `stm32boot convert`: what it writes, what it says, and how it ends.
#include <set>

#include "cli.hpp"
#include "command_line/option_table.hpp"
#include "support/linked_program.hpp"
#include "sysboot/image_file.hpp"

namespace {

using support::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Convert : public Cli {
 protected:
  Convert() {
    file("app.bin", app_);
    sysboot::Image two;
    two.name = "two";
    two.segments = {{0x08000000, app_}, {0x08020000, {1, 2}}};
    two.entry = 0x08000141;
    save_image(path("two.hex"), two, "hex");
    two.other_targets = {{1, "Option Bytes", {{0x1FFFC000, sysboot::Bytes(16, 0xAA)}}}};
    save_image(path("three.dfu"), two, "dfu");
  }

  static Finished convert(Words words) {
    words.insert(words.begin(), "convert");
    return stm32boot(words);
  }
  static void refuses(const Words& words, int exit, const std::string& text) {
    const Finished done = convert(words);
    EXPECT_EQ(done.exit, exit) << done.err;
    EXPECT_THAT(done.err, AllOf(StartsWith("error: "), HasSubstr(text)));
    EXPECT_THAT(done.out, IsEmpty());
  }

  sysboot::Bytes app_ = support::program(1000, 1);
};

TEST_F(Convert, EachFormatThatCanBeWrittenIsOffered) {
  std::set<std::string> written;
  for (const auto& format : sysboot::image_formats()) {
    if (format.can_be_written) written.emplace(format.name);
  }
  const auto offered = stm32boot::find_option_row("--to")->words();
  EXPECT_EQ(std::set<std::string>(offered.begin(), offered.end()), written);
}

TEST_F(Convert, TakesTheFormatFromTheExtension) {
  for (const std::string extension : {".hex", ".s19", ".dfu", ".bin"}) {
    const Finished done = convert({path("app.bin"), path("out" + extension)});
    EXPECT_EQ(done.exit, 0) << done.err;
    const sysboot::Image image = sysboot::load_image(path("out" + extension));
    EXPECT_EQ(image.format,
              sysboot::image_format_of(extension == ".s19" ? "x.srec" : "x" + extension));
    EXPECT_EQ(image.segments, (std::vector{sysboot::Segment{0x08000000, app_}}));
  }
}

TEST_F(Convert, SaysWhatItDid) {
  EXPECT_EQ(
      convert({path("two.hex"), path("out.dfu")}).out,
      path("out.dfu") + ": dfu, 1002 bytes in 2 segments at 0x08000000-0x08020001, from hex\n");
}

TEST_F(Convert, TakesTheFormatFromTheUserFirst) {
  EXPECT_EQ(convert({path("app.bin"), path("out.bin"), "--to", "srec"}).exit, 0);
  EXPECT_EQ(sysboot::load_image(path("out.bin")).format, "srec");
}

TEST_F(Convert, D6ReplacesAFileButNeverItsInput) {
  EXPECT_EQ(convert({path("app.bin"), path("out.hex")}).exit, 0);
  EXPECT_EQ(convert({path("two.hex"), path("out.hex")}).exit, 0) << "a build does it each time";
  refuses({path("app.bin"), path("app.bin"), "--to", "hex"}, 64, "app.bin: is the input, too");
  std::filesystem::create_hard_link(path("app.bin"), path("same.hex"));
  refuses({path("app.bin"), path("same.hex")}, 64, "same.hex: is the input, too");
  EXPECT_EQ(sysboot::load_image(path("app.bin")).format, "bin");
}

TEST_F(Convert, PutsARawBinaryWhereTheUserSays) {
  EXPECT_EQ(convert({path("app.bin"), path("out.hex"), "--address", "0x08004000"}).exit, 0);
  EXPECT_EQ(sysboot::load_image(path("out.hex")).start(), 0x08004000U);
  refuses({path("two.hex"), path("out.bin"), "--address", "0x08004000"}, 64,
          "two.hex: is Intel HEX, which says itself where it goes");
}

TEST_F(Convert, C1WarnsOfAnAddressThatTheProgramIsNotLinkedFor) {
  const sysboot::Image app = support::LinkedProgram(0x08004000).at(0x08000000);
  const std::string bin = file("linked.bin", app.segments.front().data);
  const Finished wrong = convert({bin, path("out.dfu")});
  EXPECT_EQ(wrong.exit, 0);
  EXPECT_THAT(wrong.err, HasSubstr("linked.bin looks linked for 0x08004000, but is written for "
                                   "0x08000000; it takes --address 0x08004000"));
  EXPECT_THAT(convert({path("out.dfu"), path("out.hex")}).err,
              AllOf(HasSubstr("but is written for 0x08000000"), Not(HasSubstr("--address"))));
  EXPECT_THAT(convert({bin, path("out.dfu"), "--address", "0x08004000"}).err, IsEmpty());
  EXPECT_THAT(convert({path("out.dfu"), path("out.bin")}).err, IsEmpty());
}

TEST_F(Convert, LabelsUf2AndDfuse) {
  EXPECT_EQ(convert({path("app.bin"), path("out.uf2"), "--family", "stm32f411xe"}).exit, 0);
  EXPECT_EQ(sysboot::load_image(path("out.uf2")).uf2_family, 0x2DC309C5U);
  EXPECT_EQ(convert({path("out.uf2"), path("again.uf2")}).exit, 0) << "its family is known";
  EXPECT_EQ(sysboot::load_image(path("again.uf2")).uf2_family, 0x2DC309C5U);
  EXPECT_EQ(convert({path("app.bin"), path("out.uf2"), "--family", "0xE48BFF56"}).exit, 0);
  EXPECT_EQ(sysboot::load_image(path("out.uf2")).uf2_family, 0xE48BFF56U);
  EXPECT_EQ(convert({path("app.bin"), path("out.dfu"), "--id", "1209:DB42"}).exit, 0);
  EXPECT_EQ(sysboot::load_image(path("out.dfu")).made_for,
            (std::pair<std::uint16_t, std::uint16_t>(0x1209, 0xDB42)));
}

TEST_F(Convert, RefusesLabelsThatMakeNoSense) {
  const std::string in = path("app.bin");
  refuses({in, path("out.uf2")}, 64, "--family, with one of STM32F0, STM32F1");
  refuses({in, path("out.hex"), "--family", "STM32F4"}, 64,
          "--family goes with UF2 files, not with hex");
  refuses({in, path("out.uf2"), "--family", "F4"}, 64, "'F4' is no UF2 family");
  refuses({in, path("out.uf2"), "--family", "0x1FFFFFFFF"}, 64, "is no UF2 family");
  refuses({in, path("out.hex"), "--id", "0483:df11"}, 64,
          "--id goes with DfuSe files, not with hex");
  for (const char* id :
       {"0483", "0483:", ":df11", "0483:df11:1", "10483:df11", "0483:xyz", "-1:1"}) {
    refuses({in, path("out.dfu"), std::string("--id=") + id}, 64, "is no pair of USB ids");
  }
  EXPECT_FALSE(std::filesystem::exists(path("out.dfu")));
}

TEST_F(Convert, SaysWhatTheOutputHasNoPlaceFor) {
  const Finished done = convert({path("three.dfu"), path("out.hex")});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err,
              HasSubstr("warning: three.dfu also has 16 bytes for alternate setting 1 (Option "
                        "Bytes); hex has no place for it"));
  EXPECT_THAT(convert({path("three.dfu"), path("out.dfu")}).err, Not(HasSubstr("warning")));
  EXPECT_EQ(sysboot::load_image(path("out.dfu")).other_targets.size(), 1U);
}

TEST_F(Convert, C5OnlyFlashLeavesOutTheRestAndSaysSo) {
  sysboot::Image image;
  image.segments = {{0x08000000, app_}, {0x1FFFC000, sysboot::Bytes(16, 0xAA)}};
  save_image(path("all.hex"), image, "hex");
  EXPECT_EQ(convert({path("all.hex"), path("all.s19")}).exit, 0);
  EXPECT_EQ(sysboot::load_image(path("all.s19")).segments, image.segments);
  const Finished done = convert({path("all.hex"), path("out.bin"), "--only-flash"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("warning: all.hex: left out: 16 bytes at 0x1FFFC000, option "
                                  "bytes"));
  EXPECT_EQ(sysboot::load_image(path("out.bin")).segments.front().data, app_);
}

TEST_F(Convert, C5MergedFilesAreANote) {
  const std::string text = ":0100000001FE\n:0400000508000141AD\n:04000005080041416D\n:00000001FF\n";
  file("merged.hex", {text.begin(), text.end()});
  const Finished done = convert({path("merged.hex"), path("out.bin")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("warning: merged.hex: line 3 says that the program starts at "
                                  "0x08004141, line 2 said 0x08000141"));
}

TEST_F(Convert, GivesFactsAsJson) {
  const Finished done = convert({path("three.dfu"), path("out.hex"), "--json", "-q"});
  const auto facts = json_lines(done.out).back();
  EXPECT_EQ(facts["ok"], true);
  EXPECT_EQ(facts["command"], "convert");
  EXPECT_EQ(facts["from"], "dfu");
  EXPECT_EQ(facts["to"], "hex");
  EXPECT_EQ(facts["bytes"], 1002);
  EXPECT_EQ(facts["segments"],
            nlohmann::json::parse(
                R"([{"address":"0x08000000","bytes":1000},{"address":"0x08020000","bytes":2}])"));
  EXPECT_EQ(
      facts["left_out"],
      nlohmann::json::parse(
          R"([{"alternate":1,"name":"Option Bytes","segments":[{"address":"0x1FFFC000","bytes":16}]}])"));
}

TEST_F(Convert, ErrorsHaveTheirExitCodes) {
  file("bad.hex", sysboot::Bytes{':', '0', '0', '\n'});
  refuses({path("none.bin"), path("out.hex")}, 66, "none.bin: no such file");
  refuses({path("bad.hex"), path("out.bin")}, 65, "bad.hex: line 1: has 1 byte,");
  refuses({path("app.bin"), path("out.xyz")}, 64, "out.xyz: no format has this extension");
  refuses({path("app.bin"), path("out.elf")}, 64,
          "out.elf: ELF files can be read, but not written");
  refuses({path("app.bin"), path("out"), "--to", "elf"}, 64, "'elf' is none of");
  refuses({path("app.bin"), path("none/out.hex")}, 73, "out.hex: cannot be written: No such file");
#ifndef _WIN32  // devices are no files there
  refuses({path("app.bin"), "/dev/null", "--to", "bin"}, 73, "it is no regular file");
#endif
  refuses({path("app.bin")}, 64, "out is missing: `stm32boot convert [OPTION]... IN... OUT`");
}

}  // namespace
