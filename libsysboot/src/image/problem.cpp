// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps an image from being flashed, whatever the board.
#include <fmt/core.h>

#include "image/guard.hpp"
#include "image/link_address.hpp"
#include "image/memories.hpp"
#include "image/vector_table.hpp"
#include "image/wrapped.hpp"
#include "sysboot/error.hpp"
#include "sysboot/image.hpp"
#include "sysboot/layout.hpp"

namespace sysboot {
namespace {

// Firmware that the chip does not start, so that it has no vector table where one would be.
std::optional<Error> starter_problem(const Image& image) {
  if (is_wireless_firmware(image.segments.back().data)) {
    return Error(Errc::bad_image,
                 "this is firmware for the wireless coprocessor of an STM32WB, which ST's firmware "
                 "upgrade service (FUS) installs",
                 image.name);
  }
  if (is_mcuboot_image(image.segments.front().data) && image.start() == flash_base) {
    return Error(
        Errc::bad_image,
        fmt::format("this is an MCUboot image, which the chip does not start: MCUboot belongs "
                    "to {}, the image to its slot",
                    hex32(flash_base)),
        image.name);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> image_problem(const Image& image) {
  if (!image.parts.empty()) return images_problem(image.parts);
  if (auto problem = starter_problem(image)) return problem;
  if (is_mcuboot_image(image.segments.front().data)) return std::nullopt;
  if (const auto address = linked_elsewhere(image)) {
    const bool is_raw = image.format == "bin";
    const Error error(
        Errc::linked_elsewhere,
        fmt::format("looks linked for {}, but {} {}", hex32(*address),
                    is_raw ? "goes to" : "its addresses begin at", hex32(image.start())),
        image.name);
    return is_raw ? error.with_remedy(hex32(*address)) : error;
  }
  if (const auto problem = vector_table_problem(image)) {
    return Error(Errc::bad_image, "this is no STM32 program: " + *problem, image.name);
  }
  return std::nullopt;
}

void check_image(const Image& image, bool force) {
  for (const Image& part : image.parts) require_flash_addresses(part);
  require_flash_addresses(image);
  if (force) return;
  const auto problem = image_problem(image);
  if (!problem) return;
  const bool may_be_right =
      image.is_address_assumed && !image_problem(moved_to(image, guarded_application));
  if (!may_be_right) throw problem->unless_forced();
}

}  // namespace sysboot
