// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps images from being flashed together: a bootloader, its application, and data.
#include <algorithm>

#include "image/memory_map.hpp"
#include "image/vector_table.hpp"
#include "image/wrapped.hpp"
#include "sysboot/error.hpp"
#include "sysboot/guard.hpp"
#include "sysboot/image.hpp"

namespace sysboot {
namespace {

bool is_started_by_others(const Image& image) {
  return is_mcuboot_image(image.segments.front().data) ||
         is_wireless_firmware(image.segments.back().data);
}

// Its reset handler may be in another one: a vector table can be a file of its own.
bool is_program(const Image& image, const std::vector<Image>& all) {
  if (is_started_by_others(image) || linked_elsewhere(image)) return false;
  Image whole{image.name, image.format, image.segments};
  for (const Image& other : all) {
    whole.segments.insert(whole.segments.end(), other.segments.begin(), other.segments.end());
  }
  return !vector_table_problem(whole);
}

bool starts_board(const Image& image, const std::vector<Image>& all) {
  const auto start = in_flash(image.start());
  return (start == flash_base || start == guarded_application) && is_program(image, all);
}

bool may_be_data(const Image& image) {
  return !is_started_by_others(image) && in_flash(image.start()) != flash_base;
}

}  // namespace

std::optional<Error> images_problem(const std::vector<Image>& images) {
  const bool one_starts = std::any_of(images.begin(), images.end(), [&](const Image& image) {
    return starts_board(image, images);
  });
  for (const Image& image : images) {
    auto problem = image_problem(image);
    if (!problem) continue;
    const bool is_right_beside_others =
        problem->code() == Errc::bad_image &&
        (is_program(image, images) || (one_starts && may_be_data(image)));
    if (!is_right_beside_others) return problem;
  }
  return std::nullopt;
}

}  // namespace sysboot
