// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot-virtual-board: virtual STM32F411 boards for programs that know nothing of this project.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#ifdef STM32BOOT_EMULATOR
#include "emulator/board.hpp"
#endif
#include "server.hpp"
#include "sysboot/error.hpp"
#include "sysboot/version.hpp"
#include "sysboot/virtual/board_spec.hpp"

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

  void add_to(CLI::App& app) {
    app.add_option("--vhci", vhci_ports, "Put boards on these ports of the kernel's vhci-hcd")
        ->delimiter(',')
        ->type_name("N,N,…");
    app.add_option("--listen", address, "Offer boards over USB/IP, such as 127.0.0.1:3240")
        ->type_name("HOST:PORT");
    app.add_option("--board", boards,
                   "How a board behaves, once for each, such as bounces=2,times=x8")
        ->type_name("SPEC");
#ifdef STM32BOOT_EMULATOR
    app.add_option("--firmware", firmware,
                   "Run this program on an emulated chip, once for each board")
        ->type_name("FILE");
#endif
    app.add_option("--flash-dir", folder, "Load and save each board's flash as DIR/board-N.bin")
        ->type_name("DIR");
  }
};

#ifdef STM32BOOT_EMULATOR
std::unique_ptr<sysboot::virtual_bench::BusBoard> emulated(
    const sysboot::virtual_bench::BoardSettings& board, std::size_t number,
    const std::string& firmware) {
  emulator::EmulatedBoardSettings settings;
  settings.board = board;
  settings.board.unique_id[0] = static_cast<std::uint8_t>(board.unique_id[0] + number);
  settings.real_time = true;
  auto made = std::make_unique<emulator::EmulatedBoard>(std::move(settings));
  made->load(firmware);
  return made;
}
#endif

void serve(const Options& options) {
  virtual_board::Server server([](const std::string& json) { std::cout << json << std::endl; });
  const std::size_t count = std::max(
      {options.vhci_ports.size(), options.boards.size(), options.firmware.size(), std::size_t{1}});
  for (std::size_t i = 0; i < count; ++i) {
    const std::string spec = i < options.boards.size() ? options.boards[i] : "";
    std::optional<unsigned> port;
    if (i < options.vhci_ports.size()) port = options.vhci_ports[i];
    const auto board = sysboot::virtual_bench::parse_board_spec(spec);
#ifdef STM32BOOT_EMULATOR
    if (i < options.firmware.size()) {
      server.add_board(emulated(board, i, options.firmware[i]), port);
      continue;
    }
#endif
    server.add_board(board, port);
  }
  if (!options.folder.empty()) server.keep_flash_in(options.folder);
  if (!options.address.empty()) server.listen(options.address);
  server.run(STDIN_FILENO, stop);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Virtual STM32F411 boards on the kernel's USB stack (vhci) or over USB/IP",
               "stm32boot-virtual-board");
  app.set_version_flag("-V,--version", std::string(sysboot::version));
  Options options;
  options.add_to(app);
  try {
    app.parse(argc, argv);
    if (options.vhci_ports.empty() && options.address.empty()) {
      std::cerr << "error: nowhere to put the boards: give --vhci or --listen\n";
      return exit_usage;
    }
    serve(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  } catch (const sysboot::Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return error.code() == sysboot::Errc::usage ? exit_usage : exit_failed;
  }
  return 0;
}
