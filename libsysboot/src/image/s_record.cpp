// SPDX-License-Identifier: GPL-3.0-or-later
// Motorola S-records. "Appendix C" is that of the M68000 Family Programmer's Reference Manual
// (1992).
#include <fmt/core.h>

#include "bytes.hpp"
#include "format.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "text_records.hpp"

namespace sysboot {
namespace {

constexpr std::size_t bytes_a_record = 16;
constexpr std::size_t longest_header = 64;

// Appendix C.2: how many bytes of address each type has; 0 where there is no such type.
constexpr std::array<std::size_t, 10> address_bytes = {2, 2, 3, 4, 0, 2, 3, 4, 3, 2};

bool recognizes(ByteView content) {
  return starts_with_record(content, 'S', "0123456789");
}

class Parser {
 public:
  explicit Parser(ByteView content) : records_(content), segments_(PlaceUnit::line) {}

  void parse(Image& image) {
    while (records_.next()) read_record(records_.text());
    if (!is_complete_) {
      records_.place().fail(
          "the last one, neither counts the records nor ends the file: it is cut "
          "off");
    }
    image.segments = segments_.finish();
    files_.hand_over(image);
  }

 private:
  void read_record(std::string_view text) {
    const Place place = records_.place();
    if (has_ended_) begin_next_file();
    if (text[0] != 'S') {
      place.fail(fmt::format("starts with '{}', not with 'S'", printable(text.substr(0, 1))));
    }
    const char digit = text.size() < 2 ? '?' : text[1];
    if (digit < '0' || digit > '9' || digit == '4') {
      place.fail(fmt::format("is of type '{}'; there are S0 to S3 and S5 to S9",
                             printable(text.substr(0, 2))));
    }
    const int type = digit - '0';
    act_on(type, checked(type, records_.bytes(2)));
  }

  void begin_next_file() {
    has_ended_ = false;
    data_records_ = 0;
    is_complete_ = false;
  }

  // Everything between the count and the checksum.
  ByteView checked(int type, ByteView bytes) const {
    const Place place = records_.place();
    const std::size_t wanted = bytes.empty() ? 1 : 1 + bytes[0];
    const std::size_t least = 2 + address_bytes[static_cast<std::size_t>(type)];
    if (bytes.size() != wanted || bytes.size() < least) {
      place.fail(fmt::format("has {}, but {}", counted(bytes.size(), "byte"),
                             wanted < least ? fmt::format("S{} needs {} at least", type, least)
                                            : fmt::format("its count asks for {}", wanted)));
    }
    const auto computed = static_cast<std::uint8_t>(~sum_of(bytes.first(bytes.size() - 1)));
    if (bytes.back() != computed) {
      place.fail(fmt::format("says checksum 0x{:02X}, but its bytes have 0x{:02X}", bytes.back(),
                             computed));
    }
    return bytes.subspan(1, bytes.size() - 2);
  }

  void act_on(int type, ByteView body) {
    const std::size_t address_size = address_bytes[static_cast<std::size_t>(type)];
    std::uint32_t address = 0;
    for (const std::uint8_t byte : body.first(address_size)) address = address << 8 | byte;
    switch (type) {
      case 0: return;
      case 1:
      case 2:
      case 3: add(address, body.subspan(address_size)); return;
      case 5:
      case 6: check_count(address); return;
      default:
        files_.start_at(address, records_.place().number);
        end_line_ = records_.place().number;
        has_ended_ = is_complete_ = true;
    }
  }

  void add(std::uint32_t address, ByteView data) {
    const std::size_t line = records_.place().number;
    if (end_line_) files_.go_on(line, *end_line_);
    segments_.add(address, data, line);
    ++data_records_;
    is_complete_ = false;
  }

  // Some writers (srec_cat) end with the count and nothing else.
  void check_count(std::uint32_t count) {
    if (count != data_records_) {
      records_.place().fail(
          fmt::format("counts {} data records, but {} came before it", count, data_records_));
    }
    is_complete_ = true;
  }

  RecordReader records_;
  SegmentCollector segments_;
  std::uint32_t data_records_ = 0;
  MergedFiles files_;
  bool is_complete_ = false;
  bool has_ended_ = false;
  std::optional<std::size_t> end_line_;
};

void parse(const Source& source, Image& image) {
  Parser(source.content).parse(image);
}

void append_record(Bytes& file, int type, std::uint32_t address, ByteView payload) {
  const std::size_t address_size = address_bytes[static_cast<std::size_t>(type)];
  Bytes record = {static_cast<std::uint8_t>(address_size + payload.size() + 1)};
  for (std::size_t i = address_size; i-- > 0;) {
    record.push_back(static_cast<std::uint8_t>(address >> 8 * i));
  }
  append(record, payload);
  record.push_back(static_cast<std::uint8_t>(~sum_of(record)));
  append_text(file, fmt::format("S{}", type));
  append_hex(file, record);
  append_text(file, "\n");
}

// 32-bit addresses throughout; the name of the image in the header, as objcopy does it.
Bytes encode(const Image& image) {
  Bytes file;
  Bytes header;
  append_text(header, std::string_view(image.name).substr(0, longest_header));
  append_record(file, 0, 0, header);
  std::uint32_t count = 0;
  for (const Segment& segment : image.segments) {
    const ByteView bytes(segment.data);
    for (std::size_t at = 0; at < bytes.size(); at += bytes_a_record, ++count) {
      append_record(file, 3, segment.address + static_cast<std::uint32_t>(at),
                    bytes.subspan(at, std::min(bytes_a_record, bytes.size() - at)));
    }
  }
  // Appendix C.2: S5 counts to 65,535, S6 to 16,777,215, which largest_image does not exceed.
  append_record(file, count <= 0xFFFF ? 5 : 6, count, {});
  append_record(file, 7, image.entry.value_or(0), {});
  return file;
}

}  // namespace

const Format s_record{
    "srec", "Motorola S-record", {".srec", ".s19", ".s28", ".s37", ".mot", ".s"}, recognizes, parse,
    encode};

}  // namespace sysboot
