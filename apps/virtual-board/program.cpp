// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "server.hpp"
#include "sysboot/error.hpp"
#include "sysboot/printable.hpp"
#include "sysboot/version.hpp"
#include "sysboot/virtual/board_spec.hpp"

namespace virtual_board {
namespace {

constexpr int exit_usage = 64;
constexpr int exit_failed = 74;

// A signal handler can reach nothing but globals.
std::atomic<bool> stop = false;
extern "C" void on_signal(int /*signal*/) {
  stop = true;
}

struct Options {
  std::vector<unsigned> vhci_ports;
  std::string address;
  std::vector<std::string> boards;
  std::string folder;
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
    if (!has_emulator) return;
    app.add_option("--firmware", firmware,
                   "Run this program on an emulated chip, once for each board")
        ->type_name("FILE");
  }
};

void serve(const Options& options, const MakeEmulated& make_emulated) {
  Server server([](const std::string& json) { std::cout << json << std::endl; });
  const std::size_t count = std::max(
      {options.vhci_ports.size(), options.boards.size(), options.firmware.size(), std::size_t{1}});
  for (std::size_t i = 0; i < count; ++i) {
    const std::string spec = i < options.boards.size() ? options.boards[i] : "";
    std::optional<unsigned> port;
    if (i < options.vhci_ports.size()) port = options.vhci_ports[i];
    auto board = sysboot::virtual_bench::parse_board_spec(spec);
    if (i < options.firmware.size()) {
      board.unique_id[0] = static_cast<std::uint8_t>(board.unique_id[0] + i);
      server.add_board(make_emulated(std::move(board), options.firmware[i]), port);
    } else {
      server.add_board(std::move(board), port);
    }
  }
  if (!options.folder.empty()) server.keep_flash_in(options.folder);
  if (!options.address.empty()) server.listen(options.address);
  server.run(STDIN_FILENO, stop);
}

}  // namespace

int run_program(int argc, char** argv, const MakeEmulated& make_emulated) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
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
    return error.code() == sysboot::Errc::usage ? exit_usage : exit_failed;
  }
  return 0;
}

}  // namespace virtual_board
