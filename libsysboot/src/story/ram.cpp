// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/ram.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "board/loader.hpp"
#include "chip/loadable_ram.hpp"
#include "dfuse/session.hpp"
#include "image/ram_program.hpp"
#include "step/dfu_stay.hpp"
#include "step/difference.hpp"
#include "step/made_for.hpp"
#include "step/stage_clock.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::uint8_t f411_id = 0xD0;

std::uint64_t size_of(const std::vector<Segment>& words) {
  std::uint64_t bytes = 0;
  for (const Segment& segment : words) bytes += segment.data.size();
  return bytes;
}

// The first address that is not inside.
std::optional<std::uint32_t> first_outside(const std::vector<Segment>& words,
                                           const RamRange& range) {
  for (const Segment& segment : words) {
    if (segment.address < range.first) return segment.address;
    if (segment.end() > range.end) return std::max(segment.address, range.end);
  }
  return std::nullopt;
}

bool fit(const std::vector<Segment>& words, const std::vector<Chip>& chips) {
  const auto range = common_loadable_ram(chips);
  return range && !first_outside(words, *range);
}

Error unfit(const Image& image, const std::string& why) {
  return {Errc::image_does_not_fit, image.name + " cannot be loaded into RAM: " + why};
}

Error refusal(const Image& image, const std::vector<Chip>& chips, const ChipGuess& guess) {
  const auto range = common_loadable_ram(chips);
  if (!range) {
    return unfit(image, fmt::format("the chip is {}, and only of the ROMs of STM32F2, F4 and F7 "
                                    "parts is it known which RAM they take programs into",
                                    guess.describe()));
  }
  const std::uint32_t outside = first_outside(ram_words(image), *range).value();
  return unfit(
      image,
      fmt::format("{} is outside {}-{}, which is what the ROM of {} takes; it needs what "
                  "is below for itself",
                  hex32(outside), hex32(range->first), hex32(range->end - 1), guess.describe()));
}

// Without the id where that is enough: not every ROM lets it be read.
void require_loadable(const Job& job, DfuseSession& dfu, const Image& image) {
  if (!is_st_rom(dfu.description().usb)) {
    throw unfit(image, fmt::format("the bootloader is {}, and only of ST's own, {}, is it known "
                                   "which RAM it takes programs into",
                                   dfu.description().usb.id(), st_rom.text()));
  }
  const MemoryLayout& flash = dfu.layout();
  const std::vector<Segment> words = ram_words(image);
  std::vector<Chip> chips = possible_chips(flash, std::nullopt);
  if (fit(words, chips)) return;
  std::optional<std::uint8_t> id;
  if (common_loadable_ram(chips)) id = read_bootloader_id(job, dfu);
  if (!is_confirmed(job, dfu, id)) id = std::nullopt;
  chips = possible_chips(flash, id);
  if (!fit(words, chips)) throw refusal(image, chips, guess_chip(flash, id));
}

void require_right_board(const Job& job, DfuseSession& dfu, const Image& image,
                         const UsbDeviceInfo& application, bool force) {
  require_readable(dfu);
  require_loadable(job, dfu, image);
  if (!force) check_made_for(job, dfu, image, application);
}

ByteView first_of(ByteView data, std::size_t most) {
  return data.first(std::min(data.size(), most));
}

void write(const Job& job, DfuseSession& dfu, const std::vector<Segment>& words) {
  const std::uint64_t total = size_of(words);
  StageClock written(job, Stage::write, total, human_size(total));
  for (const Segment& segment : words) {
    std::uint32_t address = segment.address;
    for (ByteView left = segment.data; !left.empty();) {
      job.check_stop();
      const ByteView block = first_of(left, dfu.block_size());
      left = left.subspan(block.size());
      dfu.write_block(address, block, first_of(left, dfu.block_size()));
      address += static_cast<std::uint32_t>(block.size());
      written.add(block.size());
    }
  }
  written.end();
}

void verify(const Job& job, DfuseSession& dfu, const std::vector<Segment>& words) {
  const std::uint64_t total = size_of(words);
  StageClock verified(job, Stage::verify, total, human_size(total));
  FlashReader reader(dfu);
  for (const Segment& segment : words) {
    const auto difference =
        first_difference(job, reader, {segment.address, segment.data}, dfu.block_size(),
                         [&](std::uint64_t bytes) { verified.add(bytes); });
    if (!difference) continue;
    verified.end("differs at " + hex32(difference->address), {.differs_at = difference->address});
    throw Error(Errc::mismatch, "RAM differs from the image at " + difference->describe());
  }
  verified.end();
}

void check(const Job& job, const Image& image, const RamRunOptions& options) {
  check_ram_program(image, options.run.force);
  check_start(image.start());
  check_way_into_dfuse(options.enter);
  if (const auto problem = entry_problem(image)) job.note(Note::Level::warning, *problem);
}

auto check_beforehand(const Image& image, const RamRunOptions& options) {
  return [&](const Board& found) {
    if (!options.run.force) check_made_for_beforehand(image, found, options.enter.trigger);
  };
}

}  // namespace

void check_ram_program(const Image& image, bool force) {
  require_ram_program(image, force);
}

RamRun run_in_ram(const Job& job, const Selector& selector, const Image& image,
                  const RamRunOptions& options) {
  check(job, image, options);
  DfuStay stay(job, selector, {options.enter, options.run}, check_beforehand(image, options));
  RamRun result;
  result.entered = stay.entered();
  result.address = image.start();
  result.bytes = image.size();
  const auto load = [&](DfuseSession& dfu) {
    const std::vector<Segment> words = ram_words(image);
    result.restarts = with_restarts(job, dfu, [&] {
      require_right_board(job, dfu, image, result.entered.before.usb, options.run.force);
      write(job, dfu, words);
      verify(job, dfu, words);
    });
  };
  stay.work(load, [] { return true; });
  result.run = stay.leave(image.start());
  result.took = stay.took();
  return result;
}

RamDryRun dry_run_in_ram(const Job& job, const Selector& selector, const Image& image,
                         const RamRunOptions& options) {
  check(job, image, options);
  RamDryRun result;
  result.board = find_if_there(job, selector, options.enter.trigger.firmware);
  const bool is_asked =
      result.board && (result.board->mode != BoardMode::application || options.enter.may_reboot);
  if (!is_asked) {
    if (!options.run.force) check_made_for_assumed(image, result.board);
    const auto chips = possible_chips(parse_layout(f411_flash), f411_id);
    if (!fit(ram_words(image), chips)) {
      throw refusal(image, chips, guess_chip(parse_layout(f411_flash), f411_id));
    }
    return result;
  }
  DfuStay stay(job, *result.board, selector, {options.enter, options.run},
               check_beforehand(image, options));
  stay.look([&](DfuseSession& dfu) {
    require_right_board(job, dfu, image, result.board->usb, options.run.force);
  });
  result.visit = stay.leave_as_found();
  return result;
}

}  // namespace sysboot
