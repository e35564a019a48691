// SPDX-License-Identifier: GPL-3.0-or-later
// The standard streams and the arguments, as each system has them (folders posix and windows).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stm32boot {

/// Makes the streams carry bytes and UTF-8. Called once, first of all.
void prepare_console();

/// The words behind the program's name, in UTF-8.
std::vector<std::string> arguments(int argc, char** argv);

/// Is standard error a terminal that obeys escape sequences?
bool is_capable_terminal();

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};
/// Of standard error; as above where nobody knows.
TerminalSize terminal_size();

enum class Stream { output = 1, error = 2 };

/// All of it, or false with errno set.
bool write_all(Stream stream, std::string_view text);

/// Standard input up to its end, but no more than `most` bytes; none, with errno set, when it
/// cannot be read.
std::optional<std::string> read_input(std::size_t most);

bool output_is_terminal();

/// True when standard output is a pipe that nobody reads any more; on Windows never.
bool output_is_abandoned();

/// Makes sure that the numbers 0 to 2 are taken, so that no device is ever opened as standard
/// output. False when standard output was closed.
bool reserve_standard_streams();

}  // namespace stm32boot
