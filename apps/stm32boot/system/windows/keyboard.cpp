// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/keyboard.hpp"

#include <windows.h>

namespace stm32boot {
namespace {

constexpr DWORD patience_ms = 5;
constexpr DWORD chunk = 512;

}  // namespace

struct RawKeyboard::State {
  HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  DWORD before = 0;
  bool is_terminal = false;
  bool has_ended = false;

  bool something_is_there() const;
};

RawKeyboard::RawKeyboard() : state_(std::make_unique<State>()) {
  state_->is_terminal = ::GetConsoleMode(state_->input, &state_->before) != FALSE;
  if (state_->is_terminal) ::SetConsoleMode(state_->input, ENABLE_VIRTUAL_TERMINAL_INPUT);
}

RawKeyboard::~RawKeyboard() {
  if (state_->is_terminal) ::SetConsoleMode(state_->input, state_->before);
}

bool RawKeyboard::is_terminal() const {
  return state_->is_terminal;
}

bool RawKeyboard::has_ended() const {
  return state_->has_ended;
}

// A console wakes up for more than keys, such as for a new size; reading would wait for a key then.
bool RawKeyboard::State::something_is_there() const {
  if (!is_terminal) {
    DWORD count = 0;
    const bool is_pipe = ::GetFileType(input) == FILE_TYPE_PIPE;
    const bool open = !is_pipe || ::PeekNamedPipe(input, nullptr, 0, nullptr, &count, nullptr);
    if (!is_pipe || !open || count > 0) return true;  // at the end, reading says so at once
    ::Sleep(patience_ms);
    return false;
  }
  if (::WaitForSingleObject(input, patience_ms) != WAIT_OBJECT_0) return false;
  INPUT_RECORD record{};
  DWORD count = 0;
  while (::PeekConsoleInputW(input, &record, 1, &count) != FALSE && count > 0) {
    const bool is_key = record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown != FALSE &&
                        record.Event.KeyEvent.uChar.UnicodeChar != 0;
    if (is_key) return true;
    ::ReadConsoleInputW(input, &record, 1, &count);
  }
  return false;
}

sysboot::Bytes RawKeyboard::read() {
  if (state_->has_ended || !state_->something_is_there()) return {};
  sysboot::Bytes keys(chunk);
  DWORD count = 0;
  const BOOL read = ::ReadFile(state_->input, keys.data(), chunk, &count, nullptr);
  state_->has_ended = read == FALSE || count == 0;
  keys.resize(count);
  return keys;
}

}  // namespace stm32boot
