// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/process.hpp"

#include <windows.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

namespace support {

using Clock = std::chrono::steady_clock;

namespace {

constexpr DWORD killed = 128 + 9;  // as POSIX shells say it

std::wstring to_wide(const std::string& utf8) {
  return std::filesystem::path(std::u8string(utf8.begin(), utf8.end())).wstring();
}

// As CommandLineToArgvW takes words apart again.
std::wstring quoted(const std::string& word) {
  std::wstring out = L"\"";
  std::size_t backslashes = 0;
  for (const wchar_t c : to_wide(word)) {
    if (c == L'"') out.append(backslashes + 1, L'\\');
    backslashes = c == L'\\' ? backslashes + 1 : 0;
    out += c;
  }
  return out.append(backslashes, L'\\') + L'"';
}

std::wstring command_line(const std::vector<std::string>& command) {
  std::wstring line;
  for (const std::string& word : command) line += (line.empty() ? L"" : L" ") + quoted(word);
  return line;
}

class Handle {
 public:
  explicit Handle(HANDLE handle = nullptr) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }
  HANDLE get() const { return handle_; }
  HANDLE* address() { return &handle_; }
  void close() {
    if (handle_ != nullptr) ::CloseHandle(handle_);
    handle_ = nullptr;
  }
  HANDLE release() { return std::exchange(handle_, nullptr); }

 private:
  HANDLE handle_;
};

// The child gets one end; the other one stays here.
struct Pipe {
  Handle read_end;
  Handle write_end;

  explicit Pipe(bool child_reads) {
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    if (::CreatePipe(read_end.address(), write_end.address(), &inherited, 1 << 20) == FALSE) {
      throw std::runtime_error("CreatePipe failed");
    }
    const HANDLE ours = child_reads ? write_end.get() : read_end.get();
    ::SetHandleInformation(ours, HANDLE_FLAG_INHERIT, 0);
  }
};

class Environment {
 public:
  explicit Environment(const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
      const std::size_t equals = setting.find('=');
      const std::wstring name = to_wide(setting.substr(0, equals));
      std::wstring before(32768, L'\0');
      const DWORD size = ::GetEnvironmentVariableW(name.c_str(), before.data(), 32768);
      before.resize(size);
      before_.emplace_back(name, size > 0 ? std::optional(before) : std::nullopt);
      ::SetEnvironmentVariableW(name.c_str(), to_wide(setting.substr(equals + 1)).c_str());
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (const auto& [name, value] : before_) {
      ::SetEnvironmentVariableW(name.c_str(), value ? value->c_str() : nullptr);
    }
  }

 private:
  std::vector<std::pair<std::wstring, std::optional<std::wstring>>> before_;
};

PROCESS_INFORMATION start(const std::vector<std::string>& command, HANDLE in, HANDLE out,
                          HANDLE err, DWORD flags, const std::string& folder = "") {
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  startup.dwFlags = STARTF_USESTDHANDLES;
  startup.hStdInput = in;
  startup.hStdOutput = out;
  startup.hStdError = err;
  PROCESS_INFORMATION process{};
  std::wstring line = command_line(command);
  const std::wstring place = to_wide(folder);
  if (::CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, flags, nullptr,
                       place.empty() ? nullptr : place.c_str(), &startup, &process) == FALSE) {
    throw std::runtime_error("cannot run " + command.front());
  }
  ::CloseHandle(process.hThread);
  return process;
}

// Up to the end of the stream.
std::string read_all(HANDLE pipe) {
  std::string text;
  char chunk[4096];
  DWORD count = 0;
  while (::ReadFile(pipe, chunk, sizeof chunk, &count, nullptr) != FALSE && count > 0) {
    text.append(chunk, count);
  }
  return text;
}

DWORD milliseconds(std::chrono::seconds timeout) {
  return static_cast<DWORD>(std::chrono::milliseconds(timeout).count());
}

HANDLE as_handle(std::intptr_t number) {
  return reinterpret_cast<HANDLE>(number);
}

}  // namespace

