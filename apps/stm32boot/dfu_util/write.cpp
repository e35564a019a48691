// SPDX-License-Identifier: GPL-3.0-or-later
// What a run in dfu-util's place changes on a board: -D, and -s without a file.
#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <tuple>

#include "command_line/image_file.hpp"
#include "hand_over.hpp"
#include "output/facts.hpp"
#include "output/standard_streams.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/option_bytes.hpp"
#include "sysboot/text.hpp"
#include "sysboot/unlock.hpp"
#include "tool.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Board;
using sysboot::BoardMode;
using sysboot::DfuInterface;
using sysboot::Errc;
using sysboot::Error;
using sysboot::hex32;
using sysboot::Image;

// With :force, what is known to be something else than firmware is data as any other.
Image load_file(const std::string& file, std::optional<std::uint32_t> address, bool is_forced) {
  try {
    return load_image_from(file, address);
  } catch (const Error& error) {
    const bool can_be_read_again = !is_stream(file);
    if (error.code() != Errc::bad_image || !is_forced || !address || !can_be_read_again) throw;
    std::ifstream in(sysboot::to_path(file), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    if (content.empty()) throw;
    return {file, "bin", {{*address, {content.begin(), content.end()}}}};
  }
}

// A file says nothing with 0xFFFF (DFU 1.1, table B.1), nor with 0, as some have it.
bool is_said(std::uint16_t id) {
  return id != 0xFFFF && id != 0;
}

bool fits(const std::pair<std::uint16_t, std::uint16_t>& made_for, const IdMatch& ids) {
  const bool vendor_fits = !is_said(made_for.first) || !ids.vendor || *ids.vendor == made_for.first;
  const bool product_fits =
      !is_said(made_for.second) || !ids.product || *ids.product == made_for.second;
  return vendor_fits && product_fits;
}

}  // namespace

// Before any board is touched.
Image Tool::load() {
  const auto address = words_.dfuse ? words_.dfuse->address : std::nullopt;
  Image image = load_file(words_.file, address, words_.dfuse && words_.dfuse->force);
  if (image.format == "bin" && !address) {
    throw Error(Errc::usage,
                "a raw binary does not say where it goes: add -s ADDRESS, such as -s 0x08000000",
                image.name);
  }
  if (image.made_for && !words_.has_device) {
    const auto [vendor, product] = *image.made_for;
    if (is_said(vendor)) words_.application.vendor = vendor;
    if (is_said(product)) words_.application.product = product;
  }
  for (const auto& note : image.notes) warn(image.name + ": " + note);
  return image;
}

// Everything that can be refused is, before anything is erased.
int Tool::download(const Board& board, Image image) {
  check_ids(image, board);
  image.made_for.reset();
  if (!is_for_flash()) {
    const Board entered = enter(board);
    const DfuInterface memory = interfaces_of(entered).front();
    if (memory.name.starts_with("@Option Bytes")) return write_option_bytes(entered, image);
    const auto layout = layout_of(memory);
    if (!layout || !layout->sector_at(sysboot::flash_base)) {
      return hand_over(given_, "stm32boot does not write " + sysboot::printable(memory.name));
    }
  }
  image = for_internal_flash(image);
  sysboot::FlashOptions options = settings_.flash;
  options.force = is_forced(image);
  options.stay = true;
  sysboot::check_image(image, options.force);
  if (words_.dfuse && words_.dfuse->unprotect) unprotect(board);
  if (words_.dfuse && words_.dfuse->mass_erase) {
    std::ignore = sysboot::dry_run(job(), selector_of(board), image, options);  // does it fit?
    erase_all(board);
  }
  options.stay = !leaves();
  return flash(board, image, options);
}

// The ROM of every line has internal flash as its first memory (AN2606).
bool Tool::is_for_flash() const {
  return words_.alternate.value_or(words_.alternate_name.empty() ? 0 : -1) == 0;
}

// dfu-util's rule: those of the application, or those of the bootloader.
void Tool::check_ids(const Image& image, const Board& board) const {
  if (!image.made_for) return;
  IdMatch application{board.usb.vendor, board.usb.product};
  if (board.mode != BoardMode::application) {
    if (words_.application.vendor) application.vendor = words_.application.vendor;
    if (words_.application.product) application.product = words_.application.product;
  }
  const IdMatch rom{sysboot::st_rom.vendor, sysboot::st_rom.product};
  if (fits(*image.made_for, application) || fits(*image.made_for, rom)) return;
  const auto [vendor, product] = *image.made_for;
  throw Error(Errc::made_for_another,
              fmt::format("is for {}, but the board is {:04x}:{:04x} or, in DFU mode, {}",
                          sysboot::usb_id(vendor, product), *application.vendor,
                          *application.product, sysboot::st_rom.text()),
              image.name);
}

