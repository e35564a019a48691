// SPDX-License-Identifier: GPL-3.0-or-later
#include "completion.hpp"

#include <algorithm>

#include "output/terminal.hpp"
#include "sysboot/board.hpp"
#include "sysboot/image.hpp"
#include "sysboot/trigger.hpp"

namespace stm32boot {
namespace {

using Words = std::vector<std::string>;

struct Candidate {
  std::string word;
  std::string meaning;
};
using Candidates = std::vector<Candidate>;

Candidates ports(sysboot::Host& host) {
  Candidates found;
  for (const sysboot::Board& board : sysboot::list_boards(host)) {
    for (const auto& port : board.ports) found.push_back({port.path, board.describe()});
  }
  return found;
}

Candidates port_paths(sysboot::Host& host) {
  Candidates found;
  for (const sysboot::Board& board : sysboot::list_boards(host)) {
    found.push_back({board.port_path(), board.describe()});
  }
  return found;
}

Candidates serials(sysboot::Host& host) {
  Candidates found;
  for (const sysboot::Board& board : sysboot::list_boards(host)) {
    found.push_back({board.usb.serial, board.describe()});
  }
  return found;
}

Candidates profiles() {
  Candidates found;
  for (const auto& profile : sysboot::profiles()) {
    found.push_back({std::string(profile.name), std::string(profile.what)});
  }
  return found;
}

Candidates triggers() {
  Candidates found;
  for (const auto& name : sysboot::trigger_names()) found.push_back({name, ""});
  return found;
}

Candidates families() {
  Candidates found;
  for (const auto& family : sysboot::uf2_families())
    found.push_back({std::string(family.name), ""});
  return found;
}

using MakeHost = std::function<sysboot::Host&()>;

Candidates values(const OptionRow& row, const MakeHost& host) {
  switch (row.completion) {
    case Completion::ports: return ports(host());
    case Completion::port_paths: return port_paths(host());
    case Completion::serials: return serials(host());
    case Completion::profiles: return profiles();
    case Completion::triggers: return triggers();
    case Completion::families: return families();
    case Completion::files:
    case Completion::nothing: break;
  }
  Candidates found;
  for (const auto& word : row.words()) found.push_back({word, ""});
  return found;
}

// Arguments name images; options that name a file take any.
std::string files_for(const Option& option) {
  std::string line = ":files";
  if (!option.is_argument()) return line;
  for (const auto& format : sysboot::image_formats()) {
    for (const auto& extension : format.extensions) line += ' ' + std::string(extension);
  }
  return line;
}

// A command line up to its last word, as far as that matters to it.
class Line {
 public:
  Line(const CommandLine& line, const Words& before)
      : commands_(line.commands()), program_(line.program()) {
    for (std::size_t i = 0; i < before.size(); ++i) read(before[i], i);
  }

  bool has_command() const { return command_.has_value(); }
  bool has_command(const std::string& name) const { return command_ && command_->name() == name; }
  bool may_have_options() const { return !only_arguments_; }
  /// The option whose value comes next, if one does, and which word that is.
  const std::optional<Option>& awaiting() const { return awaiting_; }
  std::size_t awaiting_since() const { return awaiting_since_; }

  std::optional<Option> option(const std::string& name) const {
    const auto found = command_ ? command_->find(name) : std::nullopt;
    return found ? found : program_.find(name);
  }

  /// The argument that comes next; one of them may be given many times.
  std::optional<Option> argument() const {
    const auto all = command_ ? command_->arguments() : std::vector<Option>();
    if (arguments_ < all.size()) return all[arguments_];
    const auto repeated = std::find_if(
        all.begin(), all.end(), [](const Option& argument) { return argument.can_be_repeated(); });
    return repeated == all.end() ? std::nullopt : std::optional(*repeated);
  }

  std::vector<Option> options() const {
    auto all = command_ ? command_->options() : std::vector<Option>();
    for (const Option& option : program_.options()) {
      const bool is_there = command_ && option.name() == "--help";
      if (!is_there) all.push_back(option);
    }
    return all;
  }

 private:
  void read(const std::string& word, std::size_t at) {
    if (awaiting_) {
      awaiting_.reset();
    } else if (only_arguments_ || word.size() < 2 || word[0] != '-') {
      read_argument(word);
    } else if (word == "--") {
      only_arguments_ = true;
    } else {
      const auto named = option(word);
      if (!named || !named->takes_value()) return;
      awaiting_ = named;
      awaiting_since_ = at;
    }
  }

  void read_argument(const std::string& word) {
    if (command_) {
      ++arguments_;
      return;
    }
    for (const OptionList& command : commands_) {
      if (command.name() == word) command_ = command;
    }
  }

  std::vector<OptionList> commands_;
  OptionList program_;
  std::optional<OptionList> command_;
  std::optional<Option> awaiting_;
  std::size_t awaiting_since_ = 0;
  std::size_t arguments_ = 0;
  bool only_arguments_ = false;
};

Candidates commands(const CommandLine& line) {
  Candidates found;
  for (const OptionList& command : line.commands()) {
    found.push_back({command.name(), command.help()});
  }
  return found;
}

Candidates option_names(const Line& line) {
  Candidates found;
  for (const Option& option : line.options()) {
    for (const auto& name : option.names()) found.push_back({name, option.help()});
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

void print_values(const Option& option, const MakeHost& host, const std::string& word,
                  const std::string& prefix = "") {
  const OptionRow* row = option.row();
  if (option.is_argument() || (row != nullptr && row->completion == Completion::files)) {
    write_result(files_for(option));
  } else if (row != nullptr) {
    print(values(*row, host), word, prefix);
  }
}

void print_all(const CommandLine& program, const Line& line, const MakeHost& host,
               const std::string& word) {
  const std::size_t equals = word.find('=');
  if (line.has_command("dfu-util")) {  // its words are not ours
    write_result(":files");
  } else if (line.awaiting()) {
    print_values(*line.awaiting(), host, word);
  } else if (line.may_have_options() && word.starts_with("--") && equals != std::string::npos) {
    const std::string name = word.substr(0, equals);
    if (const auto named = line.option(name)) print_values(*named, host, word, name + '=');
  } else if (line.may_have_options() && word.starts_with('-')) {
    print(option_names(line), word);
  } else if (!line.has_command()) {
    print(commands(program), word);
  } else if (const auto next = line.argument()) {
    print_values(*next, host, word);
  } else if (line.may_have_options()) {
    print(option_names(line), word);
  }
}

// The program's own parser says which boards there are to choose from (--virtual). It also
// complains of what is still missing, which is why the user is typing.
void read_options(CommandLine& line, const Words& words) {
  try {
    line.parse(words);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

void complete(CommandLine& program, const MakeHost& host, const Words& words) {
  const std::string word = words.empty() ? "" : words.back();
  const Words before(words.begin(), words.end() - (words.empty() ? 0 : 1));
  const Line line(program, before);
  const std::size_t whole = line.awaiting() ? line.awaiting_since() : before.size();
  read_options(program, {before.begin(), before.begin() + static_cast<std::ptrdiff_t>(whole)});
  try {
    print_all(program, line, host, word);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace stm32boot
