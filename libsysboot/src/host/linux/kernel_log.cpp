// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <sstream>
#include <string_view>

namespace sysboot {
namespace {

// Messages of drivers/usb/core/hub.c.
constexpr std::array<std::string_view, 4> failures = {
    "device descriptor read", "device not accepting address", "unable to enumerate USB device",
    "can't set config"};
constexpr std::string_view success = "New USB device found";

// The whole log up to now. A record that is overwritten while it is read is skipped (EPIPE).
std::optional<std::string> read_records(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string records;
  std::array<char, 8192> part{};
  for (;;) {
    const ssize_t count = ::read(fd, part.data(), part.size());
    if (count < 0 && (errno == EPIPE || errno == EINTR)) continue;
    if (count <= 0) break;
    records.append(part.data(), static_cast<std::size_t>(count));
  }
  ::close(fd);
  return records;
}

// "1-4.2", from "1-4.2", from "usb1-port4" (a port of a root hub) or from "1-4-port2" (of a hub).
std::string port_path_of(std::string_view name) {
  const std::size_t port = name.find("-port");
  if (port == std::string_view::npos) return std::string(name);
  const std::string number(name.substr(port + 5));
  const std::string_view hub = name.substr(0, port);
  if (hub.starts_with("usb")) return std::string(hub.substr(3)) + "-" + number;
  return std::string(hub) + "." + number;
}

}  // namespace

KernelLog read_kernel_log(const std::filesystem::path& kmsg) {
  const auto records = read_records(kmsg);
  if (!records) return {};
  std::map<std::string, std::string> failed;
  std::istringstream lines(*records);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find(";usb ");
    if (begin == std::string::npos) continue;
    const std::string_view message = std::string_view(line).substr(begin + 5);
    const std::size_t colon = message.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string port_path = port_path_of(message.substr(0, colon));
    const std::string_view text = message.substr(colon + 2);
    if (text.starts_with(success)) failed.erase(port_path);
    if (std::any_of(failures.begin(), failures.end(),
                    [&](std::string_view failure) { return text.starts_with(failure); })) {
      failed[port_path] = text;
    }
  }
  KernelLog log{true, {}};
  for (const auto& [port_path, text] : failed) log.failures.push_back({port_path, text});
  return log;
}

}  // namespace sysboot
