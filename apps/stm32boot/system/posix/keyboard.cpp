// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/keyboard.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace stm32boot {
namespace {

constexpr int patience_ms = 5;
constexpr std::size_t chunk = 512;

}  // namespace

struct RawKeyboard::State {
  termios before{};
  bool is_terminal = false;
  bool has_ended = false;
};

RawKeyboard::RawKeyboard() : state_(std::make_unique<State>()) {
  state_->is_terminal = ::tcgetattr(STDIN_FILENO, &state_->before) == 0;
  if (!state_->is_terminal) return;
  termios raw = state_->before;
  raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

RawKeyboard::~RawKeyboard() {
  if (state_->is_terminal) ::tcsetattr(STDIN_FILENO, TCSANOW, &state_->before);
}

bool RawKeyboard::is_terminal() const {
  return state_->is_terminal;
}

bool RawKeyboard::has_ended() const {
  return state_->has_ended;
}

sysboot::Bytes RawKeyboard::read() {
  pollfd wait{STDIN_FILENO, POLLIN, 0};
  if (state_->has_ended || ::poll(&wait, 1, patience_ms) <= 0) return {};
  sysboot::Bytes keys(chunk);
  const ssize_t count = ::read(STDIN_FILENO, keys.data(), keys.size());
  state_->has_ended = count <= 0;
  keys.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return keys;
}

}  // namespace stm32boot
