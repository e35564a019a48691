// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_records.hpp"

#include <fmt/format.h>

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

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

bool is_printable(char c) {
  return c >= 0x20 && c < 0x7F;
}

// Takes the first line off the front.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

std::string_view as_text(ByteView content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

}  // namespace

RecordReader::RecordReader(ByteView content) : rest_(as_text(content)) {
  decoded_.reserve(content.size() / 2);
}

bool RecordReader::next() {
  do {
    if (rest_.empty()) return false;
    text_ = take_line(rest_);
    ++line_;
  } while (text_.empty());
  return true;
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

bool starts_with_record(ByteView content, char start, std::string_view seconds) {
  std::string_view rest = as_text(content);
  std::string_view line;
  while (line.empty() && !rest.empty()) line = take_line(rest);
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
