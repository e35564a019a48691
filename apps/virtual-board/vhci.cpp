// SPDX-License-Identifier: GPL-3.0-or-later
#include "vhci.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sysboot/error.hpp"

namespace virtual_board {
namespace {

using sysboot::Errc;
using sysboot::Error;

constexpr const char* attach_file = "/sys/devices/platform/vhci_hcd.0/attach";
constexpr int speed_full = 2;

[[noreturn]] void fail(int number) {
  const std::string text =
      fmt::format("cannot attach through {}: {}", attach_file, std::strerror(number));
  if (number == ENOENT) throw Error(Errc::no_driver, text + " (modprobe vhci-hcd)");
  throw Error(number == EACCES || number == EPERM ? Errc::not_permitted : Errc::usb_io, text);
}

}  // namespace

bool attach_to_vhci(unsigned port, int fd) {
  const int file = ::open(attach_file, O_WRONLY | O_CLOEXEC);
  if (file < 0) fail(errno);
  // Bus 1, device port + 1: only has to be unique.
  const unsigned device_id = 0x10000 + port + 1;
  const std::string line = fmt::format("{} {} {} {}\n", port, fd, device_id, speed_full);
  const ssize_t count = ::write(file, line.data(), line.size());
  const int number = errno;
  ::close(file);
  if (count == static_cast<ssize_t>(line.size())) return true;
  if (number == EBUSY) return false;
  fail(number);
}

}  // namespace virtual_board
