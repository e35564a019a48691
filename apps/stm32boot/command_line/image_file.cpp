// SPDX-License-Identifier: GPL-3.0-or-later
#include "image_file.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "output/standard_streams.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"

namespace stm32boot {

namespace {

using sysboot::Errc;
using sysboot::Error;

void tell_notes(Renderer& renderer, const sysboot::Image& image) {
  for (const std::string& note : image.notes) {
    renderer.event(
        sysboot::Note{sysboot::Note::Level::warning, fmt::format("{}: {}", image.name, note)});
  }
}

Facts facts_of(const sysboot::Image& image, Facts path) {
  return {{"image", image.name},
          {"path", std::move(path)},
          {"format", image.format},
          {"address", sysboot::hex32(image.start())},
          {"bytes", image.size()}};
}

}  // namespace

std::string image_extensions() {
  std::string text;
  for (const sysboot::ImageFormat& format : sysboot::image_formats()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", format.extensions.front());
  }
  return text;
}

Option ImageOptions::add_argument(OptionList command, const std::string& name,
                                  const std::string& about) {
  return command.argument(
      name, words_,
      about + ": " + image_extensions() + "; FILE@ADDRESS says where a raw binary goes");
}

void ImageOptions::add_to(OptionList command, const std::string& where) {
  add_address_to(command, where);
  command.flag("--only-flash", only_flash_);
}

void ImageOptions::add_address_to(OptionList command, const std::string& where) {
  address_.add_to(command, where);
}

void ImageOptions::settle() {
  files_.clear();
  for (const std::string& word : words_) files_.push_back(image_word(word));
  const auto streams = std::count_if(files_.begin(), files_.end(),
                                     [](const ImageWord& word) { return is_stream(word.file); });
  if (streams > 1) throw Error(Errc::usage, "- is standard input, which holds one image only");
  const auto address = address_.value();
  if (!address || files_.empty()) return;
  if (files_.size() > 1) {
    throw Error(Errc::usage,
                "--address is for one file; of several, each takes its own: FILE@ADDRESS");
  }
  ImageWord& file = files_.front();
  if (file.address) {
    throw Error(Errc::usage, "both --address and " + sysboot::printable(words_.front()) +
                                 " say where it goes; one of them is enough");
  }
  file.address = address;
}

void ImageOptions::settle(std::vector<std::string> words) {
  words_ = std::move(words);
  settle();
}

bool ImageOptions::reads_standard_input() const {
  return std::any_of(files_.begin(), files_.end(),
                     [](const ImageWord& word) { return is_stream(word.file); });
}

// Without its folder, unless another one has the same name.
std::string ImageOptions::name_of(const ImageWord& word) const {
  const auto name = sysboot::to_path(word.file).filename();
  const auto same = std::count_if(files_.begin(), files_.end(), [&](const ImageWord& other) {
    return sysboot::to_path(other.file).filename() == name;
  });
  return same > 1 ? word.file : std::string();
}

const ImageWord& ImageOptions::file_of(const std::string& image) const {
  const auto found = std::find_if(files_.begin(), files_.end(), [&](const ImageWord& word) {
    return word.file == image || sysboot::to_text(sysboot::to_path(word.file).filename()) == image;
  });
  return found == files_.end() ? files_.front() : *found;
}

std::string ImageOptions::at_address(const std::string& image, const std::string& address) const {
  const bool takes_option = !say_where_they_go(words_);
  return takes_option ? "--address " + address : file_of(image).file + '@' + address;
}

sysboot::Image ImageOptions::load_one(const ImageWord& word) const {
  sysboot::Image image = load_image_from(word.file, word.address);
  if (const std::string name = name_of(word); !name.empty()) image.name = name;
  return image;
}

std::vector<sysboot::Image> ImageOptions::load_all(Renderer& renderer) const {
  std::vector<sysboot::Image> images;
  for (const ImageWord& word : files_) {
    images.push_back(load_one(word));
    if (only_flash_) images.back() = sysboot::for_flash(std::move(images.back()), true);
    tell_notes(renderer, images.back());
  }
  return images;
}

std::vector<sysboot::Image> ImageOptions::load_all_for_flash(Renderer& renderer) const {
  std::vector<sysboot::Image> images;
  for (const ImageWord& word : files_) {
    images.push_back(sysboot::for_flash(load_one(word), only_flash_));
    const sysboot::Image& image = images.back();
    tell_notes(renderer, image);
    for (const sysboot::AlternateTarget& target : image.other_targets) {
      renderer.event(sysboot::Note{sysboot::Note::Level::warning,
                                   fmt::format("{} also has {}; only internal flash is flashed",
                                               image.name, describe(target))});
    }
  }
  return images;
}

// An address is only the remedy where none was given.
sysboot::Image ImageOptions::merge(std::vector<sysboot::Image> images) const {
  try {
    return sysboot::merge_images(std::move(images));
  } catch (const Error& error) {
    if (error.remedy().empty()) throw;
    const ImageWord& file = file_of(error.remedy());
    throw error.with_remedy(file.address ? std::string() : file.file);
  }
}

sysboot::Image ImageOptions::load(Renderer& renderer) const {
  return merge(load_all(renderer));
}

sysboot::Image ImageOptions::load_for_flash(Renderer& renderer) const {
  return merge(load_all_for_flash(renderer));
}

// Several before they are merged: what goes to the wrong address may overlap because of that.
void ImageOptions::check(const std::vector<sysboot::Image>& images) const {
  try {
    if (images.size() == 1) return sysboot::check_image(images.front(), false);
    if (const auto problem = sysboot::images_problem(images)) throw problem->unless_forced();
  } catch (const Error& error) {
    if (error.remedy().empty() || !say_where_they_go(words_)) throw;
    throw error.with_remedy(at_address(error.context(), error.remedy()));
  }
}

sysboot::Image ImageOptions::load_to_be_flashed(Renderer& renderer, bool force) const {
  std::vector<sysboot::Image> images = load_all_for_flash(renderer);
  if (!force) check(images);
  return merge(std::move(images));
}

Facts ImageOptions::facts(const sysboot::Image& image) const {
  Facts all = facts_of(image, files_.size() == 1 ? whole_path(files_.front().file) : nullptr);
  add_images(image, all);
  return all;
}

void ImageOptions::add_images(const sysboot::Image& image, Facts& facts) const {
  if (image.parts.empty()) return;
  Facts& images = facts["images"] = Facts::list();
  for (std::size_t i = 0; i < image.parts.size(); ++i) {
    images.push_back(facts_of(image.parts[i], whole_path(files_[i].file)));
  }
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
