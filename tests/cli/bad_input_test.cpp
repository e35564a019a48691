// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that must be met with a clear error, the right exit code, and an untouched board.
#include <filesystem>

#include "cli.hpp"
#include "image/vector_table.hpp"
#include "support/linked_program.hpp"
#include "sysboot/image_file.hpp"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
  const char* name;
  std::vector<std::string> words;
  int exit;
  const char* says;
};

class Usage : public Cli, public testing::WithParamInterface<Case> {};

TEST_P(Usage, IsRefused) {
  auto words = GetParam().words;
  std::replace(words.begin(), words.end(), std::string("APP"), program(4096));
  const auto done = with_boards({""}, words);
  EXPECT_EQ(done.exit, GetParam().exit) << done.err;
  EXPECT_THAT(done.err, HasSubstr(GetParam().says));
  EXPECT_THAT(done.out, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Words, Usage,
    testing::Values(
        Case{"no_command", {}, 64, "a command is missing"},
        Case{"unknown_command", {"falsh"}, 64, "unknown command 'falsh'; did you mean 'flash'?"},
        Case{"unknown_option", {"list", "--frobnicate"}, 64, "unknown option '--frobnicate'"},
        Case{"mistyped_option", {"enter", "--serail", "X"}, 64, "did you mean '--serial'?"},
        Case{"address_without_0x",
             {"flash", "APP", "--address", "08000000"},
             64,
             "'08000000' is no address; write it as 0x08000000"},
        Case{"missing_image",
             {"flash"},
             64,
             "image is missing: `stm32boot flash [OPTION]... IMAGE...`"},
        Case{"unknown_trigger", {"enter", "--trigger", "magic"}, 64, "unknown trigger 'magic'"},
        Case{"mistyped_trigger",
             {"enter", "--trigger", "touch1200"},
             64,
             "unknown trigger 'touch1200'; did you mean 'touch-1200'?"},
        Case{"half_a_trigger",
             {"enter", "--trigger", "touch"},
             64,
             "unknown trigger 'touch'; did you mean 'touch-1200'?"},
        Case{"mistyped_firmware",
             {"enter", "--firmware", "betafligth"},
             64,
             "unknown firmware 'betafligth'; did you mean 'betaflight'?"},
        Case{"half_a_firmware",
             {"flash", "APP", "--firmware", "micro"},
             64,
             "unknown firmware 'micro'; did you mean 'micropython'?"},
        Case{"no_trigger_like_it",
             {"enter", "--trigger", "usb"},
             64,
             "unknown trigger 'usb'; there are auto, touch-1200, text, dfu-detach; virtual board"},
        Case{"text_without_text", {"enter", "--trigger", "text"}, 64, "needs a text"},
        Case{"text_for_another_trigger",
             {"enter", "--trigger", "touch-1200", "--text", "x"},
             64,
             "--text goes with --trigger text"},
        Case{"bad_escape", {"enter", "--text", "a\\q"}, 64, "unknown escape"},
        Case{"no_tries", {"enter", "--tries", "0"}, 64, "--tries"},
        Case{"no_time", {"enter", "--timeout", "-1"}, 64, "'-1' is not from 0.1 to 3600 seconds"},
        Case{"D4_nan", {"enter", "--timeout", "nan"}, 64, "'nan' is not from 0.1 to 3600 seconds"},
        Case{"D4_nan_for_flash", {"flash", "APP", "--timeout", "-NaN"}, 64, "--timeout"},
        Case{"D4_nan_for_run", {"run", "--timeout", "nan"}, 64, "--timeout"},
        Case{"time_with_a_strange_unit", {"enter", "--timeout", "5h"}, 64, "5, 500ms or 2min"},
        Case{"less_time_than_it_takes", {"run", "--timeout", "50ms"}, 64, "from 0.1 to 3600"},
        Case{"too_much_time", {"run", "--timeout", "61min"}, 64, "from 0.1 to 3600"},
        Case{"decimal_address",
             {"flash", "APP", "--address", "8000000"},
             64,
             "address 8000000 is decimal, that is 0x007A1200; write it as 0x08000000"},
        Case{"half_a_number", {"enter", "--tries", "3x"}, 64, "'3x' is not a number from 1 to 100"},
        Case{"value_of_a_flag",
             {"flash", "APP", "--stay=3"},
             64,
             "--stay: '3' is neither on nor off"},
        Case{"one_file_too_many",
             {"read", "a.bin", "b"},
             64,
             "read takes 1 file, and 'b' is one more"},
        Case{"file_for_no_file", {"list", "b"}, 64, "list takes options only, and 'b' is one more"},
        Case{"option_of_others",
             {"list", "--count", "3"},
             64,
             "list has no option --count; there is one for enter, flash, verify"},
        Case{"option_without_a_command",
             {"--count", "3"},
             64,
             "a command is missing; --count is an option of enter, flash, verify"},
        Case{"contradiction",
             {"list", "--no-config", "--config", "x"},
             64,
             "--config and --no-config contradict each other"},
        Case{"file_as_command", {"app.bin"}, 64, "to flash a file: `stm32boot flash app.bin`"},
        Case{"D4_infinity", {"verify", "APP", "--timeout", "inf"}, 64, "--timeout"},
        Case{"D4_tries_nan", {"enter", "--tries", "nan"}, 64, "--tries"},
        Case{"D4_count_inf", {"enter", "--count", "inf"}, 64, "--count"},
        Case{"bad_color", {"list", "--color", "maybe"}, 64, "--color"},
        Case{"address_is_a_word",
             {"flash", "APP", "--address", "flash"},
             64,
             "'flash' is no address"},
        Case{"address_beyond_32_bits",
             {"flash", "APP", "--address", "0x108000000"},
             64,
             "address 0x108000000 is beyond 32 bits"},
        Case{"address_unaligned",
             {"flash", "APP", "--address", "0x08000002"},
             64,
             "0x08000002 is not a multiple of 4"},
        Case{"address_wraps",
             {"flash", "APP", "--address", "0xFFFFFFF0"},
             64,
             "4096 bytes at 0xFFFFFFF0 run past 0xFFFFFFFF"},
        Case{"address_unaligned_for_vectors",
             {"flash", "APP", "--address", "0x08000040"},
             65,
             "is not a multiple of 128"},
        Case{"address_outside",
             {"flash", "APP", "--address", "0x08100000", "--force"},
             65,
             "outside Internal Flash"},
        Case{"address_in_option_bytes",
             {"flash", "APP", "--address", "0x1FFFC000", "--force"},
             65,
             "goes to 0x1FFFC000, which is option bytes"},
        Case{"no_such_port",
             {"enter", "--port", "/dev/ttyACM9"},
             69,
             "no board fits serial port /dev/ttyACM9"},
        Case{"no_such_usb_path", {"enter", "--usb", "7-7"}, 69, "no board fits USB port 7-7"},
        Case{"no_such_serial", {"enter", "--serial", "X"}, 69, "no board fits serial number X"},
        Case{
            "run_at_an_odd_address", {"run", "--address", "0x08000002"}, 64, "not a multiple of 4"},
        Case{"monitor_of_a_board_that_stays",
             {"flash", "APP", "--monitor", "--stay"},
             64,
             "the application, which --stay does not start"},
        Case{"monitor_of_what_is_not_awaited",
             {"flash", "APP", "--monitor", "--no-wait"},
             64,
             "the application, which --no-wait does not wait for"},
        Case{"monitor_of_a_dry_run",
             {"flash", "APP", "--monitor", "--dry-run"},
             64,
             "the application, which --dry-run does not start"},
        Case{"watch_that_never_flashes",
             {"flash", "APP", "--watch", "--dry-run"},
             64,
             "--dry-run never"},
        Case{"run_needs_dfu_mode", {"run"}, 69, "runs its application already"},
        Case{"info_needs_dfu_mode", {"info", "--no-enter"}, 69, "it runs its application"}),
    [](const auto& item) { return item.param.name; });

// Of a board in DFU mode nothing is asked how it was to be rebooted.
class WrongForAnyBoard : public Cli, public testing::WithParamInterface<Case> {};

TEST_P(WrongForAnyBoard, B4IsRefusedBeforeOneIsLookedFor) {
  auto words = GetParam().words;
  std::replace(words.begin(), words.end(), std::string("APP"), program(4096));
  std::replace(words.begin(), words.end(), std::string("OUT"), path("out.bin"));
  words.insert(words.begin(), "--json");
  const auto done = with_boards({"mode=dfu"}, words);
  EXPECT_EQ(done.exit, 64) << done.err;
  const auto lines = json_lines(done.out);
  EXPECT_THAT(lines, testing::SizeIs(1)) << "no stage began";
  EXPECT_THAT(lines.back().at("error").at("text"), HasSubstr(GetParam().says));
  EXPECT_FALSE(std::filesystem::exists(path("out.bin")));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, WrongForAnyBoard,
    testing::Values(
        Case{"trigger", {"flash", "APP", "--trigger", "magic"}, 64, "unknown trigger 'magic'"},
        Case{"trigger_for_all",
             {"flash", "APP", "--trigger", "magic", "--all"},
             64,
             "unknown trigger 'magic'"},
        Case{"trigger_of_a_visit",
             {"verify", "APP", "--trigger", "magic"},
             64,
             "unknown trigger 'magic'"},
        Case{"firmware", {"erase", "--chip", "--firmware", "nano"}, 64, "unknown firmware 'nano'"},
        Case{"firmware_to_enter_only", {"read", "OUT", "--firmware", "maple"}, 64, "1eaf:0003"},
        Case{"length", {"read", "OUT", "--length", "0"}, 64, "length of 0"},
        Case{"end", {"read", "OUT", "--address", "0xFFFFF000", "--length", "8K"}, 64, "run past"},
        Case{"erase_length",
             {"erase", "--address", "0x08000000", "--length", "0"},
             64,
             "length of 0"},
        Case{"erase_backwards", {"erase", "--sectors", "4-2"}, 64, "behind the last"},
        Case{"x32_for_all", {"flash", "APP", "--all", "--x32", "--no-verify"}, 64, "verified"},
        Case{"option_bytes", {"option-bytes", "--force", "--write", "EFA"}, 64, "are no bytes"}),
    [](const auto& item) { return item.param.name; });

// As from `--port "$PORT"` in a script, where it must not mean "any board".
class EmptyValue : public Cli, public testing::WithParamInterface<Case> {};

TEST_P(EmptyValue, B4IsAUsageError) {
  auto words = GetParam().words;
  std::replace(words.begin(), words.end(), std::string("APP"), program(4096));
  std::replace(words.begin(), words.end(), std::string("OUT"), path("out.bin"));
  const auto done = with_boards({""}, words);
  EXPECT_EQ(done.exit, 64) << done.err;
  EXPECT_THAT(done.err, HasSubstr(std::string(GetParam().says) + " is given, but empty"));
  EXPECT_THAT(done.out, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Options, EmptyValue,
    testing::Values(
        Case{"text", {"enter", "--text", ""}, 64, "--text"},
        Case{"text_of_a_trigger", {"enter", "--trigger", "touch-1200", "--text", ""}, 64, "--text"},
        Case{"trigger", {"enter", "--trigger", ""}, 64, "--trigger"},
        Case{"firmware", {"enter", "--firmware", ""}, 64, "--firmware"},
        Case{"port", {"enter", "--port", ""}, 64, "--port"},
        Case{"port_in_short", {"enter", "-p", ""}, 64, "--port"},
        Case{"port_with_an_equals_sign", {"enter", "--port=", "x"}, 64, "--port"},
        Case{"usb", {"flash", "APP", "--usb", ""}, 64, "--usb"},
        Case{"serial", {"flash", "APP", "--serial", ""}, 64, "--serial"},
        Case{"one_of_two", {"enter", "--usb", "1-1", "--usb", ""}, 64, "--usb"},
        Case{"address", {"flash", "APP", "--address", ""}, 64, "--address"},
        Case{"length", {"read", "OUT", "--length", ""}, 64, "--length"},
        Case{"write", {"option-bytes", "--force", "--write", ""}, 64, "--write"},
        Case{"virtual", {"--virtual=", "list"}, 64, "--virtual"},
        Case{"config", {"--config", "", "list"}, 64, "--config"}),
    [](const auto& item) { return item.param.name; });

class BadFile : public Cli {
 protected:
  support::Finished flash(const std::string& file) { return with_boards({""}, {"flash", file}); }
};

TEST_F(BadFile, Missing) {
  const auto done = flash(path("none.bin"));
  EXPECT_EQ(done.exit, 66);
  EXPECT_THAT(done.err, AllOf(HasSubstr("none.bin"), HasSubstr("no such file")));
}

TEST_F(BadFile, Directory) {
  std::filesystem::create_directory(path("folder"));
  const auto done = flash(path("folder"));
  EXPECT_EQ(done.exit, 66);
  EXPECT_THAT(done.err, HasSubstr("is a directory"));
}

TEST_F(BadFile, Empty) {
  const auto done = flash(file("empty.bin", {}));
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, HasSubstr("is empty"));
}

TEST_F(BadFile, OneGigabyte) {
  const std::string name = file("huge.bin", {1});
  std::filesystem::resize_file(name, 1ULL << 30);
  const auto done = flash(name);
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, HasSubstr("1024 MiB, more than any STM32 image"));
}

