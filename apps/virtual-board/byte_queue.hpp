// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes that come in at the end and leave at the front, at a cost that does not depend on how many
// wait behind them.
#pragma once

#include "sysboot/types.hpp"

namespace virtual_board {

class ByteQueue {
 public:
  std::size_t size() const { return bytes_.size() - begin_; }
  bool empty() const { return size() == 0; }
  /// Good until the next call of anything else.
  sysboot::ByteView view() const { return sysboot::ByteView(bytes_).subspan(begin_); }

  void push(sysboot::ByteView data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }
  /// Takes the first `count` away, at most size().
  void pop(std::size_t count) {
    begin_ += count;
    if (begin_ * 2 < bytes_.size()) return;  // each byte is moved at most once
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  void clear() { pop(size()); }

 private:
  sysboot::Bytes bytes_;
  std::size_t begin_ = 0;
};

}  // namespace virtual_board
