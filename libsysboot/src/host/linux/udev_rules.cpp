// SPDX-License-Identifier: GPL-3.0-or-later
#include "udev_rules.hpp"

#include <fmt/core.h>
#include <fnmatch.h>
#include <grp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>

#include "core/ascii.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

// systemd's rules: the one that looks ids up, and the one that acts on the tag uaccess.
constexpr std::string_view file_with_ids = "50-udev-default.rules";
constexpr std::string_view file_of_the_seat = "73-seat-late.rules";
constexpr std::string_view blanks = " \t\r";

struct Token {
  std::string key;
  std::string attribute;  // ATTR{attribute}
  std::string op;
  std::string value;

  bool compares() const { return op == "==" || op == "!="; }
};

struct Line {
  fs::path file;
  std::size_t number = 0;
  std::vector<Token> tokens;

  const Token* find(std::string_view key) const {
    const auto found =
        std::find_if(tokens.begin(), tokens.end(), [&](const Token& t) { return t.key == key; });
    return found == tokens.end() ? nullptr : &*found;
  }
};

// What a key may be used for; udev drops a line in which one is used otherwise.
struct Key {
  std::string_view name;
  bool compares = false;
  bool sets = false;
  enum class Braces { none, needed, possible } braces = Braces::none;
};
constexpr auto none = Key::Braces::none;
constexpr auto needed = Key::Braces::needed;
constexpr auto possible = Key::Braces::possible;
constexpr std::array<Key, 30> keys = {{
    {"ACTION", true, false, none},    {"DEVPATH", true, false, none},
    {"KERNEL", true, false, none},    {"SYMLINK", true, true, none},
    {"NAME", true, true, none},       {"ENV", true, true, needed},
    {"CONST", true, false, needed},   {"TAG", true, true, none},
    {"SUBSYSTEM", true, false, none}, {"DRIVER", true, false, none},
    {"ATTR", true, true, needed},     {"SYSCTL", true, true, needed},
    {"KERNELS", true, false, none},   {"SUBSYSTEMS", true, false, none},
    {"DRIVERS", true, false, none},   {"ATTRS", true, false, needed},
    {"TAGS", true, false, none},      {"TEST", true, false, possible},
    {"PROGRAM", true, true, none},    {"IMPORT", true, true, needed},
    {"RESULT", true, false, none},    {"OPTIONS", false, true, none},
    {"OWNER", false, true, none},     {"GROUP", false, true, none},
    {"MODE", false, true, none},      {"SECLABEL", false, true, needed},
    {"RUN", false, true, possible},   {"GOTO", false, true, none},
    {"LABEL", false, true, none},     {"WAIT_FOR", true, true, possible},
}};

// Empty, or what udev says against it.
std::string fault_of(const Token& token) {
  const auto* key = std::find_if(keys.begin(), keys.end(),
                                 [&](const Key& known) { return known.name == token.key; });
  if (key == keys.end()) return "unknown key " + token.key;
  if (token.attribute.empty() ? key->braces == needed : key->braces == none) {
    return token.key + (token.attribute.empty() ? " needs a name in braces" : " takes no braces");
  }
  if (token.compares() ? key->compares : key->sets) return {};
  return fmt::format("{} cannot be used with {}", token.key, token.op);
}

// Why udev drops a line.
struct Fault {
  std::string text;
};

// Takes the next KEY{ATTRIBUTE}OP"VALUE" off the text; throws a Fault.
Token take_token(std::string_view& text) {
  Token token;
  const std::size_t key_end = text.find_first_of(" \t={+-!:");
  if (key_end == std::string_view::npos) throw Fault{"no operator after " + std::string(text)};
  token.key = text.substr(0, key_end);
  text.remove_prefix(key_end);
  if (text.starts_with('{')) {
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) throw Fault{token.key + "{ is not closed"};
    token.attribute = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  }
  const auto skip_blanks = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  };
  skip_blanks();
  for (const std::string_view op : {"==", "!=", "+=", "-=", ":=", "="}) {
    if (token.op.empty() && text.starts_with(op)) token.op = op;
  }
  if (token.op.empty()) throw Fault{"no operator after " + token.key};
  text.remove_prefix(token.op.size());
  skip_blanks();
  const std::size_t end = text.starts_with('"') ? text.find('"', 1) : std::string_view::npos;
  if (end == std::string_view::npos) throw Fault{"no value in quotes after " + token.key};
  token.value = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  if (const auto fault = fault_of(token); !fault.empty()) throw Fault{fault};
  return token;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (;;) {
    const std::size_t from = text.find_first_not_of(" \t\r,");
    if (from == std::string_view::npos) return tokens;
    text.remove_prefix(from);
    tokens.push_back(take_token(text));
  }
}

