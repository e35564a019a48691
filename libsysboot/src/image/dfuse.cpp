// SPDX-License-Identifier: GPL-3.0-or-later
// DfuSe files (.dfu). "Section" means one of ST's UM0391, DfuSe File Format Specification, rev. 1.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "bytes.hpp"
#include "format.hpp"
#include "segment_collector.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {
namespace {

constexpr std::string_view signature = "DfuSe";          // section 2.1
constexpr std::string_view target_signature = "Target";  // section 2.3.2
constexpr std::uint8_t format_version = 1;
constexpr std::size_t prefix_size = 11;
constexpr std::size_t target_prefix_size = 274;
constexpr std::size_t element_prefix_size = 8;
constexpr std::size_t name_size = 255;

// Internal flash in the ROM of every line (AN2606; the strings in device logs agree).
constexpr std::uint8_t flash_alternate = 0;

// What ST's own tools call every target.
constexpr std::string_view usual_target_name = "ST...";

bool recognizes(ByteView content) {
  return starts_with(content, signature);
}

class Parser {
 public:
  explicit Parser(const Source& source) : content_(source.content), suffix_(source.suffix) {}

  void parse(Image& image) {
    check_suffix();
    const std::size_t targets = read_prefix();
    for (std::size_t i = 0; i < targets; ++i) read_target();
    if (at_ != content_.size()) {
      here().fail(fmt::format("{} too many behind the last of {}",
                              counted(content_.size() - at_, "byte"), counted(targets, "target")));
    }
    hand_over(image);
  }

 private:
  struct Target {
    std::string name;
    SegmentCollector segments{PlaceUnit::byte};
  };

  Place here() const { return {PlaceUnit::byte, at_}; }

  ByteView take(std::uint64_t size, std::string_view what) {
    const std::size_t left = content_.size() - at_;
    if (size > left) {
      here().fail(fmt::format("{} has {}, but {} are left: the file is cut off", what,
                              counted(size, "byte"), left));
    }
    const ByteView taken = content_.subspan(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

  // It is all there is to show that nothing was lost or changed.
  void check_suffix() const {
    if (!suffix_) {
      Place{PlaceUnit::byte, content_.size()}.fail(
          "a DfuSe file ends with a DFU suffix, this one does not: the file is cut off");
    }
    if (suffix_->version == DfuSuffix::dfuse_version) return;
    Place{PlaceUnit::byte, content_.size() + 6}.fail(
        fmt::format("the suffix says DFU version 0x{:04X}; in a DfuSe file it is 0x{:04X}",
                    suffix_->version, DfuSuffix::dfuse_version));
  }

  // Section 2.1 counts the suffix in DFUImageSize, as does dfuse-pack.py since 0.10; MicroPython's
  // dfu.py, elf2dfuse and fwupd do not.
  std::size_t read_prefix() {
    const ByteView prefix = take(prefix_size, "the prefix");
    if (prefix[5] != format_version) {
      Place{PlaceUnit::byte, 5}.fail(
          fmt::format("DfuSe format version {}, expected {}", prefix[5], format_version));
    }
    const std::uint32_t size = long_word_at(prefix, 6);
    if (size != content_.size() && size != content_.size() + DfuSuffix::size) {
      Place{PlaceUnit::byte, 6}.fail(fmt::format(
          "DFUImageSize is {}, but the file has {} bytes without its suffix, {} with it", size,
          content_.size(), content_.size() + DfuSuffix::size));
    }
    return prefix[10];
  }

  void read_target() {
    const Place place = here();
    const ByteView prefix = take(target_prefix_size, "a target prefix");
    if (!starts_with(prefix, target_signature)) place.fail("expected \"Target\"");
    const std::uint64_t end = std::uint64_t{at_} + long_word_at(prefix, 266);
    Target& target = targets_[prefix[6]];
    if (target.name.empty() && long_word_at(prefix, 7) != 0) {
      target.name = name_in(prefix.subspan(11, name_size));
    }
    const std::uint32_t elements = long_word_at(prefix, 270);
    for (std::uint32_t i = 0; i < elements; ++i) read_element(target);
    if (at_ != end) {
      place.fail(fmt::format("dwTargetSize is {}, but it holds {} with {}",
                             long_word_at(prefix, 266), counted(elements, "element"),
                             counted(at_ - place.number - target_prefix_size, "byte")));
    }
  }

  static std::string name_in(ByteView field) {
    const auto end = std::find(field.begin(), field.end(), 0);
    return printable(std::string(field.begin(), end));
  }

  void read_element(Target& target) {
    const std::size_t place = at_;
    const ByteView prefix = take(element_prefix_size, "an element prefix");
    target.segments.add(long_word_at(prefix, 0), take(long_word_at(prefix, 4), "an element"),
                        place);
  }

  void hand_over(Image& image) {
    std::string others;
    for (auto& [alternate, target] : targets_) {
      std::vector<Segment> segments = target.segments.finish();
      if (segments.empty()) continue;
      if (alternate == flash_alternate) {
        image.segments = std::move(segments);
        continue;
      }
      others += fmt::format("{}{} ({})", others.empty() ? "" : ", ", alternate, target.name);
      image.other_targets.push_back({alternate, target.name, std::move(segments)});
    }
    if (image.segments.empty() && !others.empty()) {
      throw Error(Errc::bad_image,
                  fmt::format("has nothing for alternate setting {}, internal flash; only for {}",
                              flash_alternate, others));
    }
  }

  ByteView content_;
  std::optional<DfuSuffix> suffix_;
  std::size_t at_ = 0;
  std::map<std::uint8_t, Target> targets_;
};

void parse(const Source& source, Image& image) {
  Parser(source).parse(image);
}

void append_target(Bytes& file, std::uint8_t alternate, std::string_view name,
                   const std::vector<Segment>& segments) {
  Bytes elements;
  for (const Segment& segment : segments) {
    append_long_word(elements, segment.address);
    append_long_word(elements, static_cast<std::uint32_t>(segment.data.size()));
    append(elements, segment.data);
  }
  append_text(file, target_signature);
  file.push_back(alternate);
  append_long_word(file, 1);  // bTargetNamed
  const std::string_view shown = name.substr(0, name_size);
  append_text(file, shown);
  file.resize(file.size() + name_size - shown.size());
  append_long_word(file, static_cast<std::uint32_t>(elements.size()));
  append_long_word(file, static_cast<std::uint32_t>(segments.size()));
  append(file, elements);
}

Bytes encode(const Image& image) {
  if (image.other_targets.size() >= 0xFF) {
    throw Error(Errc::bad_image, "a DfuSe file has room for 255 targets");
  }
  Bytes targets;
  append_target(targets, flash_alternate, usual_target_name, image.segments);
  for (const AlternateTarget& other : image.other_targets) {
    append_target(targets, other.alternate, other.name, other.segments);
  }
  Bytes file(signature.begin(), signature.end());
  file.push_back(format_version);
  append_long_word(file, static_cast<std::uint32_t>(prefix_size + targets.size()));
  file.push_back(static_cast<std::uint8_t>(1 + image.other_targets.size()));
  append(file, targets);
  const auto [vendor, product] = image.made_for.value_or(std::pair{st_rom.vendor, st_rom.product});
  append_dfu_suffix(file,
                    {.product = product, .vendor = vendor, .version = DfuSuffix::dfuse_version});
  return file;
}

}  // namespace

const Format dfuse{"dfu", "DfuSe", {".dfu"}, recognizes, parse, encode};

}  // namespace sysboot