TEST_F(BadFile, LargerThanTheFlash) {
  const auto done = flash(program(512 * 1024 + 1));
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, HasSubstr("1 byte past the end of Internal Flash"));
}

TEST_F(BadFile, NoVectorTable) {
  const auto done = flash(file("data.bin", sysboot::Bytes(4096, 0x11)));
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("data.bin: this is no STM32 program"), HasSubstr("--force")));
}

TEST_F(BadFile, C5AWebPageNamedHex) {
  const std::string page = "<!DOCTYPE html>\n<html><body>Not Found</body></html>\n";
  const auto done = flash(file("app.hex", {page.begin(), page.end()}));
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, HasSubstr("app.hex: is no firmware, but an HTML page"));
}

TEST_F(BadFile, C5OtherMemoriesAreLeftOutWhenAsked) {
  sysboot::Image image;
  image.segments = {{0x08000000, support::program(4096)}, {0x90000000, sysboot::Bytes(16, 1)}};
  save_image(path("app.hex"), image, "hex");
  const auto refused = flash(path("app.hex"));
  EXPECT_EQ(refused.exit, 65);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("app.hex: has 16 bytes at 0x90000000, external flash (QSPI"),
                    HasSubstr("hint: --only-flash takes what is for internal flash")));
  for (const char* command : {"flash", "verify"}) {
    const auto done = with_boards({""}, {command, path("app.hex"), "--only-flash"});
    EXPECT_THAT(done.err, HasSubstr("warning: app.hex: left out: 16 bytes at 0x90000000"));
    EXPECT_NE(done.exit, 65) << done.err;
  }
}

