// SPDX-License-Identifier: GPL-3.0-or-later
#include "posix_serial.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "host/processes.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::pair<unsigned, speed_t>, 12> speeds = {{{300, B300},
                                                                  {600, B600},
                                                                  {1200, B1200},
                                                                  {2400, B2400},
                                                                  {4800, B4800},
                                                                  {9600, B9600},
                                                                  {19200, B19200},
                                                                  {38400, B38400},
                                                                  {57600, B57600},
                                                                  {115200, B115200},
                                                                  {230400, B230400},
                                                                  {0, B0}}};
constexpr unsigned default_baud = 115200;

unsigned to_baud(speed_t speed) {
  const auto* found = std::find_if(speeds.begin(), speeds.end(),
                                   [&](const auto& entry) { return entry.second == speed; });
  return found == speeds.end() ? default_baud : found->first;
}

speed_t to_speed(unsigned baud) {
  const auto* found = std::find_if(speeds.begin(), speeds.end(),
                                   [&](const auto& entry) { return entry.first == baud; });
  return found == speeds.end() ? B115200 : found->second;
}

[[noreturn]] void open_failed(const std::string& path, int number) {
  const std::string text = fmt::format("cannot open {}: {}", path, std::strerror(number));
  switch (number) {
    case EACCES:
    case EPERM: throw Error(Errc::not_permitted, text);
    case EBUSY: throw Error(Errc::busy, text + held_by(path));
    case ENOENT:
    case ENODEV:
    case ENXIO: throw Error(Errc::no_board, text);
    default: throw Error(Errc::serial_io, text);
  }
}

class PosixSerial : public SerialPort {
 public:
  explicit PosixSerial(const std::string& path) : path_(path) {
    fd_ = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd_ < 0) open_failed(path, errno);
    try {
      take();
      make_raw();
    } catch (...) {
      ::close(fd_);
      throw;
    }
  }

  ~PosixSerial() override {
    // What a vanished or silent device never took must not hold up the close.
    ::tcflush(fd_, TCIOFLUSH);
    ::ioctl(fd_, TIOCNXCL);
    ::close(fd_);
  }

  unsigned baud() override { return to_baud(::cfgetospeed(&settings())); }

  void set_baud(unsigned baud) override {
    termios& wanted = settings();
    ::cfsetispeed(&wanted, to_speed(baud));
    ::cfsetospeed(&wanted, to_speed(baud));
    if (::tcsetattr(fd_, TCSANOW, &wanted) != 0) fail("setting the baud rate");
  }

  void set_dtr(bool on) override { set_line(TIOCM_DTR, on); }
  void set_rts(bool on) override { set_line(TIOCM_RTS, on); }

  void write(ByteView data, Duration timeout) override {
    const auto deadline = Clock::now() + timeout;
    while (!data.empty()) {
      const bool is_last = Clock::now() >= deadline;
      wait_for(POLLOUT, deadline);
      const ssize_t count = ::write(fd_, data.data(), data.size());
      if (count < 0 && errno != EAGAIN && errno != EINTR) fail("writing");
      if (count > 0) data = data.subspan(static_cast<std::size_t>(count));
      if (count <= 0 && is_last) {
        throw Error(Errc::serial_io, path_ + ": the device takes no data");
      }
    }
    drain(deadline);
  }

  Bytes read(std::size_t most, Duration timeout) override {
    const auto deadline = Clock::now() + timeout;
    Bytes data;
    while (data.size() < most && wait_for(POLLIN, deadline)) {
      Bytes chunk(most - data.size());
      const ssize_t count = ::read(fd_, chunk.data(), chunk.size());
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) fail("reading");
      if (count > 0) data.insert(data.end(), chunk.begin(), chunk.begin() + count);
    }
    return data;
  }

 private:
  // TIOCEXCL does not stop root, so whoever set it is respected by asking; flock is what others
  // use.
  void take() {
    int exclusive = 0;
#ifdef TIOCGEXCL
    if (::ioctl(fd_, TIOCGEXCL, &exclusive) != 0) exclusive = 0;
#endif
    const bool locked = ::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (exclusive != 0 || locked) open_failed(path_, EBUSY);
    ::ioctl(fd_, TIOCEXCL);
  }

  void make_raw() {
    if (::tcgetattr(fd_, &settings_) != 0) {
      if (errno == ENOTTY) throw Error(Errc::usage, path_ + " is not a serial port");
      fail("reading its settings");
    }
    ::cfmakeraw(&settings_);
    settings_.c_cflag |= CLOCAL | CREAD;
    settings_.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | PARENB | CRTSCTS);
    settings_.c_cc[VMIN] = 0;
    settings_.c_cc[VTIME] = 0;
    if (::tcsetattr(fd_, TCSANOW, &settings_) != 0) fail("setting it up");
  }

  termios& settings() {
    if (::tcgetattr(fd_, &settings_) != 0) fail("reading its settings");
    return settings_;
  }

  void set_line(int line, bool on) {
    if (::ioctl(fd_, on ? TIOCMBIS : TIOCMBIC, &line) == 0) return;
    // Pseudo terminals have no modem lines.
    if (errno != ENOTTY && errno != EINVAL) fail("setting its modem lines");
  }

  // False when the deadline passes first.
  bool wait_for(short events, Clock::time_point deadline) {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      pollfd item{fd_, events, 0};
      const int ready = ::poll(&item, 1, static_cast<int>(std::max<long long>(left.count(), 0)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0) fail("waiting");
      if ((item.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
        throw Error(Errc::serial_io, path_ + ": the port is gone");
      }
      return ready > 0;
    }
  }

  void drain(Clock::time_point deadline) {
    for (;;) {
      const bool is_last = Clock::now() >= deadline;
      int queued = 0;
      if (::ioctl(fd_, TIOCOUTQ, &queued) != 0) fail("sending");
      if (queued == 0) return;
      if (is_last) {
        throw Error(Errc::serial_io, path_ + ": the device takes no data");
      }
      ::poll(nullptr, 0, 1);
    }
  }

  [[noreturn]] void fail(const char* what) const {
    throw Error(Errc::serial_io, fmt::format("{}: {}: {}", path_, what, std::strerror(errno)));
  }

  std::string path_;
  int fd_ = -1;
  termios settings_{};
};

}  // namespace

bool may_open_posix_serial(const std::string& path) {
  return ::access(path.c_str(), R_OK | W_OK) == 0;
}

bool is_character_device(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISCHR(info.st_mode);
}

std::unique_ptr<SerialPort> open_posix_serial(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0 && !is_character_device(path)) {
    throw Error(Errc::usage, path + " is not a serial port");
  }
  return std::make_unique<PosixSerial>(path);
}

}  // namespace sysboot
