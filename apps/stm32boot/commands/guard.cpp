// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot guard: puts guard on a board, takes it off, and says what it finds.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "boards/on_boards.hpp"
#include "command_line/image_file.hpp"
#include "commands.hpp"
#include "confirm.hpp"
#include "guard_images.hpp"
#include "output/facts.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/guard_change.hpp"
#include "sysboot/image_file.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using sysboot::GuardChange;
using sysboot::hex32;

struct GuardOfLine {
  std::string_view line;  // of ChipGuess::lines
  std::string_view guard;
};
// They differ in where RAM ends (firmware/guard/src/port.h).
constexpr std::array guards_of_lines = std::to_array<GuardOfLine>({
    {"STM32F205/207/215/217xE", "guard-f2"},
    {"STM32F205/207/215/217xG", "guard-f2"},
    {"STM32F401xB/C", "guard-f401xc"},
    {"STM32F401xD", "guard-f401xe"},
    {"STM32F401xE", "guard-f401xe"},
    {"STM32F405/407/415/417xE", "guard-f405"},
    {"STM32F405/407/415/417xG", "guard-f405"},
    {"STM32F411xC", "guard-f411"},
    {"STM32F411xE", "guard-f411"},
    {"STM32F412xE", "guard-f412"},
    {"STM32F412xG", "guard-f412"},
    {"STM32F446xC", "guard-f446"},
    {"STM32F446xE", "guard-f446"},
});

std::string names_of_guards() {
  std::vector<std::string_view> names;
  for (const GuardImage& image : guard_images()) names.push_back(image.name);
  return names.empty() ? "this stm32boot was built without any" : sysboot::joined(names);
}

std::optional<sysboot::Image> find_guard(std::string_view name) {
  for (const GuardImage& image : guard_images()) {
    if (image.name != name) continue;
    return sysboot::Image{std::string(name),
                          "bin",
                          {{sysboot::flash_base, {image.bytes.begin(), image.bytes.end()}}}};
  }
  return std::nullopt;
}

// Where several chips look alike, one that fits them all.
std::string_view name_for(const sysboot::ChipGuess& chip) {
  std::string_view name;
  for (const std::string& line : chip.lines) {
    const auto row = std::find_if(guards_of_lines.begin(), guards_of_lines.end(),
                                  [&](const GuardOfLine& r) { return r.line == line; });
    const bool fits = row != guards_of_lines.end() && (name.empty() || name == row->guard);
    if (!fits) return {};
    name = row->guard;
  }
  return name;
}

sysboot::Image guard_for(const sysboot::ChipGuess& chip) {
  const std::string_view name = name_for(chip);
  auto image = find_guard(name);
  if (image) return std::move(*image);
  throw Error(Errc::usage,
              fmt::format("which guard is for this board is not known: its chip is {}. "
                          "--guard-image takes a file, or one of those that are built in: {}",
                          chip.describe(), names_of_guards()));
}

std::string version_of(const sysboot::Guard& guard) {
  return fmt::format("guard {}", guard.version);
}

// What is at stake, and what remains if it goes wrong.
std::string what_happens(const GuardChange& change) {
  const std::string board = "board " + change.board.port_path();
  const std::string window =
      "if power fails in that second, it takes BOOT0 to bring the board back";
  if (!change.to) {
    return fmt::format(
        "{}: {} goes, and with it all protection; the first sector is written last, "
        "and {}",
        board, version_of(*change.from), window);
  }
  if (change.from) {
    return fmt::format("{}: {} is replaced by {}; {}", board, version_of(*change.from),
                       version_of(*change.to), window);
  }
  return fmt::format(
      "{}: {} goes into the first sector, where only programs for {} start from then on; {}{}",
      board, version_of(*change.to), hex32(sysboot::guarded_application), window,
      change.has_program ? "" : ". No program comes with it: the board will stay in DFU mode");
}

