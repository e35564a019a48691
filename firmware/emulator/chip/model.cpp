// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/model.hpp"

#include <fmt/core.h>

#include "sysboot/error.hpp"

namespace emulator {

const ChipModel& model_named(std::string_view name) {
  for (const ChipModel* model : {&f411, &f413}) {
    if (model->name == name) return *model;
  }
  throw sysboot::Error(
      sysboot::Errc::usage,
      fmt::format("emulated board: a chip is emulated as an {} or {}, not as an {}", f411.name,
                  f413.name, name));
}

}  // namespace emulator
