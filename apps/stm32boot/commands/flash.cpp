// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot flash: enter, erase, write, verify, run, and wait for the application.
#include "sysboot/flash.hpp"

#include <fmt/core.h>

#include <thread>

#include "boards/each_board.hpp"
#include "boards/monitor.hpp"
#include "boards/on_boards.hpp"
#include "command_line/image_file.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "output/standard_streams.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/text.hpp"
#include "system/watch.hpp"

namespace stm32boot {
namespace {

using sysboot::counted;
using sysboot::Errc;
using sysboot::Error;
using sysboot::hex32;
using sysboot::human_size;
using sysboot::human_time;

constexpr auto look_at_file_every = std::chrono::milliseconds(50);

std::string under_guard(const sysboot::FlashedUnderGuard& under) {
  return fmt::format("; under guard {}{}, {}", under.guard.version,
                     under.is_new ? ", which is new" : "",
                     under.is_stamped ? "with its stamp" : "without a stamp");
}

std::string sector_list(const std::vector<sysboot::Sector>& sectors) {
  std::string text;
  for (const auto& sector : sectors) {
    text += fmt::format("\n  {}  {}", hex32(sector.address), human_size(sector.size));
  }
  return text;
}

struct FlashCommand {
  ImageOptions source;
  BoardsOptions boards;
  EachFlags each;
  EnterFlags how;
  FlashFlags flags;
  bool full = false;
  bool skip_blank = false;
  bool no_verify = false;
  bool keep = false;
  bool only_plan = false;
  bool watch = false;
  bool with_monitor = false;
  ConsoleOptions console;

  void add_to(OptionList command) {
    source.add_argument(command, "image", "Firmware image").required();
    boards.add_to(command);
    how.add_to(command);
    source.add_to(command);
    command.flag("--full", full);
    command.flag("--skip-blank", skip_blank);
    command.flag("--no-verify", no_verify);
    command.flag("--keep", keep);
    flags.add_to(command);
    command.flag("--dry-run", only_plan);
    command.flag("--watch", watch);
    const Option monitor = command.flag("--monitor", with_monitor);
    command.flag("--timestamps", console.timestamps).needs(monitor);
    command.option("--log", console.log).needs(monitor);
    each.add_to(command);
  }

  sysboot::FlashOptions options(const Context& context) const {
    sysboot::FlashOptions options = flags.values(how);
    options.compare_first = !full;
    options.skip_blank = skip_blank;
    options.verify = !no_verify;
    options.keep = keep;
    options.name_lost = context.tells_more();
    sysboot::check_options(options);
    return options;
  }

  // A board has only passed once its application is back, and others come meanwhile.
  void check_each() const {
    if (!each.each) return;
    const char* other = flags.no_wait  ? "--no-wait"
                        : only_plan    ? "--dry-run"
                        : watch        ? "--watch"
                        : with_monitor ? "--monitor"
                                       : nullptr;
    if (other != nullptr) {
      throw Error(Errc::usage, fmt::format("--each and {} do not go together", other));
    }
  }

  // What would leave one of them without effect.
  void check_wishes() const {
    if (with_monitor && boards.are_several()) {
      throw Error(Errc::usage, "--monitor opens the console of one board, not of several");
    }
    if (with_monitor && (flags.stay || flags.no_wait || only_plan)) {
      throw Error(Errc::usage,
                  fmt::format("--monitor opens the console of the application, which {} {}",
                              flags.stay      ? "--stay"
                              : flags.no_wait ? "--no-wait"
                                              : "--dry-run",
                              flags.stay || only_plan ? "does not start" : "does not wait for"));
    }
    if (watch && only_plan) {
      throw Error(Errc::usage, "--watch flashes whenever the file changes, --dry-run never");
    }
  }

  CommandResult run(Context& context) {
    source.settle();
    check_each();
    check_wishes();
    check_input();
    if (each.each) return flash_each(context);
    if (only_plan) return plan(context);
    if (watch) return flash_again_and_again(context);
    CommandResult outcome = flash(context);
    if (can_be_monitored(outcome)) monitor_afterwards(context, outcome, console);
    return outcome;
  }