Finished run(const std::vector<std::string>& command, const RunOptions& options) {
  Pipe in(true);
  Pipe out(false);
  Pipe err(false);
  const Environment environment(options.environment);
  const PROCESS_INFORMATION process =
      start(command, in.read_end.get(), options.close_stdout ? nullptr : out.write_end.get(),
            options.close_stderr ? nullptr : err.write_end.get(), 0, options.folder);
  const Handle handle(process.hProcess);
  in.read_end.close();
  out.write_end.close();
  err.write_end.close();
  DWORD sent = 0;
  ::WriteFile(in.write_end.get(), options.stdin_text.data(),
              static_cast<DWORD>(options.stdin_text.size()), &sent, nullptr);
  in.write_end.close();

  Finished finished;
  bool too_late = false;
  {
    const std::jthread reads_out([&] { finished.out = read_all(out.read_end.get()); });
    const std::jthread reads_err([&] { finished.err = read_all(err.read_end.get()); });
    too_late = ::WaitForSingleObject(handle.get(), milliseconds(options.timeout)) != WAIT_OBJECT_0;
    if (too_late) ::TerminateProcess(handle.get(), killed);
  }
  if (too_late) finished.err += "\n[killed by the test after its timeout]";
  DWORD status = 0;
  ::GetExitCodeProcess(handle.get(), &status);
  finished.exit = static_cast<int>(status);
  judge(command, finished, Streams::apart);
  return finished;
}

Background::Background(const std::vector<std::string>& command) : command_(command) {
  Pipe in(true);
  Pipe out(false);
  const PROCESS_INFORMATION process = start(command, in.read_end.get(), out.write_end.get(),
                                            out.write_end.get(), CREATE_NEW_PROCESS_GROUP);
  pid_ = static_cast<int>(process.dwProcessId);
  process_ = reinterpret_cast<std::intptr_t>(process.hProcess);
  to_ = reinterpret_cast<std::intptr_t>(in.write_end.release());
  from_ = reinterpret_cast<std::intptr_t>(out.read_end.release());
}

Background::~Background() {
  if (!status_) {
    ::TerminateProcess(as_handle(process_), killed);
    ::WaitForSingleObject(as_handle(process_), INFINITE);
  }
  for (const std::intptr_t handle : {process_, to_, from_}) ::CloseHandle(as_handle(handle));
}

void Background::say(const std::string& line) {
  const std::string text = line + "\n";
  DWORD count = 0;
  if (::WriteFile(as_handle(to_), text.data(), static_cast<DWORD>(text.size()), &count, nullptr) ==
          FALSE ||
      count != text.size()) {
    throw std::runtime_error("the program does not listen any more");
  }
}

// Pipes cannot be waited for with a deadline here: looked at every few milliseconds.
bool Background::read_some(Clock::time_point deadline) {
  for (;;) {
    DWORD there = 0;
    if (::PeekNamedPipe(as_handle(from_), nullptr, 0, nullptr, &there, nullptr) == FALSE) {
      return false;
    }
    if (there > 0) break;
    if (Clock::now() >= deadline) return false;
    ::Sleep(2);
  }
  char chunk[4096];
  DWORD count = 0;
  if (::ReadFile(as_handle(from_), chunk, sizeof chunk, &count, nullptr) == FALSE) return false;
  unread_.append(chunk, count);
  transcript_.append(chunk, count);
  return true;
}

// Ctrl-Break is what Windows can send to one process and its children; SIGKILL ends it.
void Background::signal(int number) const {
  if (number == SIGINT || number == SIGTERM) {
    if (::GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, static_cast<DWORD>(pid_)) == FALSE) {
      throw std::runtime_error("no Ctrl-Break: error " + std::to_string(::GetLastError()));
    }
  } else {
    ::TerminateProcess(as_handle(process_), killed);
  }
}

int Background::join(std::chrono::seconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (read_some(deadline)) {
  }
  if (Clock::now() >= deadline) {
    throw std::runtime_error("it does not end; it said:\n" + transcript_);
  }
  ::WaitForSingleObject(as_handle(process_), milliseconds(timeout));
  DWORD status = 0;
  ::GetExitCodeProcess(as_handle(process_), &status);
  status_ = static_cast<int>(status);
  judge(command_, {*status_, transcript_, {}}, Streams::mixed);
  return *status_;
}

}  // namespace support
