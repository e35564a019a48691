// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of error means to the shell, and what to do about it. All exit codes and all hints
// are here and nowhere else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sysboot/error.hpp"

namespace stm32boot {

/// The numbers are sysexits.h's where dfu-util uses them.
enum ExitCode : int {
  exit_ok = 0,
  exit_usage = 64,
  exit_bad_image = 65,
  exit_no_input = 66,
  exit_no_board = 69,
  exit_internal = 70,
  exit_cannot_write = 73,
  exit_io = 74,
  exit_no_show = 75,
  exit_mismatch = 76,
  exit_not_permitted = 77,
  exit_application_missing = 79,
  exit_interrupted = 130,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view brief;    ///< for --help
  std::string_view meaning;  ///< for README and the man page
};
std::span<const ExitCodeRow> exit_codes();

ExitCode exit_code(sysboot::Errc code);

/// Lines to print under the error that this command ended with; empty where its text says it all.
/// Without a command, those that help after any.
std::vector<std::string> hints(const sysboot::Error& error, std::string_view command);

/// Where there is more about this kind of error, such as "man 7 stm32boot-troubleshooting, section
/// 4"; empty where there is nothing.
std::string more_about(sysboot::Errc code);

/// For a list of boards that is empty.
std::string hint_for_no_boards();

}  // namespace stm32boot
