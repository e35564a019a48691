// SPDX-License-Identifier: GPL-3.0-or-later
#include "windows_serial.hpp"

#include <fmt/core.h>
#include <windows.h>

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "sysboot/error.hpp"
#include "text.hpp"

namespace sysboot {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view device_prefix = R"(\\.\)";
constexpr std::string_view com = "COM";

// Below MAXDWORD, which means something else (COMMTIMEOUTS), and above 0, which means for ever.
DWORD milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<DWORD>(std::clamp<long long>(left, 1, 0x7FFFFFFF));
}

[[noreturn]] void open_failed(const std::string& path, DWORD code) {
  const std::string text = fmt::format("cannot open {}: {}", path, windows_message(code));
  switch (code) {
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION: throw Error(Errc::busy, text);
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: throw Error(Errc::no_board, text);
    default: throw Error(Errc::serial_io, text);
  }
}

class WindowsSerial : public SerialPort {
 public:
  explicit WindowsSerial(const std::string& path)
      : path_(path),
        handle_(::CreateFileW(to_wide(std::string(device_prefix) + path).c_str(),
                              GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0,
                              nullptr)) {
    if (handle_ == INVALID_HANDLE_VALUE) open_failed(path, ::GetLastError());
    try {
      make_raw();
    } catch (...) {
      ::CloseHandle(handle_);
      throw;
    }
  }

  ~WindowsSerial() override {
    // What a vanished or silent device never took must not hold up the close.
    ::PurgeComm(handle_, PURGE_TXABORT | PURGE_RXABORT | PURGE_TXCLEAR | PURGE_RXCLEAR);
    ::CloseHandle(handle_);
  }

  unsigned baud() override { return settings_.BaudRate; }

  void set_baud(unsigned baud) override {
    settings_.BaudRate = baud;
    apply("setting the baud rate");
  }

  // Kept in the settings, because setting the rate sets the lines again.
  void set_dtr(bool on) override {
    settings_.fDtrControl = on ? DTR_CONTROL_ENABLE : DTR_CONTROL_DISABLE;
    set_line(on ? SETDTR : CLRDTR);
  }
  void set_rts(bool on) override {
    settings_.fRtsControl = on ? RTS_CONTROL_ENABLE : RTS_CONTROL_DISABLE;
    set_line(on ? SETRTS : CLRRTS);
  }

  void write(ByteView data, Duration timeout) override {
    const auto deadline = Clock::now() + timeout;
    while (!data.empty()) {
      const bool is_last = Clock::now() >= deadline;
      set_timeouts(deadline);
      DWORD count = 0;
      if (::WriteFile(handle_, data.data(), static_cast<DWORD>(data.size()), &count, nullptr) ==
          FALSE) {
        fail("writing");
      }
      data = data.subspan(count);
      if (!data.empty() && is_last) takes_no_data();
    }
    drain(deadline);
  }

  Bytes read(std::size_t most, Duration timeout) override {
    const auto deadline = Clock::now() + timeout;
    Bytes data;
    for (;;) {
      const bool is_last = Clock::now() >= deadline;
      set_timeouts(deadline);
      Bytes chunk(most - data.size());
      DWORD count = 0;
      if (::ReadFile(handle_, chunk.data(), static_cast<DWORD>(chunk.size()), &count, nullptr) ==
          FALSE) {
        fail("reading");
      }
      if (count == 0) queued(&COMSTAT::cbInQue);  // a port that is gone only fails here
      data.insert(data.end(), chunk.begin(), chunk.begin() + count);
      if (data.size() >= most || is_last) return data;
    }
  }

 private:
  void make_raw() {
    settings_.DCBlength = sizeof settings_;
    if (::GetCommState(handle_, &settings_) == FALSE) {
      throw Error(Errc::usage, path_ + " is not a serial port");
    }
    DCB raw{};
    raw.DCBlength = sizeof raw;
    raw.BaudRate = settings_.BaudRate;
    raw.fBinary = TRUE;
    raw.fDtrControl = DTR_CONTROL_ENABLE;
    raw.fRtsControl = RTS_CONTROL_ENABLE;
    raw.ByteSize = 8;
    raw.Parity = NOPARITY;
    raw.StopBits = ONESTOPBIT;
    settings_ = raw;
    apply("setting it up");
  }

  void apply(const char* what) {
    if (::SetCommState(handle_, &settings_) == FALSE) fail(what);
  }

  void set_line(DWORD function) {
    if (::EscapeCommFunction(handle_, function) != FALSE) return;
    // Virtual ports may have no modem lines.
    const DWORD code = ::GetLastError();
    const bool has_none = code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_FUNCTION ||
                          code == ERROR_INVALID_PARAMETER;
    if (!has_none) fail("setting its modem lines");
  }

  // Reading ends with the first byte, or at the deadline.
  void set_timeouts(Clock::time_point deadline) {
    const DWORD left = milliseconds_until(deadline);
    COMMTIMEOUTS timeouts{MAXDWORD, MAXDWORD, left, 0, left};
    if (::SetCommTimeouts(handle_, &timeouts) == FALSE) fail("setting its timeouts");
  }

  DWORD queued(DWORD COMSTAT::*queue) {
    COMSTAT status{};
    DWORD errors = 0;
    if (::ClearCommError(handle_, &errors, &status) == FALSE) fail("asking for its state");
    return status.*queue;
  }

  void drain(Clock::time_point deadline) {
    for (;;) {
      const bool is_last = Clock::now() >= deadline;
      if (queued(&COMSTAT::cbOutQue) == 0) return;
      if (is_last) takes_no_data();
      ::Sleep(1);
    }
  }

  [[noreturn]] void takes_no_data() const {
    throw Error(Errc::serial_io, path_ + ": the device takes no data");
  }

  [[noreturn]] void fail(const char* what) const {
    throw Error(Errc::serial_io,
                fmt::format("{}: {}: {}", path_, what, windows_message(::GetLastError())));
  }

  std::string path_;
  HANDLE handle_;
  DCB settings_{};
};

}  // namespace

std::optional<std::string> com_port_name(const std::string& path) {
  std::string_view name = path;
  if (name.starts_with(device_prefix)) name.remove_prefix(device_prefix.size());
  const std::string port = upper(name);
  const bool is_com = port.starts_with(com) && port.size() > com.size() &&
                      port.find_first_not_of("0123456789", com.size()) == std::string::npos;
  return is_com ? std::optional(port) : std::nullopt;
}

bool has_com_port(const std::string& name) {
  std::array<wchar_t, 1024> target{};
  return ::QueryDosDeviceW(to_wide(name).c_str(), target.data(),
                           static_cast<DWORD>(target.size())) != 0;
}

std::unique_ptr<SerialPort> open_windows_serial(const std::string& path) {
  const auto name = com_port_name(path);
  if (!name) throw Error(Errc::usage, path + " is not a serial port");
  return std::make_unique<WindowsSerial>(*name);
}

}  // namespace sysboot
