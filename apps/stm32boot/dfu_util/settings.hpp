// SPDX-License-Identifier: GPL-3.0-or-later
// What variables and settings files say of `stm32boot flash`: dfu-util's command line has no place
// for it.
#pragma once

#include "boards/context.hpp"
#include "find.hpp"
#include "sysboot/flash.hpp"

namespace stm32boot::dfu_util {

struct Settings {
  GlobalOptions global;  ///< of the words before "dfu-util", too
  SettingsApplied applied;
  Chosen chosen;
  sysboot::FlashOptions flash;
  /// STM32BOOT_STRICT: an application that does not come back is an error.
  bool is_strict = false;
};

/// `before`: options of stm32boot itself that stand before "dfu-util". `file` is what is flashed;
/// settings may lie beside it. Errors: usage, no_input.
Settings read_settings(const std::vector<std::string>& before, const std::string& file);

}  // namespace stm32boot::dfu_util
