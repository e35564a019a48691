// SPDX-License-Identifier: GPL-3.0-or-later
// Runs programs and keeps what they say. Every wait has a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace support {

struct Finished {
  int exit = -1;  ///< exit status; 128 + signal when it was killed
  std::string out;
  std::string err;
};

struct RunOptions {
  std::vector<std::string> environment;  ///< "NAME=value", in addition to this process's
  std::string stdin_text;
  bool close_stdout = false;
  bool close_stderr = false;
  std::chrono::seconds timeout{120};
  std::string folder;  ///< where it runs; empty: where this process does
};

/// Runs a program to its end. Throws std::runtime_error when it cannot be started; kills it at the
/// timeout and says so in `err`.
Finished run(const std::vector<std::string>& command, const RunOptions& options = {});

enum class Streams { apart, mixed };
/// Called with each run that has ended; of a Background, `out` has both streams.
using Judge = void (*)(const std::vector<std::string>& command, const Finished& done,
                       Streams streams);
/// From now on; there is one judge at most.
void judge_runs(Judge judge);
/// What run() and Background call.
void judge(const std::vector<std::string>& command, const Finished& done, Streams streams);

/// A program in the background, with a line-based conversation.
class Background {
 public:
  explicit Background(const std::vector<std::string>& command);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background();  ///< kills it if it still runs

  int pid() const { return pid_; }
  void say(const std::string& line);
  /// Reads its output up to a line that contains `text`; throws when none comes in time. Lines
  /// before it are consumed.
  std::string wait_for(const std::string& text,
                       std::chrono::seconds timeout = std::chrono::seconds(60));
  void signal(int number) const;
  /// Waits for its end and returns the exit status.
  int join(std::chrono::seconds timeout = std::chrono::seconds(60));
  /// Everything it has said so far, standard error included.
  const std::string& transcript() const { return transcript_; }

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline);

  std::vector<std::string> command_;
  int pid_ = -1;
  std::intptr_t process_ = -1;  // handle; Windows only
  std::intptr_t to_ = -1;       // file descriptors, or handles
  std::intptr_t from_ = -1;
  std::string unread_;
  std::string transcript_;
  std::optional<int> status_;
};

}  // namespace support
