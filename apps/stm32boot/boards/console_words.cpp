// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_words.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "output/standard_streams.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/trigger.hpp"
#include "system/local_time.hpp"

namespace stm32boot {
namespace {

using sysboot::Bytes;
using sysboot::Errc;
using sysboot::Error;

constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_quote = 100;

std::string time_of_day() {
  const auto now = std::chrono::system_clock::now();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const std::tm clock = local_time(std::chrono::system_clock::to_time_t(now));
  return fmt::format("{:02}:{:02}:{:02}.{:03}", clock.tm_hour, clock.tm_min, clock.tm_sec,
                     millis.count() % 1000);
}

bool says_something(const std::string& line) {
  return line.find_first_not_of(" \t\r\n") != std::string::npos;
}

}  // namespace

ConsoleWords::ConsoleWords(Renderer& renderer, const ConsoleOptions& options)
    : renderer_(renderer), options_(options) {
  const Bytes wanted = sysboot::unescape(options.until);
  wanted_.assign(wanted.begin(), wanted.end());
  if (options.log.empty()) return;
  if (is_stream(options.log)) {
    throw Error(Errc::usage, "--log names a file; standard output gets all of it anyway");
  }
  errno = 0;
  log_.open(sysboot::to_path(options.log), std::ios::binary | std::ios::app);
  if (!log_) {
    throw Error(Errc::cannot_write_output,
                fmt::format("cannot be written: {}", std::strerror(errno)), options.log);
  }
}

void ConsoleWords::add(const Bytes& said) {
  if (said.empty() || held_.text.size() >= longest_line) pass_on();
  bytes_ += said.size();
  search(said);
  for (const std::uint8_t byte : said) {
    const char c = static_cast<char>(byte);
    if (held_.text.empty() && options_.timestamps) held_.time = time_of_day();
    held_.text += c;
    if (line_.size() < longest_line) line_ += c;
    if (c != '\n') continue;
    if (says_something(line_)) last_line_ = line_;
    line_.clear();
    pass_on();
  }
}

void ConsoleWords::search(const Bytes& said) {
  if (wanted_.empty() || has_heard_) return;
  tail_.append(said.begin(), said.end());
  has_heard_ = tail_.find(wanted_) != std::string::npos;
  if (tail_.size() >= wanted_.size()) tail_.erase(0, tail_.size() - wanted_.size() + 1);
}

void ConsoleWords::forget() {
  tail_.clear();
  has_heard_ = false;
}

// With timestamps, the next line is to have one, too.
void ConsoleWords::cut() {
  pass_on();
  tail_.clear();
  if (says_something(line_)) last_line_ = line_;
  line_.clear();
  if (options_.timestamps && !at_line_start_) show({"\n", {}});
}

std::string ConsoleWords::last_line() const {
  std::string line = says_something(line_) ? line_ : last_line_;
  line.erase(line.find_last_not_of(" \t\r\n") + 1);
  line.erase(0, line.find_first_not_of(" \t\r\n"));
  if (line.size() > longest_quote) line = "..." + line.substr(line.size() - longest_quote);
  return sysboot::printable(line);
}

void ConsoleWords::pass_on() {
  if (!held_.text.empty()) show(std::exchange(held_, {}));
}

void ConsoleWords::show(const ConsoleText& text) {
  write_log(text);
  at_line_start_ = text.text.ends_with('\n');
  renderer_.console(text);
}

void ConsoleWords::write_log(const ConsoleText& text) {
  if (options_.log.empty()) return;
  if (at_line_start_ && !text.time.empty()) log_ << text.time << ' ';
  errno = 0;
  log_ << text.text << std::flush;
  if (log_) return;
  throw Error(Errc::cannot_write_output, fmt::format("cannot be written: {}", std::strerror(errno)),
              options_.log);
}

}  // namespace stm32boot
