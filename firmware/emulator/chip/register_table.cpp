// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/register_table.hpp"

#include <fmt/core.h>

#include <set>

namespace emulator {
namespace {

std::string_view lasting(std::string name) {
  static std::set<std::string> names;
  return *names.insert(std::move(name)).first;
}

}  // namespace

std::vector<RegisterSpec> expand(std::span<const Numbered> rows) {
  std::vector<RegisterSpec> table;
  for (const Numbered& row : rows) {
    for (unsigned i = 0; i < row.count; ++i) {
      const auto offset = static_cast<std::uint16_t>(row.first_offset + i * row.step);
      table.push_back({offset,
                       lasting(fmt::format(fmt::runtime(row.pattern), row.first_number + i)),
                       row.reset, row.stored, row.refused});
    }
  }
  return table;
}

}  // namespace emulator
