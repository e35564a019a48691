// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "hand_over.hpp"
#include "list.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/text.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Board;
using sysboot::BoardMode;
using sysboot::DfuInterface;
using sysboot::Errc;
using sysboot::Error;
using sysboot::hex32;
using sysboot::Image;
using sysboot::Note;
using sysboot::Stage;

constexpr auto for_ever = std::chrono::hours(24 * 365);
/// What dfu-util reads where -s has neither address nor length.
constexpr std::uint32_t usual_length = 0x4000;

// Bars show the rest.
bool is_for_people(const sysboot::Event& event, bool is_verbose) {
  if (const auto* note = std::get_if<Note>(&event)) {
    return is_verbose || note->level != Note::Level::debug;
  }
  const auto* end = std::get_if<sysboot::StageEnd>(&event);
  if (end == nullptr) return is_verbose && std::holds_alternative<sysboot::Transfer>(event);
  return is_verbose || end->stage == Stage::find || end->stage == Stage::enter ||
         end->stage == Stage::compare;
}

// Where the memory that holds this address ends for dfu-util: with the last sector of this size.
std::uint64_t end_of_run(const sysboot::MemoryLayout& layout, std::uint32_t address) {
  for (const sysboot::SectorRun& run : layout.runs) {
    if (run.address <= address && address < run.end()) return run.end();
  }
  return address;
}

}  // namespace

Tool::Tool(const std::vector<std::string>& given, Words words, const Settings& settings,
           Context& context)
    : given_(given), words_(std::move(words)), settings_(settings), context_(context) {}

int Tool::run() {
  if (words_.action == Action::version) {
    introduce();
    return exit_ok;
  }
  return words_.action == Action::list ? list() : work();
}

void Tool::introduce() {
  transcript_.break_line();
  if (!std::exchange(is_introduced_, true)) transcript_.line(banner());
}

void Tool::end_output() {
  transcript_.break_line();
  if (transcript_.is_incomplete()) {
    throw Error(Errc::cannot_write_output, "cannot write to standard output");
  }
}

void Tool::say(const std::string& text) {
  transcript_.break_line();
  context_.renderer().event(Note{Note::Level::info, text});
}

void Tool::warn(const std::string& text) {
  transcript_.break_line();
  context_.renderer().event(Note{Note::Level::warning, text});
}

int Tool::list() {
  introduce();
  const Listed listed = dfu_util::list(context_.host(), words_, settings_.chosen);
  for (const auto& line : listed.lines) transcript_.line(line);
  for (const auto& remark : listed.remarks) say(remark);
  return exit_ok;
}

int Tool::work() {
  std::optional<Image> image;
  try {
    if (words_.action == Action::download) image = load();
  } catch (const Error&) {  // other devices take other files
    const Target target = look(false);
    if (target.kind == Target::Kind::foreign) return hand_over_for(target);
    throw;
  }
  if (words_.action == Action::upload) check_output();
  const Target target = await_target();
  if (target.kind == Target::Kind::foreign) return hand_over_for(target);
  introduce();
  if (target.kind == Target::Kind::none) {
    throw Error(Errc::no_board, "No DFU capable USB device available");
  }
  const Board& board = *target.board;
  switch (words_.action) {
    case Action::detach: return detach(board);
    case Action::upload: return upload(board);
    case Action::download: return download(board, std::move(*image));
    default: return command(board);
  }
}

void Tool::check_output() const {
  std::error_code code;
  const auto file = sysboot::to_path(words_.file);
  if (std::filesystem::exists(std::filesystem::symlink_status(file, code))) {
    throw Error(Errc::cannot_write_output, "exists, and is not replaced", words_.file);
  }
  sysboot::require_writable(file);
}

// Without -s, a device of another kind may be meant; but it comes last, and never gets a file that
// is for a board of ours.
Target Tool::look(bool has_our_file) {
  Target target = find_target(context_.host(), words_, settings_.chosen);
  if (target.kind != Target::Kind::none || words_.dfuse || has_our_file) return target;
  const auto other = find_foreign(context_.host(), words_);
  return other ? Target{Target::Kind::foreign, other} : target;
}

int Tool::hand_over_for(const Target& target) const {
  return hand_over(given_, target.board
                               ? target.board->describe() + " is not in ST's ROM bootloader"
                               : "these are not the USB ids of ST's ROM bootloader");
}

