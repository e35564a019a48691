// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <iostream>

#include "server.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"
#include "sysboot/version.hpp"
#include "sysboot/virtual/board_spec.hpp"

namespace virtual_board {
namespace {

constexpr int exit_usage = 64;
constexpr int exit_unreadable = 66;
constexpr int exit_cannot_write = 73;
constexpr int exit_failed = 74;

// Can be read once somebody wants this program to end.
int open_stop() {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&ends, signal);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  return ::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

// Whoever should read this may have stopped doing so, which must not keep the program from ending.
void tell(std::string json, int stop_fd) {
  json += '\n';
  std::string_view left = json;
  while (!left.empty()) {
    std::array<pollfd, 2> items = {{{STDOUT_FILENO, POLLOUT, 0}, {stop_fd, POLLIN, 0}}};
    if (::poll(items.data(), items.size(), -1) < 0 && errno != EINTR) return;
    if (items[0].revents == 0) {
      if (items[1].revents != 0) return;
      continue;
    }
    const ssize_t count =
        ::write(STDOUT_FILENO, left.data(), std::min<std::size_t>(left.size(), PIPE_BUF));
    if (count < 0 && errno != EINTR && errno != EAGAIN) return;
    if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
  }
}

int exit_code(const sysboot::Error& error) {
  switch (error.code()) {
    case sysboot::Errc::usage: return exit_usage;
    case sysboot::Errc::no_input: return exit_unreadable;
    case sysboot::Errc::cannot_write_output: return exit_cannot_write;
    default: return exit_failed;
  }
}

struct Options {
  std::vector<unsigned> vhci_ports;
  std::string address;
  std::vector<std::string> boards;
  std::string folder;
  unsigned transfer_us = 500;
  std::vector<std::string> firmware;

  void add_to(CLI::App& app, bool has_emulator) {
    app.add_option("--vhci", vhci_ports, "Put boards on these ports of the kernel's vhci-hcd")
        ->delimiter(',')
        ->type_name("N,N,…");
    app.add_option("--listen", address, "Offer boards over USB/IP, such as 127.0.0.1:3240")
        ->type_name("HOST:PORT");
    app.add_option("--board", boards,
                   "How a board behaves, once for each, such as bounces=2,times=x8")
        ->type_name("SPEC");
    app.add_option("--flash-dir", folder, "Load and save each board's flash as DIR/board-N.bin")
        ->type_name("DIR");
    app.add_option(
           "--transfer-time", transfer_us,
           "What each control transfer takes besides its data: 1000 for a host that needs a "
           "frame for each")
        ->capture_default_str()
        ->type_name("US");
    if (!has_emulator) return;
    app.add_option("--firmware", firmware,
                   "Run this program on an emulated chip, once for each board")
        ->type_name("FILE");
  }
};

void serve(const Options& options, const MakeEmulated& make_emulated) {
  const int stop_fd = open_stop();
  Server server([stop_fd](const std::string& json) { tell(json, stop_fd); });
  sysboot::virtual_bench::WireTimes wire;
  wire.transfer = std::chrono::microseconds(options.transfer_us);
  server.set_wire(wire);
  const std::size_t count = std::max(
      {options.vhci_ports.size(), options.boards.size(), options.firmware.size(), std::size_t{1}});
  for (std::size_t i = 0; i < count; ++i) {
    const std::string spec = i < options.boards.size() ? options.boards[i] : "";
    std::optional<unsigned> port;
    if (i < options.vhci_ports.size()) port = options.vhci_ports[i];
    auto board = sysboot::virtual_bench::parse_board_spec(spec);
    board.enumeration = sysboot::Duration::zero();  // the kernel does it
    if (i < options.firmware.size()) {
      board.unique_id[0] = static_cast<std::uint8_t>(board.unique_id[0] + i);
      server.add_board(make_emulated(std::move(board), options.firmware[i]), port);
    } else {
      server.add_board(std::move(board), port);
    }
  }
  if (!options.folder.empty()) server.keep_flash_in(options.folder);
  if (!options.address.empty() && !server.listen(options.address)) {
    std::cerr << "warning: " << options.address
              << " can be reached from other machines, and USB/IP has no authentication: whoever "
                 "connects gets a board\n";
  }
  server.run(STDIN_FILENO, stop_fd);
}

}  // namespace

int run_program(int argc, char** argv, const MakeEmulated& make_emulated) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Virtual STM32F411 boards on the kernel's USB stack (vhci) or over USB/IP",
               "stm32boot-virtual-board");
  app.set_version_flag("-V,--version", std::string(sysboot::version));
  Options options;
  options.add_to(app, make_emulated != nullptr);
  try {
    app.parse(argc, argv);
    if (options.vhci_ports.empty() && options.address.empty()) {
      std::cerr << "error: nowhere to put the boards: give --vhci or --listen\n";
      return exit_usage;
    }
    serve(options, make_emulated);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  } catch (const sysboot::Error& error) {
    std::cerr << "error: " << sysboot::printable_lines(error.what()) << '\n';
    return exit_code(error);
  }
  return 0;
}

}  // namespace virtual_board
