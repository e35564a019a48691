// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_records.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace sysboot {
namespace {

constexpr std::size_t head_size = 9;  // ":LLAAAATT"
constexpr std::string_view digits = "0123456789ABCDEF";

// 0 to 15; -1 for what is no hexadecimal digit.
constexpr std::array<std::int8_t, 256> digit_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::uint8_t i = 0; i < 10; ++i) values['0' + i] = static_cast<std::int8_t>(i);
  for (std::uint8_t i = 0; i < 6; ++i) {
    values['A' + i] = values['a' + i] = static_cast<std::int8_t>(10 + i);
  }
  return values;
}();

int digit_value(char c) {
  return digit_values[static_cast<unsigned char>(c)];
}

// NUL and ^Z: what CP/M and DOS put behind a text, and what fills a block of it up.
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\0' || c == '\x1A';
}

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7F;
}

// Takes the first line off the front. Lines end with LF, CR LF or CR.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  text.remove_prefix(text.starts_with("\r\n") ? 2 : text.empty() ? 0 : 1);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

// Editors and linkers put comments between records; neither format has them.
bool is_comment(std::string_view line) {
  return line.front() == ';' || line.front() == '#';
}

// The first line that holds a record, and how many lines that took; empty at the end.
std::string_view take_record(std::string_view& text, std::size_t& lines) {
  std::string_view line;
  while (!text.empty() && (line.empty() || is_comment(line))) {
    line = take_line(text);
    ++lines;
  }
  return line.empty() || is_comment(line) ? std::string_view() : line;
}

// Without the mark that says that it is UTF-8.
std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

std::string_view as_text(ByteView content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

}  // namespace

RecordReader::RecordReader(ByteView content) : rest_(without_mark(as_text(content))) {
  decoded_.reserve(content.size() / 2);
}

bool RecordReader::next() {
  text_ = take_record(rest_, line_);
  return !text_.empty();
}

ByteView RecordReader::bytes(std::size_t from) {
  const std::size_t start = decoded_.size();
  for (std::size_t at = from; at < text_.size(); at += 2) {
    const int high = digit_value(text_[at]);
    const int low = at + 1 < text_.size() ? digit_value(text_[at + 1]) : 0;
    if ((high | low) < 0) {
      const std::size_t bad = high < 0 ? at : at + 1;
      place().fail(fmt::format("'{}' in column {} is no hexadecimal digit",
                               printable(text_.substr(bad, 1)), bad + 1));
    }
    decoded_.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  if ((text_.size() - from) % 2 != 0) {
    place().fail(fmt::format("has {} hexadecimal digits, an odd number: half a byte is missing",
                             text_.size() - from));
  }
  return ByteView(decoded_).subspan(start);
}

void MergedFiles::go_on(std::size_t line, std::size_t end_line) {
  if (!goes_on_.empty()) return;
  goes_on_ = fmt::format(
      "line {} goes on behind the end of the file in line {}: taken for files that were put "
      "together",
      line, end_line);
}

void MergedFiles::start_at(std::uint32_t address, std::size_t line) {
  if (address == 0 || address == entry_) return;
  if (entry_ == 0) {
    entry_ = address;
    entry_line_ = line;
  } else if (other_start_.empty()) {
    other_start_ = fmt::format("line {} says that the program starts at {}, line {} said {}", line,
                               hex32(address), entry_line_, hex32(entry_));
  }
}

void MergedFiles::hand_over(Image& image) const {
  if (entry_ != 0) image.entry = entry_;
  for (const std::string& note : {goes_on_, other_start_}) {
    if (!note.empty()) image.notes.push_back(note);
  }
}

bool starts_with_record(ByteView content, char start, std::string_view seconds) {
  std::string_view rest = without_mark(as_text(content));
  std::size_t lines = 0;
  const std::string_view line = take_record(rest, lines);
  const auto head = static_cast<std::ptrdiff_t>(std::min(line.size(), head_size));
  return line.size() >= 2 && line[0] == start && seconds.find(line[1]) != line.npos &&
         std::all_of(line.begin(), line.begin() + head, is_printable);
}

void append_hex(Bytes& out, ByteView bytes) {
  for (const std::uint8_t byte : bytes) {
    out.push_back(static_cast<std::uint8_t>(digits[byte >> 4]));
    out.push_back(static_cast<std::uint8_t>(digits[byte & 0xF]));
  }
}

std::uint8_t sum_of(ByteView bytes) {
  return static_cast<std::uint8_t>(std::accumulate(bytes.begin(), bytes.end(), 0U));
}

}  // namespace sysboot
