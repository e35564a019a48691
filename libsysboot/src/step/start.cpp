// SPDX-License-Identifier: GPL-3.0-or-later
#include "start.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "flash_reader.hpp"
#include "image/bytes.hpp"
#include "image/guard.hpp"
#include "image/memory_map.hpp"
#include "step/guarded.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::size_t first_words = 8;  // stack pointer and reset vector

std::string problem_with(std::uint32_t stack, std::uint32_t reset) {
  if (!is_stack_pointer(stack)) return "its first word " + hex32(stack) + " is no stack pointer";
  if (reset % 2 != 0 && in_flash(reset - 1)) return {};
  return "its second word " + hex32(reset) + " is no reset vector";
}

// A reset shows flash at 0, the ROM shows itself there: such a program starts with power, but not
// from the ROM.
bool is_linked_for_0(std::uint32_t stack, std::uint32_t reset) {
  return is_stack_pointer(stack) && reset % 2 != 0 && in_flash(flash_base + reset - 1) &&
         reset < flash_base;
}

FirstWords judge(ByteView words, std::uint32_t address, std::uint8_t erased) {
  const bool are_erased = std::count(words.begin(), words.end(), erased) == std::ssize(words);
  const std::uint32_t stack = long_word_at(words, 0);
  const std::uint32_t reset = long_word_at(words, 4);
  if (is_linked_for_0(stack, reset)) return {address, false, false, 0, {}};
  const std::string problem =
      are_erased ? "stack pointer and reset vector are erased" : problem_with(stack, reset);
  if (problem.empty()) return {address, true, false, reset - 1, {}};
  return {address, true, are_erased, 0,
          fmt::format("there is no program at {}: {}", hex32(address), problem)};
}

// Empty where the device lets nothing be read.
std::optional<Bytes> read_words(const Job& job, DfuseSession& dfu, std::uint32_t address,
                                std::size_t size) {
  Bytes start(size);
  try {
    with_restarts(job, dfu, [&] { FlashReader(dfu).read(address, start); });
    return start;
  } catch (const Error& error) {
    if (error.code() != Errc::read_protected) throw;
    job.note(Note::Level::debug, error.what());
    return std::nullopt;
  }
}

// The work may have been in another memory, in which the device refuses addresses of flash.
void select_flash(const Job& job, DfuseSession& dfu) {
  with_restarts(job, dfu, [&] { dfu.select(dfu.flash()); });
}

// As guard does: a stamp may not fit what is there.
FirstWords look_as_guard(const Job& job, DfuseSession& dfu) {
  std::optional<GuardStatus> status;
  with_restarts(job, dfu, [&] {
    const auto there = look_for_guard(dfu);
    if (there) status = guard_status(job, dfu, *there);
  });
  FirstWords first = look_at_program(job, dfu, guarded_application);
  if (first.start_nothing() || !status || !status->problem) return first;
  return {guarded_application, true, false, 0,
          "guard starts no program at " + hex32(guarded_application) + ": " + *status->problem};
}

// A look is no reason to give up what follows it.
FirstWords look_if_possible(const Job& job, DfuseSession& dfu, bool is_guarded = false) {
  try {
    return is_guarded ? look_as_guard(job, dfu) : look_at_program(job, dfu, flash_base);
  } catch (const Error& error) {
    if (error.code() == Errc::board_gone || error.code() == Errc::interrupted) throw;
    job.note(Note::Level::debug, error.what());
    dfu.recover();
    return {};
  }
}

// As they are in flash now. None where the image does not hold them.
std::optional<ByteView> words_in(const Image& image, std::uint32_t address) {
  for (const Segment& segment : image.segments) {
    const bool holds_them =
        segment.address <= address && std::uint64_t{address} + first_words <= segment.end();
    if (holds_them) return ByteView(segment.data).subspan(address - segment.address, first_words);
  }
  return std::nullopt;
}

}  // namespace

FirstWords look_at_program(const Job& job, DfuseSession& dfu, std::uint32_t address) {
  const MemoryLayout& flash = dfu.layout();
  if (!flash.sector_at(address) || !dfu.description().functional.can_upload) return {};
  const std::uint64_t last = std::uint64_t{address} + first_words - 1;
  if (!flash.sector_at(last)) {
    return {address, true, false, 0,
            fmt::format("there is no program at {}: flash ends there", hex32(address))};
  }
  const bool may_be_guard = address == flash_base && may_hold_guard(flash);
  const auto words =
      read_words(job, dfu, address, may_be_guard ? std::size_t{guard_words_end} : first_words);
  if (!words) return {};
  if (may_be_guard && guard_at(*words)) return look_at_program(job, dfu, guarded_application);
  return judge(*words, address, erased_byte(flash));
}

bool is_program_gone(const Job& job, DfuseSession& dfu, const std::vector<Sector>& erased) {
  const auto is_erased = [&](std::uint32_t address) {
    return std::any_of(erased.begin(), erased.end(), [&](const Sector& sector) {
      return sector.address <= address && address < sector.end();
    });
  };
  if (is_erased(flash_base)) return true;
  const FirstWords first = look_if_possible(job, dfu);
  return is_erased(first.address) || (first.entry != 0 && is_erased(first.entry));
}

StartPlace start_place(const Job& job, DfuseSession& dfu, const Image& image, bool is_verified,
                       bool is_guarded) {
  select_flash(job, dfu);
  const std::uint8_t erased = erased_byte(dfu.layout());
  const std::uint32_t begin = is_guarded ? guarded_application : flash_base;
  const auto flashed = words_in(image, begin);
  const bool is_told =
      flashed && (!is_guarded || judge_stamp(application_in(image)) != Stamp::wrong);
  const FirstWords first =
      is_told ? judge(*flashed, begin, erased) : look_if_possible(job, dfu, is_guarded);
  const bool is_program = first.is_known && !first.start_nothing();
  StartPlace place;
  place.problem = first.problem;
  if (first.start_nothing()) place.starts_by_itself = false;
  if (is_program && (is_verified || !flashed)) place.starts_by_itself = true;
  if (is_program) {
    place.address = flash_base;
    return place;
  }
  for (const Segment& segment : image.segments) {
    if (is_guarded) break;
    const auto words = words_in(image, segment.address);
    if (!words || judge(*words, segment.address, erased).start_nothing()) continue;
    place.address = segment.address;
    return place;
  }
  if (!first.is_known) place.address = flash_base;
  return place;
}

std::optional<RunResult> start_again(const Job& job, DfuseSession& dfu, const RunOptions& options) {
  select_flash(job, dfu);
  const FirstWords first = look_if_possible(job, dfu);
  if (!first.start_nothing()) return leave_and_follow(job, std::move(dfu), flash_base, options);
  job.note(Note::Level::warning, "it stays in DFU mode: " + first.problem);
  return std::nullopt;
}

}  // namespace sysboot