TEST_F(BadFile, B4MadeForAnotherDeviceNamesTheWayOut) {
  sysboot::Image image;
  image.segments = {{0x08000000, support::program(4096)}};
  image.made_for = {0x2E3C, 0xDF11};
  save_image(path("at32.dfu"), image, "dfu");
  for (const char* option : {"--dry-run", "--full"}) {
    const auto done = with_boards({""}, {"flash", path("at32.dfu"), option});
    EXPECT_EQ(done.exit, 65) << option;
    EXPECT_THAT(done.err, AllOf(HasSubstr("at32.dfu says it is for 2e3c:df11"),
                                HasSubstr("hint: --force flashes it anyway")));
  }
  EXPECT_EQ(with_boards({""}, {"flash", path("at32.dfu"), "--force"}).exit, 0);
}

TEST_F(BadFile, C1LinkedForAnotherAddress) {
  const sysboot::Image app = support::LinkedProgram(0x08004000).at(0x08000000);
  const std::string bin = file("app.bin", app.segments.front().data);
  const auto done = flash(bin);
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, AllOf(HasSubstr("looks linked for 0x08004000, but goes to 0x08000000"),
                              HasSubstr("hint: `--address 0x08004000`"), HasSubstr("--force")));
  EXPECT_EQ(with_boards({""}, {"flash", bin, "--address", "0x08004000"}).exit, 0)
      << "the hint helps";
  EXPECT_EQ(with_boards({""}, {"flash", bin, "--force"}).exit, 0);
}

