// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot verify: does flash hold this image?
#include "sysboot/inspect.hpp"

#include <fmt/core.h>

#include "boards/on_boards.hpp"
#include "command_line/image_file.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::hex32;

struct VerifyCommand {
  ImageOptions source;
  BoardsOptions boards;
  VisitFlags how;

  CommandResult run(Context& context) {
    source.settle();
    const sysboot::VisitOptions options = how.values();
    const sysboot::Image image = source.load_for_flash(context.renderer());
    return on_boards(context, boards, options.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return verify_one(job, board, image, options);
                     });
  }

  CommandResult verify_one(const sysboot::Job& job, const sysboot::Selector& board,
                           const sysboot::Image& image,
                           const sysboot::VisitOptions& options) const {
    const sysboot::VerifyResult result = sysboot::verify(job, board, image, options);
    CommandResult outcome;
    outcome.problem = result.problem();
    if (!outcome.problem) {
      outcome.text = fmt::format("verified: flash holds {}, {} at {}, board {}, {}", image.name,
                                 sysboot::counted(result.bytes, "byte"), hex32(result.address),
                                 result.visit.entered.board->port_path(),
                                 sysboot::human_time(result.visit.took));
      outcome.brief = "verified";
    }
    outcome.facts = facts(image, result);
    add_visit(outcome, result.visit);
    return outcome;
  }

  Facts facts(const sysboot::Image& image, const sysboot::VerifyResult& result) const {
    Facts object = source.facts(image);
    object["address"] = hex32(result.address);
    object["sectors"] = result.sectors;
    object["verified"] = result.differences.empty();
    object["differences"] = Facts::list();
    for (const auto& difference : result.differences) {
      Facts one = {{"address", hex32(difference.address)},
                   {"expected", sysboot::hex_bytes(difference.expected, "")},
                   {"observed", sysboot::hex_bytes(difference.observed, "")}};
      if (!difference.image.empty()) one["image"] = difference.image;
      if (difference.sector) one["sector"] = to_facts(*difference.sector);
      object["differences"].push_back(std::move(one));
    }
    return object;
  }
};

}  // namespace

Command add_verify(CommandLine& line) {
  auto command = std::make_shared<VerifyCommand>();
  OptionList sub = line.add_command("verify", "Compare flash with an image; changes nothing");
  command->source.add_argument(sub, "image", "Image to compare with").required();
  command->boards.add_to(sub);
  command->how.add_to(sub);
  command->source.add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
