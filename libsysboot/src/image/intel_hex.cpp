// SPDX-License-Identifier: GPL-3.0-or-later
// Intel HEX. "Section" means one of Intel's Hexadecimal Object File Format Specification, revision
// A (1988).
#include <fmt/core.h>

#include <algorithm>

#include "bytes.hpp"
#include "format.hpp"
#include "segment_bytes.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "text_records.hpp"

namespace sysboot {
namespace {

// Section 2: RECTYP.
enum RecordType : std::uint8_t {
  data = 0,
  end_of_file = 1,
  extended_segment_address = 2,
  start_segment_address = 3,
  extended_linear_address = 4,
  start_linear_address = 5,
};

constexpr std::size_t overhead = 5;  // length, address (2), type, checksum
constexpr std::uint32_t offsets = 0x10000;
constexpr std::size_t bytes_a_record = 16;  // as everybody writes them

bool recognizes(ByteView content) {
  return starts_with_record(content, ':', "0123456789ABCDEFabcdef");
}

std::uint32_t big_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

class Parser {
 public:
  explicit Parser(ByteView content) : records_(content), segments_(PlaceUnit::line) {}

  void parse(Image& image) {
    while (records_.next()) read_record(records_.text());
    if (!has_ended_) {
      records_.place().fail("the last one, is no end-of-file record: the file is cut off");
    }
    image.segments = segments_.finish();
    files_.hand_over(image);
  }

 private:
  struct Record {
    std::uint32_t offset;
    std::uint8_t type;
    ByteView payload;
  };

  void read_record(std::string_view text) {
    const Place place = records_.place();
    if (has_ended_) begin_next_file();
    if (text[0] != ':') place.fail(fmt::format("starts with '{}', not with ':'", first_of(text)));
    act_on(checked(records_.bytes(1)));
  }

  void begin_next_file() {
    has_ended_ = false;
    base_ = 0;
    segmented_ = false;
  }

  static std::string first_of(std::string_view text) { return printable(text.substr(0, 1)); }

  Record checked(ByteView bytes) const {
    const Place place = records_.place();
    if (bytes.size() < overhead || bytes.size() != overhead + bytes[0]) {
      const std::size_t wanted = overhead + (bytes.empty() ? 0 : bytes[0]);
      place.fail(
          fmt::format("has {}, but its length asks for {}", counted(bytes.size(), "byte"), wanted));
    }
    const auto computed = static_cast<std::uint8_t>(0 - sum_of(bytes.first(bytes.size() - 1)));
    if (bytes.back() != computed) {
      place.fail(fmt::format("says checksum 0x{:02X}, but its bytes have 0x{:02X}", bytes.back(),
                             computed));
    }
    return {big_endian(bytes.subspan(1, 2)), bytes[3], bytes.subspan(4, bytes[0])};
  }

  void act_on(const Record& record) {
    switch (record.type) {
      case data: add(record.offset, record.payload); return;
      case end_of_file:
        expect_length(record, 0);
        end_line_ = records_.place().number;
        has_ended_ = true;
        return;
      case extended_segment_address:
        expect_length(record, 2);
        base_ = big_endian(record.payload) << 4;
        segmented_ = true;
        return;
      case extended_linear_address:
        expect_length(record, 2);
        base_ = big_endian(record.payload) << 16;
        segmented_ = false;
        return;
      case start_segment_address:
        expect_length(record, 4);
        files_.start_at(
            (big_endian(record.payload.first(2)) << 4) + big_endian(record.payload.subspan(2)),
            records_.place().number);
        return;
      case start_linear_address:
        expect_length(record, 4);
        files_.start_at(big_endian(record.payload), records_.place().number);
        return;
      default:
        records_.place().fail(
            fmt::format("has record type 0x{:02X}; there are 00 to 05", record.type));
    }
  }

  void expect_length(const Record& record, std::size_t length) const {
    if (record.payload.size() == length) return;
    records_.place().fail(fmt::format("a record of type 0x{:02X} has {} data bytes, expected {}",
                                      record.type, record.payload.size(), length));
  }

  // Section 3: behind an extended segment address, offsets wrap at 64 KiB; otherwise data goes on.
  // (It would wrap at 4 GiB, but there no program does that on purpose.)
  void add(std::uint32_t offset, ByteView bytes) {
    const std::size_t line = records_.place().number;
    if (end_line_) files_.go_on(line, *end_line_);
    const std::size_t before_wrap = offsets - offset;
    const bool wraps = segmented_ && bytes.size() > before_wrap;
    segments_.add(base_ + offset, wraps ? bytes.first(before_wrap) : bytes, line);
    if (wraps) segments_.add(base_, bytes.subspan(before_wrap), line);
  }

  RecordReader records_;
  SegmentCollector segments_;
  std::uint32_t base_ = 0;
  bool segmented_ = false;
  MergedFiles files_;
  std::optional<std::size_t> end_line_;
  bool has_ended_ = false;
};

void parse(const Source& source, Image& image) {
  Parser(source.content).parse(image);
}

void append_record(Bytes& file, RecordType type, std::uint32_t offset, ByteView payload) {
  Bytes record = {static_cast<std::uint8_t>(payload.size()), static_cast<std::uint8_t>(offset >> 8),
                  static_cast<std::uint8_t>(offset), type};
  append(record, payload);
  record.push_back(static_cast<std::uint8_t>(0 - sum_of(record)));
  append_text(file, ":");
  append_hex(file, record);
  append_text(file, "\n");
}

Bytes as_big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

// Linear addresses; no record crosses 64 KiB, which not every reader would understand.
Bytes encode(const Image& image) {
  Bytes file;
  std::uint32_t upper = 0;
  for (const Segment& segment : image.segments) {
    for (std::uint64_t at = segment.address; at < segment.end();) {
      if (at >> 16 != upper) {
        upper = static_cast<std::uint32_t>(at >> 16);
        append_record(file, extended_linear_address, 0, ByteView(as_big_endian(upper)).subspan(2));
      }
      const std::uint64_t end =
          std::min({segment.end(), at + bytes_a_record, (at / offsets + 1) * offsets});
      append_record(file, data, static_cast<std::uint16_t>(at), bytes_of(segment, at, end));
      at = end;
    }
  }
  if (image.entry) append_record(file, start_linear_address, 0, as_big_endian(*image.entry));
  append_record(file, end_of_file, 0, {});
  return file;
}

}  // namespace

const Format intel_hex{"hex", "Intel HEX", {".hex", ".ihex", ".ihx"}, recognizes, parse, encode};

}  // namespace sysboot