Target Tool::await_target() {
  const bool has_our_file = words_.action == Action::download;
  Target target = look(has_our_file);
  if (target.kind != Target::Kind::none || !words_.wait) return target;
  introduce();
  transcript_.line("Waiting for device, exit with ctrl-C");
  const sysboot::Job waiting = job();
  waiting.wait_until(waiting.host.now() + for_ever, [&] {
    target = look(has_our_file);
    return target.kind != Target::Kind::none;
  });
  return target;
}

int Tool::detach(const Board& board) {
  if (board.mode != BoardMode::application) {
    say(board.describe() + " is in DFU mode already");
    return exit_ok;
  }
  static_cast<void>(enter(board));
  return exit_ok;
}

Board Tool::enter(const Board& board) {
  if (board.mode == BoardMode::dfu) return board;
  return sysboot::enter(job(), selector_of(board), settings_.flash.enter).require();
}

// Which of them -a means; all of them without it.
std::vector<DfuInterface> Tool::interfaces_of(const Board& board) {
  auto interfaces = sysboot::dfu_interfaces(context_.host(), board.usb);
  if (!words_.alternate && words_.alternate_name.empty()) return interfaces;
  const auto keep = [&](const auto& fits) {
    std::vector<DfuInterface> kept;
    std::copy_if(interfaces.begin(), interfaces.end(), std::back_inserter(kept), fits);
    return kept;
  };
  const std::string& name = words_.alternate_name;
  auto meant = keep([&](const DfuInterface& one) {
    return words_.alternate ? *words_.alternate == one.interface.alternate : name == one.name;
  });
  if (meant.empty() && !name.empty()) {
    meant = keep([&](const DfuInterface& one) { return one.name.starts_with(name); });
  }
  if (meant.size() == 1) return meant;
  throw Error(Errc::no_board,
              fmt::format("it has {} alternate setting {}", meant.empty() ? "no" : "more than one",
                          words_.alternate ? std::to_string(*words_.alternate) : "'" + name + "'"),
              "board " + board.port_path());
}

int Tool::upload(const Board& found) {
  const Board board = enter(found);
  const DfuseOptions dfuse = words_.dfuse.value_or(DfuseOptions());
  sysboot::ReadRange range{dfuse.address.value_or(sysboot::flash_base), dfuse.length};
  const auto interfaces = interfaces_of(board);
  const auto holder = std::find_if(interfaces.begin(), interfaces.end(), [&](const auto& one) {
    const auto layout = layout_of(one);
    return layout && layout->sector_at(*range.address);
  });
  if (holder == interfaces.end()) {
    throw Error(Errc::usage, "nothing can be read at " + hex32(*range.address),
                "board " + board.port_path());
  }
  if (!range.length) {
    range.length = dfuse.address ? end_of_run(*layout_of(*holder), *range.address) - *range.address
                                 : usual_length;
  }
  const sysboot::ReadResult result = sysboot::read(job(), selector_of(board), range, visit());
  sysboot::write_file(sysboot::to_path(words_.file), result.content.data);
  transcript_.uploaded(result.content.data.size());
  say(fmt::format("{} at {} of {}, board {}", sysboot::counted(result.content.data.size(), "byte"),
                  hex32(*range.address), result.memory, board.port_path()));
  if (!leaves()) return exit_ok;
  try {
    return leave(board, sysboot::flash_base);
  } catch (const Error& error) {
    if (error.code() != Errc::no_program) throw;
    warn("it stays in DFU mode: " + error.text());
    return exit_ok;  // what was to be read was read
  }
}

int Tool::leave(const Board& board, std::uint32_t address) {
  return end(sysboot::run(job(), selector_of(board), address, settings_.flash.run));
}

int Tool::end(const std::optional<sysboot::RunResult>& run) {
  if (!run) {
    say(leaves() ? "it stays in DFU mode, as there is no program to start"
                 : "it stays in DFU mode");
    return exit_ok;
  }
  if (const auto problem = run->problem()) {
    warn(problem->text());
    return settings_.is_strict ? exit_application_missing : exit_ok;
  }
  say(run->board ? "application back: " + run->board->describe() : "application started");
  return exit_ok;
}

sysboot::Job Tool::job() {
  sysboot::Job job = context_.job();
  const bool is_verbose = settings_.global.verbosity > 0;
  job.observer = [this, is_verbose, tell = job.observer](const sysboot::Event& event) {
    transcript_.event(event);
    if (!is_for_people(event, is_verbose)) return;
    transcript_.break_line();
    tell(event);
  };
  return job;
}

sysboot::VisitOptions Tool::visit() const {
  return {settings_.flash.enter, settings_.flash.run, true};
}

}  // namespace stm32boot::dfu_util
