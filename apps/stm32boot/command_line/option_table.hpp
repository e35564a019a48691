// SPDX-License-Identifier: GPL-3.0-or-later
// Every option of the program, one row each: the parser, --help, completion, settings, variables of
// the environment, suggestions and the man pages take what they say of it from here.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stm32boot {

/// The headings of --help and of the man page, in their order.
enum class OptionGroup { board, entering, work, output, other };
inline constexpr std::array option_groups = {OptionGroup::board, OptionGroup::entering,
                                             OptionGroup::work, OptionGroup::output,
                                             OptionGroup::other};
std::string_view heading(OptionGroup group);

/// What an option's value can become while it is typed.
enum class Completion {
  nothing,  ///< only the user knows, or the words in OptionRow::value
  ports,
  port_paths,
  serials,
  profiles,
  triggers,
  families,
  files,
};

/// Where an option may stand beside the command line; nobody chose a file that was found: it may
/// have come with a download.
enum Place : unsigned {
  nowhere = 0,
  in_environment = 1,  ///< STM32BOOT_NAME
  in_found_file = 2,   ///< stm32boot.toml
  in_given_file = 4,   ///< --config
  in_own_file = 8,     ///< the user's config.toml
  everywhere = in_environment | in_found_file | in_given_file | in_own_file,
};

/// Options that say the same thing in several ways: who gives one of them gives them all.
enum class Choice { none, of_board, of_way, of_end, of_address };

struct OptionRow {
  std::string_view name;   ///< "-p,--port"
  std::string_view value;  ///< what help calls it: "TTY"; "a|b" lists all; none: a flag
  OptionGroup group;
  std::string_view help;    ///< one line; a command can have its own
  std::string_view manual;  ///< a paragraph in scdoc's format
  Completion completion = Completion::nothing;
  unsigned places = nowhere;  ///< Place
  Choice choice = Choice::none;
  std::string_view not_settable_for = {};  ///< commands for which it is no setting

  std::string_view long_name() const;  ///< "--port"
  std::string_view key() const;        ///< "port", in settings files
  /// The only values that it can have; none when there are others.
  std::vector<std::string> words() const;
};

std::span<const OptionRow> option_table();
/// By its long name; nullptr for none.
const OptionRow* find_option_row(std::string_view long_name);

/// "STM32BOOT_NO_WAIT"
std::string variable_for(const OptionRow& row);

}  // namespace stm32boot
