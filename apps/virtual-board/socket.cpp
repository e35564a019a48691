// SPDX-License-Identifier: GPL-3.0-or-later
#include "socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "sysboot/error.hpp"

namespace virtual_board {

using sysboot::Errc;
using sysboot::Error;

namespace {

sockaddr_in bound_to(const Socket& socket) {
  sockaddr_in where{};
  socklen_t size = sizeof where;
  ::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&where), &size);
  return where;
}

}  // namespace

Socket::Socket(int fd) : fd_(fd) {
  if (fd >= 0) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

Socket::Socket(Socket&& other) noexcept {
  *this = std::move(other);
}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this == &other) return *this;
  close();
  fd_ = std::exchange(other.fd_, -1);
  received_ = std::move(other.received_);
  unsent_ = std::move(other.unsent_);
  return *this;
}

Socket::~Socket() {
  close();
}

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  unsent_.clear();
}

void Socket::receive() {
  std::array<std::uint8_t, 16384> chunk{};
  while (wants_to_read()) {
    const std::size_t room = std::min(chunk.size(), most_kept - received_.size());
    const ssize_t count = ::recv(fd_, chunk.data(), room, 0);
    if (count > 0) {
      received_.push({chunk.data(), static_cast<std::size_t>(count)});
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    close();
    return;
  }
}

void Socket::send(sysboot::ByteView data) {
  if (!is_open()) return;
  unsent_.push(data);
  flush();
}

void Socket::flush() {
  while (is_open() && !unsent_.empty()) {
    const sysboot::ByteView left = unsent_.view();
    const ssize_t count = ::send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count <= 0) {
      close();
      return;
    }
    unsent_.pop(static_cast<std::size_t>(count));
  }
}

std::pair<Socket, int> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error(Errc::usb_io, std::string("cannot make a socket pair: ") + std::strerror(errno));
  }
  return {Socket(ends[0]), ends[1]};
}

Socket listen_on(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in where{};
  where.sin_family = AF_INET;
  std::uint16_t port = 0;
  const char* digits = address.c_str() + (colon == std::string::npos ? address.size() : colon + 1);
  const auto [end, error] = std::from_chars(digits, address.c_str() + address.size(), port);
  const bool is_port = error == std::errc{} && end == address.c_str() + address.size();
  where.sin_port = htons(port);
  if (!is_port || ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr) != 1) {
    throw Error(Errc::usage, "'" + address + "' is no address; write it as 127.0.0.1:3240");
  }
  Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::listen(listener.fd(), SOMAXCONN) != 0) {
    throw Error(Errc::usage, "cannot listen on " + address + ": " + std::strerror(errno));
  }
  return listener;
}

std::string address_of(const Socket& listener) {
  const sockaddr_in where = bound_to(listener);
  std::array<char, INET_ADDRSTRLEN> host{};
  ::inet_ntop(AF_INET, &where.sin_addr, host.data(), host.size());
  return std::string(host.data()) + ':' + std::to_string(ntohs(where.sin_port));
}

bool is_loopback(const Socket& listener) {
  return ntohl(bound_to(listener).sin_addr.s_addr) >> 24 == 127;
}

Socket accept_from(const Socket& listener) {
  return Socket(::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace virtual_board
