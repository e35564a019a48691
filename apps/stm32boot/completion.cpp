// SPDX-License-Identifier: GPL-3.0-or-later
#include "completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "sysboot/board.hpp"
#include "sysboot/image.hpp"
#include "sysboot/profile.hpp"
#include "sysboot/uf2.hpp"

namespace stm32boot {
namespace {

using Words = std::vector<std::string>;

struct Candidate {
  std::string word;
  std::string meaning;
};
using Candidates = std::vector<Candidate>;

Candidates ports(Context& context) {
  Candidates found;
  for (const sysboot::Board& board : list_boards(context.host())) {
    for (const auto& port : board.ports) found.push_back({port.path, board.describe()});
  }
  return found;
}

Candidates port_paths(Context& context) {
  Candidates found;
  for (const sysboot::Board& board : list_boards(context.host())) {
    found.push_back({board.port_path(), board.describe()});
  }
  return found;
}

Candidates serials(Context& context) {
  Candidates found;
  for (const sysboot::Board& board : list_boards(context.host())) {
    found.push_back({board.usb.serial, board.describe()});
  }
  return found;
}

Candidates profiles(Context& /*context*/) {
  Candidates found;
  for (const auto& profile : sysboot::profiles()) {
    found.push_back({std::string(profile.name), std::string(profile.what)});
  }
  return found;
}

Candidates triggers(Context& /*context*/) {
  Candidates found;
  for (const auto& name : sysboot::trigger_names()) found.push_back({name, ""});
  return found;
}

Candidates families(Context& /*context*/) {
  Candidates found;
  for (const auto& family : sysboot::uf2_families())
    found.push_back({std::string(family.name), ""});
  return found;
}

// Values that only the running program knows. All others can be seen in the option's type.
struct ValuesOf {
  std::string_view option;
  Candidates (*values)(Context&);
};
constexpr std::array<ValuesOf, 6> values_of = {{{"--port", ports},
                                                {"--usb", port_paths},
                                                {"--serial", serials},
                                                {"--firmware", profiles},
                                                {"--trigger", triggers},
                                                {"--family", families}}};

Words split(const std::string& text, char at) {
  Words parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// "auto|always|never" lists its values.
Candidates values(const CLI::Option& option, Context& context) {
  for (const auto& row : values_of) {
    if (option.check_name(std::string(row.option))) return row.values(context);
  }
  Candidates found;
  const std::string type = option.get_type_name();
  if (type.find('|') == std::string::npos) return found;
  for (const auto& word : split(type, '|')) found.push_back({word, ""});
  return found;
}

bool takes_file(const CLI::Option& option) {
  return option.get_type_name().find("FILE") != std::string::npos;
}

// What is no option names an image.
std::string files_for(const CLI::Option& option) {
  std::string line = ":files";
  if (option.nonpositional()) return line;
  for (const auto& format : sysboot::image_formats()) {
    for (const auto& extension : format.extensions) line += ' ' + std::string(extension);
  }
  return line;
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

bool is_shown(const CLI::Option& option) {
  return !option.get_group().empty();
}

// A command line up to its last word, as far as that matters to it.
class Line {
 public:
  Line(const CLI::App& app, const Words& before) : app_(&app) {
    for (std::size_t i = 0; i < before.size(); ++i) read(before[i], i);
  }

  /// Its command; the program itself before there is one.
  const CLI::App& command() const { return command_ != nullptr ? *command_ : *app_; }
  bool has_command() const { return command_ != nullptr; }
  bool may_have_options() const { return !only_positionals_; }
  /// The option whose value comes next, if one does, and which word that is.
  const CLI::Option* awaiting() const { return awaiting_; }
  std::size_t awaiting_since() const { return awaiting_since_; }

  const CLI::Option* option(const std::string& name) const {
    const CLI::Option* found = command().get_option_no_throw(name);
    return found != nullptr ? found : app_->get_option_no_throw(name);
  }

  /// The argument without a name that comes next; the last one may be given many times.
  const CLI::Option* positional() const {
    const auto all =
        command().get_options([](const CLI::Option* option) { return !option->nonpositional(); });
    if (positionals_ < all.size()) return all[positionals_];
    return all.empty() || all.back()->get_expected_max() == 1 ? nullptr : all.back();
  }

  std::vector<const CLI::Option*> options() const {
    auto all = command().get_options();
    if (command_ != nullptr) {
      const auto more = app_->get_options(
          [](const CLI::Option* option) { return !option->check_name("--help"); });
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }

 private:
  void read(const std::string& word, std::size_t at) {
    if (awaiting_ != nullptr) {
      awaiting_ = nullptr;
    } else if (only_positionals_ || word.size() < 2 || word[0] != '-') {
      read_argument(word);
    } else if (word == "--") {
      only_positionals_ = true;
    } else {
      const CLI::Option* named = option(word);
      if (named == nullptr || !takes_value(*named)) return;
      awaiting_ = named;
      awaiting_since_ = at;
    }
  }

  void read_argument(const std::string& word) {
    if (command_ != nullptr) {
      ++positionals_;
      return;
    }
    for (const CLI::App* command : app_->get_subcommands({})) {
      if (command->get_name() == word) command_ = command;
    }
  }

  const CLI::App* app_;
  const CLI::App* command_ = nullptr;
  const CLI::Option* awaiting_ = nullptr;
  std::size_t awaiting_since_ = 0;
  std::size_t positionals_ = 0;
  bool only_positionals_ = false;
};

Candidates commands(const CLI::App& app) {
  Candidates found;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) {
      found.push_back({command->get_name(), command->get_description()});
    }
  }
  return found;
}

Candidates option_names(const Line& line) {
  Candidates found;
  for (const CLI::Option* option : line.options()) {
    if (!is_shown(*option)) continue;
    for (const auto& name : option->get_lnames()) {
      found.push_back({"--" + name, option->get_description()});
    }
    for (const auto& name : option->get_snames()) {
      found.push_back({"-" + name, option->get_description()});
    }
  }
  return found;
}

// USB strings can hold anything; what cannot be typed is left out.
void print(const Candidates& candidates, const std::string& start, const std::string& prefix = "") {
  for (const auto& [word, meaning] : candidates) {
    const std::string whole = prefix + word;
    if (word.empty() || sysboot::printable(word) != word || !whole.starts_with(start)) continue;
    write_result(whole + '\t' + sysboot::printable(meaning));
  }
}

void print_values(const CLI::Option& option, Context& context, const std::string& word,
                  const std::string& prefix = "") {
  if (takes_file(option)) {
    write_result(files_for(option));
  } else {
    print(values(option, context), word, prefix);
  }
}

void print_all(const Line& line, Context& context, const std::string& word) {
  const std::size_t equals = word.find('=');
  if (line.awaiting() != nullptr) {
    print_values(*line.awaiting(), context, word);
  } else if (line.may_have_options() && word.starts_with("--") && equals != std::string::npos) {
    const std::string name = word.substr(0, equals);
    if (const auto* named = line.option(name)) print_values(*named, context, word, name + '=');
  } else if (line.may_have_options() && word.starts_with('-')) {
    print(option_names(line), word);
  } else if (!line.has_command()) {
    print(commands(line.command()), word);
  } else if (const CLI::Option* next = line.positional()) {
    print_values(*next, context, word);
  } else if (line.may_have_options()) {
    print(option_names(line), word);
  }
}

// The program's own parser says which boards there are to choose from (--virtual). It also
// complains of what is still missing, which is why the user is typing.
void read_options(CLI::App& app, Words words) {
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

void complete(CLI::App& app, const GlobalOptions& options, const Words& words) {
  const std::string word = words.empty() ? "" : words.back();
  const Words before(words.begin(), words.end() - (words.empty() ? 0 : 1));
  const Line line(app, before);
  const std::size_t whole = line.awaiting() != nullptr ? line.awaiting_since() : before.size();
  read_options(app, {before.begin(), before.begin() + static_cast<std::ptrdiff_t>(whole)});
  try {
    Context context(options);
    print_all(line, context, word);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace stm32boot
