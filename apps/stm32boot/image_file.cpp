// SPDX-License-Identifier: GPL-3.0-or-later
#include "image_file.hpp"
#include "standard_streams.hpp"

#include <fmt/format.h>

namespace stm32boot {

using nlohmann::ordered_json;

std::string image_extensions() {
  std::string text;
  for (const sysboot::ImageFormat& format : sysboot::image_formats()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", format.extensions.front());
  }
  return text;
}

sysboot::Image load_for_flash(Context& context, const std::string& file,
                              std::optional<std::uint32_t> address) {
  sysboot::Image image = load_image_from(file, address);
  for (const sysboot::AlternateTarget& target : image.other_targets) {
    context.renderer().event(sysboot::Note{
        sysboot::Note::Level::warning, fmt::format("{} also has {}; only internal flash is flashed",
                                                   image.name, describe(target))});
  }
  return image;
}

std::string describe(const sysboot::AlternateTarget& target) {
  std::uint64_t bytes = 0;
  for (const sysboot::Segment& segment : target.segments) bytes += segment.data.size();
  return fmt::format("{} for alternate setting {}{}", sysboot::human_size(bytes), target.alternate,
                     target.name.empty() ? "" : fmt::format(" ({})", target.name));
}

ordered_json to_json(const std::vector<sysboot::Segment>& segments) {
  ordered_json array = ordered_json::array();
  for (const sysboot::Segment& segment : segments) {
    array.push_back({{"address", sysboot::hex32(segment.address)}, {"size", segment.data.size()}});
  }
  return array;
}

ordered_json to_json(const sysboot::AlternateTarget& target) {
  return {{"alternate", target.alternate},
          {"name", target.name},
          {"segments", to_json(target.segments)}};
}

}  // namespace stm32boot
