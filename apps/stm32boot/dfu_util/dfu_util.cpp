// SPDX-License-Identifier: GPL-3.0-or-later
#include "dfu_util.hpp"

#include <fmt/core.h>

#include <sstream>

#include "output/error_table.hpp"
#include "sysboot/error.hpp"
#include "tool.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Errc;
using sysboot::Error;

// sysexits.h's, as dfu-util uses them.
int exit_status(Errc code) {
  switch (code) {
    case Errc::usage:
    case Errc::linked_elsewhere:
    case Errc::image_does_not_fit:
    case Errc::guarded:
    case Errc::made_for_another:
    case Errc::not_only_flash: return exit_usage;
    case Errc::bad_image: return exit_bad_image;
    case Errc::no_input: return exit_no_input;
    case Errc::internal: return exit_internal;
    case Errc::cannot_write_output: return exit_cannot_write;
    case Errc::mismatch:
    case Errc::protocol: return exit_mismatch;
    case Errc::interrupted: return exit_interrupted;
    default: return exit_io;
  }
}

// Options of stm32boot that a hint names are none of dfu-util's.
bool names_option(const std::string& hint) {
  std::istringstream words(hint);
  for (std::string word; words >> word;) {
    if (find_option_row(word.substr(0, word.find_first_of(",.;:)"))) != nullptr) return true;
  }
  return hint.find("--help") != std::string::npos;
}

std::vector<std::string> own_hints(Errc code) {
  switch (code) {
    case Errc::usage: return {"see -h, and stm32boot-dfu-util(1)"};
    case Errc::ambiguous_board: return {"-p, -S or -n says which"};
    case Errc::linked_elsewhere:
    case Errc::bad_image: return {":force in -s writes it all the same"};
    case Errc::guarded:
      return {"a program for this board is linked for 0x08004000, and goes there: -s 0x08004000"};
    case Errc::no_board:
      return {
          "a board is only taken out of its application when it is certain to be meant: -p, "
          "-S, -d with the application's USB ids, or STM32BOOT_PORT name it",
          hint_for_no_boards()};
    case Errc::ignored:
      return {
          "STM32BOOT_FIRMWARE says which firmware it runs (`stm32boot profiles`), "
          "STM32BOOT_TEXT which command of its own takes it into DFU mode"};
    default: return {};
  }
}

std::vector<std::string> hints_for(const Error& error) {
  std::vector<std::string> lines = own_hints(error.code());
  for (const auto& hint : hints(error, "dfu-util")) {
    if (!names_option(hint) && hint != hint_for_no_boards()) lines.push_back(hint);
  }
  return lines;
}

int fail(const Error& error) {
  write_error(std::string("dfu-util: ") + error.what());
  for (const auto& hint : hints_for(error)) write_error("  hint: " + hint);
  const std::string more = more_about(error.code());
  if (!more.empty()) write_error("  more: " + more);
  return exit_status(error.code());
}

Error with_surroundings(const Error& error, Context& context) {
  std::string text = error.text();
  for (const auto& seen : sysboot::look_around(context.host())) {
    text += "\n  seen: " + seen.what + ": " + seen.why;
  }
  return {error.code(), text, error.context()};
}

int run_tool(const std::vector<std::string>& before, const std::vector<std::string>& given,
             const Words& words, const MakeBoard& make_board) {
  Settings settings = read_settings(before, words.action == Action::download ? words.file : "");
  settings.global.verbosity += words.verbosity;
  for (const auto& told : settings.applied.told) write_error(told.text);
  Context context(settings.global, make_board, settings.applied);
  Tool tool(given, words, settings, context);
  int status = exit_ok;
  try {
    status = tool.run();
  } catch (const Error& error) {
    tool.introduce();
    status = fail(error.code() == Errc::no_board ? with_surroundings(error, context) : error);
  }
  context.save();
  if (status == exit_ok) tool.end_output();
  return status;
}

}  // namespace

bool is_called_dfu_util(std::string_view program) {
  std::string_view name = program.substr(program.find_last_of("/\\") + 1);
  if (name.ends_with(".exe")) name.remove_suffix(4);
  return name == "dfu-util" || name == "stm32boot-dfu-util";
}

int run(const std::vector<std::string>& before, const std::vector<std::string>& given,
        const MakeBoard& make_board) {
  try {
    const Words words = parse(given);
    if (words.action == Action::help) {
      write_error(usage_text());
      return exit_ok;
    }
    return run_tool(before, given, words, make_board);
  } catch (const Error& error) {
    return fail(error);
  }
}

}  // namespace stm32boot::dfu_util
