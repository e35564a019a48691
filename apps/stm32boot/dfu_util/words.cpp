// SPDX-License-Identifier: GPL-3.0-or-later
#include "words.hpp"

#include <fmt/core.h>
#include <getopt.h>

#include <array>
#include <cstdlib>
#include <limits>

#include "sysboot/error.hpp"
#include "sysboot/types.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::printable;

// A colon in front: what lacks its value is told apart from what is unknown.
constexpr const char* short_options = ":hVvleE:d:p:c:i:a:S:t:U:D:Rs:Z:wn:Q";

constexpr std::array long_options = {
    option{"help", no_argument, nullptr, 'h'},
    option{"version", no_argument, nullptr, 'V'},
    option{"verbose", no_argument, nullptr, 'v'},
    option{"list", no_argument, nullptr, 'l'},
    option{"detach", no_argument, nullptr, 'e'},
    option{"detach-delay", required_argument, nullptr, 'E'},
    option{"device", required_argument, nullptr, 'd'},
    option{"path", required_argument, nullptr, 'p'},
    option{"configuration", required_argument, nullptr, 'c'},
    option{"cfg", required_argument, nullptr, 'c'},
    option{"interface", required_argument, nullptr, 'i'},
    option{"intf", required_argument, nullptr, 'i'},
    option{"altsetting", required_argument, nullptr, 'a'},
    option{"alt", required_argument, nullptr, 'a'},
    option{"serial", required_argument, nullptr, 'S'},
    option{"transfer-size", required_argument, nullptr, 't'},
    option{"upload", required_argument, nullptr, 'U'},
    option{"upload-size", required_argument, nullptr, 'Z'},
    option{"download", required_argument, nullptr, 'D'},
    option{"reset", no_argument, nullptr, 'R'},
    option{"dfuse-address", required_argument, nullptr, 's'},
    option{"devnum", required_argument, nullptr, 'n'},
    option{"wait", no_argument, nullptr, 'w'},
    option{nullptr, 0, nullptr, 0},
};