  void check_input() const {
    if (!source.reads_standard_input()) return;
    if (watch) throw Error(Errc::usage, "--watch watches a file, not standard input");
    if (with_monitor) {
      throw Error(Errc::usage,
                  "--monitor takes keys from standard input, the image comes from there");
    }
  }

  sysboot::Image load(Context& context) const {
    return source.load_to_be_flashed(context.renderer(), flags.force);
  }

  bool can_be_monitored(const CommandResult& outcome) const {
    return with_monitor && !outcome.problem && outcome.application;
  }

  // Until Ctrl-C, or Ctrl-] in the console. What goes wrong is told, and mended by the next build.
  CommandResult flash_again_and_again(Context& context) const {
    const sysboot::Job job = context.job();
    std::vector<std::filesystem::path> files;
    std::vector<std::string> names;
    for (const ImageWord& word : source.files()) {
      files.push_back(sysboot::to_path(word.file));
      names.push_back(sysboot::printable(word.file));
    }
    FilesWatch changes(files);
    job.note(sysboot::Note::Level::info,
             fmt::format("watching {}: flashing {} now and whenever {} changes; Ctrl-C ends this",
                         sysboot::joined(names), names.size() > 1 ? "them" : "it",
                         names.size() > 1 ? "one" : "it"));
    const auto changed = [&] { return changes.changed(); };
    for (;;) {
      CommandResult outcome = try_flash(context);
      if (was_interrupted(outcome)) return outcome;
      outcome.command = "flash";
      context.add_settings(outcome);
      context.renderer().finish(outcome);
      MonitorEnd end = MonitorEnd::silence;
      if (can_be_monitored(outcome)) end = try_monitor(context, *outcome.application, changed);
      const bool goes_on =
          end == MonitorEnd::done || (end != MonitorEnd::user && await(job, changed));
      if (!goes_on) return ended();
    }
  }

  static CommandResult ended() {
    CommandResult outcome;
    outcome.facts["watch_ended"] = true;
    return outcome;
  }

  // A console that cannot be opened is no reason to stop flashing.
  MonitorEnd try_monitor(Context& context, const sysboot::Board& board,
                         const std::function<bool()>& changed) const {
    try {
      return monitor(context, board, {console}, changed);
    } catch (const Error& error) {
      if (error.code() == Errc::interrupted) return MonitorEnd::user;
      context.job().note(sysboot::Note::Level::warning, error.what());
      return MonitorEnd::silence;
    }
  }

  CommandResult try_flash(Context& context) const {
    try {
      return flash(context);
    } catch (const Error& error) {
      CommandResult failed;
      failed.problem = error;
      return failed;
    }
  }

  static bool was_interrupted(const CommandResult& outcome) {
    return outcome.problem && outcome.problem->code() == Errc::interrupted;
  }

  // False when the user had enough.
  static bool await(const sysboot::Job& job, const std::function<bool()>& changed) {
    while (!changed()) {
      if (*job.stop) return false;
      std::this_thread::sleep_for(look_at_file_every);
    }
    return true;
  }

  CommandResult flash(Context& context) const {
    const sysboot::FlashOptions wanted = options(context);
    const sysboot::Image image = load(context);
    return on_boards(context, boards, wanted.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return flash_one(job, board, image, wanted);
                     });
  }

  CommandResult flash_each(Context& context) const {
    const sysboot::FlashOptions wanted = options(context);
    const sysboot::Image image = load(context);
    return on_each_board(context, each, boards, wanted.enter, source.facts(image),
                         [&](const sysboot::Job& job, const sysboot::Selector& board) {
                           return flash_one(job, board, image, wanted);
                         });
  }

