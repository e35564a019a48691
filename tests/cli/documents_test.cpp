// SPDX-License-Identifier: GPL-3.0-or-later
// What is written about the program and what it does: man pages, --help, README and completion name
// the same commands, options and exit codes, in both directions.
#include <algorithm>
#include <regex>
#include <set>

#include "board/loader.hpp"
#include "cli.hpp"
#include "command_line/manual.hpp"
#include "commands/commands.hpp"
#include "output/error_kinds.hpp"
#include "output/error_table.hpp"

namespace {

using Names = std::set<std::string>;

class Documents : public Cli {
 protected:
  static std::string document(const std::string& path) {
    std::ifstream in(std::string(PROJECT_SOURCE_DIR) + "/" + path);
    EXPECT_TRUE(in) << path;
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// stm32boot(1) as it is built.
  static std::string man_page() {
    const stm32boot::Declared declared;
    return manual_page(declared.line, document("packaging/man/stm32boot.1.scd"));
  }

  /// What the first group of the pattern matches, everywhere.
  static Names all(const std::string& text, const std::string& pattern) {
    const std::regex wanted(pattern, std::regex::ECMAScript | std::regex::multiline);
    Names found;
    for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match) {
      found.insert((*match)[1]);
    }
    return found;
  }

  /// From a heading to the next one of the same level.
  static std::string section(const std::string& text, const std::string& heading) {
    const std::string mark = heading.substr(0, heading.find(' ') + 1);
    const std::size_t from = text.find('\n' + heading + '\n');
    EXPECT_NE(from, std::string::npos) << heading;
    if (from == std::string::npos) return "";
    const std::size_t start = from + heading.size() + 2;
    return text.substr(start, text.find('\n' + mark, start - 1) - start);
  }

  /// The one at its beginning.
  static std::string example_in_readme() {
    const std::string text = document("README.md");
    const std::string mark = "```console\n";
    const std::size_t start = text.find(mark) + mark.size();
    return text.substr(start, text.find("```", start) - start);
  }

  static Names options_in(const std::string& man_text) {
    return all(man_text, R"(\*(--?[a-z0-9-]+)\*)");
  }
  /// Those that an OPTIONS section explains; other mentions do not count.
  static Names explained_in(const std::string& man_text) {
    Names found = all(man_text, R"(^\*(--?[A-Za-z0-9-]+)\*)");
    found.merge(all(man_text, R"(^\*-[A-Za-z]\*, \*(--[a-z0-9-]+)\*)"));
    return found;
  }

  static Names completed(Words words) {
    words.insert(words.begin(), "__complete");
    return all(stm32boot(words).out, "^([^\t\n]+)\t");
  }
  static Names commands() { return completed({""}); }
  static Names global_options() { return completed({"-"}); }
  /// Without those that every command has.
  static Names options_of(const std::string& command) {
    Names found;
    const Names everywhere = global_options();
    for (const auto& name : completed({command, "-"})) {
      if (!everywhere.contains(name) && name.starts_with("--")) found.insert(name);
    }
    return found;
  }
  static Names all_options() {
    Names found = global_options();
    for (const auto& command : commands()) found.merge(completed({command, "-"}));
    return found;
  }

  /// Whether the user's own settings may give this option for this command.
  bool may_be_set(const std::string& command, const std::string& key) {
    const std::string settings = "[" + command + "]\n" + key + " = 'something'\n";
    std::filesystem::create_directories(path("stm32boot"));
    file("stm32boot/config.toml", {settings.begin(), settings.end()});
    support::RunOptions options;
#ifdef _WIN32
    options.environment = {"APPDATA=" + path("")};
#else
    options.environment = {"XDG_CONFIG_HOME=" + path("")};
#endif
    const auto done = stm32boot({"profiles"}, options);
    EXPECT_TRUE(done.exit == 0 || done.exit == 64) << done.err;
    return done.err.find("cannot be set here") == std::string::npos;
  }
  Names settings() {
    Names found;
    for (const auto& command : commands()) {
      Names options = options_of(command);
      if (command == "list") options.merge(global_options());
      for (const auto& option : options) {
        if (option.starts_with("--") && may_be_set(command, option.substr(2))) {
          found.insert(option.substr(2));
        }
      }
    }
    return found;
  }
  static std::string variable(std::string key) {
    std::replace(key.begin(), key.end(), '-', '_');
    std::transform(key.begin(), key.end(), key.begin(), ::toupper);
    return "STM32BOOT_" + key;
  }

