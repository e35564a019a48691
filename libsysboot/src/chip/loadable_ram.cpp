// SPDX-License-Identifier: GPL-3.0-or-later
#include "loadable_ram.hpp"

#include <algorithm>
#include <array>

namespace sysboot {
namespace {

using enum RamEvidence;

// From where: AN2606, the table on each line, or more where its text and tables disagree (F412: 12
// and 16 KiB). To where: RAM that goes on from there without a gap (ram.hpp), of the smallest part.
// Executed: the F413's V9.0. Its code was also run on an F411, which its own ROM was not.
// Reported: github.com/numworks/epsilon, ion/src/device/flasher/ram.ld and build/targets.device.mak
// load a program to 0x20030000 (earlier, ion/src/device/usb/flasher.ld, to 0x20004000) and leave to
// it, with an STM32F412 and an STM32F730. The first row that fits is taken.
constexpr std::array rows = std::to_array<LoadableRam>({
    {"STM32F205/215xC", {0x20002000, 0x20018000}, documented},
    {"STM32F20", {0x20002000, 0x20020000}, documented},
    {"STM32F401xB/C", {0x20003000, 0x20010000}, documented},
    {"STM32F401", {0x20003000, 0x20018000}, documented},
    {"STM32F405", {0x20003000, 0x20020000}, documented},
    {"STM32F411", {0x20003000, 0x20020000}, documented},
    {"STM32F412", {0x20004000, 0x20040000}, reported},
    {"STM32F413", {0x20003000, 0x20050000}, executed},
    {"STM32F427", {0x20003000, 0x20030000}, documented},
    {"STM32F446", {0x20003000, 0x20020000}, documented},
    {"STM32F469", {0x20003000, 0x20050000}, documented},
    {"STM32F722", {0x20004000, 0x20040000}, reported},
    {"STM32F745", {0x20004000, 0x20050000}, documented},
    {"STM32F765", {0x20004000, 0x20080000}, documented},
});

}  // namespace

std::span<const LoadableRam> loadable_ram() {
  return rows;
}

const LoadableRam* loadable_ram(const Chip& chip) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const LoadableRam& one) {
    return chip.line.starts_with(one.line);
  });
  return row == rows.end() ? nullptr : &*row;
}

std::optional<RamRange> common_loadable_ram(const std::vector<Chip>& chips) {
  std::optional<RamRange> common;
  for (const Chip& chip : chips) {
    const LoadableRam* row = loadable_ram(chip);
    if (row == nullptr) return std::nullopt;
    if (!common) common = row->range;
    common = {std::max(common->first, row->range.first), std::min(common->end, row->range.end)};
  }
  return common;
}

}  // namespace sysboot