/// What was said beside the action; install takes all of it, status nothing.
struct Use {
  bool is_given;
  std::string_view name;
  bool is_for_remove;
};

struct GuardCommand {
  std::string action;
  std::string file;
  ImageOptions source;
  BoardsOptions boards;
  EnterFlags how;
  FlashFlags flags;
  std::string guard;
  bool yes = false;
  bool protect = false;
  bool unprotect = false;

  void add_to(OptionList command) {
    command.argument("action", action, "install, remove or status").required();
    command.argument("image", file,
                     "install: the application, linked for 0x08004000; remove: the program that "
                     "takes guard's place, linked for 0x08000000");
    boards.add_to(command);
    how.add_to(command);
    source.add_to(command);
    command.option("--guard-image", guard);
    command.flag("--protect", protect);
    command.flag("--unprotect", unprotect);
    flags.add_to(command);
    command.flag("--yes", yes, "Do not ask");
  }

  CommandResult run(Context& context) {
    check_words();
    if (!file.empty()) source.settle({file});
    if (action == "status") return status(context);
    return change(context);
  }

  // What would leave one of them without effect.
  void check_words() const {
    if (action != "install" && action != "remove" && action != "status") {
      throw Error(Errc::usage, fmt::format("'{}' is none of install, remove and status", action));
    }
    const std::array uses = std::to_array<Use>({
        {!file.empty(), "an image", true},
        {!guard.empty(), "--guard-image", false},
        {protect, "--protect", false},
        {unprotect, "--unprotect", true},
        {flags.x32, "--x32", true},
        {flags.no_stamp, "--no-stamp", false},
        {flags.no_wait, "--no-wait", true},
        {flags.force, "--force", true},
        {yes, "--yes", true},
    });
    for (const Use& use : uses) {
      const bool has_use = action == "install" || (action == "remove" && use.is_for_remove);
      if (!use.is_given || has_use) continue;
      throw Error(Errc::usage, fmt::format("guard {} has no use for {}", action, use.name));
    }
    if (protect && unprotect) {
      throw Error(Errc::usage, "--protect and --unprotect do not go together");
    }
    if (action == "remove" && file.empty()) {
      throw Error(Errc::usage,
                  "guard remove needs the program that is to start in guard's place: `stm32boot "
                  "guard remove app.elf`, linked for 0x08000000");
    }
  }

  sysboot::FlashOptions flash_options(const Context& context) const {
    sysboot::FlashOptions options = flags.values(how);
    options.name_lost = context.tells_more();
    sysboot::check_options(options);
    return options;
  }

  sysboot::VisitOptions visit() const {
    const sysboot::EnterOptions enter = how.values();
    return {enter, {true, enter.back_within}, flags.stay};
  }

  sysboot::GuardFor chosen_guard() const {
    if (guard.empty()) return guard_for;
    auto image = find_guard(guard);
    if (!image) image = sysboot::load_image(sysboot::to_path(guard));
    return [image = std::move(*image)](const sysboot::ChipGuess& /*chip*/) { return image; };
  }

  void ask(Context& context, const sysboot::Job& job, const GuardChange& change) const {
    job.note(sysboot::Note::Level::warning, what_happens(change));
    if (yes) return;
    const bool may_ask = !boards.are_several() && !context.writes_json();
    if (may_ask && is_confirmed()) return;
    throw Error(Errc::usage, may_ask ? "nothing was changed: the answer was not 'yes', and --yes "
                                       "was not given"
                                     : "nothing was changed: --yes was not given");
  }