  static Names options_in_help(const support::Finished& help) {
    Names found = all(help.out, R"(^  (--?[A-Za-z0-9-]+))");
    found.merge(all(help.out, R"(^  -[A-Za-z], ?(--[a-z0-9-]+))"));
    return found;
  }
};

TEST_F(Documents, ManPageAndProgramHaveTheSameCommands) {
  EXPECT_EQ(all(section(man_page(), "# COMMANDS"), R"(^## ([a-z-]+))"), commands());
}

TEST_F(Documents, ManPageAndProgramHaveTheSameOptionsForEachCommand) {
  const auto text = section(man_page(), "# COMMANDS");
  for (const auto& command : commands()) {
    std::smatch found;
    const std::regex wanted("\n## " + command + R"(( [^\n]*)?\n[^#]*\nOptions: ([^#]*))");
    ASSERT_TRUE(std::regex_search(text, found, wanted)) << command;
    EXPECT_EQ(options_in(found[2]), options_of(command)) << command;
  }
}

TEST_F(Documents, ManPageExplainsEachOptionThatThereIs) {
  EXPECT_EQ(explained_in(section(man_page(), "# OPTIONS")), all_options());
}

TEST_F(Documents, ManPageShowsOptionsAsTheyAreTyped) {
  const std::string text = man_page();
  EXPECT_THAT(text, testing::HasSubstr("\n*-p*, *--port* _TTY_\n\tThe board with this "));
  EXPECT_THAT(text, testing::HasSubstr("\n*--virtual*[=_FILE_]\n\t"));
  EXPECT_THAT(text, testing::HasSubstr("\n*--id* _VID_:_PID_\n\t"));
  EXPECT_THAT(text, testing::HasSubstr("\n*--color* auto|always|never\n\t"));
  EXPECT_THAT(text, testing::HasSubstr("\n*130*\n\tInterrupted by Ctrl-C"));
}

TEST_F(Documents, APlaceholderThatNothingFillsIsRefused) {
  const stm32boot::CommandLine line;
  EXPECT_THROW(manual_page(line, "text\n@options of flahs@\n"), sysboot::Error);
  EXPECT_EQ(manual_page(line, "me@example.org\n@\n"), "me@example.org\n@\n");
}

TEST_F(Documents, HelpAndCompletionShowTheSameOptions) {
  EXPECT_EQ(options_in_help(stm32boot({"--help"})), global_options());
  for (const auto& command : commands()) {
    if (command == "dfu-util") continue;  // its words, and its help, are dfu-util's
    Names shown = options_in_help(stm32boot({command, "--help"}));
    for (const auto& name : {"-h", "--help"}) EXPECT_EQ(shown.erase(name), 1U) << command;
    Names wanted = completed({command, "-"});
    for (const auto& name : global_options()) wanted.erase(name);
    EXPECT_EQ(shown, wanted) << command;
  }
}

TEST_F(Documents, ReadmeNamesEachCommandAndNoOptionThatDoesNotExist) {
  const auto text = document("README.md");
  const Names known = commands();
  for (const auto& command : known)
    EXPECT_TRUE(all(text, "^    stm32boot ([a-z-]+)").contains(command)) << command;
  for (const auto& command : all(text, "^    stm32boot ([a-z-]+)"))
    EXPECT_TRUE(known.contains(command)) << command;
  const auto use = section(text, "## Use") + section(text, "## Your firmware must listen");
  const Names options = all_options();
  for (const auto& name : all(use, R"([\s`](--?[a-z][a-z0-9-]*))")) {
    if (name == "-vv") continue;
    EXPECT_TRUE(options.contains(name)) << name;
  }
}

// The README's board is a real one: numbers differ.
TEST_F(Documents, I1TheReadmeShowsWhatIsReallySaid) {
  const auto without_numbers = [](const std::string& text) {
    const std::string digits = std::regex_replace(text, std::regex("[0-9]+([.-][0-9]+)*"), "N");
    return std::regex_replace(digits, std::regex(" +"), " ");
  };
  const auto app = file("blackpill.bin", support::program(7152, 1));
  const auto done = with_boards({"times=x8"}, {"flash", app});
  EXPECT_EQ(without_numbers(example_in_readme()),
            without_numbers("$ stm32boot flash blackpill.bin\n" + done.err +
                            std::regex_replace(done.out, std::regex("; virtual board"), "")));
}

TEST_F(Documents, I1ThePicturesShowWhatTheReadmeSays) {
  const std::string example = '\n' + example_in_readme();
  const auto light = document("docs/terminal-light.svg");
  const Names lines = all(light, R"( xml:space="preserve">([^<]*)</text>)");
  EXPECT_EQ(lines.size(), 7U);
  for (const auto& line : lines) EXPECT_THAT(example, testing::HasSubstr('\n' + line));
  EXPECT_EQ(all(light, R"(>([^<>\n]+)<)"),
            all(document("docs/terminal-dark.svg"), R"(>([^<>\n]+)<)"));
  for (const auto& file : all(document("README.md"), R"!("(docs/[^"]*)")!")) document(file);
}

TEST_F(Documents, ManPageAndReadmeHaveTheSameExitCodes) {
  const Names in_readme =
      all(section(document("README.md"), "## Exit codes"), R"(^\| ([0-9]+) \|)");
  EXPECT_GE(in_readme.size(), 13U);
  EXPECT_EQ(all(section(man_page(), "# EXIT STATUS"), R"(^\*([0-9]+)\*)"), in_readme);
}

TEST_F(Documents, I1EachSectionOnTroublesIsOfAnErrorOrInGeneralAndEachHintHasOne) {
  const auto page = document("packaging/man/stm32boot-troubleshooting.7.scd");
  const std::string heading = R"(^## ([0-9]+)\. )";
  const Names of_errors = all(section(page, "# SECTIONS"), heading);
  Names there = all(section(page, "# IN GENERAL"), heading);
  there.insert(of_errors.begin(), of_errors.end());
  for (std::size_t number = 1; number <= there.size(); ++number) {
    EXPECT_TRUE(there.contains(std::to_string(number))) << number;
  }
  for (const auto& name : all(page, R"(sections? ([0-9]+))")) EXPECT_TRUE(there.contains(name));
  for (const auto& name : all(page, R"(and ([0-9]+)\.)")) EXPECT_TRUE(there.contains(name));

  using sysboot::Errc;
  const Names known = commands();
  Names linked;
  for (int code = 0; code <= static_cast<int>(Errc::internal); ++code) {
    const auto errc = static_cast<Errc>(code);
    const auto section = all(stm32boot::more_about(errc), R"(, section ([0-9]+)$)");
    linked.insert(section.begin(), section.end());
    bool has_hints = false;
    for (const auto& command : known) {
      has_hints |= !stm32boot::hints(sysboot::Error(errc, "x"), command).empty();
    }
    if (errc == Errc::usage || errc == Errc::internal) has_hints = false;  // which say it all
    EXPECT_TRUE(!has_hints || !section.empty()) << to_string(errc);
  }
  EXPECT_EQ(linked, of_errors);
}

TEST_F(Documents, I1TheSectionsOnTroublesNameWhatThereIs) {
  const auto page = document("packaging/man/stm32boot-troubleshooting.7.scd");
  const Names options = all_options();
  for (const auto& name : all(page, R"(\*(--[a-z][a-z0-9-]*))")) {
    EXPECT_TRUE(options.contains(name)) << name;
  }
  const Names known = commands();
  const Names named = all(page, R"(stm32boot\s([a-z-]+)\*)");
  EXPECT_GT(named.size(), 4U);
  for (const auto& name : named) EXPECT_TRUE(known.contains(name)) << name;
}

TEST_F(Documents, ManPageOfTheSettingsFileNamesEachKeyThatThereIs) {
  const auto text = section(document("packaging/man/stm32boot.toml.5.scd"), "# KEYS");
  Names named;
  for (const auto& line : all(text, R"(^((\*[a-z0-9-]+\*(, )?)+)$)")) {
    named.merge(all(line, R"(\*([a-z0-9-]+)\*)"));
  }
  EXPECT_EQ(named, settings());
}

TEST_F(Documents, ManPageNamesAVariableForEachSetting) {
  Names variables;
  for (const auto& key : settings()) variables.insert(variable(key));
  variables.erase("STM32BOOT_X32");  // only counts in the user's own file
  EXPECT_EQ(all(section(man_page(), "# ENVIRONMENT"), R"(\*(STM32BOOT_[A-Z_]+)\*)"), variables);
}

// With the properties of the schema's definition of that name, by and by.
TEST_F(Documents, ManPageOfJsonExplainsEachFieldThatTheSchemaHas) {
  const std::string page = document("packaging/man/stm32boot-json.5.scd");
  const auto all_of_it =
      nlohmann::json::parse(document("packaging/schema/stm32boot.schema.json")).at("definitions");
  const auto fields_of = [&](const std::string& name, const Names& without) {
    Names fields;
    for (const auto& field : all_of_it.at(name).at("properties").items()) {
      if (!without.contains(field.key())) fields.insert(field.key());
    }
    return fields;
  };
  const auto explained = [](const std::string& text) {
    Names names;
    for (const auto& line : all(text, R"(^((\*[a-z0-9_]+\*(, )?)+)$)")) {
      names.merge(all(line, R"(\*([a-z0-9_]+)\*)"));
    }
    return names;
  };
  const std::string events = section(page, "# EVENTS");
  for (const char* name : {"begin", "progress", "end", "note", "transfer", "console"}) {
    EXPECT_EQ(explained(section('\n' + events, "## " + std::string(name))),
              fields_of(name, {"event", "board"}))
        << name;
  }
  const std::string results = section(page, "# RESULTS");
  EXPECT_EQ(explained(results.substr(0, results.find("\n## "))), fields_of("result", {"event"}));
  for (const std::string& command : commands()) {
    const bool is_object = all_of_it.contains(command + "_command");
    EXPECT_EQ(explained(section(results, "## " + command)),
              fields_of(is_object ? command + "_command" : command, {}))
        << command;
  }
  for (const char* name : {"device", "enter", "run"}) {
    EXPECT_EQ(explained(section(section(page, "# OBJECTS"), "## " + std::string(name))),
              fields_of(name, {}))
        << name;
  }
  const std::string errors = section(page, "# ERRORS");
  EXPECT_EQ(explained(errors), fields_of("error", {}));
}

TEST_F(Documents, ManPageOfJsonNamesWhatIsInsideOfFields) {
  const std::string page = document("packaging/man/stm32boot-json.5.scd");
  const Names named = all(page, R"(\*([a-z0-9_]+)\*)");
  const auto schema = nlohmann::json::parse(document("packaging/schema/stm32boot.schema.json"));
  std::size_t count = 0;
  const std::function<void(const nlohmann::json&)> look = [&](const nlohmann::json& node) {
    if (node.is_object() && node.contains("properties")) {
      for (const auto& field : node.at("properties").items()) {
        EXPECT_TRUE(named.contains(field.key()) || field.key() == "event") << field.key();
        ++count;
      }
    }
    for (const auto& inner : node) {
      if (inner.is_structured()) look(inner);
    }
  };
  look(schema);
  EXPECT_GT(count, 100U);
}

TEST_F(Documents, KindsOfErrorsAreTheSameInProgramSchemaAndManPage) {
  Names kinds;
  for (const auto kind : stm32boot::error_kinds()) {
    EXPECT_NE(stm32boot::meaning(kind), "") << to_string(kind);
    EXPECT_TRUE(kinds.insert(std::string(to_string(kind))).second) << to_string(kind);
  }
  EXPECT_FALSE(kinds.contains("unknown"));
  const auto schema = nlohmann::json::parse(document("packaging/schema/stm32boot.schema.json"));
  EXPECT_EQ(schema.at("definitions").at("error").at("properties").at("kind").at("enum"), [&] {
    std::vector<std::string> in_order;
    for (const auto kind : stm32boot::error_kinds()) in_order.emplace_back(to_string(kind));
    return nlohmann::json(in_order);
  }());
  const stm32boot::Declared declared;
  const std::string page =
      manual_page(declared.line, document("packaging/man/stm32boot-json.5.scd"));
  EXPECT_EQ(all(section(page, "# ERRORS"), R"(^\*([a-z-]+)\* \([0-9]+\)$)"), kinds);
  EXPECT_THAT(page, testing::HasSubstr("\n*no-board* (69)\n\tNo board that fits is connected.\n"));
}

TEST_F(Documents, SchemaHasTheCommandsThatThereAre) {
  const auto schema = nlohmann::json::parse(document("packaging/schema/stm32boot.schema.json"));
  Names in_schema;
  for (const auto& name :
       schema.at("definitions").at("result").at("properties").at("command").at("enum")) {
    if (name != "") in_schema.insert(name);
  }
  EXPECT_EQ(in_schema, commands());
}

// Between the first pair of fences; its line breaks do not count.
TEST_F(Documents, ManPageOfJsonShowsWhatTheProgramPrints) {
  const std::string page = document("packaging/man/stm32boot-json.5.scd");
  const std::size_t from = page.find("```\n") + 4;
  std::string example = page.substr(from, page.find("\n```", from) - from);
  const auto lines = json_lines(std::regex_replace(example, std::regex("\n +"), ""));
  EXPECT_EQ(lines, json_lines(stm32boot({"--virtual", "--json", "enter"}).out));
}

#ifdef VIRTUAL_BOARD  // Linux only
TEST_F(Documents, ManPageOfTheVirtualBoardExplainsItsOptions) {
  Names shown = options_in_help(support::run({VIRTUAL_BOARD, "--help"}));
  shown.erase("--firmware");  // for tests: never in what is installed
  EXPECT_EQ(
      explained_in(section(document("packaging/man/stm32boot-virtual-board.1.scd"), "# OPTIONS")),
      shown);
}
#endif

TEST_F(Documents, C6TheUdevRuleIsTheSameEverywhereAndCoversEveryLoaderThatCanBeFlashed) {
  const std::string rule = sysboot::udev_rule_for_loaders();
  EXPECT_THAT(document("README.md"), testing::HasSubstr("\n    " + rule + "\n"));
  EXPECT_THAT(document("packaging/udev/60-stm32boot.rules"),
              testing::HasSubstr("\n" + rule + "\n"));
}

// Whoever uses the library has no command line: what to type is for the program to say.
TEST_F(Documents, TheLibraryKnowsNoOptions) {
  const auto folder = std::filesystem::path(PROJECT_SOURCE_DIR) / "libsysboot";
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
    ++files;
    const std::string path = std::filesystem::relative(entry.path(), PROJECT_SOURCE_DIR).string();
    for (const auto& name : all(document(path), R"([ "`'](--[a-z][a-z0-9-]*))")) {
      EXPECT_EQ(stm32boot::find_option_row(name), nullptr) << path << " names " << name;
    }
  }
  EXPECT_GT(files, 100);
}

}  // namespace
