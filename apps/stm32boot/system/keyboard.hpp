// SPDX-License-Identifier: GPL-3.0-or-later
// Keys as they are pressed, Ctrl-C among them, without echo; or what comes through a pipe.
#pragma once

#include <memory>

#include "sysboot/types.hpp"

namespace stm32boot {

/// Standard input while it lives; afterwards the terminal is as it was before.
class RawKeyboard {
 public:
  RawKeyboard();
  RawKeyboard(const RawKeyboard&) = delete;
  RawKeyboard& operator=(const RawKeyboard&) = delete;
  ~RawKeyboard();

  bool is_terminal() const;
  bool has_ended() const;
  /// What is there; waits 5 ms at most for the first key.
  sysboot::Bytes read();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stm32boot
