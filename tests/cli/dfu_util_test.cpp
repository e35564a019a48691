// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot in dfu-util's place, as its callers call it.
#include <filesystem>

#include "cli.hpp"
#include "dfu_util/find.hpp"
#include "dfu_util/words.hpp"
#include "support/dfu_util_calls.hpp"
#include "support/throws.hpp"
#include "sysboot/text.hpp"

namespace {

using stm32boot::dfu_util::Action;
using stm32boot::dfu_util::IdMatch;
using stm32boot::dfu_util::parse;
using support::DfuUtilCall;
using sysboot::Bytes;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::size_t flash_size = 512 * 1024;

class DfuUtil : public Cli {
 protected:
  DfuUtil() {
    for (const auto& [name, content] : support::dfu_util_files()) file(name, content);
    hold(support::dfu_util_flash_before());
  }

  /// `spec` describes the board (sysboot/virtual/board_spec.hpp).
  support::Finished dfu_util(Words words, const Words& boards = {"mode=dfu,serial=326533683734"},
                             const support::RunOptions& options = {}) {
    hold(flash(), boards.front().starts_with("mode=dfu"));
    Words command = {"--virtual=" + path("board.img")};
    for (const auto& spec : boards) command.insert(command.end(), {"--virtual-board", spec});
    command.emplace_back("dfu-util");
    command.insert(command.end(), words.begin(), words.end());
    return stm32boot(command, options);
  }

  static support::RunOptions in_environment(const Words& variables) {
    support::RunOptions options;
    options.environment = variables;
    return options;
  }
  static support::RunOptions with_input(const std::string& text) {
    support::RunOptions options;
    options.stdin_text = text;
    return options;
  }

  void hold(Bytes flash, bool is_in_dfu_mode = false) {
    const std::string mark = std::string("\nflash of a virtual board of stm32boot") +
                             (is_in_dfu_mode ? ", in DFU mode" : "") + "\n";
    flash.resize(flash_size, 0xFF);
    flash.insert(flash.end(), mark.begin(), mark.end());
    file("board.img", flash);
  }
  Bytes content_of(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return {text.begin(), text.end()};
  }
  Bytes flash() const {
    Bytes all = content_of("board.img");
    all.resize(flash_size);
    return all;
  }
  bool runs() {
    return stm32boot({"--virtual=" + path("board.img"), "list"}).out.find("application") !=
           std::string::npos;
  }

  Words filled(const Words& words) const { return support::filled(words, path("")); }

