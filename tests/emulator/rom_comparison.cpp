// SPDX-License-Identifier: GPL-3.0-or-later
// The model of the ROM against a ROM that STM32BOOT_ROM names: both are asked the same, and must
// answer the same, but for what rom_differences.hpp lists.
#include <fmt/core.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>

#include "emulator/board.hpp"
#include "emulator/rom/file.hpp"
#include "rom_differences.hpp"
#include "rom_registers.hpp"
#include "rom_requests.hpp"
#include "sysboot/device.hpp"
#include "sysboot/error.hpp"

namespace rom_comparison {
namespace {

using emulator::EmulatedBoard;
using emulator::EmulatedBoardSettings;
using emulator::VirtualBoard;
using Registers = std::map<std::string, std::uint32_t>;
using sysboot::Bytes;
using sysboot::Duration;
using sysboot::Setup;
using sysboot::TimePoint;
using sysboot::TransferStatus;
using sysboot::virtual_bench::Answer;
using sysboot::virtual_bench::BoardSettings;
using sysboot::virtual_bench::RomSettings;

constexpr Duration tick = std::chrono::milliseconds(1);
constexpr Duration start_time = std::chrono::milliseconds(1500);
constexpr std::size_t most_shown = 120;
constexpr std::uint32_t flash_start = 0x08000000;

template <typename... Values>
void say(fmt::format_string<Values...> text, Values&&... values) {
  std::cout << fmt::format(text, std::forward<Values>(values)...) << std::flush;
}

// A program that does nothing; and something to read behind it.
Bytes content_of_flash() {
  Bytes content = sysboot::virtual_bench::stub_application();
  for (std::size_t i = content.size(); i < 0x10000; ++i) {
    content.push_back(static_cast<std::uint8_t>(i * 7 + 1));
  }
  return content;
}

EmulatedBoardSettings real_settings(bool is_protected) {
  EmulatedBoardSettings settings;
  emulator::use_rom_of_environment(settings.machine);
  settings.machine.model = emulator::f411;
  settings.board.starts_in_rom = true;
  if (is_protected) settings.machine.options.read_protection = 0x55;
  return settings;
}

BoardSettings model_settings(bool is_protected) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  settings.rom.read_protected = is_protected;
  if (is_protected) settings.rom.option_bytes[1] = 0x55;
  if (is_protected) settings.rom.option_bytes[3] = 0xAA;
  for_f413(settings);
  return settings;
}

std::string shown(const Answer& answer) {
  std::string text(sysboot::to_string(answer.status));
  for (std::size_t i = 0; i < answer.data.size() && i < most_shown; ++i) {
    text += fmt::format(" {:02x}", answer.data[i]);
  }
  if (answer.data.size() > most_shown) text += fmt::format(" ... ({} bytes)", answer.data.size());
  return text;
}

void prepare(EmulatedBoard& board) {
  board.machine().reports().be_lenient();
  board.flash().load(flash_start, content_of_flash());
}

class Pair {
 public:
  explicit Pair(bool is_protected)
      : real_(real_settings(is_protected)), model_(model_settings(is_protected), TimePoint{}) {
    prepare(real_);
    model_.flash().load(flash_start, content_of_flash());
    pass(start_time);
    if (real_.descriptors() == nullptr || model_.descriptors() == nullptr) {
      throw std::runtime_error("no ROM on the bus");
    }
  }

  void pass(Duration time) {
    for (const TimePoint end = now_ + time; now_ < end;) {
      now_ += std::min(tick, end - now_);
      real_.advance(now_);
      model_.advance(now_);
    }
  }

  std::pair<Answer, Answer> ask(const Request& request) {
    const TimePoint ready = std::max(real_.ready_at(now_), model_.ready_at(now_));
    if (ready > now_) pass(ready - now_);
    Answer real = real_.control(request.setup, request.out, now_);
    Answer model = model_.control(request.setup, request.out, now_);
    pass(std::chrono::milliseconds(request.pause_ms));
    return {std::move(real), std::move(model)};
  }

  // To dfuIDLE, each by itself. False if one cannot.
  bool recover() {
    const auto real = [&](const Setup& s) { return real_.control(s, {}, now_); };
    const auto model = [&](const Setup& s) { return model_.control(s, {}, now_); };
    const bool both = bring_to_idle(real) && bring_to_idle(model);
    pass(tick);
    return both;
  }

 private:
  template <typename Control>
  static bool bring_to_idle(const Control& control) {
    for (int i = 0; i < 5; ++i) {
      const Answer state = control({0xA1, 5, 0, 0, 1});
      if (state.data.size() != 1) return false;
      if (state.data[0] == 2) return true;
      const bool is_error = state.data[0] == 10 || state.data[0] == 15;
      control(is_error ? Setup{0x21, 4, 0, 0, 0} : Setup{0x21, 6, 0, 0, 0});
    }
    return false;
  }

  EmulatedBoard real_;
  VirtualBoard model_;
  TimePoint now_{};
};

// None where it is not done in time.
template <typename Done>
std::optional<Duration> time_until(EmulatedBoard& board, TimePoint from, const Done& done) {
  board.advance(from);
  for (Duration passed = tick; passed <= start_time; passed += tick) {
    board.advance(from + passed);
    if (done()) return passed;
  }
  return std::nullopt;
}

// The leave to flash, by itself; what it starts goes round in circles.
Registers registers_after_leave(const EmulatedBoardSettings& settings) {
  EmulatedBoard board(settings);
  prepare(board);
  const auto came = time_until(board, {}, [&] { return board.descriptors() != nullptr; });
  if (!came) throw std::runtime_error("no ROM on the bus");
  const TimePoint now = TimePoint{} + *came;
  for (const Setup& setup :
       {Setup{0x21, 4, 0, 0, 0}, Setup{0x21, 1, 0, 0, 0}, Setup{0xA1, 3, 0, 0, 6}}) {
    board.control(setup, {}, now);
  }
  if (!time_until(board, now, [&] { return !board.in_rom(); })) {
    throw std::runtime_error("the ROM does not leave");
  }
  return registers_of(board.machine());
}

class Comparison {
 public:
  /// `only`: of stories with this in their names, and tells every answer.
  explicit Comparison(std::string only) : only_(std::move(only)) {}

