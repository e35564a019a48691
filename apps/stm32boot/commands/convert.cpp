// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot convert: from one image format to another. Touches no board.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "command_line/image_file.hpp"
#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "output/standard_streams.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/guard.hpp"
#include "sysboot/image.hpp"
#include "sysboot/image_file.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

std::string family_names() {
  std::vector<std::string_view> names;
  for (const sysboot::Uf2Family& family : sysboot::uf2_families()) {
    if (sysboot::is_stm32_family(family.id)) names.push_back(family.name);
  }
  return sysboot::joined(names);
}

// All of the text, in hexadecimal.
template <typename Number>
std::optional<Number> hexadecimal(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::uint32_t family_id(const std::string& text) {
  if (const auto id = sysboot::uf2_family_id(text)) return *id;
  const bool is_number = text.starts_with("0x") || text.starts_with("0X");
  const auto id = is_number ? hexadecimal<std::uint32_t>(std::string_view(text).substr(2))
                            : std::optional<std::uint32_t>();
  if (id) return *id;
  throw Error(Errc::usage, fmt::format("'{}' is no UF2 family: a number such as 0x57755A57, or one "
                                       "of {}",
                                       text, family_names()));
}

std::pair<std::uint16_t, std::uint16_t> usb_ids(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view all(text);
  const auto vendor = hexadecimal<std::uint16_t>(all.substr(0, colon));
  const auto product = hexadecimal<std::uint16_t>(all.substr(std::min(colon + 1, all.size())));
  if (vendor && product) return {*vendor, *product};
  throw Error(Errc::usage, fmt::format("'{}' is no pair of USB ids; write it as 0483:df11", text));
}

struct ConvertCommand {
  ImageOptions source;
  std::string out;
  std::string to;
  std::string family;
  std::string ids;
  bool guard = false;

  void add_to(OptionList command) {
    source.add_argument(command, "in", "Image to read, known by its content").required();
    command.argument("out", out, "File to write; its extension says the format").required();
    command.option("--to", to);
    source.add_to(command);
    command.option("--family", family);
    command.option("--id", ids);
    command.flag("--guard", guard);
  }

  std::string format() const {
    if (!to.empty()) return to;
    if (const auto format = sysboot::image_format_of(sysboot::to_path(out)))
      return std::string(*format);
    throw Error(Errc::usage, fmt::format("no format has this extension; name one with --to: {}",
                                         sysboot::joined(find_option_row("--to")->words())))
        .at(out);
  }

  // For a tool that writes it as it is.
  static void put_stamp_into(sysboot::Image& image) {
    if (image.is_address_assumed) {
      image.segments.front().address = sysboot::guarded_application;
      image.is_address_assumed = false;
    }
    if (const auto problem = sysboot::put_stamp(image)) throw *problem;
  }

  // What the output says about itself, beside the bytes.
  void label(sysboot::Image& image, const std::string& format) const {
    if (!family.empty() && format != "uf2") {
      throw Error(Errc::usage, "--family goes with UF2 files, not with " + format);
    }
    if (!ids.empty() && format != "dfu") {
      throw Error(Errc::usage, "--id goes with DfuSe files, not with " + format);
    }
    if (!family.empty()) image.uf2_family = family_id(family);
    if (!ids.empty()) image.made_for = usb_ids(ids);
    if (format == "uf2" && !image.uf2_family) {
      throw Error(Errc::usage,
                  "a UF2 file says which microcontroller it is for: --family, with one of " +
                      family_names());
    }
  }

  // A build may convert again and again: what is there is replaced, but never the input.
  void check_output(const Context& context, const std::string& format) const {
    if (is_stream(out)) return require_free_output(context.writes_json(), format);
    for (const ImageWord& in : source.files()) {
      std::error_code code;
      if (!std::filesystem::equivalent(sysboot::to_path(in.file), sysboot::to_path(out), code))
        continue;
      throw Error(Errc::usage, "is the input, too", out);
    }
  }

  // Only the output says where it goes; the bytes are right in any case.
  void warn_of_address(Context& context, const sysboot::Image& image) const {
    for (const sysboot::Image& part : image.parts) warn_of_address(context, part);
    if (!image.parts.empty()) return;
    const auto linked_for = sysboot::linked_elsewhere(image);
    if (!linked_for) return;
    const std::string remedy =
        image.format == "bin"
            ? "; it takes " + source.at_address(image.name, sysboot::hex32(*linked_for))
            : "";
    context.renderer().event(sysboot::Note{
        sysboot::Note::Level::warning,
        fmt::format("{} looks linked for {}, but is written for {}{}", image.name,
                    sysboot::hex32(*linked_for), sysboot::hex32(image.start()), remedy)});
  }

  CommandResult run(Context& context) {
    source.settle();
    const std::string format = this->format();
    check_output(context, format);
    sysboot::Image image = source.load(context.renderer());
    if (guard) put_stamp_into(image);
    label(image, format);
    const bool keeps_others = format == "dfu";
    for (const sysboot::AlternateTarget& target : image.other_targets) {
      if (keeps_others) continue;
      context.renderer().event(sysboot::Note{sysboot::Note::Level::warning,
                                             fmt::format("{} also has {}; {} has no place for it",
                                                         image.name, describe(target), format)});
    }
    if (format != "bin") warn_of_address(context, image);
    if (!is_stream(out)) sysboot::save_image(sysboot::to_path(out), image, format);
    CommandResult outcome;
    outcome.text = fmt::format(
        "{}: {}, {} in {} at {}-{}, from {}", out, format, sysboot::counted(image.size(), "byte"),
        sysboot::counted(image.segments.size(), "segment"), sysboot::hex32(image.start()),
        sysboot::hex32(image.segments.back().end() - 1), image.format);
    outcome.facts = facts(image, format);
    if (is_stream(out)) put_out(image, format, outcome);
    return outcome;
  }

  Facts facts(const sysboot::Image& image, const std::string& format) const {
    const bool is_one = image.parts.empty();
    Facts object = {{"input", is_one ? whole_path(source.files().front().file) : nullptr},
                    {"from", image.format},
                    {"output", whole_path(out)},
                    {"to", format},
                    {"bytes", image.size()},
                    {"segments", to_facts(image.segments)}};
    source.add_images(image, object);
    if (image.entry) object["entry"] = sysboot::hex32(*image.entry);
    if (format == "uf2") object["family"] = sysboot::hex32(*image.uf2_family);
    Facts& left_out = object["left_out"] = Facts::list();
    if (format == "dfu") return object;
    for (const sysboot::AlternateTarget& target : image.other_targets) {
      left_out.push_back(to_facts(target));
    }
    return object;
  }
};

}  // namespace

Command add_convert(CommandLine& line) {
  auto command = std::make_shared<ConvertCommand>();
  OptionList sub = line.add_command("convert", "Convert an image to another format");
  command->add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
