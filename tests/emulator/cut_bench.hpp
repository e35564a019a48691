// SPDX-License-Identifier: GPL-3.0-or-later
// The whole program at work on a virtual board whose power fails, and what then comes up: on the
// emulated chip, with what is in the board's flash.
#pragma once

#include <unistd.h>

#include <array>
#include <cstdio>
#include <iostream>

#include "cut_board.hpp"
#include "guarded.hpp"
#include "program.hpp"
#include "support/temporary.hpp"
#include "sysboot/file.hpp"

namespace emulator {

using Words = std::vector<std::string>;

inline constexpr std::size_t looked_at = 0x20000;  // nothing that is flashed is behind it

/// What a test's program says is kept from its output.
class Hush {
 public:
  Hush() : to_(std::tmpfile()), kept_{::dup(1), ::dup(2)} {
    std::fflush(stdout);
    ::dup2(::fileno(to_), 1);
    ::dup2(::fileno(to_), 2);
  }
  ~Hush() { end(); }
  Hush(const Hush&) = delete;
  Hush& operator=(const Hush&) = delete;

  std::string end() {
    if (to_ == nullptr) return {};
    std::fflush(stdout);
    std::cout.flush();
    for (int stream = 1; const int kept : kept_) {
      ::dup2(kept, stream++);
      ::close(kept);
    }
    std::rewind(to_);
    std::string said(4096, '\0');
    said.resize(std::fread(said.data(), 1, said.size(), to_));
    std::fclose(std::exchange(to_, nullptr));
    return said;
  }

 private:
  std::FILE* to_;
  std::array<int, 2> kept_;
};

/// What runs after power-on.
enum class Up { rom, program, nothing };

/// A program as it is in flash, with guard if it begins there.
struct Held {
  Address vectors = application;
  Address begin = application;
  Bytes content;
};

/// Boards whose power fails while they are flashed.
class CutBench {
 public:
  CutBench() : board({}, sysboot::TimePoint(std::chrono::hours(1))) {
    ::setenv("XDG_CONFIG_HOME", folder_.path().c_str(), 1);
    Bytes blank(board.flash().content().size(), 0xFF);
    board.flash().load(flash_base, blank);
  }

  std::string file(const std::string& name, const Bytes& content) {
    const auto path = folder_.path() / name;
    sysboot::write_file(path, content);
    return path.string();
  }

  struct Ran {
    int exit = 0;
    support::Story story;
    std::string said;
  };
  Ran run(const Words& command, std::optional<support::Cut> cut = {}, bool boot0_held = false) {
    Ran done;
    Words words = {"stm32boot", "--virtual", "--virtual-speed", "0"};
    words.insert(words.end(), command.begin(), command.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    Hush hush;
    done.exit = stm32boot::run_command_line(static_cast<int>(argv.size()), argv.data(),
                                            [&](const auto& /*settings*/, sysboot::TimePoint now) {
                                              return std::make_unique<support::CutBoard>(
                                                  board, done.story, cut, boot0_held, now);
                                            });
    done.said = hush.end();
    return done;
  }

  Bytes content() {
    const auto seen = board.flash().content();
    return {seen.begin(), seen.end()};
  }
  bool holds(const Held& held) {
    const auto seen = board.flash().read(held.begin, held.content.size());
    return held.vectors == vectors() && board.flash().is_stable(held.begin, held.content.size()) &&
           std::equal(seen.begin(), seen.end(), held.content.begin());
  }
  std::uint32_t word(Address address) {
    return guard_word_at(board.flash().read(address, 4).data(), 0);
  }
  bool has_guard() { return word(flash_base + GUARD_SLOTS) == GUARD_MAGIC; }
  Address vectors() { return has_guard() ? application : flash_base; }
  bool is_stable() { return board.flash().is_stable(flash_base, looked_at); }

  /// On the emulated chip, with what is in flash: guard's binary, or a program in its place.
  Up power_on() {
    if (!machine_ || machine_->is_stopped()) machine_ = std::make_unique<Machine>();
    machine_->flash().load(flash_base, board.flash().content());
    machine_->flash_changed();
    machine_->power_on();
    const Address entry = machine_->word(vectors() + 4);
    const bool is_program = entry >= vectors() && entry < flash_base + flash_size;
    if (machine_->run_to(is_program ? entry : 0, milliseconds(20)) && is_program) {
      return Up::program;
    }
    return machine_->in_rom() ? Up::rom : Up::nothing;
  }

  support::VirtualBoard board;

 private:
  support::TemporaryFolder folder_;
  std::unique_ptr<Machine> machine_;
};

}  // namespace emulator
