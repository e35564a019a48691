// SPDX-License-Identifier: GPL-3.0-or-later
#include "image_file.hpp"

#include <fmt/core.h>

#include "output/standard_streams.hpp"

namespace stm32boot {

namespace {

void tell_notes(Renderer& renderer, const sysboot::Image& image) {
  for (const std::string& note : image.notes) {
    renderer.event(
        sysboot::Note{sysboot::Note::Level::warning, fmt::format("{}: {}", image.name, note)});
  }
}

}  // namespace

std::string image_extensions() {
  std::string text;
  for (const sysboot::ImageFormat& format : sysboot::image_formats()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", format.extensions.front());
  }
  return text;
}

void ImageOptions::add_to(OptionList command, const std::string& where) {
  address.add_to(command, where);
  command.flag("--only-flash", only_flash);
}

sysboot::Image ImageOptions::load(Renderer& renderer) const {
  sysboot::Image image = load_image_from(file, address.value());
  if (only_flash) image = sysboot::for_flash(std::move(image), true);
  tell_notes(renderer, image);
  return image;
}

sysboot::Image ImageOptions::load_for_flash(Renderer& renderer) const {
  sysboot::Image image = sysboot::for_flash(load_image_from(file, address.value()), only_flash);
  tell_notes(renderer, image);
  for (const sysboot::AlternateTarget& target : image.other_targets) {
    renderer.event(sysboot::Note{sysboot::Note::Level::warning,
                                 fmt::format("{} also has {}; only internal flash is flashed",
                                             image.name, describe(target))});
  }
  return image;
}

Facts ImageOptions::facts(const sysboot::Image& image) const {
  return {{"image", image.name},
          {"path", whole_path(file)},
          {"format", image.format},
          {"address", sysboot::hex32(image.start())},
          {"bytes", image.size()}};
}

std::string describe(const sysboot::AlternateTarget& target) {
  std::uint64_t bytes = 0;
  for (const sysboot::Segment& segment : target.segments) bytes += segment.data.size();
  return fmt::format("{} for alternate setting {}{}", sysboot::human_size(bytes), target.alternate,
                     target.name.empty() ? "" : fmt::format(" ({})", target.name));
}

Facts to_facts(const std::vector<sysboot::Segment>& segments) {
  Facts array = Facts::list();
  for (const sysboot::Segment& segment : segments) {
    array.push_back({{"address", sysboot::hex32(segment.address)}, {"bytes", segment.data.size()}});
  }
  return array;
}

Facts to_facts(const sysboot::AlternateTarget& target) {
  return {{"alternate", target.alternate},
          {"name", target.name},
          {"segments", to_facts(target.segments)}};
}

}  // namespace stm32boot
