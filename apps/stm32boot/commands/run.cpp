// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot run: leave DFU mode and start the application, or load a program into RAM and start
// that.
#include <fmt/core.h>

#include "boards/monitor.hpp"
#include "boards/on_boards.hpp"
#include "command_line/image_file.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/error.hpp"
#include "sysboot/ram.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::counted;
using sysboot::Errc;
using sysboot::Error;
using sysboot::hex32;

struct RunCommand {
  ImageOptions source;
  BoardsOptions boards;
  EnterFlags how;
  bool no_wait = false;
  bool only_check = false;
  bool force = false;
  bool with_monitor = false;
  ConsoleOptions console;

  void add_to(OptionList command) {
    const Option image = source.add_argument(command, "image", "Program in RAM");
    boards.named.add_to(command);
    boards.add_all_to(command, "All boards at the same time; without an image those in DFU mode");
    how.add_to(command);
    source.add_address_to(command, "Where a raw binary goes; without an image, where to start");
    command.flag("--no-wait", no_wait);
    command.flag("--dry-run", only_check, "Only check whether it can be loaded");
    command.flag("--force", force, "Start it even if it looks like no program");
    const Option monitor = command.flag("--monitor", with_monitor);
    command.flag("--timestamps", console.timestamps).needs(monitor);
    command.option("--log", console.log).needs(monitor);
    for (const char* of_images :
         {"--firmware", "--trigger", "--text", "--tries", "--no-enter", "--dry-run", "--monitor"}) {
      command.find(of_images)->needs(image);
    }
  }

  CommandResult run(Context& context) {
    source.settle();
    if (source.files().empty()) return run_what_is_there(context);
    check_wishes();
    CommandResult outcome = only_check ? check(context) : load(context);
    const bool can_be_monitored = with_monitor && !outcome.problem && outcome.application;
    if (can_be_monitored) monitor_afterwards(context, outcome, console);
    return outcome;
  }

  CommandResult run_what_is_there(Context& context) {
    boards.are_in_dfu_mode = true;
    const std::uint32_t start = source.address().value_or(sysboot::flash_base);
    sysboot::check_start(start);
    return on_boards(context, boards, {},
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return run_one(job, board, start);
                     });
  }

  CommandResult run_one(const sysboot::Job& job, const sysboot::Selector& board,
                        std::uint32_t start) const {
    const sysboot::RunResult result = sysboot::run(job, board, start, run_options());
    CommandResult outcome;
    outcome.facts = to_facts(result);
    outcome.problem = result.problem();
    if (!outcome.problem) {
      outcome.text = result.board ? "running: board " + result.board->describe() : "started";
      outcome.brief = result.board ? "running" + on_port(*result.board) : "started";
    }
    return outcome;
  }

  sysboot::RunOptions run_options() const {
    sysboot::RunOptions options;
    options.wait = !no_wait;
    options.back_within = how.timeout.value();
    options.force = force;
    return options;
  }

  // What would leave one of them without effect.
  void check_wishes() const {
    if (with_monitor && boards.are_several()) {
      throw Error(Errc::usage, "--monitor opens the console of one board, not of several");
    }
    if (with_monitor && (no_wait || only_check)) {
      throw Error(
          Errc::usage,
          fmt::format("--monitor opens the console of the application, which {}",
                      only_check ? "--dry-run does not start" : "--no-wait does not wait for"));
    }
    if (with_monitor && source.reads_standard_input()) {
      throw Error(Errc::usage,
                  "--monitor takes keys from standard input, the image comes from there");
    }
  }

  sysboot::Image image(Context& context) const {
    sysboot::Image image = source.load(context.renderer());
    sysboot::check_ram_program(image, force);
    return image;
  }

  CommandResult load(Context& context) const {
    const sysboot::RamRunOptions options{how.values(), run_options()};
    const sysboot::Image program = image(context);
    return on_boards(context, boards, options.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return load_one(job, board, program, options);
                     });
  }

  CommandResult load_one(const sysboot::Job& job, const sysboot::Selector& board,
                         const sysboot::Image& program,
                         const sysboot::RamRunOptions& options) const {
    const sysboot::RamRun result = sysboot::run_in_ram(job, board, program, options);
    CommandResult outcome;
    outcome.text = fmt::format("loaded into RAM and verified: {}, {} at {}, board {}, {}",
                               program.name, counted(result.bytes, "byte"), hex32(result.address),
                               result.entered.board->port_path(), sysboot::human_time(result.took));
    outcome.brief = "loaded into RAM and verified";
    if (result.run.board) outcome.brief += ", application back" + on_port(*result.run.board);
    outcome.facts = source.facts(program);
    outcome.facts.update(to_facts(result.run));
    outcome.facts.update({{"bytes_verified", result.bytes},
                          {"restarts", result.restarts},
                          {"enter", to_facts(result.entered)},
                          {"seconds", seconds(result.took)}});
    outcome.problem = result.problem();
    outcome.application = result.run.board;
    return outcome;
  }

  // The board is left as it was found, which is waited for in any case.
  CommandResult check(Context& context) const {
    sysboot::RamRunOptions options{how.values(), run_options()};
    options.run.wait = true;
    const sysboot::Image program = image(context);
    return on_boards(context, boards, options.enter,
                     [&](const sysboot::Job& job, const sysboot::Selector& board) {
                       return check_one(job, board, program, options);
                     });
  }

  CommandResult check_one(const sysboot::Job& job, const sysboot::Selector& board,
                          const sysboot::Image& program,
                          const sysboot::RamRunOptions& options) const {
    const sysboot::RamDryRun plan = sysboot::dry_run_in_ram(job, board, program, options);
    CommandResult outcome;
    outcome.text =
        fmt::format("{}: {} at {} can be loaded into RAM; nothing is by a dry run", program.name,
                    counted(program.size(), "byte"), hex32(program.start()));
    if (!plan.visit) {
      outcome.text += plan.board ? "\nthe board runs its application and was not asked; "
                                 : "\nno board is connected; ";
      outcome.text += "chip assumed: STM32F411xE";
    }
    outcome.brief = "can be loaded into RAM";
    outcome.facts = {{"dry_run", true}};
    outcome.facts.update(source.facts(program));
    outcome.facts["layout_assumed"] = !plan.visit;
    if (plan.board) outcome.facts["device"] = to_facts(*plan.board);
    if (plan.visit) add_visit(outcome, *plan.visit);
    return outcome;
  }
};

}  // namespace

Command add_run(CommandLine& line) {
  auto command = std::make_shared<RunCommand>();
  OptionList sub =
      line.add_command("run", "Leave DFU mode and start the application, or a program in RAM");
  command->add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