  CommandResult flash_one(const sysboot::Job& job, const sysboot::Selector& board,
                          const sysboot::Image& image, const sysboot::FlashOptions& wanted) const {
    const sysboot::FlashResult result = sysboot::flash(job, board, image, wanted);
    const sysboot::Board& dfu = *result.entered.board;
    CommandResult outcome;
    outcome.text = fmt::format("{}: {}, {} at {}, board {}, {}", what_was_done(result), image.name,
                               counted(image.size(), "byte"), hex32(result.address),
                               dfu.port_path(), human_time(result.took));
    if (result.guard) outcome.text += under_guard(*result.guard);
    if (!result.run) outcome.text += "; it stays in DFU mode";
    outcome.brief = what_was_done(result);
    if (!result.run) outcome.brief += ", in DFU mode";
    if (result.starts_by_itself == false) {
      outcome.text += "; it will NOT start by itself after power-off";
      outcome.brief += ", will NOT start by itself";
    }
    if (result.run && result.run->board) {
      outcome.brief += ", application back" + on_port(*result.run->board);
    }
    outcome.facts = source.facts(image);
    outcome.facts["address"] = hex32(result.address);
    outcome.facts.update({{"guard", to_facts(result.guard)},
                          {"sectors", result.sectors},
                          {"sectors_erased", result.sectors_erased},
                          {"sectors_blank", result.sectors_blank},
                          {"bytes_written", result.bytes_written},
                          {"bytes_verified", result.bytes_verified},
                          {"verified", is_verified(result)},
                          {"lost", to_facts(result.lost)},
                          {"x32", wanted.x32},
                          {"restarts", result.restarts},
                          {"starts_by_itself", nullptr},
                          {"enter", to_facts(result.entered)},
                          {"seconds", seconds(result.took)}});
    if (result.starts_by_itself) outcome.facts["starts_by_itself"] = *result.starts_by_itself;
    if (result.run) {
      outcome.facts["run"] = to_facts(*result.run);
      outcome.problem = result.problem();
      outcome.application = result.run->board;
    }
    return outcome;
  }

  // The board is left as it was found, which is waited for in any case.
  CommandResult plan(Context& context) const {
    sysboot::FlashOptions wanted = options(context);
    wanted.run.wait = true;
    const sysboot::Image image = load(context);
    return on_boards(context, boards, wanted.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return plan_one(job, board, image, wanted);
                     });
  }

  CommandResult plan_one(const sysboot::Job& job, const sysboot::Selector& board,
                         const sysboot::Image& image, const sysboot::FlashOptions& wanted) const {
    const sysboot::DryRun plan = sysboot::dry_run(job, board, image, wanted);
    CommandResult outcome;
    outcome.text = fmt::format("{}: {} at {}, {}; nothing is changed by a dry run", image.name,
                               counted(image.size(), "byte"), hex32(plan.address),
                               counted(plan.touched.size(), "sector"));
    if (plan.layout_assumed) {
      outcome.text += plan.board ? "\nthe board runs its application and was not asked; "
                                 : "\nno board is connected; ";
      outcome.text += "memory assumed: " + plan.layout.describe() + " (STM32F411xE)";
    }
    outcome.brief = fmt::format("would erase {} and write {}", counted(plan.erase.size(), "sector"),
                                human_size(plan.write_bytes));
    outcome.text += "\n" + outcome.brief;
    if (plan.erase.size() < plan.touched.size()) outcome.text += "; the others match already";
    outcome.text += sector_list(plan.erase);
    for (const auto& range : plan.lost.value_or(std::vector<sysboot::FlashRange>())) {
      outcome.text += "\nbehind the image, and lost without --keep: " + range.describe();
    }
    outcome.facts = {{"dry_run", true}};
    outcome.facts.update(source.facts(image));
    outcome.facts["address"] = hex32(plan.address);
    outcome.facts.update({{"guard", to_facts(plan.guard)},
                          {"layout_assumed", plan.layout_assumed},
                          {"compared", plan.compared},
                          {"touched", Facts::list()},
                          {"erase", Facts::list()},
                          {"write_bytes", plan.write_bytes},
                          {"lost", to_facts(plan.lost)}});
    if (plan.board) outcome.facts["device"] = to_facts(*plan.board);
    if (plan.visit) add_visit(outcome, *plan.visit);
    for (const auto& sector : plan.touched) outcome.facts["touched"].push_back(to_facts(sector));
    for (const auto& sector : plan.erase) outcome.facts["erase"].push_back(to_facts(sector));
    return outcome;
  }
};

}  // namespace

Command add_flash(CommandLine& line) {
  auto command = std::make_shared<FlashCommand>();
  OptionList sub =
      line.add_command("flash", "Flash a board, verify it, and run its new application");
  command->add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
