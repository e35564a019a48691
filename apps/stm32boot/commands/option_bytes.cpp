// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot option-bytes: what they are and mean, and changing them.
#include "sysboot/option_bytes.hpp"

#include <fmt/core.h>

#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::OptionBytes;

// Pairs of hexadecimal digits, with blanks, commas or colons between them or not.
sysboot::Bytes bytes_in(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != ',' && c != ':') digits += c;
  }
  const bool is_hex = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (digits.empty() || digits.size() % 2 != 0 || !is_hex) {
    throw Error(Errc::usage,
                fmt::format("'{}' are no bytes; write them as EFAA1055 and so on", text));
  }
  sysboot::Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

sysboot::ByteView bytes_of(const OptionBytes& options, std::size_t area) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < area; ++i) from += options.areas[i].size;
  return sysboot::ByteView(options.bytes).subspan(from, options.areas[area].size);
}

std::string describe(const OptionBytes& options) {
  std::string text;
  for (std::size_t i = 0; i < options.areas.size(); ++i) {
    text += fmt::format("{:<11} {}  {}\n", i == 0 ? "bytes" : "",
                        sysboot::hex32(options.areas[i].address),
                        sysboot::hex_bytes(bytes_of(options, i)));
  }
  text += "chip        " + options.chip.describe();
  for (const sysboot::OptionField& field : options.fields) {
    text += fmt::format("\n{:<11} 0x{:02X}  {}", field.name, field.value, field.meaning);
  }
  if (options.fields.empty())
    text += "\nwhat they mean is known for F4 lines and, in part, for the G474";
  return text;
}

Facts to_facts(const OptionBytes& options) {
  Facts object = {{"areas", Facts::list()},
                  {"data", sysboot::hex_bytes(options.bytes, "")},
                  {"chips", options.chip.lines},
                  {"fields", Facts()}};
  for (std::size_t i = 0; i < options.areas.size(); ++i) {
    object["areas"].push_back({{"address", sysboot::hex32(options.areas[i].address)},
                               {"data", sysboot::hex_bytes(bytes_of(options, i), "")}});
  }
  for (const sysboot::OptionField& field : options.fields) {
    object["fields"][std::string(field.name)] = {{"value", field.value},
                                                 {"meaning", field.meaning}};
  }
  return object;
}

struct OptionBytesCommand {
  SelectorOptions board;
  VisitFlags how;
  std::string wanted;
  bool force = false;

  CommandResult run(Context& context) const {
    const sysboot::VisitOptions options = how.values();
    return wanted.empty() ? show(context, options) : write(context, options);
  }

  CommandResult show(Context& context, const sysboot::VisitOptions& options) const {
    const sysboot::OptionBytesRead result =
        sysboot::read_option_bytes(context.job(), board.one(), options);
    CommandResult outcome;
    outcome.text = describe(result.now);
    outcome.facts["option_bytes"] = to_facts(result.now);
    add_visit(outcome, result.visit);
    return outcome;
  }

  CommandResult write(Context& context, const sysboot::VisitOptions& options) const {
    const sysboot::Bytes bytes = bytes_in(wanted);
    if (!force) {
      throw Error(Errc::usage, "wrong option bytes can lock a chip up; add --force to write these");
    }
    const sysboot::OptionBytesWritten result =
        sysboot::write_option_bytes(context.job(), board.one(), bytes, options);
    CommandResult outcome;
    outcome.text = result.after ? "written and read back\n" + describe(*result.after)
                                : "written; read protection is active, and they can no longer be "
                                  "read";
    outcome.facts["before"] = to_facts(result.before);
    if (result.after) outcome.facts["option_bytes"] = to_facts(*result.after);
    add_visit(outcome, result.visit);
    return outcome;
  }
};

}  // namespace

Command add_option_bytes(CommandLine& line) {
  auto command = std::make_shared<OptionBytesCommand>();
  OptionList sub = line.add_command("option-bytes", "Show option bytes, or change them");
  command->board.add_to(sub);
  command->how.add_to(sub);
  sub.option("--write", command->wanted);
  sub.flag("--force", command->force, "Really write them");
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
