// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include "sysboot/version.hpp"
#include "system/console.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Stage;

constexpr int cells = 25;

const char* bar_of(Stage stage) {
  switch (stage) {
    case Stage::erase: return "Erase   ";
    case Stage::write: return "Download";
    case Stage::read: return "Upload";
    default: return "";
  }
}

std::string bar_text(const std::string& name, int percent, std::uint64_t bytes) {
  const std::string done(static_cast<std::size_t>(percent * cells / 100), '=');
  return fmt::format("\r{}\t[{:<{}}] {:>3}% {:>12} bytes", name, done, cells, percent, bytes);
}

}  // namespace

std::string banner() {
  return fmt::format("dfu-util 0.11\n\nas stm32boot {} understands it: see stm32boot-dfu-util(1)\n",
                     sysboot::version);
}

void Transcript::put(const std::string& text) {
  if (!write_all(Stream::output, text) && errno != EPIPE) is_incomplete_ = true;
}

void Transcript::line(const std::string& text) {
  put(text + "\n");
}

void Transcript::event(const sysboot::Event& event) {
  if (const auto* begin = std::get_if<sysboot::StageBegin>(&event)) {
    total_ = begin->total;
    const std::string name = bar_of(begin->stage);
    if (!name.empty()) draw(name, 0, total_);
  } else if (const auto* progress = std::get_if<sysboot::StageProgress>(&event)) {
    const std::string name = bar_of(progress->stage);
    if (!name.empty()) draw(name, progress->done, total_);
  } else if (const auto* ended = std::get_if<sysboot::StageEnd>(&event)) {
    if (ended->stage != Stage::erase) return;
    has_erased_ = true;
    end(bar_of(Stage::erase), ended->done);
  }
}

// What reads 100 % may be believed to be done: that is said by end().
void Transcript::draw(const std::string& name, std::uint64_t done, std::uint64_t total) {
  const int percent =
      total == 0 ? 0 : static_cast<int>(std::min<std::uint64_t>(done * 100 / total, 99));
  if (name == name_ && percent <= percent_) return;
  if (name != name_) break_line();
  name_ = name;
  percent_ = percent;
  put(bar_text(name, percent, done));
}

void Transcript::end(const std::string& name, std::uint64_t bytes) {
  if (name != name_) break_line();
  put(bar_text(name, 100, bytes) + fmt::format("\n{} done.\n", name));
  name_.clear();
}

void Transcript::break_line() {
  if (!name_.empty()) put("\n");
  name_.clear();
}

// Those who wait for one of these lines do so whether there was something to do or not. The last
// two are LAVA's.
void Transcript::downloaded(std::uint64_t bytes) {
  if (!has_erased_) end(bar_of(Stage::erase), 0);
  end(bar_of(Stage::write), bytes);
  line("File downloaded successfully");
  line("DFU state(2) = dfuIDLE, status(0) = No error condition is present\nDone!");
}

void Transcript::uploaded(std::uint64_t bytes) {
  end(bar_of(Stage::read), bytes);
}

}  // namespace stm32boot::dfu_util