  /// What flash holds after this call.
  static Bytes expected(const DfuUtilCall& call) {
    if (call.holds == "erased") return Bytes(flash_size, 0xFF);
    Bytes flash = support::dfu_util_flash_before();
    if (call.holds.empty()) return flash;
    const Bytes image = support::dfu_util_content(call.holds);
    const std::size_t at = call.at - sysboot::flash_base;
    const bool erases_all = sysboot::joined(call.words).find("mass-erase") != std::string::npos;
    if (erases_all) flash.assign(flash_size, 0xFF);
    std::copy(image.begin(), image.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
    // Up to the end of its last sector: 16, 16, 16, 16, 64, 128, 128, 128 KiB.
    std::size_t end = 0;
    for (const std::size_t sector : {16U, 16U, 16U, 16U, 64U, 128U, 128U, 128U}) {
      if (end < at + image.size()) end += sector * 1024;
    }
    std::fill(flash.begin() + static_cast<std::ptrdiff_t>(at + image.size()),
              flash.begin() + static_cast<std::ptrdiff_t>(end), 0xFF);
    return flash;
  }
};

class DfuUtilCalls : public DfuUtil, public testing::WithParamInterface<DfuUtilCall> {};

TEST_P(DfuUtilCalls, EndAsTheyShould) {
  const DfuUtilCall& call = GetParam();
  const auto done = dfu_util(filled(call.words));
  EXPECT_EQ(done.exit, call.exit) << done.out << done.err;
  EXPECT_EQ(flash(), expected(call));
  EXPECT_EQ(runs(), call.runs);
  if (!call.holds.empty() && call.holds != "erased") {
    EXPECT_THAT(done.out, AllOf(StartsWith("dfu-util 0.11\n"), HasSubstr("100%"),
                                HasSubstr("\nErase    done.\n"),
                                HasSubstr("\nDownload done.\nFile downloaded successfully\n"),
                                HasSubstr(" No error condition is present\nDone!\n")));
    EXPECT_THAT(done.err, HasSubstr("verified: "));
  } else {
    EXPECT_THAT(done.out, Not(HasSubstr("successfully")));
  }
  if (call.exit != 0) {
    EXPECT_THAT(done.err, HasSubstr("dfu-util: "));
  }
  if (call.exit == 0) {
    EXPECT_THAT(done.err, AllOf(Not(HasSubstr("warning: ")), Not(HasSubstr("taken for data"))));
  }
}

INSTANTIATE_TEST_SUITE_P(DfuUtil, DfuUtilCalls, testing::ValuesIn(support::dfu_util_calls()),
                         support::name_of);

TEST_F(DfuUtil, ListsAsItsReadersExpect) {
  const auto done = dfu_util({"-l"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out, StartsWith("dfu-util 0.11\n\n"));
  const std::string start =
      "Found DFU: [0483:df11] ver=2200, devnum=2, cfg=1, intf=0, path=\"1-1\", alt=";
  const std::string end = ", serial=\"326533683734\"\n";
  EXPECT_THAT(done.out,
              testing::EndsWith(
                  start + "3, name=\"@Device Feature/0xFFFF0000/01*004 e\"" + end + start +
                  "2, name=\"@OTP Memory /0x1FFF7800/01*512 e,01*016 e\"" + end + start +
                  "1, name=\"@Option Bytes  /0x1FFFC000/01*016 e\"" + end + start +
                  "0, name=\"@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg\"" + end));
}

TEST_F(DfuUtil, FiltersTheList) {
  for (const Words& words :
       std::vector<Words>{{"-l", "-a", "2"},
                          {"-l", "-a", "@OTP Memory /0x1FFF7800/01*512 e,01*016 e"},
                          {"-l", "-n", "2", "-a2", "-c1", "-i0"}}) {
    const auto done = dfu_util(words);
    EXPECT_THAT(done.out, HasSubstr(", alt=2, "));
    EXPECT_THAT(done.out, Not(HasSubstr(", alt=0, ")));
  }
  for (const Words& words : std::vector<Words>{{"-l", "-d", ",1d50:606f"},
                                               {"-l", "-n", "1"},
                                               {"-l", "-c2"},
                                               {"-l", "-i1"},
                                               {"-l", "-a7"},
                                               {"-l", "-p", "1-2"}}) {
    EXPECT_THAT(dfu_util(words).out, Not(HasSubstr("Found"))) << words[1] << words.back();
  }
}

TEST_F(DfuUtil, ListsAnApplicationAsTheRomItWillBeAndLeavesItAlone) {
  const auto done = dfu_util({"-d,0483:df11", "-l"}, {"serial=326533683734"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out, HasSubstr("Found DFU: [0483:df11] ver=2200, devnum=2, cfg=1, intf=0, "
                                  "path=\"1-1\", alt=0, name=\"@Internal Flash  /0x08000000/"
                                  "04*016Kg,01*064Kg,03*128Kg\", serial=\"326533683734\"\n"));
  EXPECT_THAT(done.err, HasSubstr("runs its application; -D, -U and -e take it into DFU mode"));
  EXPECT_TRUE(runs());
}

TEST_F(DfuUtil, ListsNoMapOfAChipThatItDoesNotKnow) {
  const auto done = dfu_util({"-l", "-p", "1-1"}, {"product=Mine,line=,id=1234:5678"});
  EXPECT_THAT(done.out, HasSubstr("alt=0, name=\"@Internal Flash  /0x08000000\", serial="));
  EXPECT_THAT(done.out, Not(HasSubstr("alt=1")));
}

TEST_F(DfuUtil, ListsNoApplicationThatMayNotBeMeant) {
  for (const Words& boards :
       std::vector<Words>{{"product=Mine,line=,id=1234:5678"}, {"serial=1", "serial=2"}}) {
    const auto done = dfu_util({"-l"}, boards);
    EXPECT_EQ(done.exit, 0);
    EXPECT_THAT(done.out, Not(HasSubstr("Found")));
  }
}

TEST_F(DfuUtil, ListsTheRunTimeInterfaceOfAnApplication) {
  const auto done = dfu_util({"-l"}, {"product=Mine,line=,id=1234:5678,detach"});
  EXPECT_THAT(done.out, HasSubstr("Found Runtime: [1234:5678] ver="));
}

TEST_F(DfuUtil, TakesABoardOutOfItsApplication) {
  const auto app = support::dfu_util_files().at("app.bin");
  for (const Words& words : std::vector<Words>{
           {"-a", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"},
           {"-d", ",0483:df11", "-a", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"},
           {"-p", "1-1", "-R", "-a", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"},
           {"-S", "326533683734", "-a", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"}}) {
    hold(support::dfu_util_flash_before());
    const auto done = dfu_util(filled(words), {"serial=326533683734"});
    EXPECT_EQ(done.exit, 0) << done.err;
    EXPECT_THAT(done.err, AllOf(HasSubstr("DFU mode after"), HasSubstr("application back")));
    EXPECT_TRUE(std::equal(app.begin(), app.end(), flash().begin()));
    EXPECT_TRUE(runs());
  }
}

TEST_F(DfuUtil, TakesAnotherFirmwareOnlyWhenItIsNamed) {
  const std::string spec = "product=Mine,line=,id=1209:6665,serial=77";
  const Words flash_it = {"-a", "0", "-s", "0x08000000:leave", "-D", path("app.bin")};
  const auto with = [&](Words more, const support::RunOptions& options = {}) {
    more.insert(more.end(), flash_it.begin(), flash_it.end());
    return dfu_util(more, {spec}, options);
  };
  const auto unnamed = with({});
  EXPECT_EQ(unnamed.exit, 74);
  EXPECT_THAT(unnamed.err, AllOf(HasSubstr("No DFU capable USB device available"),
                                 HasSubstr("only used when it is named"),
                                 HasSubstr("-d with the application's USB ids")));
  EXPECT_EQ(with({"-d", "0483:df11"}).exit, 74);
  EXPECT_EQ(with({"-d", "1209:6666,0483:df11"}).exit, 74);
  EXPECT_EQ(flash(), support::dfu_util_flash_before());

  EXPECT_EQ(with({"-d", "0x1209:0x6665,0x0483:0xDF11"}).exit, 0);
  EXPECT_EQ(with({"-p", "1-1"}).exit, 0);
  EXPECT_EQ(with({}, in_environment({"STM32BOOT_USB=1-1"})).exit, 0);
  EXPECT_EQ(with({}, in_environment({"STM32BOOT_SERIAL=77"})).exit, 0);
  EXPECT_EQ(with({}, in_environment({"STM32BOOT_USB=1-2"})).exit, 74);
}

TEST_F(DfuUtil, ChangesNothingThatIsRightAlready) {
  const Words words = {"-a", "0", "-s", "0x08000000:leave", "-D", path("app.bin")};
  EXPECT_EQ(dfu_util(words).exit, 0);
  const auto again = dfu_util(words);
  EXPECT_EQ(again.exit, 0);
  EXPECT_THAT(again.err, HasSubstr("already in flash, verified"));
  EXPECT_THAT(again.out, AllOf(HasSubstr("100%            0 bytes\nErase    done."),
                               HasSubstr("100%        20517 bytes\nDownload done.")));
}

TEST_F(DfuUtil, SaysThatItSucceededOnlyWhenItDid) {
  for (const std::string fault :
       {"unplug@write:3", "unplug@erase:1", "unplug@read:2", "unplug@read:6"}) {
    const auto done = dfu_util({"-a", "0", "-s", "0x08000000:leave", "-D", path("app.bin")},
                               {"mode=dfu,fault=" + fault});
    EXPECT_EQ(done.exit, 74) << fault << done.err;
    EXPECT_THAT(done.out, AllOf(Not(HasSubstr("Download\t[=========================]")),
                                Not(HasSubstr("successfully")), Not(HasSubstr("Download done")),
                                Not(HasSubstr("Done!"))));
  }
}

TEST_F(DfuUtil, WarnsWhenTheApplicationDoesNotComeBack) {
  const Words words = {"-a", "0", "-s", "0x08000000:leave", "-D", path("app.bin")};
  const auto done = dfu_util(words, {"mode=dfu,app-lost"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out, HasSubstr("File downloaded successfully"));
  EXPECT_THAT(done.err, HasSubstr("warning: nothing came back within"));
  EXPECT_EQ(dfu_util(words, {"mode=dfu,app-lost"}, in_environment({"STM32BOOT_STRICT=1"})).exit,
            79);
  EXPECT_EQ(dfu_util(words, {"mode=dfu"}, in_environment({"STM32BOOT_STRICT=1"})).exit, 0);
}

TEST_F(DfuUtil, WritesData) {
  const std::string data = file("data.bin", Bytes(3000, 0x81));
  const auto done = dfu_util({"-a", "0", "-s", "0x08060000", "-D", data});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("data.bin: taken for data"));
  EXPECT_EQ(flash()[0x60000], 0x81);
}

TEST_F(DfuUtil, ButNotWhereAProgramHasToBeUnlessForced) {
  const std::string data = file("data.bin", Bytes(3000, 0x81));
  const auto refused = dfu_util({"-a", "0", "-s", "0x08000000", "-D", data});
  EXPECT_EQ(refused.exit, 65);
  EXPECT_THAT(refused.err, HasSubstr(":force in -s writes it all the same"));
  const auto elsewhere = dfu_util({"-a", "0", "-s", "0x08000000", "-D", path("at2000.bin")});
  EXPECT_EQ(elsewhere.exit, 65);
  EXPECT_THAT(elsewhere.err, HasSubstr("it is linked for another address"));
  EXPECT_EQ(flash(), support::dfu_util_flash_before());
  EXPECT_EQ(dfu_util({"-a", "0", "-s", "0x08000000:force", "-D", data}).exit, 0);
  EXPECT_EQ(flash()[0], 0x81);
  const std::string text = file("text", Bytes(3000, 'Z'));
  EXPECT_EQ(dfu_util({"-a", "0", "-s", "0x08060000", "-D", text}).exit, 65);
  EXPECT_EQ(dfu_util({"-a", "0", "-s", "0x08060000:force", "-D", text}).exit, 0);
  EXPECT_EQ(flash()[0x60000], 'Z');
}

TEST_F(DfuUtil, TakesFilesThatKnowTheirPlace) {
  ASSERT_EQ(stm32boot({"convert", path("app.bin"), path("app.hex")}).exit, 0);
  EXPECT_EQ(dfu_util({"--alt", "0", "--download", path("app.hex")}).exit, 0);
  const auto app = support::dfu_util_files().at("app.bin");
  EXPECT_TRUE(std::equal(app.begin(), app.end(), flash().begin()));
  EXPECT_EQ(dfu_util({"-a", "0", "-s", "0x08000000", "-D", path("app.hex")}).exit, 64);
}

TEST_F(DfuUtil, ReadsStandardInput) {
  const auto app = support::dfu_util_files().at("app.bin");
  const auto done = dfu_util({"-a", "0", "-s", "0x08000000", "-D", "-"}, {"mode=dfu"},
                             with_input({app.begin(), app.end()}));
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(std::equal(app.begin(), app.end(), flash().begin()));
}

TEST_F(DfuUtil, ReadsAsMuchAsDfuUtilDoes) {
  const Bytes before = support::dfu_util_flash_before();
  const std::vector<std::tuple<std::string, std::size_t, std::size_t>> rows = {
      {"0x08000000", 0, 65536},  // up to where sectors have another size
      {"0x08010000", 0x10000, 65536}, {"0x08060000", 0x60000, 131072},
      {"0x08000100:12", 0x100, 12},   {":0x20", 0, 32},
      {":leave", 0, 0x4000}};
  for (const auto& [dfuse, from, length] : rows) {
    std::filesystem::remove(path("new"));
    const auto done = dfu_util({"-a", "0", "-s", dfuse, "-U", path("new")});
    EXPECT_EQ(done.exit, 0) << dfuse << done.err;
    const auto begin = before.begin() + static_cast<std::ptrdiff_t>(from);
    EXPECT_EQ(content_of("new"), Bytes(begin, begin + static_cast<std::ptrdiff_t>(length)))
        << dfuse;
    EXPECT_THAT(done.out, AllOf(HasSubstr("100%"), HasSubstr("\nUpload done.\n")));
  }
}

TEST_F(DfuUtil, WritesOptionBytes) {
  const Bytes wanted = {0xEB, 0xAA, 0x14, 0x55, 0xFF, 0xFF, 0xFF, 0xFF,
                        0xFF, 0x7F, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF};
  const auto done =
      dfu_util({"-a", "1", "-s", "0x1FFFC000:will-reset", "-D", file("option.bin", wanted)},
               {"mode=dfu,boot0"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("option bytes written and read back"));
  EXPECT_THAT(done.out, HasSubstr("File downloaded successfully"));
}

TEST_F(DfuUtil, StartsTheApplicationAfterOptionBytesToo) {
  const Bytes wanted = {0xEB, 0xAA, 0x14, 0x55, 0xFF, 0xFF, 0xFF, 0xFF,
                        0xFF, 0x7F, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF};
  const auto done = dfu_util(
      {"-a", "1", "-s", "0x1FFFC000:will-reset:leave", "-D", file("option.bin", wanted)}, {""});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("application back"));
  EXPECT_TRUE(runs());
}

TEST_F(DfuUtil, TakesAMemoryByItsNameOrHowThatBegins) {
  for (const std::string name : {"@Option Bytes  /0x1FFFC000/01*016 e", "@Option"}) {
    std::filesystem::remove(path("new"));
    const auto done = dfu_util({"-a", name, "-s", "0x1FFFC000", "-U", path("new")});
    EXPECT_EQ(done.exit, 0) << done.err;
  }
  const auto done = dfu_util({"-a", "@O", "-s", "0x1FFFC000", "-U", path("newer")});
  EXPECT_EQ(done.exit, 74);
  EXPECT_THAT(done.err, HasSubstr("it has more than one alternate setting '@O'"));
  const auto wrong = dfu_util({"-a", "2", "-s", "0x1FFFC000", "-U", path("newer")});
  EXPECT_EQ(wrong.exit, 64);
  EXPECT_THAT(wrong.err, HasSubstr("nothing can be read at 0x1FFFC000"));
}

TEST_F(DfuUtil, WhatWasReadIsThereThoughNothingCanBeStarted) {
  hold({});
  const auto done = dfu_util({"-a", "0", "-s", "0x08000000:16:leave", "-U", path("new")});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_EQ(content_of("new"), Bytes(16, 0xFF));
  EXPECT_THAT(done.err, HasSubstr("warning: it stays in DFU mode: there is no program"));
}

TEST_F(DfuUtil, RefusesOptionBytesOfAnotherSizeAndTheLevelThatNobodyCanUndo) {
  const auto size =
      dfu_util({"-a", "1", "-s", "0x1FFFC000", "-D", file("option.bin", Bytes(8, 0xAA))});
  EXPECT_EQ(size.exit, 64);
  EXPECT_THAT(size.err, HasSubstr("option bytes are 16 bytes at 0x1FFFC000"));
  Bytes level2 = {0xEF, 0xCC, 0x10, 0x33, 0xFF, 0xFF, 0xFF, 0xFF,
                  0xFF, 0x7F, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF};
  EXPECT_EQ(dfu_util({"-a", "1", "-s", "0x1FFFC000:force", "-D", file("option.bin", level2)}).exit,
            64);
}

TEST_F(DfuUtil, LiftsTheProtectionAndThenWritesWhatItWasGiven) {
  const auto done = dfu_util({"-a", "0", "-s", "0x08000000:unprotect:force", "-D", path("app.bin")},
                             {"mode=dfu,rdp,boot0"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("unlocked: board 1-1"));
  const auto app = support::dfu_util_files().at("app.bin");
  EXPECT_TRUE(std::equal(app.begin(), app.end(), flash().begin()));
}

TEST_F(DfuUtil, DoesNotSayThatAProtectionIsLiftedWhenNobodyCanAskTheBoard) {
  const auto done = dfu_util({"-s", ":unprotect:force"}, {"rdp"});
  EXPECT_EQ(done.exit, 74);
  EXPECT_THAT(done.err, HasSubstr("it reset and did not come back"));
}

TEST_F(DfuUtil, ErasesABoardThatIsNotProtected) {
  const auto done = dfu_util({"-s", ":unprotect:force"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("not read-protected; its flash is erased"));
  EXPECT_EQ(flash(), Bytes(flash_size, 0xFF));
}

TEST_F(DfuUtil, ErasesNothingForAFileThatItThenRefuses) {
  const std::string too_large = file("large.bin", support::program(600 * 1024));
  for (const Words& words : std::vector<Words>{
           {"-a", "0", "-s", "0x20000000:mass-erase:force", "-D", path("app.bin")},
           {"-a", "0", "-s", "0x08000000:mass-erase:force", "-D", too_large},
           {"-a", "0", "-s", "0x20000000:unprotect:force", "-D", path("app.bin")},
           {"-a", "1", "-s", "0x1FFFC000:mass-erase:force", "-D", path("app.bin")}}) {
    const auto done = dfu_util(words);
    EXPECT_EQ(done.exit, 64) << done.err;
    EXPECT_EQ(flash(), support::dfu_util_flash_before()) << words[3];
  }
}

TEST_F(DfuUtil, SaysThatAnErasedBoardCannotBeLeftWhereThatIsAskedFor) {
  const std::string warning = "warning: flash is empty";
  EXPECT_THAT(dfu_util({"-s", ":mass-erase:force"}).err, Not(HasSubstr(warning)));
  const auto done = dfu_util({"-s", ":mass-erase:force:leave"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.err, HasSubstr(warning));
}

TEST_F(DfuUtil, LeavesAndDetaches) {
  EXPECT_EQ(dfu_util({"-s", "0x08000000:leave"}).exit, 0);
  EXPECT_TRUE(runs());
  EXPECT_EQ(dfu_util({"-e"}, {"serial=1"}).exit, 0);
  EXPECT_FALSE(runs());
  hold({});
  EXPECT_EQ(dfu_util({"-s", ":leave"}).exit, 74) << "there is nothing to start";
}

TEST_F(DfuUtil, TakesOneOfTwoBoardsOnlyWhenItIsNamed) {
  const Words boards = {"mode=dfu,rom-serial=A", "mode=dfu,rom-serial=B"};
  const Words flash_it = {"-a", "0", "-s", "0x08000000", "-D", path("app.bin")};
  const auto both = dfu_util(flash_it, boards);
  EXPECT_EQ(both.exit, 74);
  EXPECT_THAT(both.err, AllOf(HasSubstr("2 boards fit"), HasSubstr("-p, -S or -n says which")));
  EXPECT_EQ(flash(), support::dfu_util_flash_before());
  Words named = flash_it;
  named.insert(named.end(), {"-S", "A"});
  EXPECT_EQ(dfu_util(named, boards).exit, 0);
  const auto list = dfu_util({"-l"}, boards);
  EXPECT_THAT(list.out, AllOf(HasSubstr("path=\"1-1\""), HasSubstr("path=\"1-2\"")));
}

TEST_F(DfuUtil, GoesByItsName) {
#ifndef _WIN32
  for (const std::string name : {"dfu-util", "stm32boot-dfu-util"}) {
    std::filesystem::create_symlink(STM32BOOT, path(name));
    const auto done = support::run({path(name), "-V"});
    EXPECT_EQ(done.exit, 0);
    EXPECT_THAT(done.out, AllOf(StartsWith("dfu-util 0.11\n\n"), HasSubstr("stm32boot")));
  }
#endif
  EXPECT_EQ(stm32boot({"flash", "dfu-util"}).exit, 66) << "a file of that name";
}

TEST_F(DfuUtil, HelpIsShortAndGoesToStandardError) {
  for (const std::string word : {"-h", "--help"}) {
    const auto done = stm32boot({"dfu-util", word});
    EXPECT_EQ(done.exit, 0);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, AllOf(HasSubstr("--dfuse-address"), HasSubstr("stm32boot-dfu-util(1)")));
  }
}

#ifndef _WIN32
TEST_F(DfuUtil, ShimsSaysWhatElseDoesWhereItIsNotInstalled) {
  std::filesystem::copy_file(STM32BOOT, path("stm32boot"));
  const auto done = support::run({path("stm32boot"), "shims"});
  EXPECT_EQ(done.exit, 66);
  EXPECT_THAT(done.err, HasSubstr("no dfu-util is there; a link to stm32boot does that"));
  EXPECT_THAT(stm32boot({"shims"}).out, testing::EndsWith("stm32boot/shims\n"));
}

TEST_F(DfuUtil, FinishesItsWorkWhereNobodyReadsWhatItSays) {
  const auto app = support::dfu_util_files().at("app.bin");
  for (const auto& [output, exit] : {std::pair(">/dev/full", 73), std::pair("| true", 0)}) {
    hold(support::dfu_util_flash_before(), true);
    const auto done = support::run(
        {"/bin/bash", "-c",
         std::string("set -o pipefail; '") + STM32BOOT + "' --virtual='" + path("board.img") +
             "' dfu-util -a 0 -s 0x08000000 -D '" + path("app.bin") + "' " + output});
    EXPECT_EQ(done.exit, exit) << output << done.err;
    EXPECT_TRUE(std::equal(app.begin(), app.end(), flash().begin())) << output;
  }
}

class HandOver : public DfuUtil {
 protected:
  /// A program that says how it was called.
  std::string script(const std::string& name, const std::string& text) {
    const std::string file = this->file(name, Bytes(text.begin(), text.end()));
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
  std::string real(const std::string& name = "dfu-util") {
    std::filesystem::create_directories(path("bin"));
    return script("bin/" + name, "#!/bin/sh\nfor word; do echo \"<$word>\"; done\nexit 42\n");
  }
};

TEST_F(HandOver, OtherIdsGoToDfuUtilWhateverTheirFilesAre) {
  real();
  const auto in_path = in_environment({"PATH=/nowhere:" + path("bin")});
  const auto done =
      dfu_util({"-d", "2341:035b,:035b", "-a0", "-D", "a file"}, {"mode=dfu"}, in_path);
  EXPECT_EQ(done.exit, 42) << done.err;
  EXPECT_EQ(done.out, "<-d>\n<2341:035b,:035b>\n<-a0>\n<-D>\n<a file>\n");
  EXPECT_EQ(dfu_util({"-d", "2341:035b,:035b", "-a0", "-s0x08000000", "-D", path("app.bin")},
                     {"mode=dfu"}, in_path)
                .exit,
            42);
}

TEST_F(HandOver, WithoutAnAddressAnotherKindOfDeviceIsMeant) {
  const auto with_real = in_environment({"STM32BOOT_DFU_UTIL=" + real()});
  const Words probe = {"product=Probe,line=,id=1d50:6018,detach"};
  EXPECT_EQ(dfu_util({"-D", path("app.bin")}, probe, with_real).exit, 42);
  EXPECT_EQ(dfu_util({"-e"}, probe, with_real).exit, 42);
  EXPECT_EQ(dfu_util({"-a", "0", "-s", "0x08000000", "-D", path("app.bin")}, probe, with_real).exit,
            74)
      << "not for a probe";
  EXPECT_EQ(dfu_util({"-a", "0", "-D", path("app.dfu")}, probe, with_real).exit, 74);
  EXPECT_EQ(dfu_util({"-D", path("app.bin")}, {"mode=dfu"}, with_real).exit, 64)
      << "a board in ST's ROM needs an address";
}

TEST_F(HandOver, ByTheNameInTheEnvironment) {
  const auto done = dfu_util({"-d", ",2341:035b", "-U", path("new")}, {"mode=dfu"},
                             in_environment({"STM32BOOT_DFU_UTIL=" + real("mine")}));
  EXPECT_EQ(done.exit, 42);
}

TEST_F(HandOver, OtherMemoriesGoToDfuUtil) {
  const auto done = dfu_util({"-a", "2", "-s", "0x1FFF7800", "-D", file("data.bin", Bytes(16, 1))},
                             {"mode=dfu"}, in_environment({"STM32BOOT_DFU_UTIL=" + real()}));
  EXPECT_EQ(done.exit, 42);
}

TEST_F(HandOver, AnApplicationOfAnotherKindGoesToDfuUtil) {
  const Words words = {"-d", "1234:5678", "-e"};
  const auto done = dfu_util(words, {"product=Mine,line=,id=1234:5678,detach"},
                             in_environment({"STM32BOOT_DFU_UTIL=" + real()}));
  EXPECT_EQ(done.exit, 42);
}

TEST_F(HandOver, WithoutDfuUtilItSaysSo) {
  const auto done = dfu_util({"-d", ",2341:035b", "-U", path("new")}, {"mode=dfu"},
                             in_environment({"PATH=/nowhere"}));
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr("not in PATH"), HasSubstr("STM32BOOT_DFU_UTIL")));
}

TEST_F(HandOver, NeverGoesRoundInCircles) {
  std::filesystem::create_directories(path("bin"));
  std::filesystem::create_symlink(STM32BOOT, path("bin/dfu-util"));
  const Words words = {"-d", ",2341:035b", "-U", path("new")};
  const auto own = dfu_util(words, {"mode=dfu"}, in_environment({"PATH=" + path("bin")}));
  EXPECT_EQ(own.exit, 64);
  EXPECT_THAT(own.err, HasSubstr("not in PATH"));
  const auto named =
      dfu_util(words, {"mode=dfu"}, in_environment({"STM32BOOT_DFU_UTIL=" + path("bin/dfu-util")}));
  EXPECT_EQ(named.exit, 64);
  EXPECT_THAT(named.err, HasSubstr("names no other program"));
  const std::string wrapper =
      script("wrapper", std::string("#!/bin/sh\nexec ") + STM32BOOT + " dfu-util \"$@\"\n");
  const auto wrapped =
      dfu_util(words, {"mode=dfu"}, in_environment({"STM32BOOT_DFU_UTIL=" + wrapper}));
  EXPECT_EQ(wrapped.exit, 64);
  EXPECT_THAT(wrapped.err, HasSubstr("calls stm32boot again"));
}
#endif

class DfuUtilFind : public support::Bench {
 protected:
  using Kind = stm32boot::dfu_util::Target::Kind;

  stm32boot::dfu_util::Target find(const std::vector<std::string>& words,
                                   const stm32boot::dfu_util::Chosen& chosen = {}) {
    host_.sleep(std::chrono::seconds(1));
    return find_target(host_, parse(words), chosen);
  }
  static support::BoardSettings rom() {
    support::BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
};

TEST_F(DfuUtilFind, ABootloaderForOtherMemoryWithTheRomsIdsIsForDfuUtil) {
  auto daisy = rom();
  daisy.rom.alternates = {"@Flash /0x90000000/64*4Kg,1*32Kg"};
  add_board(daisy);
  EXPECT_EQ(find({"-d", ",0483:df11", "-e"}).kind, Kind::foreign);
}

TEST_F(DfuUtilFind, ABootloaderWithOtherIdsIsForDfuUtil) {
  auto artery = rom();
  artery.rom.vendor = 0x2E3C;
  add_board(artery);
  EXPECT_EQ(find({"-e"}).kind, Kind::foreign);
  EXPECT_EQ(find({"-d", "2e3c:df11", "-e"}).kind, Kind::foreign);
  EXPECT_EQ(find({"-d", "0483:df11", "-e"}).kind, Kind::none) << "the ROM is meant";
}

TEST_F(DfuUtilFind, ABoardInDfuModeComesFirst) {
  add_board({}, "1-1");
  add_board(rom(), "1-2");
  EXPECT_EQ(find({"-e"}).board->port_path(), "1-2");
  EXPECT_EQ(find({"-e", "-p", "1-1"}).board->port_path(), "1-1");
  EXPECT_EQ(find({"-e"}, {{{}, "1-1", {}}, {}}).board->port_path(), "1-1") << "settings name it";
  EXPECT_EQ(find({"-e", "-p", "1-2"}, {{{}, "1-1", {}}, {}}).board->port_path(), "1-2")
      << "the command line comes first";
}

TEST_F(DfuUtilFind, SettingsDecideBetweenBoardsWithTheIdsThatAreNamed) {
  support::BoardSettings settings;
  settings.application.vendor = 0x1209;
  settings.application.product = 0x6665;
  add_board(settings, "1-1");
  add_board(settings, "1-2");
  const std::vector<std::string> words = {"-e", "-d", "1209:6665,0483:df11"};
  EXPECT_ERROR(static_cast<void>(find(words)), sysboot::Errc::ambiguous_board, HasSubstr("1-2"));
  EXPECT_EQ(find(words, {{{}, "1-2", {}}, {}}).board->port_path(), "1-2");
}

TEST_F(DfuUtilFind, TheRomIsOnlyThereWhereItsInterfaceIsMeant) {
  add_board(rom());
  EXPECT_EQ(find({"-e", "-c", "1", "-i", "0"}).kind, Kind::ours);
  EXPECT_EQ(find({"-e", "-c", "0"}).kind, Kind::ours);
  EXPECT_EQ(find({"-e", "-c", "2"}).kind, Kind::none);
  EXPECT_EQ(find({"-e", "-i", "1"}).kind, Kind::none);
}

TEST_F(DfuUtilFind, TwoThatFitAreNoGuess) {
  add_board(rom(), "1-1");
  add_board(rom(), "1-2");
  EXPECT_ERROR(static_cast<void>(find({"-e"})), sysboot::Errc::ambiguous_board,
               AllOf(HasSubstr("1-1 "), HasSubstr("1-2 ")));
}

TEST(DfuUtilWords, IdsAreThoseOfTheApplicationAndOfTheBootloader) {
  const IdMatch any;
  const IdMatch nobody{IdMatch::nobody, IdMatch::nobody};
  const IdMatch rom{0x0483, 0xDF11};
  const std::vector<std::tuple<std::string, IdMatch, IdMatch>> rows = {
      {"0483:df11", rom, any},
      {"0x0483:0xDF11", rom, any},
      {",0483:df11", nobody, rom},
      {"1209:6665,0483:df11", {0x1209, 0x6665}, rom},
      {"2341:035b,:035c", {0x2341, 0x035B}, {0x2341, 0x035C}},
      {"2341:035b,", {0x2341, 0x035B}, {0x2341, 0x035B}},
      {"0483", {0x0483, {}}, any},
      {"*:df11", {{}, 0xDF11}, any},
      {"-:-,0483:*", nobody, {0x0483, {}}},
      {"[0483:df11]", {{}, 0xDF11}, any},
      {"", any, any}};
  for (const auto& [text, application, bootloader] : rows) {
    const auto words = parse({"-l", "-d", text});
    EXPECT_EQ(words.application, application) << text;
    EXPECT_EQ(words.bootloader, bootloader) << text;
  }
}

TEST(DfuUtilWords, AreTakenAsGetoptTakesThem) {
  const auto words = parse({"-Rw", "--down", "f", "-vv", "-a0x1", "-n7", "--serial=A,B", "-p",
                            "1-4.2", "-s", ":leave:0x100", "-Q"});
  EXPECT_EQ(words.action, Action::download);
  EXPECT_EQ(words.file, "f");
  EXPECT_TRUE(words.reset);
  EXPECT_TRUE(words.wait);
  EXPECT_EQ(words.verbosity, 2);
  EXPECT_EQ(words.alternate, 1);
  EXPECT_EQ(words.address_on_bus, 7U);
  EXPECT_EQ(words.application_serial, "A");
  EXPECT_EQ(words.bootloader_serial, "B");
  EXPECT_EQ(words.path, "1-4.2");
  EXPECT_FALSE(words.dfuse->address);
  EXPECT_EQ(words.dfuse->length, 0x100U);
  EXPECT_TRUE(words.dfuse->leave);
  EXPECT_EQ(parse({"-D", "f", "-l"}).action, Action::list) << "the last one counts";
  EXPECT_EQ(parse({"--wait", "-D", "f"}).file, "f");
  EXPECT_EQ(parse({"-l", "-a", "010"}).alternate, 8);
  EXPECT_EQ(parse({"-l", "-a", ""}).alternate, 0);
  EXPECT_EQ(parse({"-l", "-a", "@Flash"}).alternate_name, "@Flash");
  EXPECT_EQ(parse({"-s", "134217728:leave"}).dfuse->address, 0x08000000U);
}

TEST(DfuUtilWords, SayWhatIsWrongWithThem) {
  using sysboot::Errc;
  EXPECT_ERROR(parse({"-l", "--lisp"}), Errc::usage, HasSubstr("unknown option --lisp"));
  EXPECT_ERROR(parse({"-lx"}), Errc::usage, HasSubstr("unknown option -x"));
  EXPECT_ERROR(parse({"-l", "--device"}), Errc::usage, HasSubstr("-d needs a value"));
  EXPECT_ERROR(parse({"-l", "-n", "-1"}), Errc::usage, HasSubstr("-n takes a number, not '-1'"));
  EXPECT_ERROR(parse({"-s", "0x08000000:leav"}), Errc::usage, HasSubstr("'leav' in -s"));
  EXPECT_ERROR(parse({"-s", "0x108000000"}), Errc::usage, HasSubstr("is no address"));
}

}  // namespace