  void run(const std::string& board, bool is_protected, const std::vector<Story>& stories,
           bool each_on_its_own) {
    std::optional<Pair> pair;
    for (const Story& story : stories) {
      if (story.name.find(only_) == std::string::npos) continue;
      if (!pair || each_on_its_own) {
        pair.reset();
        pair.emplace(is_protected);
        if (&story != &stories.front() || each_on_its_own) pair->recover();
      }
      tell(*pair, board, story);
      if (!each_on_its_own && !pair->recover()) {
        say("{}: {}: the boards are no longer in the same state\n", board, story.name);
        ++unexpected_;
        pair.reset();
      }
    }
  }

  void compare_registers() {
    EmulatedBoardSettings modelled;
    modelled.board.starts_in_rom = true;
    const Registers real = registers_after_leave(real_settings(false));
    for (const auto& [name, value] : registers_after_leave(modelled)) {
      ++registers_;
      const std::uint32_t of_real = real.at(name);
      if (of_real == value || is_listed("registers after the leave", name)) continue;
      ++unexpected_;
      say("differs  after the leave: {}\n  ROM    0x{:08X}\n  model  0x{:08X}\n", name, of_real,
          value);
    }
  }

  void compare_times() {
    const RomSettings model;
    EmulatedBoard board(real_settings(false));
    prepare(board);
    compare("pull-up", model.pull_up,
            time_until(board, {}, [&] { return board.machine().chip().otg.is_attached(); }));
    EmulatedBoardSettings without_crystal = real_settings(false);
    without_crystal.machine.board.oscillators.hse_starts = false;
    EmulatedBoard bouncing(without_crystal);
    prepare(bouncing);
    compare("reset without a crystal", model.gives_up_crystal, time_until(bouncing, {}, [&] {
              return !bouncing.in_rom() || bouncing.descriptors() != nullptr;
            }));
    if (bouncing.in_rom()) {
      ++unexpected_;
      say("differs  without a crystal it was enumerated\n");
    }
  }

  int result() {
    for (const Difference& known : differences) {
      if (!only_.empty()) break;
      if (seen_[known.story + std::string(known.request)] > 0) continue;
      say("listed, and not there any more: {}: {}\n", known.story, known.request);
      ++unexpected_;
    }
    say("{} requests to both and {} registers after the leave, {} equal, {} differ as listed, {} "
        "otherwise\n",
        requests_, registers_, requests_ + registers_ - listed_ - unexpected_, listed_,
        unexpected_);
    return unexpected_ == 0 ? 0 : 1;
  }

 private:
  void tell(Pair& pair, const std::string& board, const Story& story) {
    for (const Request& request : story.requests) {
      ++requests_;
      const auto [real, model] = pair.ask(request);
      const bool same_data =
          request.same_content ? real.data == model.data : real.data.size() == model.data.size();
      if (real.status == model.status && same_data) {
        if (!only_.empty()) {
          say("same     {}: {}: {}: {}\n", board, story.name, request.name, shown(real));
        }
        continue;
      }
      const std::string name = board + ": " + story.name;
      if (is_listed(name, request.name)) continue;
      ++unexpected_;
      say("differs  {}: {}\n  ROM    {}\n  model  {}\n", name, request.name, shown(real),
          shown(model));
    }
  }

  bool is_listed(const std::string& story, const std::string& request) {
    const Difference* known = known_difference(story, request);
    if (known == nullptr) return false;
    ++listed_;
    ++seen_[known->story + std::string(known->request)];
    return true;
  }

  void compare(std::string_view what, Duration model, const std::optional<Duration>& real) {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    const auto ms = [](Duration time) { return duration_cast<milliseconds>(time).count(); };
    if (real && std::chrono::abs(*real - model) <= tick) {
      say("{} after {} ms\n", what, ms(*real));
      return;
    }
    ++unexpected_;
    say("differs  {}: ROM after {} ms, model after {} ms\n", what, real ? ms(*real) : -1,
        ms(model));
  }

  std::string only_;
  unsigned requests_ = 0;
  unsigned registers_ = 0;
  unsigned listed_ = 0;
  unsigned unexpected_ = 0;
  std::map<std::string, unsigned> seen_;
};

int run(const std::string& only) {
  Comparison comparison(only);
  comparison.run("board", false, stories(), false);
  comparison.run("protected board", true, protected_stories(), false);
  comparison.run("board", false, last_stories(), true);
  comparison.run("protected board", true, last_protected_stories(), true);
  comparison.compare_registers();
  comparison.compare_times();
  return comparison.result();
}

}  // namespace
}  // namespace rom_comparison

int main(int argc, char** argv) {
  const char* file = std::getenv("STM32BOOT_ROM");
  if (file == nullptr || *file == '\0') {
    std::cout << "not compared with a real ROM: STM32BOOT_ROM names none\n";
    return 0;
  }
  try {
    return rom_comparison::run(argc > 1 ? argv[1] : "");
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