TEST_F(BadFile, C1LinkedForAnotherAddressThanItsRecordsSay) {
  sysboot::Image app = support::LinkedProgram(0x08004000).at(0x08000000);
  const auto done = flash(file("app.hex", encode_image(app, "hex")));
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("looks linked for 0x08004000, but its addresses begin at 0x08000000"),
                    HasSubstr("--change-addresses"), testing::Not(HasSubstr("`--address"))));
}

TEST_F(BadFile, C2ForAChipWithMoreRam) {
  support::LinkedProgram app(0x08000000);
  app.word(0, 0x24080000);
  const std::string bin = file("app.bin", app.at(0x08000000).segments.front().data);
  const auto done = flash(bin);
  EXPECT_EQ(done.exit, 65);
  EXPECT_THAT(done.err, AllOf(HasSubstr("0x24080000"), HasSubstr("0x20000000-0x2001FFFF"),
                              HasSubstr("--force")));
  EXPECT_EQ(with_boards({""}, {"flash", bin, "--force", "--no-wait"}).exit, 0);
}

TEST_F(BadFile, OddLengthIsFine) {
  EXPECT_EQ(flash(program(1001)).exit, 0);
}

struct Ending {
  const char* name;
  const char* board;
  std::vector<std::string> words;
  int exit;
  const char* says;
  const char* hints;
};

class BoardTrouble : public Cli, public testing::WithParamInterface<Ending> {};

TEST_P(BoardTrouble, HasItsExitCodeAndItsHint) {
  auto words = GetParam().words;
  std::replace(words.begin(), words.end(), std::string("APP"), program(64 * 1024));
  const auto done = with_boards({GetParam().board}, words);
  EXPECT_EQ(done.exit, GetParam().exit) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr(GetParam().says), HasSubstr(GetParam().hints)));
}

