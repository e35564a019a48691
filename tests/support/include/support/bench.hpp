// SPDX-License-Identifier: GPL-3.0-or-later
// A test fixture with a virtual bench: boards, a virtual clock with a limit, and a record of all
// events.
#pragma once

#include <gmock/gmock.h>

#include "sysboot/flash.hpp"
#include "sysboot/virtual/host.hpp"

namespace support {

using sysboot::virtual_bench::BoardSettings;
using sysboot::virtual_bench::Fault;
using sysboot::virtual_bench::VirtualBoard;
using sysboot::virtual_bench::VirtualHost;

/// A program that boots at `address`, its other bytes pseudo-random from `seed`.
inline sysboot::Bytes program(std::size_t size, unsigned seed = 1,
                              std::uint32_t address = sysboot::flash_base) {
  sysboot::Bytes bytes(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (auto& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  const std::uint32_t words[2] = {0x20020000, address + 9};
  for (std::size_t i = 0; i < 8 && i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(words[i / 4] >> 8 * (i % 4));
  }
  return bytes;
}

inline sysboot::Image image_of(sysboot::Bytes data, std::uint32_t address = sysboot::flash_base) {
  return {"app.bin", "bin", {{address, std::move(data)}}, {}};
}

class Bench : public testing::Test {
 protected:
  Bench() {
    // No story on the bench takes longer than this; one that does would hang on a real board.
    host_.give_up_at = host_.now() + std::chrono::minutes(5);
  }

  /// The ROM must have accepted everything; tests that provoke it say so by allow_violations_.
  void TearDown() override {
    if (allow_violations_) return;
    EXPECT_THAT(host_.violations(), testing::IsEmpty());
  }

  VirtualBoard& add_board(BoardSettings settings = {}, const std::string& port_path = "1-1") {
    return host_.add_board(port_path, std::move(settings));
  }

  sysboot::Job job() {
    return {host_, [this](const sysboot::Event& event) { record(event); }, &stop_};
  }

  void record(const sysboot::Event& event) {
    events_.push_back(event);
    if (on_event_) on_event_(event);
  }

  /// Texts of all notes of this level, in order.
  std::vector<std::string> notes(sysboot::Note::Level level) const {
    std::vector<std::string> texts;
    for (const auto& event : events_) {
      const auto* note = std::get_if<sysboot::Note>(&event);
      if (note != nullptr && note->level == level) texts.push_back(note->text);
    }
    return texts;
  }

  /// Stages that began, in order.
  std::vector<sysboot::Stage> stages() const {
    std::vector<sysboot::Stage> begun;
    for (const auto& event : events_) {
      if (const auto* begin = std::get_if<sysboot::StageBegin>(&event))
        begun.push_back(begin->stage);
    }
    return begun;
  }

  static bool holds(const VirtualBoard& board, const sysboot::Image& image) {
    for (const auto& segment : image.segments) {
      const auto seen = board.flash().read(segment.address, segment.data.size());
      if (!std::equal(seen.begin(), seen.end(), segment.data.begin())) return false;
    }
    return true;
  }

  VirtualHost host_;
  std::atomic<bool> stop_ = false;
  std::vector<sysboot::Event> events_;
  std::function<void(const sysboot::Event&)> on_event_;
  bool allow_violations_ = false;
};

}  // namespace support
