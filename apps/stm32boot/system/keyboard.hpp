// SPDX-License-Identifier: GPL-3.0-or-later
// Keys as they are pressed, Ctrl-C among them, without echo; or what comes through a pipe.
#pragma once

#include <memory>

#include "sysboot/types.hpp"

namespace stm32boot {

class Keyboard {
 public:
  Keyboard() = default;
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;
  virtual ~Keyboard() = default;

  virtual bool is_terminal() const = 0;
  virtual bool has_ended() const = 0;
  /// What is there; waits 5 ms at most for the first key.
  virtual sysboot::Bytes read() = 0;
};

/// Standard input while it lives; afterwards the terminal is as it was before.
class RawKeyboard : public Keyboard {
 public:
  RawKeyboard();
  ~RawKeyboard() override;

  bool is_terminal() const override;
  bool has_ended() const override;
  sysboot::Bytes read() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stm32boot
