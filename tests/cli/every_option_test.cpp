// SPDX-License-Identifier: GPL-3.0-or-later
// Every option of every command, used once: it does what it can on a virtual board, ends with the
// right exit code, and says so to people and to programs. JSON is held against the schema
// (cli.hpp).
#include "cli.hpp"
#include "commands/commands.hpp"
#include "sysboot/virtual/board.hpp"

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* option_bytes = "EFAA1055FFFFFFFFFFFF0000FFFFFFFF";

// Its value, where it takes one; for others, a file.
const std::map<std::string, std::string> values = {
    {"--port", "/dev/ttyACM0"},
    {"--usb", "1-1"},
    {"--serial", "326533683734"},
    {"--count", "1"},
    {"--trigger", "auto"},
    {"--firmware", "companion"},
    {"--text", "dfu\\r"},
    {"--timeout", "5s"},
    {"--tries", "2"},
    {"--length", "16K"},
    {"--sectors", "7"},
    {"--address", "0x08000000"},
    {"--to", "bin"},
    {"--id", "0483:df11"},
    {"--family", "STM32F4"},
    {"--guard-image", "guard-f411"},
    {"--send", "version\\r"},
    {"--until", "board"},
    {"--virtual-speed", "0"},
    {"--progress", "never"},
    {"--color", "always"},
    {"--write", option_bytes},
};

// These have tests of their own: they only end when a user wants it, or start something else.
const std::set<std::string> apart = {
    "flash --watch", "flash --monitor",  "flash --timestamps", "flash --log",
    "run --monitor", "run --timestamps", "run --log",
};

// Where it is not 0.
const std::map<std::string, int> exits = {
    {"run --port", 69},       // nobody has seen this board's port before
    {"convert --guard", 65},  // the program has something of its own in these words
};

class EveryOption : public Cli {
 protected:
  // What has to be there for the command to make sense.
  Words start_of(const std::string& command, const std::string& option) {
    if (command == "flash") return {command, image_};
    if (command == "verify") return {command, file("held.bin", held_)};
    if (command == "read") return {command, path("read.bin")};
    if (command == "convert") return {command, image_, path("out.hex")};
    if (command == "guard") return {command, "install"};
    if (command == "run" && option != "--address") return {command, in_ram_ + "@0x20004000"};
    return {command};
  }

  // What has to be beside the option.
  static Words beside(const std::string& command, const std::string& option) {
    if (command == "read" && option != "--overwrite") return {"--overwrite"};
    if ((command == "unlock" || command == "guard") && option != "--yes") return {"--yes"};
    if (command == "monitor" && option == "--until") return {"--send", "version\\r"};
    if (command == "monitor" && option == "--send") {
      return {"--until", "board", "--timeout", "5"};
    }
    if (command == "monitor") return {"--send", "version\\r", "--until", "board"};
    if (command == "erase" && option == "--address") return {"--length", "16K"};
    if (command == "erase" && option == "--length") return {"--address", "0x08000000"};
    if (command == "erase" && option != "--chip" && option != "--sectors") return {"--chip"};
    if (command == "option-bytes" && option == "--write") return {"--force"};
    if (command == "option-bytes" && option == "--force") return {"--write", option_bytes};
    if (option == "--each") return {"--count", "1"};
    if (option == "--report" || option == "--bell") return {"--each", "--count", "1"};
    if (command == "convert" && option == "--id") return {"--to", "dfu"};
    if (command == "convert" && option == "--family") return {"--to", "uf2"};
    return {};
  }

  Words words_for(const std::string& command, const stm32boot::Option& option) {
    Words words = start_of(command, option.name());
    words.push_back(option.name());
    if (option.takes_value()) {
      const auto value = values.find(option.name());
      const std::string name = option.name() == "--report" ? "boards.csv" : "file";
      words.push_back(value == values.end() ? file(name, {}) : value->second);
    }
    for (const auto& word : beside(command, option.name())) words.push_back(word);
    return words;
  }

  void use(const std::string& command, const stm32boot::Option& option) {
    const std::string name = command + " " + option.name();
    const bool needs_dfu_mode = command == "run" || option.name() == "--no-enter";
    const auto known = exits.find(name);
    const int exit = known == exits.end() ? 0 : known->second;
    for (const bool for_programs : {false, true}) {
      Words words = words_for(command, option);
      if (for_programs && option.name() != "--json") words.push_back("--json");
      const auto done = with_boards({needs_dfu_mode ? "mode=dfu" : ""}, words);
      EXPECT_EQ(done.exit, exit) << name << ": " << done.err;
      if (exit == 0) {
        EXPECT_THAT(done.err, Not(HasSubstr("error: "))) << name;
      }
      if (option.name() != "--quiet") {
        EXPECT_THAT(done.out + done.err, Not(IsEmpty())) << name;
      }
    }
  }

  std::string image_ = program(4096);
  std::string in_ram_ = file("ram.bin", support::program(4096, 1, 0x20004000));
  sysboot::Bytes held_ = sysboot::virtual_bench::stub_application();  // of a new virtual board
};

TEST_F(EveryOption, EndsAsItShould) {
  stm32boot::Declared declared;
  std::size_t used = 0;
  for (const auto& command : declared.line.commands()) {
    for (const auto& option : command.options()) {
      if (apart.contains(command.name() + " " + option.name())) continue;
      use(command.name(), option);
      ++used;
    }
  }
  EXPECT_GT(used, 100U);
}

TEST_F(EveryOption, OfTheProgramToo) {
  stm32boot::Declared declared;
  for (const auto& option : declared.line.program().options()) {
    if (option.name() != "--virtual") use("list", option);  // which all of these have
  }
}

}  // namespace
