// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual boards in real time, on the kernel's USB stack or over USB/IP.
#pragma once

#include <functional>
#include <list>
#include <memory>

#include "usbip_session.hpp"

namespace virtual_board {

/// What the server tells, one JSON object each: {"event":"attached","board":0,"mode":"rom"}.
using Tell = std::function<void(const std::string& json)>;

class Server {
 public:
  explicit Server(Tell tell);
  ~Server();

  /// Boards count from 0. With a port it sits on the kernel's bus, without one it can be imported.
  void add_board(sysboot::virtual_bench::BoardSettings settings, std::optional<unsigned> vhci_port);
  void add_board(std::unique_ptr<sysboot::virtual_bench::BusBoard> board,
                 std::optional<unsigned> vhci_port);
  /// What moving bytes costs from now on.
  void set_wire(const sysboot::virtual_bench::WireTimes& wire) { wire_ = wire; }
  /// False: others than this machine's programs can connect, too. Errors: usage.
  bool listen(const std::string& address);
  /// Loads and saves board N's flash as FOLDER/board-N.bin. Errors: no_input for a file that cannot
  /// be read or has another size, cannot_write_output.
  void keep_flash_in(const std::string& folder);

  /// "unplug N", "plug N [boot0]", "enter N", "swap N", "save", "quit"; false for quit.
  /// Errors: usage, cannot_write_output.
  bool command(const std::string& line);

  /// Serves until `stop_fd` can be read or a command says so. Commands come line by line from
  /// `commands_fd`. Error: cannot_write_output.
  void run(int commands_fd, int stop_fd);

 private:
  struct Seat;

  sysboot::TimePoint now() const;
  void step(Seat& seat, sysboot::TimePoint now);
  void end_old_session(Seat& seat, sysboot::TimePoint now);
  void swap_boards();
  void tell_what_went_wrong(const Seat& seat) const;
  void connect(Seat& seat);
  void disconnect(Seat& seat);
  void admit();
  void handshake(Socket& socket);
  std::vector<Exported> exported() const;
  sysboot::Duration until_next() const;
  void wait(int commands_fd, int stop_fd);
  void read_commands(int fd);
  std::string file_of(const Seat& seat) const;
  void save() const;

  Tell tell_;
  sysboot::virtual_bench::WireTimes wire_;
  std::vector<std::unique_ptr<Seat>> seats_;
  Socket listener_;
  std::list<Socket> strangers_;        // connected, and not yet importing
  sysboot::TimePoint admits_again_{};  // after it was out of descriptors
  std::string folder_;
  std::vector<std::size_t> to_swap_;
  std::string commands_;  // what has been read of the next line
  bool commands_open_ = true;
  bool quit_ = false;
};

}  // namespace virtual_board