// All of the text, as strtoul reads it with this base; none where it is no such number.
std::optional<std::uint32_t> number_in(const std::string& text, int base) {
  const char first = text.empty() ? '\0' : text.front();
  if (first < '0' || (first > '9' && base == 0)) return std::nullopt;
  char* end = nullptr;
  const unsigned long long value = std::strtoull(text.c_str(), &end, base);
  const bool is_whole = end == text.c_str() + text.size();
  if (!is_whole || value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

int number_for(char letter, const std::string& text) {
  const auto value = number_in(text, 0);
  if (value && *value <= static_cast<std::uint32_t>(std::numeric_limits<int>::max())) {
    return static_cast<int>(*value);
  }
  throw Error(Errc::usage, fmt::format("-{} takes a number, not '{}'", letter, printable(text)));
}

// A part of -d. What is no number says nothing.
std::optional<std::uint32_t> id_in(const std::string& text,
                                   std::optional<std::uint32_t> otherwise) {
  if (text.starts_with('*')) return std::nullopt;
  if (text.starts_with('-')) return IdMatch::nobody;
  char* end = nullptr;
  const unsigned long value = std::strtoul(text.c_str(), &end, 16);
  if (end == text.c_str()) return otherwise;
  return static_cast<std::uint32_t>(value);
}

IdMatch ids_in(const std::string& text, const IdMatch& otherwise) {
  const std::size_t colon = text.find(':');
  IdMatch ids = otherwise;
  ids.vendor = id_in(text, otherwise.vendor);
  if (colon != std::string::npos) ids.product = id_in(text.substr(colon + 1), otherwise.product);
  return ids;
}

void parse_device(const std::string& text, Words& words) {
  const std::size_t comma = text.find(',');
  words.has_device = true;
  words.application =
      comma == 0 ? IdMatch{IdMatch::nobody, IdMatch::nobody} : ids_in(text.substr(0, comma), {});
  words.bootloader = {};
  if (comma == std::string::npos) return;
  const IdMatch otherwise = comma == 0 ? IdMatch() : words.application;
  words.bootloader = ids_in(text.substr(comma + 1), otherwise);
}

void parse_serial(const std::string& text, Words& words) {
  const std::size_t comma = text.find(',');
  words.application_serial = text.substr(0, comma);
  words.bootloader_serial =
      comma == std::string::npos ? words.application_serial : text.substr(comma + 1);
}

void parse_alternate(const std::string& text, Words& words) {
  words.alternate = text.empty() ? 0 : number_in(text, 0);
  words.alternate_name = words.alternate ? "" : text;
}

void take_action(Action action, Words& words, const char* file = "") {
  words.action = action;
  words.file = file;
}

// `word`: where getopt is; a long option that it does not know has no letter.
[[noreturn]] void refuse(int found, const char* word) {
  const std::string option =
      ::optopt == 0 ? printable(word) : fmt::format("-{}", static_cast<char>(::optopt));
  throw Error(Errc::usage, found == ':' ? option + " needs a value" : "unknown option " + option);
}

void take(char letter, const char* value, Words& words) {
  switch (letter) {
    case 'h': take_action(Action::help, words); break;
    case 'V': take_action(Action::version, words); break;
    case 'l': take_action(Action::list, words); break;
    case 'e': take_action(Action::detach, words); break;
    case 'U': take_action(Action::upload, words, value); break;
    case 'D': take_action(Action::download, words, value); break;
    case 'd': parse_device(value, words); break;
    case 'p': words.path = value; break;
    case 'n': words.address_on_bus = static_cast<unsigned>(number_for(letter, value)); break;
    case 'S': parse_serial(value, words); break;
    case 'c': words.configuration = number_for(letter, value); break;
    case 'i': words.interface = number_for(letter, value); break;
    case 'a': parse_alternate(value, words); break;
    case 's': words.dfuse = parse_dfuse(value); break;
    case 'R': words.reset = true; break;
    case 'w': words.wait = true; break;
    case 'v': ++words.verbosity; break;
    case 'E':
    case 't':
    case 'Z': number_for(letter, value); break;
    default: break;
  }
}

bool set_modifier(const std::string& word, DfuseOptions& options) {
  bool ignored = false;  // "fast", of later versions, waits for nothing, as we do
  bool* const flag = word == "force"        ? &options.force
                     : word == "leave"      ? &options.leave
                     : word == "mass-erase" ? &options.mass_erase
                     : word == "unprotect"  ? &options.unprotect
                     : word == "will-reset" ? &options.will_reset
                     : word == "fast"       ? &ignored
                                            : nullptr;
  if (flag != nullptr) *flag = true;
  return flag != nullptr;
}

void check(const DfuseOptions& options) {
  for (const auto& [is_given, name] :
       {std::pair(options.mass_erase, "mass-erase"), std::pair(options.unprotect, "unprotect")}) {
    if (!is_given || options.force) continue;
    throw Error(Errc::usage,
                fmt::format("-s :{} erases the whole flash, and needs :force, too", name));
  }
}

// Without a file.
bool does_something(const Words& words) {
  if (!words.dfuse) return false;
  return words.dfuse->leave || words.dfuse->mass_erase || words.dfuse->unprotect || words.reset;
}

}  // namespace

bool IdMatch::fits(std::uint16_t its_vendor, std::uint16_t its_product) const {
  return (!vendor || *vendor == its_vendor) && (!product || *product == its_product);
}

DfuseOptions parse_dfuse(const std::string& text) {
  DfuseOptions options;
  const std::size_t colon = text.find(':');
  const std::string address = text.substr(0, colon);
  options.address = number_in(address, 0);
  if (!address.empty() && !options.address) {
    throw Error(Errc::usage, fmt::format("'{}' in -s is no address", printable(address)));
  }
  for (std::size_t at = colon; at != std::string::npos;) {
    const std::size_t next = text.find(':', at + 1);
    const std::string word = text.substr(at + 1, next - at - 1);
    at = next;
    if (word.empty() || set_modifier(word, options)) continue;
    options.length = number_in(word, 0);
    if (options.length) continue;
    throw Error(Errc::usage, fmt::format("'{}' in -s is neither a modifier nor a length: force, "
                                         "leave, mass-erase, unprotect, will-reset, or a number",
                                         printable(word)));
  }
  return options;
}

Words parse(const std::vector<std::string>& given) {
  std::vector<std::string> texts = given;
  std::string program = "dfu-util";
  std::vector<char*> argv = {program.data()};
  for (std::string& text : texts) argv.push_back(text.data());
  const int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);

  Words words;
  ::optind = 0;  // from the start, in all systems' getopt
  ::opterr = 0;
  for (;;) {
    const int found = ::getopt_long(argc, argv.data(), short_options, long_options.data(), nullptr);
    if (found == -1) break;
    if (found == '?' || found == ':') refuse(found, argv[static_cast<std::size_t>(::optind) - 1]);
    take(static_cast<char>(found), ::optarg, words);
    if (words.action == Action::help) return words;
  }
  if (::optind < argc) {
    throw Error(Errc::usage, fmt::format("unexpected argument '{}'",
                                         printable(argv[static_cast<std::size_t>(::optind)])));
  }
  if (words.dfuse) check(*words.dfuse);
  if (words.action == Action::none && !does_something(words)) {
    throw Error(Errc::usage,
                "nothing to do: give one of -D FILE, -U FILE, -l and -e, or a modifier in -s");
  }
  return words;
}

std::string usage_text() {
  return "Usage: dfu-util [OPTION]...\n"
         "stm32boot with dfu-util's command line, see stm32boot-dfu-util(1).\n"
         "\n"
         "  -l, --list                   list boards\n"
         "  -D, --download FILE          write FILE to a board, and prove it\n"
         "  -U, --upload FILE            read a board into FILE, which must not exist\n"
         "  -e, --detach                 take a board out of its application into DFU mode\n"
         "  -s, --dfuse-address ADDRESS[:MODIFIER]...\n"
         "                               where to, and: leave, force, mass-erase, unprotect,\n"
         "                               will-reset, or how many bytes to read\n"
         "  -a, --alt NUMBER|NAME        the memory, as -l shows it\n"
         "  -R, --reset                  run the application afterwards\n"
         "  -w, --wait                   wait until there is a board\n"
         "\n"
         "  -d, --device [V]:[P][,[V]:[P]]\n"
         "                               USB ids of the application, and of the bootloader\n"
         "  -p, --path BUS-PORT[.PORT]...\n"
         "                               USB port of the board\n"
         "  -S, --serial TEXT[,TEXT]     serial number of the application, of the bootloader\n"
         "  -n, --devnum NUMBER          USB address of the board\n"
         "  -c, --cfg, -i, --intf NUMBER configuration and interface of the board\n"
         "\n"
         "  -v, --verbose                tell more\n"
         "  -V, --version                which version this is, and of which program\n"
         "  -h, --help                   this text\n"
         "  -t, -E, -Z NUMBER            not needed\n";
}

}  // namespace stm32boot::dfu_util