// dfu-util's users write data, too. What goes to the start of flash has to start.
bool Tool::is_forced(const Image& image) {
  if (words_.dfuse && words_.dfuse->force) return true;
  const auto problem = sysboot::image_problem(image);
  if (!problem || problem->code() != Errc::bad_image) return false;
  if (image.start() == sysboot::flash_base) return false;
  say(fmt::format("{}: taken for data, as it is no program for {}", image.name,
                  hex32(image.start())));
  return true;
}

Image Tool::for_internal_flash(const Image& image) {
  const bool is_chosen = words_.alternate || !words_.alternate_name.empty();
  Image kept = sysboot::for_flash(image, false);
  for (const auto& target : kept.other_targets) {
    const std::string more = fmt::format("has {}, too", describe(target));
    if (!is_chosen) {
      throw Error(Errc::not_only_flash, more + "; -a 0 writes internal flash alone", kept.name);
    }
    say(fmt::format("{} {}: not written, as -a says", kept.name, more));
  }
  return kept;
}

int Tool::flash(const Board& board, const Image& image, const sysboot::FlashOptions& options) {
  const sysboot::FlashResult result = sysboot::flash(job(), selector_of(board), image, options);
  transcript_.downloaded(image.size());
  say(fmt::format("{}: {}, {} at {}, board {}, {}", what_was_done(result), image.name,
                  sysboot::counted(result.bytes, "byte"), hex32(image.start()),
                  result.entered.board->port_path(), sysboot::human_time(result.took)));
  return end(result.run);
}

int Tool::write_option_bytes(const Board& board, const Image& image) {
  if (words_.dfuse && (words_.dfuse->unprotect || words_.dfuse->mass_erase)) {
    throw Error(Errc::usage,
                "mass-erase and unprotect are for flash, and need a run of their own before "
                "option bytes are written");
  }
  const auto before = sysboot::read_option_bytes(job(), selector_of(board), visit()).now;
  sysboot::Bytes bytes = before.bytes;
  std::size_t at = 0;
  for (const auto& area : before.areas) {
    const bool is_meant = area.address == image.start() && image.segments.size() == 1;
    if (is_meant && area.size == image.size()) {
      std::copy(image.segments.front().data.begin(), image.segments.front().data.end(),
                bytes.begin() + static_cast<std::ptrdiff_t>(at));
      const auto written = sysboot::write_option_bytes(job(), selector_of(board), bytes, visit());
      transcript_.downloaded(image.size());
      say(written.after ? "option bytes written and read back"
                        : "option bytes written; read protection is active now");
      return leaves() ? leave(board, sysboot::flash_base) : exit_ok;
    }
    at += area.size;
  }
  const auto& first = before.areas.front();
  throw Error(Errc::usage,
              fmt::format("has {} for {}; option bytes are {} at {}",
                          sysboot::counted(image.size(), "byte"), hex32(image.start()),
                          sysboot::counted(first.size, "byte"), hex32(first.address)),
              image.name);
}

// -s without a file.
int Tool::command(const Board& board) {
  const DfuseOptions& dfuse = *words_.dfuse;
  if (dfuse.unprotect) unprotect(board);
  if (dfuse.mass_erase) erase_all(board);
  if (dfuse.unprotect || dfuse.mass_erase) {
    if (leaves()) warn("flash is empty: there is nothing to start, so it stays in DFU mode");
    return exit_ok;
  }
  if (board.mode == BoardMode::application) {
    say(board.describe() + " runs its application already");
    return exit_ok;
  }
  return leave(board, dfuse.address.value_or(sysboot::flash_base));
}

void Tool::erase_all(const Board& board) {
  sysboot::EraseOptions options;
  options.enter = settings_.flash.enter;
  options.run = settings_.flash.run;
  options.x32 = settings_.flash.x32;
  options.stay = true;
  const auto result = sysboot::erase(job(), selector_of(board), sysboot::EraseAll(), options);
  say(fmt::format("erased, empty: {}, board {}", sysboot::human_size(result.bytes),
                  result.entered.board->port_path()));
}

// dfu-util's users know it as a way to erase, too.
void Tool::unprotect(const Board& board) {
  sysboot::UnlockOptions options;
  options.visit = visit();
  options.confirm = [](const sysboot::UnlockLoss&) { return true; };
  const auto result = sysboot::unlock(job(), selector_of(board), options);
  if (result.unlocked) {
    say("unlocked: board " + result.board->port_path() + ", its flash was read and is empty");
    return;
  }
  say("board " + board.port_path() + " is not read-protected; its flash is erased");
  erase_all(board);
}

}  // namespace stm32boot::dfu_util
