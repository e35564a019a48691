// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot read: from a board's memory into a file.
#include "sysboot/inspect.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "command_line/image_file.hpp"
#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "output/standard_streams.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/image_file.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::hex32;

// What a piece of memory can be written as; the others want to know more than its bytes.
constexpr std::array<std::string_view, 3> formats = {"bin", "hex", "srec"};

std::string format_for(const std::string& file) {
  if (is_stream(file)) return "bin";
  const auto format = sysboot::image_format_of(sysboot::to_path(file));
  if (format && std::find(formats.begin(), formats.end(), *format) != formats.end()) {
    return std::string(*format);
  }
  throw Error(Errc::usage,
              fmt::format("its extension must say one of {}", sysboot::joined(formats)), file);
}

struct ReadCommand {
  std::string file;
  SelectorOptions board;
  VisitFlags how;
  AddressOption address;
  LengthOption length;
  bool overwrite = false;

  // `read app.bin` is soon typed for `verify app.bin`.
  void check_output(const Context& context, const std::string& format) const {
    if (is_stream(file)) return require_free_output(context.writes_json(), format);
    const auto path = sysboot::to_path(file);
    sysboot::require_writable(path);
    std::error_code code;
    if (overwrite || !std::filesystem::exists(path, code)) return;
    throw Error(Errc::cannot_write_output, "is there already, and --overwrite was not given", file);
  }

  CommandResult run(Context& context) const {
    const std::string format = format_for(file);
    const sysboot::VisitOptions options = how.values();
    const sysboot::ReadRange range{address.value(), length.value()};
    sysboot::check_range(range);
    check_output(context, format);
    sysboot::ReadResult result = sysboot::read(context.job(), board.one(), range, options);
    const std::uint64_t size = result.content.data.size();
    const std::string place =
        fmt::format("{}-{}", hex32(result.content.address), hex32(result.content.end() - 1));
    sysboot::Image image;
    image.segments.push_back(std::move(result.content));
    if (!is_stream(file)) {
      check_output(context, format);  // once more: it took a while
      sysboot::save_image(sysboot::to_path(file), image, format);
    }
    CommandResult outcome;
    outcome.text = fmt::format(
        "{}: {} of {} at {}, board {}, {}", file, sysboot::counted(size, "byte"), result.memory,
        place, result.visit.entered.board->port_path(), sysboot::human_time(result.visit.took));
    outcome.facts = {{"output", whole_path(file)},
                     {"format", format},
                     {"memory", result.memory},
                     {"address", hex32(image.start())},
                     {"bytes", size}};
    add_visit(outcome, result.visit);
    if (is_stream(file)) put_out(image, format, outcome);
    return outcome;
  }
};

}  // namespace

Command add_read(CommandLine& line) {
  auto command = std::make_shared<ReadCommand>();
  OptionList sub = line.add_command("read", "Read flash, or another memory, into a file");
  sub.argument("out", command->file, "File to write; its extension says .bin, .hex or .srec")
      .required();
  command->board.add_to(sub);
  command->how.add_to(sub);
  command->address.add_to(sub, "Where to begin (default 0x08000000)");
  command->length.add_to(sub, "How many bytes (default: up to the end of the memory)");
  sub.flag("--overwrite", command->overwrite);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
