// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot monitor: the console of a board, through its resets, and a test of what it says.
#include "boards/monitor.hpp"

#include <fmt/core.h>

#include "command_line/option_groups.hpp"
#include "commands.hpp"
#include "output/facts.hpp"
#include "sysboot/error.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;
using State = MonitoredBoard::State;

constexpr const char* why_unheard(State state) {
  switch (state) {
    case State::absent: return "it is not there";
    case State::in_use: return "another stm32boot is working on it";
    case State::in_bootloader: return "it does not run its application";
    case State::without_port: return "it has no serial port";
    case State::ready: break;
  }
  return "its serial port could not be opened";
}

struct MonitorCommand {
  SelectorOptions named;
  MonitorOptions options;
  TimeoutOption timeout;

  void add_to(OptionList command) {
    named.add_to(command);
    command.option("--send", options.send);
    command.option("--until", options.console.until);
    timeout.add_to(command, "Time after which it ends, such as 5, 500ms or 2min; by default never");
    command.option("--log", options.console.log);
    command.flag("--timestamps", options.console.timestamps);
  }

  CommandResult run(Context& context) const {
    const sysboot::Job job = context.console_job();
    MonitorOptions wanted = options;
    wanted.ends_with_input = false;
    if (!timeout.text.empty()) wanted.within = timeout.value();
    RawKeyboard keyboard;
    const sysboot::TimePoint start = job.host.now();
    Monitor monitor(job, context.renderer(), keyboard, {job.host, named.one()}, wanted);
    const MonitorEnd end = monitor.run();
    CommandResult outcome;
    outcome.facts = {{"seconds", seconds(job.host.now() - start)},
                     {"bytes", monitor.words().bytes()},
                     {"heard", nullptr}};
    if (!options.console.until.empty()) outcome.facts["heard"] = end == MonitorEnd::heard;
    outcome.problem = problem_at(end, monitor);
    return outcome;
  }

  std::optional<Error> problem_at(MonitorEnd end, const Monitor& monitor) const {
    const std::string within = " within " + sysboot::human_time(timeout.value());
    const std::string name = monitor.board().name();
    if (end == MonitorEnd::time && !monitor.was_open()) {
      const std::string why = why_unheard(monitor.state());
      const Error unheard(Errc::not_heard, "nothing was heard" + within + ": " + why, name);
      // Thrown, so that what is there instead is told.
      if (monitor.state() == State::absent) throw Error(Errc::no_board, unheard.text(), name);
      return unheard;
    }
    if (options.console.until.empty() || end == MonitorEnd::heard) return std::nullopt;
    const std::string text = fmt::format("\"{}\"", sysboot::printable(options.console.until));
    if (end == MonitorEnd::user) {
      return Error(Errc::interrupted, "stopped before it said " + text, name);
    }
    const std::string last = monitor.words().last_line();
    return Error(Errc::not_heard,
                 fmt::format("it did not say {}{}; {}", text, within,
                             last.empty() ? "it said nothing"
                                          : fmt::format("the last line was \"{}\"", last)),
                 name);
  }
};

}  // namespace

Command add_monitor(CommandLine& line) {
  auto command = std::make_shared<MonitorCommand>();
  OptionList sub = line.add_command(
      "monitor", "Show the console of a board, through its resets, and type to it");
  command->add_to(sub);
  return {sub, [command](Context& context) { return command->run(context); }};
}

}  // namespace stm32boot