// In the order in which udev reads them. A file hides its namesake in a later folder.
std::vector<fs::path> rule_files(const fs::path& root) {
  std::map<std::string, fs::path> by_name;
  for (const char* folder : {"etc/udev/rules.d", "run/udev/rules.d", "usr/local/lib/udev/rules.d",
                             "usr/lib/udev/rules.d", "lib/udev/rules.d"}) {
    std::error_code code;
    for (fs::directory_iterator entry(root / folder, code), end; !code && entry != end;
         entry.increment(code)) {
      const fs::path& file = entry->path();
      if (file.extension() == ".rules") by_name.emplace(file.filename().string(), file);
    }
  }
  std::vector<fs::path> files;
  for (const auto& [name, file] : by_name) files.push_back(file);
  return files;
}

bool group_exists(const fs::path& root, const std::string& name) {
  if (name.find_first_not_of("0123456789") == std::string::npos) return true;
  std::ifstream in(root / "etc/group");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name + ":")) return true;
  }
  return root == "/" && ::getgrnam(name.c_str()) != nullptr;  // from a directory service
}

enum class Match { no, unknown, yes };

class Rules {
 public:
  Rules(fs::path root, const UdevDevice& device) : root_(std::move(root)), device_(device) {
    verdict_.properties = device.properties;
  }

  UdevVerdict apply() {
    for (const fs::path& file : rule_files(root_)) {
      const std::string name = file.filename().string();
      if (name > file_with_ids && device_.subsystem == "usb") look_up_ids();
      if (name >= file_of_the_seat && !seat_is_done_) settle_the_seat();
      apply_file(file);
    }
    if (!seat_is_done_) settle_the_seat();
    if (!has_mode_ && verdict_.group != "root") verdict_.mode = 0660;
    verdict_.too_late = !verdict_.for_the_seat && tags_.count("uaccess") > 0;
    return verdict_;
  }

 private:
  void look_up_ids() {
    verdict_.properties.emplace("ID_VENDOR_ID", attribute("idVendor"));
    verdict_.properties.emplace("ID_MODEL_ID", attribute("idProduct"));
  }
  void settle_the_seat() {
    seat_is_done_ = true;
    verdict_.for_the_seat = tags_.count("uaccess") > 0;
  }
  std::string attribute(const std::string& name) const {
    const auto found = device_.attributes.find(name);
    return found == device_.attributes.end() ? "" : found->second;
  }

  void apply_file(const fs::path& file) {
    std::string label;  // to go to
    for (const Line& line : read(file)) {
      if (!label.empty()) {
        const Token* here = line.find("LABEL");
        if (here == nullptr || here->value != label) continue;
        label.clear();
      }
      const Match match = matches(line);
      if (match == Match::yes || (match == Match::unknown && names_device(line))) execute(line);
      if (match == Match::no) look_at_capitals(line);
      if (const Token* to = line.find("GOTO"); to != nullptr && match == Match::yes) {
        label = to->value;
      }
    }
  }

  std::vector<Line> read(const fs::path& file) {
    std::vector<Line> lines;
    std::ifstream in(file);
    std::string text;
    std::size_t number = 0;
    for (std::string part; std::getline(in, part);) {
      ++number;
      const std::size_t from = part.find_first_not_of(blanks);
      if (from == std::string::npos || part[from] == '#') continue;
      text += part.substr(from);
      if (text.ends_with('\\')) {
        text.pop_back();
        continue;
      }
      try {
        lines.push_back({file, number, tokens_of(text)});
      } catch (const Fault& fault) {
        if (speaks_of_device(text)) discard(file, number, fault.text);
      }
      text.clear();
    }
    return lines;
  }

  void discard(const fs::path& file, std::size_t number, const std::string& fault) {
    verdict_.discarded.push_back(fmt::format("{}:{}: {}", file.string(), number, fault));
  }

