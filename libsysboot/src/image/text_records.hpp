// SPDX-License-Identifier: GPL-3.0-or-later
// What Intel HEX and S-records share: lines of hexadecimal digits.
#pragma once

#include "segment_collector.hpp"

namespace sysboot {

/// Goes through a text file record by record and keeps the bytes of all of them.
class RecordReader {
 public:
  explicit RecordReader(ByteView content);

  /// Goes on to the next line that is neither blank nor a comment (; or #); false at the end. Lines
  /// end with LF, CR LF or CR. NUL and ^Z are blanks, and a UTF-8 mark at the start is nothing.
  bool next();

  Place place() const { return {PlaceUnit::line, line_}; }
  /// The line, without blanks around it; never empty.
  std::string_view text() const { return text_; }
  /// The bytes that the digits from character `from` on stand for. They stay where they are for as
  /// long as the reader lives. Errors: bad_image for anything but pairs of hexadecimal digits.
  ByteView bytes(std::size_t from);

 private:
  std::string_view rest_;
  std::string_view text_;
  std::size_t line_ = 0;
  Bytes decoded_;  // of all records; never grows beyond what was reserved
};

/// What several files in one say, one behind the other: a bootloader and its application.
class MergedFiles {
 public:
  /// Goes on behind the record that ends a file; noted once.
  void go_on(std::size_t line, std::size_t end_line);
  /// Where the program starts; 0 says nothing. The first one counts, another one is noted once.
  void start_at(std::uint32_t address, std::size_t line);
  void hand_over(Image& image) const;

 private:
  std::uint32_t entry_ = 0;
  std::size_t entry_line_ = 0;
  std::string goes_on_;
  std::string other_start_;
};

/// True when the first line that is neither blank nor a comment begins with `start` and one of
/// `seconds`, and looks like text as far as the head of a record goes. A damaged first record is
/// recognized as well, so that it gets an error that names the line.
bool starts_with_record(ByteView content, char start, std::string_view seconds);

/// Adds two digits for each byte.
void append_hex(Bytes& out, ByteView bytes);

/// The sum of all bytes, modulo 256.
std::uint8_t sum_of(ByteView bytes);

}  // namespace sysboot
