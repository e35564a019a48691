// SPDX-License-Identifier: GPL-3.0-or-later
// Does the image fit the flash of the board that is there?
#include <fmt/core.h>

#include "steps.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// Which memory of the device this is, beside its flash, such as the data EEPROM of an STM32L0;
// empty for none.
std::string other_memory(std::uint32_t address, DfuseSession& dfu) {
  if (dfu.layout().sector_at(address)) return {};
  for (const auto& alt : dfu.alternates()) {
    if (alt.layout && alt.layout->sector_at(address)) return printable(alt.layout->name);
  }
  return {};
}

}  // namespace

// plan_flash only knows the flash; the device's other memories make a better message.
FlashPlan plan_for(const Image& image, DfuseSession& dfu, bool keep_tail) {
  try {
    return plan_flash(image, dfu.layout(), keep_tail);
  } catch (const Error& error) {
    for (const Segment& segment : image.segments) {
      const std::string memory = other_memory(segment.address, dfu);
      if (memory.empty()) continue;
      throw Error(Errc::image_does_not_fit, fmt::format("{} is in {}, which flash does not write",
                                                        hex32(segment.address), memory));
    }
    throw;
  }
}

FlashPlan plan_for(const FlashPart& part, DfuseSession& dfu, bool keep_tail) {
  FlashPlan plan = plan_for(part.image, dfu, keep_tail);
  const Sector& first = plan.sectors.front().sector;
  const bool holds_vectors =
      guarded_application >= first.address && guarded_application < first.end();
  if (part.is_under_guard && holds_vectors) plan.guarded_vectors = guarded_application;
  return plan;
}

}  // namespace sysboot
