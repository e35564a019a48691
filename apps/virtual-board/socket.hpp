// SPDX-License-Identifier: GPL-3.0-or-later
// A stream socket that is owned, does not block, and keeps what could not be sent yet.
#pragma once

#include <utility>

#include "sysboot/types.hpp"

namespace virtual_board {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close();

  /// Reads what is there into the buffer; closes when the other side has closed.
  void receive();
  sysboot::Bytes& received() { return received_; }

  void send(sysboot::ByteView data);
  /// Sends what was kept; call when the socket can be written.
  void flush();
  bool wants_to_write() const { return !unsent_.empty(); }

 private:
  int fd_ = -1;
  sysboot::Bytes received_;
  sysboot::Bytes unsent_;
};

/// Both ends of a local connection; the second one is left blocking, for the kernel.
std::pair<Socket, int> socket_pair();
/// Error: usage, when "HOST:PORT" is not an address of this machine that can be listened on.
Socket listen_on(const std::string& address);
Socket accept_from(const Socket& listener);

}  // namespace virtual_board
