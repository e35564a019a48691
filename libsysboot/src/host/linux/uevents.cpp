// SPDX-License-Identifier: GPL-3.0-or-later
#include "uevents.hpp"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace sysboot {
namespace {

// Those of netlink(7)'s NETLINK_KOBJECT_UEVENT: the kernel's own, which come first, and udev's,
// which come when it has set the permissions.
constexpr std::uint32_t from_kernel = 1;
constexpr std::uint32_t from_udev = 2;
constexpr std::size_t longest_uevent = 8192;  // libudev's limit

Descriptor open_socket() {
  Descriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = from_kernel | from_udev;
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  if (socket && ::bind(socket.get(), any, sizeof(address)) != 0) return Descriptor();
  return socket;
}

}  // namespace

bool is_of_the_bus(std::string_view uevent) {
  using namespace std::string_view_literals;
  const auto says = [&](std::string_view property) { return uevent.find(property) != uevent.npos; };
  return (says("\0ACTION=add\0"sv) || says("\0ACTION=remove\0"sv)) &&
         (says("\0DEVTYPE=usb_device\0"sv) || says("\0SUBSYSTEM=tty\0"sv));
}

Uevents::~Uevents() {
  if (!thread_.joinable()) return;
  ::eventfd_write(end_.get(), 1);
  thread_.join();
}

bool Uevents::wait(Duration most) {
  std::call_once(started_, [this] { start(); });
  return events_.wait(most);
}

void Uevents::start() {
  socket_ = open_socket();
  end_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
  if (socket_ && end_) thread_ = std::thread([this] { listen(); });
}

void Uevents::listen() {
  std::array<char, longest_uevent> message{};
  std::array<pollfd, 2> watched{{{socket_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
  for (;;) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
    if (watched[1].revents != 0) return;
    const ssize_t length = ::recv(socket_.get(), message.data(), message.size(), 0);
    const bool are_lost = length < 0 && errno == ENOBUFS;
    if (length < 0 && !are_lost && errno != EAGAIN && errno != EINTR) return;
    const auto count = static_cast<std::size_t>(length < 0 ? 0 : length);
    if (are_lost || is_of_the_bus({message.data(), count})) events_.happened();
  }
}

}  // namespace sysboot
