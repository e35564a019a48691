// SPDX-License-Identifier: GPL-3.0-or-later
// Repairs length and checksum of a record after most mutations of a text format: they would stop
// nearly every input at its first line.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzzing.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void put(std::string& line, std::size_t at, unsigned value) {
  line[at] = "0123456789ABCDEF"[value / 16 % 16];
  line[at + 1] = "0123456789ABCDEF"[value % 16];
}

// ":LL…CC" and "S3LL…CC" count different things and complement the sum differently.
void repair(std::string& line) {
  const bool is_hex = line.starts_with(':');
  const std::size_t start = is_hex ? 1 : 2;
  if (line.size() < start + (is_hex ? 10 : 4) || (line.size() - start) % 2 != 0) return;
  for (std::size_t at = start; at < line.size(); ++at) {
    if (digit(line[at]) < 0) return;
  }
  const std::size_t bytes = (line.size() - start) / 2;
  put(line, start, static_cast<unsigned>(is_hex ? bytes - 5 : bytes - 1));
  unsigned sum = 0;
  for (std::size_t at = start; at + 2 < line.size(); at += 2) {
    sum += static_cast<unsigned>(digit(line[at]) * 16 + digit(line[at + 1]));
  }
  put(line, line.size() - 2, is_hex ? 0U - sum : ~sum);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 8 == 0) return size;  // some stay broken
  auto* text = reinterpret_cast<char*>(data);
  for (char *line = text, *end = text + size; line < end;) {
    char* const newline = std::find(line, end, '\n');
    std::string record(line, newline);
    repair(record);
    std::copy(record.begin(), record.end(), line);
    line = newline + (newline < end ? 1 : 0);
  }
  return size;
}
