// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace support {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  std::array<int, 2> ends{-1, -1};

  Pipe() {
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe failed");
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);  // macOS has no pipe2
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(0);
    close(1);
  }
  void close(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  int release(std::size_t end) { return std::exchange(ends[end], -1); }
};

[[noreturn]] void become(const std::vector<std::string>& command,
                         const std::vector<std::string>& environment,
                         const std::string& folder = "") {
  if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(127);
  for (const std::string& setting : environment) {
    const std::size_t equals = setting.find('=');
    ::setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  // As a terminal starts it, whatever started the tests (nohup, a script's background).
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

// Whether it was all taken: a program may end before it has read everything.
bool give(int fd, const std::string& text) {
  ::signal(SIGPIPE, SIG_IGN);
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Moves what is there into `text`; false at the end of the stream.
bool drain(int fd, std::string& text) {
  std::array<char, 4096> chunk{};
  const ssize_t count = ::read(fd, chunk.data(), chunk.size());
  if (count > 0) text.append(chunk.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

}  // namespace

Finished run(const std::vector<std::string>& command, const RunOptions& options) {
  Pipe in;
  Pipe out;
  Pipe err;
  const int pid = ::fork();
  if (pid == 0) {
    ::dup2(in.ends[0], STDIN_FILENO);
    ::dup2(out.ends[1], STDOUT_FILENO);
    ::dup2(err.ends[1], STDERR_FILENO);
    if (options.close_stdout) ::close(STDOUT_FILENO);
    if (options.close_stderr) ::close(STDERR_FILENO);
    become(command, options.environment, options.folder);
  }
  in.close(0);
  out.close(1);
  err.close(1);
  give(in.ends[1], options.stdin_text);
  in.close(1);

  Finished finished;
  const auto deadline = Clock::now() + options.timeout;
  std::array<pollfd, 2> items = {{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
  while (items[0].fd >= 0 || items[1].fd >= 0) {
    const int ready = ::poll(items.data(), items.size(), milliseconds_until(deadline));
    if (ready == 0 || (ready < 0 && errno != EINTR)) {
      ::kill(pid, SIGKILL);
      finished.err += "\n[killed by the test after its timeout]";
      break;
    }
    for (auto& item : items) {
      std::string& text = item.fd == out.ends[0] ? finished.out : finished.err;
      if (item.fd >= 0 && item.revents != 0 && !drain(item.fd, text)) item.fd = -1;
    }
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  finished.exit = exit_status(status);
  if (finished.exit == 127) throw std::runtime_error("cannot run " + command.front());
  judge(command, finished, Streams::apart);
  return finished;
}

Background::Background(const std::vector<std::string>& command) : command_(command) {
  Pipe in;
  Pipe out;
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);  // so that its children go with it
    ::dup2(in.ends[0], STDIN_FILENO);
    ::dup2(out.ends[1], STDOUT_FILENO);
    ::dup2(out.ends[1], STDERR_FILENO);
    become(command, {});
  }
  to_ = in.release(1);
  from_ = out.release(0);
}

Background::~Background() {
  if (!status_) {
    ::kill(-pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
  }
  ::close(static_cast<int>(to_));
  ::close(static_cast<int>(from_));
}

void Background::say(const std::string& line) {
  const std::string text = line + "\n";
  if (!give(static_cast<int>(to_), text)) {
    throw std::runtime_error("the program does not listen any more");
  }
}

bool Background::read_some(Clock::time_point deadline) {
  const auto from = static_cast<int>(from_);
  pollfd item{from, POLLIN, 0};
  if (::poll(&item, 1, milliseconds_until(deadline)) <= 0) return false;
  std::string text;
  const bool open = drain(from, text);
  unread_ += text;
  transcript_ += text;
  return open;
}

void Background::signal(int number) const {
  ::kill(pid_, number);
}

int Background::join(std::chrono::seconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (read_some(deadline)) {
  }
  if (Clock::now() >= deadline)
    throw std::runtime_error("it does not end; it said:\n" + transcript_);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  status_ = exit_status(status);
  judge(command_, {*status_, transcript_, {}}, Streams::mixed);
  return *status_;
}

}  // namespace support
