// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot shims: where programs find it under the name of dfu-util.
#include "commands.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "system/other_program.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;

#ifdef _WIN32
constexpr const char* what_else = "a copy of stm32boot.exe does that is called dfu-util.exe";
#else
constexpr const char* what_else = "a link to stm32boot does that is called dfu-util";
#endif

CommandResult show() {
  const auto own = own_program();
  if (!own) throw Error(Errc::no_input, "this system does not say where stm32boot is");
  const fs::path folder = (own->parent_path() / STM32BOOT_SHIMS).lexically_normal();
  if (!is_program(folder / "dfu-util")) {
    throw Error(Errc::no_input, std::string("no dfu-util is there; ") + what_else,
                sysboot::to_text(folder));
  }
  CommandResult outcome;
  outcome.text = sysboot::to_text(folder);
  outcome.facts["path"] = outcome.text;
  return outcome;
}

}  // namespace

Command add_shims(CommandLine& line) {
  const OptionList sub =
      line.add_command("shims", "Print a folder for PATH with a dfu-util that is stm32boot");
  return {sub, [](Context&) { return show(); }};
}

}  // namespace stm32boot