  CommandResult change(Context& context) const {
    const sysboot::FlashOptions flash = flash_options(context);
    const sysboot::GuardFor guard_image = chosen_guard();
    std::optional<sysboot::Image> image;
    if (!file.empty()) image = source.load_for_flash(context.renderer());
    return on_boards(context, boards, flash.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return change_one(context, job, board, guard_image, image, flash);
                     });
  }

  CommandResult change_one(Context& context, const sysboot::Job& job,
                           const sysboot::Selector& board, const sysboot::GuardFor& guard_image,
                           const std::optional<sysboot::Image>& image,
                           const sysboot::FlashOptions& flash) const {
    bool changes_guard = false;
    const sysboot::GuardOptions options{flash, [&](const GuardChange& change) {
                                          ask(context, job, change);
                                          changes_guard = true;
                                        }};
    if (unprotect) sysboot::protect_guard(job, board, false, visit());
    const bool installs = action == "install";
    const sysboot::FlashResult result =
        installs
            ? sysboot::install_guard(job, board, guard_image, image ? &*image : nullptr, options)
            : sysboot::replace_guard(job, board, *image, options);
    if (protect) protect_installed(job, board);
    return describe(result, image, changes_guard);
  }

  // What goes wrong here leaves a board that is flashed.
  void protect_installed(const sysboot::Job& job, const sysboot::Selector& board) const {
    try {
      sysboot::protect_guard(job, board, true, visit());
    } catch (const Error& error) {
      throw error.during("guard and application are flashed; write-protecting guard's sector");
    }
  }

  CommandResult describe(const sysboot::FlashResult& result,
                         const std::optional<sysboot::Image>& image, bool changes_guard) const {
    CommandResult outcome;
    const bool installs = action == "install";
    outcome.brief = !installs              ? (changes_guard ? "guard removed" : "no guard")
                    : result.guard->is_new ? version_of(result.guard->guard) + " installed"
                    : changes_guard        ? version_of(result.guard->guard) + " replaced"
                                           : version_of(result.guard->guard) + " was there";
    if (protect) outcome.brief += ", protected";
    outcome.text = outcome.brief;
    if (image) outcome.text += fmt::format("; {} {}", image->name, what_was_done(result));
    outcome.text += fmt::format(", board {}, {}", result.entered.board->port_path(),
                                sysboot::human_time(result.took));
    if (!result.run) outcome.text += "; it stays in DFU mode";
    if (image) outcome.facts = source.facts(*image);
    if (image && installs) outcome.facts["address"] = hex32(sysboot::guarded_application);
    outcome.facts.update({{"guard", to_facts(result.guard)},
                          {"sectors", result.sectors},
                          {"sectors_erased", result.sectors_erased},
                          {"bytes_written", result.bytes_written},
                          {"bytes_verified", result.bytes_verified},
                          {"restarts", result.restarts},
                          {"enter", to_facts(result.entered)},
                          {"seconds", seconds(result.took)}});
    if (protect || unprotect) outcome.facts["protected"] = protect;
    if (result.run) {
      outcome.facts["run"] = to_facts(*result.run);
      outcome.problem = result.problem();
      outcome.application = result.run->board;
    }
    return outcome;
  }

  CommandResult status(Context& context) const {
    const sysboot::VisitOptions options = visit();
    return on_boards(context, boards, options.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return status_of(job, board, options);
                     });
  }

  static CommandResult status_of(const sysboot::Job& job, const sysboot::Selector& board,
                                 const sysboot::VisitOptions& options) {
    const sysboot::GuardReport report = sysboot::look_at_guard(job, board, options);
    CommandResult outcome;
    outcome.brief = report.guard ? guard_text(*report.guard) : "no guard";
    outcome.text = "board " + report.visit.entered.board->port_path() + ": " + outcome.brief;
    if (report.is_protected) {
      outcome.text += *report.is_protected ? "; its sector is write-protected"
                                           : "; its sector is not write-protected";
    }
    outcome.facts["guard"] = to_facts(report.guard);
    if (report.is_protected) outcome.facts["protected"] = *report.is_protected;
    add_visit(outcome, report.visit);
    return outcome;
  }
};

}  // namespace

Command add_guard(CommandLine& line) {
  auto command = std::make_shared<GuardCommand>();
  OptionList sub = line.add_command(
      "guard", "Put guard on a board, so that no flash can brick it; take it off; look at it");
  command->add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