  bool speaks_of_device(const std::string& text) const {
    const std::string all = lower(text);
    return all.find(attribute("idVendor")) != std::string::npos &&
           all.find(attribute("idProduct")) != std::string::npos;
  }

  // udev compares letter by letter, and the kernel writes ids in small ones.
  void look_at_capitals(const Line& line) {
    for (const Token& token : line.tokens) {
      const std::string is = attribute(token.attribute);
      const bool means_it = token.op == "==" && !is.empty() && lower(token.value) == is;
      if (means_it && token.value != is) {
        discard(
            line.file, line.number,
            fmt::format("{} is {}, which is not equal to {}", token.attribute, is, token.value));
      }
    }
  }

  // The value that a condition is about; none when it cannot be known here.
  std::optional<std::string> value_of(const Token& token) const {
    if (token.key == "ACTION") return "add";
    if (token.key == "SUBSYSTEM") return device_.subsystem;
    if (token.key == "ATTR" || token.key == "ATTRS") {
      const auto found = device_.attributes.find(token.attribute);
      if (found != device_.attributes.end()) return found->second;
    }
    if (token.key == "ENV") {
      const auto found = verdict_.properties.find(token.attribute);
      if (found != verdict_.properties.end()) return found->second;
    }
    return std::nullopt;
  }

  Match match_of(const Token& token) const {
    bool is = false;
    if (token.key == "TAG") {
      is = tags_.count(token.value) > 0;
    } else {
      const auto value = value_of(token);
      if (!value) return Match::unknown;
      std::istringstream patterns(token.value);
      for (std::string pattern; std::getline(patterns, pattern, '|');) {
        is = is || ::fnmatch(pattern.c_str(), value->c_str(), 0) == 0;
      }
    }
    return is == (token.op == "==") ? Match::yes : Match::no;
  }

  Match matches(const Line& line) const {
    Match all = Match::yes;
    for (const Token& token : line.tokens) {
      if (token.compares()) all = std::min(all, match_of(token));
    }
    return all;
  }

  bool names_device(const Line& line) const {
    return std::any_of(line.tokens.begin(), line.tokens.end(), [&](const Token& token) {
      const std::string& name = token.attribute;
      const bool is_id = name == "idProduct" || name == "PRODUCT" || name == "ID_MODEL_ID";
      return is_id && token.op == "==" && match_of(token) == Match::yes;
    });
  }

  void execute(const Line& line) {
    for (const Token& token : line.tokens) {
      if (!token.compares()) set(line, token);
    }
  }

  void set(const Line& line, const Token& token) {
    if (final_.count(token.key) > 0) return;
    if (token.op == ":=") final_.insert(token.key);
    const bool is_of_many = token.key == "ENV" || token.key == "TAG";
    const std::string& what = token.key == "ENV" ? token.attribute : token.value;
    verdict_.set_in[is_of_many ? what : token.key] = line.file;
    if (token.key == "ENV") {
      verdict_.properties[token.attribute] = token.value;
    } else if (token.key == "TAG") {
      if (token.op == "=" || token.op == ":=") tags_.clear();
      if (token.op == "-=") {
        tags_.erase(token.value);
      } else {
        tags_.insert(token.value);
      }
    } else if (token.key == "MODE") {
      verdict_.mode = static_cast<unsigned>(std::strtoul(token.value.c_str(), nullptr, 8));
      has_mode_ = true;
    } else if (token.key == "GROUP") {
      if (group_exists(root_, token.value)) {
        verdict_.group = token.value;
      } else {
        discard(line.file, line.number, "there is no group " + token.value);
      }
    }
  }

  fs::path root_;
  const UdevDevice& device_;
  UdevVerdict verdict_;
  std::set<std::string> tags_;
  std::set<std::string> final_;
  bool has_mode_ = false;
  bool seat_is_done_ = false;
};

}  // namespace

UdevDevice usb_udev_device(std::uint16_t vendor, std::uint16_t product) {
  return {
      "usb",
      {{"idVendor", fmt::format("{:04x}", vendor)}, {"idProduct", fmt::format("{:04x}", product)}},
      {{"DEVTYPE", "usb_device"}, {"PRODUCT", fmt::format("{:x}/{:x}/200", vendor, product)}}};
}

UdevVerdict apply_udev_rules(const fs::path& root, const UdevDevice& device) {
  return Rules(root, device).apply();
}

}  // namespace sysboot
