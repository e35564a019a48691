// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/peripheral.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace emulator {

Peripheral::Peripheral(Wiring& wiring, const Place& place, RegisterTable table)
    : wiring_(wiring), place_(place), table_(table) {
  std::size_t words = 1;
  for (const RegisterSpec& row : table_) words = std::max<std::size_t>(words, row.offset / 4 + 1);
  rows_.resize(words);
  values_.resize(words);
  for (const RegisterSpec& row : table_) {
    rows_[row.offset / 4] = &row;
    values_[row.offset / 4] = row.reset;
  }
}

const RegisterSpec* Peripheral::spec(std::uint32_t offset) const {
  return offset / 4 < rows_.size() ? rows_[offset / 4] : nullptr;
}

std::string Peripheral::register_name(std::uint32_t offset) const {
  const RegisterSpec* row = spec(offset);
  const std::string number = row == nullptr ? fmt::format("0x{:03X}", offset) : std::string();
  return fmt::format("{}_{} ({})", place_.name, row == nullptr ? number : row->name,
                     hex32(place_.base + offset));
}

std::uint32_t& Peripheral::at(std::uint32_t offset) {
  return values_[offset / 4];
}

std::uint32_t Peripheral::peek(std::uint32_t offset) const {
  return values_[offset / 4];
}

std::uint32_t Peripheral::read(std::uint32_t offset, unsigned size) {
  if (spec(offset) == nullptr) {
    wiring_.reports.add(Finding::unmodelled, "read from " + register_name(offset));
    return 0;
  }
  return on_read(offset & ~3U) >> (8 * (offset & 3)) & lane_mask(size);
}

void Peripheral::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
  const RegisterSpec* row = spec(offset);
  if (row == nullptr) {
    wiring_.reports.add(Finding::unmodelled,
                        fmt::format("write of 0x{:08X} to {}", value, register_name(offset)));
    return;
  }
  std::uint32_t& held = values_[row->offset / 4];
  const std::uint32_t before = held;
  value &= lane_mask(size);
  if (size < 4 && (place_.bus == Bus::apb1 || place_.bus == Bus::apb2)) {
    for (unsigned filled = 8 * size; filled < 32; filled *= 2) value |= value << filled;
  } else if (size < 4) {
    const unsigned shift = 8 * (offset & 3);
    value = (before & ~(lane_mask(size) << shift)) | value << shift;
  }
  if (const std::uint32_t refused = value & row->refused; refused != 0) {
    wiring_.reports.add(Finding::unmodelled, fmt::format("write of 0x{:08X} to {}: bits 0x{:08X}",
                                                         value, register_name(offset), refused));
  }
  held = (before & ~row->stored) | (value & row->stored);
  on_write(row->offset, value, before);
}

void Peripheral::on_write(std::uint32_t /*offset*/, std::uint32_t /*value*/,
                          std::uint32_t /*before*/) {}

void Peripheral::reset(bool power_on) {
  for (const RegisterSpec& row : table_) {
    if (power_on || !survives(row.offset)) values_[row.offset / 4] = row.reset;
  }
  on_reset();
}

bool Peripheral::is_reset() const {
  return std::all_of(table_.begin(), table_.end(), [this](const RegisterSpec& row) {
    return survives(row.offset) || values_[row.offset / 4] == row.reset;
  });
}

void Peripheral::report(Finding finding, std::uint32_t offset, std::string_view text) {
  wiring_.reports.add(finding, fmt::format("{}: {}", register_name(offset), text));
}

}  // namespace emulator
