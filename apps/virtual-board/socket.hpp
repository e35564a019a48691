// SPDX-License-Identifier: GPL-3.0-or-later
// A stream socket that is owned, does not block, and keeps what could not be sent yet. What the
// other side can make it keep is bounded.
#pragma once

#include <string>
#include <utility>

#include "byte_queue.hpp"

namespace virtual_board {

class Socket {
 public:
  /// So much is kept of what was received, and no more than this is to be waiting to be sent before
  /// the next answer.
  static constexpr std::size_t most_kept = 1U << 20;

  Socket() = default;
  explicit Socket(int fd);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

  /// Reads what is there, as far as there is room; closes when the other side has closed.
  void receive();
  /// There is room for more.
  bool wants_to_read() const { return received_.size() < most_kept; }
  ByteQueue& received() { return received_; }

  void send(sysboot::ByteView data);
  /// Sends what was kept; call when the socket can be written.
  void flush();
  bool wants_to_write() const { return !unsent_.empty(); }
  /// The other side does not read what it is sent: no more answers until it does.
  bool is_clogged() const { return unsent_.size() >= most_kept; }

 private:
  int fd_ = -1;
  ByteQueue received_;
  ByteQueue unsent_;
};

/// Both ends of a local connection; the second one is left blocking, for the kernel.
std::pair<Socket, int> socket_pair();
/// Error: usage, when "HOST:PORT" is not an address of this machine that can be listened on.
Socket listen_on(const std::string& address);
/// Not open when there is nobody, or no descriptor for them.
Socket accept_from(const Socket& listener);
/// "127.0.0.1:3240", as it has come out where port 0 asked for any.
std::string address_of(const Socket& listener);
/// Only programs on this machine reach it.
bool is_loopback(const Socket& listener);

}  // namespace virtual_board
