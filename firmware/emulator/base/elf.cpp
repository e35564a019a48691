// SPDX-License-Identifier: GPL-3.0-or-later
// System V ABI, chapters 4 and 5; ELF for the ARM architecture.
#include "emulator/base/elf.hpp"

#include <fmt/core.h>

#include <array>
#include <fstream>

#include "sysboot/error.hpp"

namespace emulator {
namespace {

using sysboot::Errc;
using sysboot::Error;

constexpr std::array<std::uint8_t, 7> ident = {0x7F, 'E', 'L', 'F', 1, 1, 1};
constexpr std::uint16_t machine_arm = 40;
constexpr std::uint32_t segment_load = 1;
constexpr std::uint32_t section_symbols = 2;
constexpr std::uint32_t type_function = 2;

class Reader {
 public:
  explicit Reader(ByteView file) : file_(file) {}

  ByteView bytes(std::uint64_t offset, std::uint64_t size) const {
    if (offset + size > file_.size()) throw Error(Errc::bad_image, "the ELF file is cut off");
    return file_.subspan(offset, size);
  }
  std::uint32_t word(std::uint64_t offset) const { return word_at(bytes(offset, 4), 0); }
  std::uint32_t half(std::uint64_t offset) const {
    const ByteView two = bytes(offset, 2);
    return static_cast<std::uint32_t>(two[0] | two[1] << 8);
  }
  std::string text(std::uint64_t offset) const {
    std::string result;
    for (; bytes(offset, 1)[0] != 0; ++offset) result += static_cast<char>(file_[offset]);
    return result;
  }

 private:
  ByteView file_;
};

void read_segments(const Reader& in, Elf& elf) {
  const std::uint32_t table = in.word(28);
  const std::uint32_t step = in.half(42);
  for (std::uint32_t i = 0; i < in.half(44); ++i) {
    const std::uint64_t at = table + std::uint64_t{i} * step;
    const std::uint32_t size = in.word(at + 16);
    if (in.word(at) != segment_load || size == 0) continue;
    const ByteView content = in.bytes(in.word(at + 4), size);
    elf.segments.push_back({in.word(at + 12), Bytes(content.begin(), content.end())});
  }
}

void read_symbols(const Reader& in, std::uint32_t section, std::uint32_t strings, Elf& elf) {
  constexpr std::uint32_t entry = 16;
  const std::uint32_t start = in.word(section + 16);
  for (std::uint32_t at = start; at + entry <= start + in.word(section + 20); at += entry) {
    const std::string name = in.text(std::uint64_t{strings} + in.word(at));
    const bool is_function = (in.bytes(at + 12, 1)[0] & 0xFU) == type_function;
    const std::uint32_t value = in.word(at + 4);
    if (!name.empty() && name.front() != '$') {
      elf.symbols[name] = {is_function ? value & ~1U : value, in.word(at + 8), is_function};
    }
  }
}

}  // namespace

Elf parse_elf(ByteView file) {
  const Reader in(file);
  const ByteView head = in.bytes(0, ident.size());
  if (!std::equal(ident.begin(), ident.end(), head.begin()) || in.half(18) != machine_arm) {
    throw Error(Errc::bad_image, "no 32-bit little-endian ARM ELF file");
  }
  Elf elf;
  read_segments(in, elf);
  const std::uint32_t table = in.word(32);
  const std::uint32_t step = in.half(46);
  for (std::uint32_t i = 0; i < in.half(48); ++i) {
    const std::uint32_t section = table + i * step;
    if (in.word(section + 4) != section_symbols) continue;
    const std::uint32_t strings = in.word(table + in.word(section + 24) * step + 16);
    read_symbols(in, section, strings, elf);
  }
  return elf;
}

Elf read_elf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(Errc::no_input, "cannot be read", path);
  const Bytes content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  try {
    return parse_elf(content);
  } catch (const Error& error) {
    throw error.at(path);
  }
}

void Symbols::add(const std::map<std::string, Elf::Symbol>& symbols) {
  for (const auto& [name, symbol] : symbols) {
    by_name_[name] = symbol;
    if (symbol.is_function) functions_[symbol.address] = name;
  }
}

std::optional<Elf::Symbol> Symbols::find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::string Symbols::describe(Address address) const {
  const auto next = functions_.upper_bound(address);
  if (next == functions_.begin()) return hex32(address);
  const auto& [start, name] = *std::prev(next);
  const std::uint32_t offset = address - start;
  const std::uint32_t size = by_name_.at(name).size;
  if (size != 0 && offset >= size) return hex32(address);
  return fmt::format("{} <{}{}>", hex32(address), name,
                     offset == 0 ? std::string() : fmt::format("+0x{:X}", offset));
}

}  // namespace emulator
