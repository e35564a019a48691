// SPDX-License-Identifier: GPL-3.0-or-later
#include "foreign.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "bytes.hpp"
#include "core/ascii.hpp"
#include "memories.hpp"

namespace sysboot {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  std::string_view name;
  std::size_t at = 0;
};

// Each format's own specification; as file(1) knows them.
constexpr std::array<Signature, 19> signatures = {{
    {"PK\3\4"sv, "a ZIP archive"},
    {"PK\5\6"sv, "an empty ZIP archive"},
    {"\x1F\x8B\x08"sv, "a gzip file"},
    {"\xFD"
     "7zXZ\0"sv,
     "an xz file"},
    {"BZh"sv, "a bzip2 file"},
    {"7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    {"Rar!\x1A\x07"sv, "a RAR archive"},
    {"\x28\xB5\x2F\xFD"sv, "a Zstandard file"},
    {"MSCF\0\0\0\0"sv, "a Windows cabinet"},
    {"ustar"sv, "a tar archive", 257},
    {"!<arch>\n"sv, "an archive of object files, or a Debian package"},
    {"%PDF-"sv, "a PDF"},
    {"\x89PNG\r\n\x1A\n"sv, "a PNG picture"},
    {"\xFF\xD8\xFF"sv, "a JPEG picture"},
    {"GIF8"sv, "a GIF picture"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "a document of Microsoft Office, or an MSI package"},
    {"SQLite format 3\0"sv, "an SQLite database"},
    {"\0asm"sv, "a WebAssembly module"},
    {"STM2"sv, "an image for an STM32 microprocessor (MP1, MP2) or an STM32N6"},
}};

// Windows programs, and those of MS-DOS that they begin with.
constexpr std::size_t pe_offset_at = 0x3C;

constexpr std::size_t head_size = 1024;
// A vector table's first two words: less is no program, whatever it says.
constexpr std::size_t least_text = 8;
constexpr std::size_t most_quoted = 40;

std::string_view as_text(ByteView content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool has(ByteView content, const Signature& signature) {
  return content.size() >= signature.at + signature.bytes.size() &&
         starts_with(content.subspan(signature.at), signature.bytes);
}

// A stack pointer and a Thumb address: whatever else its bytes happen to say.
bool begins_like_a_program(ByteView content) {
  if (content.size() < least_text) return false;
  const std::uint32_t stack = long_word_at(content, 0);
  const std::uint32_t reset = long_word_at(content, 4);
  const bool is_stack = stack >> 28 == 1 || stack >> 28 == 2 || stack >> 28 == 3;
  return is_stack && reset % 2 == 1 && memory_at(reset).kind == MemoryKind::flash;
}

// A byte order mark, and then characters of ASCII.
bool is_utf16(ByteView content) {
  if (content.size() < least_text) return false;
  const std::size_t low = starts_with(content, "\xFF\xFE"sv) ? 0 : 1;
  if (low == 1 && !starts_with(content, "\xFE\xFF"sv)) return false;
  for (std::size_t at = 2; at + 1 < least_text; at += 2) {
    if (content[at + low] == 0 || content[at + 1 - low] != 0) return false;
  }
  return true;
}

bool is_windows_program(ByteView content) {
  if (!starts_with(content, "MZ") || content.size() < pe_offset_at + 4) return false;
  const std::size_t pe = long_word_at(content, pe_offset_at);
  return pe + 4 <= content.size() && starts_with(content.subspan(pe), "PE\0\0"sv);
}

bool is_text(std::string_view head) {
  if (head.starts_with(byte_order_mark)) head.remove_prefix(byte_order_mark.size());
  std::string text(head);
  std::erase_if(text, [](char c) { return c == '\t' || c == '\n' || c == '\r' || c == '\f'; });
  return printable(text) == text;
}

// Without the last character where it is not ASCII: the end of the head may have cut it in two.
std::string_view head_of(std::string_view text) {
  std::string_view head = text.substr(0, head_size);
  if (head.size() == text.size()) return head;
  const auto is_at_end = [&](unsigned mask, unsigned bits) {
    return !head.empty() && (static_cast<unsigned char>(head.back()) & mask) == bits;
  };
  while (is_at_end(0xC0, 0x80)) head.remove_suffix(1);
  if (is_at_end(0xC0, 0xC0)) head.remove_suffix(1);
  return head;
}

std::string first_line(std::string_view text) {
  const std::size_t start = std::min(text.find_first_not_of(" \t\r\n\f"), text.size());
  text.remove_prefix(start);
  std::string line(text.substr(0, std::min(text.find_first_of("\r\n"), most_quoted)));
  return printable(line);
}

bool begins_with(std::string_view text, std::string_view start) {
  return std::equal(start.begin(), start.end(), text.begin(),
                    text.begin() + static_cast<std::ptrdiff_t>(std::min(start.size(), text.size())),
                    [](char a, char b) { return a == lower(b); });
}

std::string kind_of_text(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f"), text.size()));
  if (begins_with(text, "<!doctype html") || begins_with(text, "<html")) return "an HTML page";
  if (begins_with(text, "version https://git-lfs")) {
    return "a Git LFS pointer: it only names the file, which `git lfs pull` would fetch";
  }
  if (begins_with(text, "<?xml")) return "XML";
  if (begins_with(text, "{") || begins_with(text, "[")) return "JSON, or other text";
  return fmt::format("text that begins with \"{}\"", first_line(text));
}

}  // namespace

std::string foreign_content(ByteView content) {
  if (begins_like_a_program(content)) return {};
  for (const Signature& signature : signatures) {
    if (has(content, signature)) return std::string(signature.name);
  }
  if (is_windows_program(content)) return "a program for Windows";
  if (is_utf16(content)) return "text in UTF-16";
  const std::string_view head = head_of(as_text(content));
  if (head.size() < least_text || !is_text(head)) return {};
  return kind_of_text(head);
}

}  // namespace sysboot
