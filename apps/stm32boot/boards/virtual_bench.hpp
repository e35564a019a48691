// SPDX-License-Identifier: GPL-3.0-or-later
// --virtual: boards in memory instead of those on the bus.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sysboot/host.hpp"
#include "sysboot/virtual/board.hpp"

namespace stm32boot {

/// Makes a board that is plugged in at this time.
using MakeBoard = std::function<std::unique_ptr<sysboot::virtual_bench::BusBoard>(
    sysboot::virtual_bench::BoardSettings, sysboot::TimePoint)>;
std::unique_ptr<sysboot::virtual_bench::BusBoard> make_model(
    sysboot::virtual_bench::BoardSettings settings, sysboot::TimePoint now);

/// A host with one board for each of `specs` (sysboot/virtual/board_spec.hpp), at least one. The
/// first board's flash is the content of `file`, if that has a name, and it is in the mode that it
/// was left in. The file is the flash and a mark behind it, without which it is some other file.
/// Error: no_input, for such a one.
class VirtualBench {
 public:
  VirtualBench(std::filesystem::path file, const std::vector<std::string>& specs,
               const MakeBoard& make_board = make_model);
  ~VirtualBench();
  VirtualBench(const VirtualBench&) = delete;
  VirtualBench& operator=(const VirtualBench&) = delete;

  sysboot::Host& host();
  /// Writes the flash back to the file; all of it or nothing. Error: cannot_write_output.
  void save() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stm32boot
