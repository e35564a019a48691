// SPDX-License-Identifier: GPL-3.0-or-later
// What every story needs: the host it runs on, someone to tell, and a way to be stopped. What it
// tells is one stream of events, from which renderers (bars, lines, JSON) are made.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <variant>

#include "sysboot/board.hpp"

namespace sysboot {

/// In the order in which they happen. A stage begins once; between its begin and its end come its
/// progress events; a stage that has nothing to do does not appear. After a transient USB error the
/// stages from compare on may appear once more; where flash was erased that was not to be, those
/// from erase on.
enum class Stage {
  find,
  enter,
  compare,
  erase,
  write,   ///< everything but the first words, which start the program
  verify,  ///< the same
  read,    ///< flash into a file
  commit,  ///< those words: written and read back, last of all
  run,
};
std::string_view to_string(Stage stage);

/// What the text of a stage says, for programs: each where the text has it.
struct StageFacts {
  /// find: as it is; enter: in its bootloader; run: what came back.
  std::optional<Board> board = {};
  std::string trigger = {};                        ///< enter: the one that worked
  std::optional<int> fired = {};                   ///< enter: how often, all triggers together
  std::optional<bool> left = {};                   ///< run: the DFU device is gone
  std::optional<std::size_t> sectors = {};         ///< compare, erase, verify
  std::optional<std::size_t> sectors_differ = {};  ///< of these; compare, verify
  std::optional<std::uint32_t> differs_at = {};    ///< verify: the first address
};

struct StageBegin {
  Stage stage;
  std::uint64_t total =
      0;             ///< bytes, known before the work starts; 0 where there is nothing to count
  std::string text;  ///< "2 sectors, 32 KiB"
  StageFacts facts = {};
};
struct StageProgress {
  Stage stage;
  std::uint64_t done = 0;  ///< bytes, never more than the stage's total
};
struct StageEnd {
  Stage stage;
  std::uint64_t done = 0;
  Duration took{};
  std::string text;  ///< "2 of 7 sectors differ"
  StageFacts facts = {};
};

struct Note {
  enum class Level { debug, info, warning };
  Level level = Level::info;
  std::string text;
};

/// One control transfer, after it ended.
struct Transfer {
  Setup setup;
  TransferResult result;
  Bytes data;  ///< the first bytes of the data stage, 16 at most
  Duration took{};
};

using Event = std::variant<StageBegin, StageProgress, StageEnd, Note, Transfer>;
using Observer = std::function<void(const Event&)>;

struct Job {
  Host& host;
  Observer observer = {};
  const std::atomic<bool>* stop = nullptr;

  void tell(const Event& event) const;
  void note(Note::Level level, std::string text) const;

  /// Throws Error{interrupted} once *stop is true. Called where stopping leaves the board in order.
  void check_stop() const;
  /// True once `done` says so; asks for the last time at or after the deadline. Checks for a stop.
  bool wait_until(TimePoint deadline, const std::function<bool()>& done) const;
};

}  // namespace sysboot