INSTANTIATE_TEST_SUITE_P(
    Endings, BoardTrouble,
    testing::Values(
        Ending{"ignored", "line=,no-touch", {"enter"}, 75, "its application ignored", "hold BOOT0"},
        Ending{"bounced", "bounces=9", {"enter"}, 75, "rebooted 3 times", "25 MHz"},
        Ending{"lost",
               "lost",
               {"enter", "--timeout", "2"},
               75,
               "nothing came back within 2.00 s",
               "PA10"},
        Ending{"unplugged",
               "fault=unplug@write:9",
               {"flash", "APP"},
               74,
               "left the bus",
               "plug it in again"},
        Ending{"read_protected", "rdp", {"flash", "APP"}, 76, "errVENDOR", "erased as a whole"},
        Ending{"io_errors",
               "fault=io-error@erase:1,fault=io-error@erase:2,fault=io-error@erase:3,fault=io-"
               "error@erase:4",
               {"flash", "APP"},
               74,
               "I/O error",
               "run the same command again"}),
    [](const auto& item) { return item.param.name; });

TEST_F(Cli, TwoBoardsAndNoChoice) {
  const auto done = with_boards({"", ""}, {"enter"});
  EXPECT_EQ(done.exit, 64);
  EXPECT_THAT(done.err, AllOf(HasSubstr("2 boards fit"), HasSubstr("\n  1-1 "),
                              HasSubstr("\n  1-2 "), HasSubstr("says which, such as --usb 1-1\n")));
}

TEST_F(Cli, ApplicationThatDoesNotComeBackIsExit79) {
  const std::string app = file("app.bin", support::program(4096));
  const auto done = with_boards({"mode=dfu,app-lost"}, {"flash", app, "--timeout", "2"});
  EXPECT_EQ(done.exit, 79);
  EXPECT_THAT(done.out, HasSubstr("flashed and verified")) << "which is true all the same";
  EXPECT_THAT(done.err, AllOf(HasSubstr("nothing came back"), HasSubstr("VTOR")));
}

// A port path that no machine has: this must never find a board of the person who runs the tests.
TEST_F(Cli, NoBoardSaysWhatToDo) {
  const auto done = stm32boot({"enter", "--usb", "99-99"});
  EXPECT_EQ(done.exit, 69);
  EXPECT_THAT(done.err, HasSubstr("hint: is the board connected"));
}

TEST_F(Cli, WhatIsNoSerialPort) {
  std::vector<std::string> names = {file("file", {1})};
#ifndef _WIN32  // devices are no files there
  names.insert(names.end(), {"/dev/null", "/dev/ptmx"});
#endif
  for (const std::string& name : names) {
    const auto done = stm32boot({"enter", "--port", name});
    EXPECT_EQ(done.exit, 64) << name;
    EXPECT_THAT(done.err, HasSubstr("serial port"));
  }
}

TEST_F(Cli, ClosedStandardOutputStopsBeforeTheBoardIsTouched) {
  support::RunOptions options;
  options.close_stdout = true;
  const std::string image = path("board.img");
  const auto done = stm32boot({"--virtual=" + image, "flash", program()}, options);
  EXPECT_EQ(done.exit, 73);
  EXPECT_THAT(done.err, HasSubstr("standard output is closed"));
  EXPECT_FALSE(std::filesystem::exists(image));
}

#ifndef _WIN32  // need a shell of POSIX
TEST_F(Cli, FullStandardOutputIsAnError) {
  const auto done =
      support::run({"/bin/sh", "-c", R"("$0" --virtual list > /dev/full)", STM32BOOT});
  EXPECT_EQ(done.exit, 73);
  EXPECT_THAT(done.err, HasSubstr("No space left on device"));
}

TEST_F(Cli, AReaderThatLeavesDoesNotBreakOffTheFlash) {
  const std::string image = path("board.img");
  const std::string app = program();
  support::run(
      {"/bin/sh", "-c", R"("$0" --virtual="$1" --json flash "$2" | true)", STM32BOOT, image, app});
  const auto verify = stm32boot({"--virtual=" + image, "flash", app});
  EXPECT_THAT(verify.out, testing::StartsWith("already in flash"));
}
#endif

TEST_F(Cli, ClosedStandardErrorIsNoReasonToFail) {
  support::RunOptions options;
  options.close_stderr = true;
  EXPECT_EQ(with_boards({""}, {"flash", program()}, options).exit, 0);
}

}  // namespace
