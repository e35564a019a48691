// SPDX-License-Identifier: GPL-3.0-or-later
// The companion firmware on an emulated board, on a virtual bus.
#pragma once

#include "emulator/board.hpp"
#include "support/bench.hpp"
#include "sysboot/image_file.hpp"

namespace emulator {

/// The ways of asking for the ROM.
enum class Ask { line, touch, detach, button };
inline std::string name(Ask way) {
  static constexpr const char* names[] = {"line", "touch", "detach", "button"};
  return names[static_cast<int>(way)];
}

class Companion : public support::Bench {
 protected:
  static std::string image(const std::string& name) { return COMPANION_DIR "/" + name; }

  /// At port path 1-1; comes back when it is on the bus.
  EmulatedBoard& plug_in(const std::string& firmware = "blackpill.elf",
                         EmulatedBoardSettings settings = {}) {
    auto board = std::make_unique<EmulatedBoard>(std::move(settings));
    board->load(image(firmware));
    board_ = board.get();
    host_.add_board("1-1", std::move(board));
    await_application();
    return *board_;
  }

  /// Power goes and comes.
  void restart() {
    board_->unplug(host_.now());
    wait(std::chrono::milliseconds(10));
    board_->plug_in(host_.now(), false);
    await_application();
  }

  void wait(sysboot::Duration time) { host_.sleep(time); }
  bool await_application(sysboot::Duration within = std::chrono::seconds(3)) {
    return await([this] { return !board_->in_rom() && board_->descriptors() != nullptr; }, within);
  }
  bool await_rom(sysboot::Duration within = std::chrono::seconds(3)) {
    return await([this] { return board_->in_rom() && board_->descriptors() != nullptr; }, within);
  }

  std::unique_ptr<sysboot::SerialPort> open() { return host_.open_serial("/dev/ttyACM0"); }
  static void send(sysboot::SerialPort& port, std::string_view text) {
    port.write(sysboot::ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
               std::chrono::seconds(1));
  }
  static std::string receive(sysboot::SerialPort& port) {
    const auto bytes = port.read(4096, std::chrono::milliseconds(30));
    return {bytes.begin(), bytes.end()};
  }
  /// What the console answers to a line.
  std::string ask(const std::string& line) {
    const auto port = open();
    receive(*port);
    send(*port, line + "\r");
    return receive(*port);
  }

  /// As the board hears it; does not wait for the outcome.
  /// `held`: the port, where a host has it open already.
  void ask_by(Ask way, sysboot::SerialPort* held = nullptr) {
    switch (way) {
      case Ask::line: send(held != nullptr ? *held : *open(), "\rdfu\r"); break;
      case Ask::touch:
        // SET_LINE_CODING: 1200 baud, 8N1; SET_CONTROL_LINE_STATE: DTR on and off.
        request({0x21, 0x20, 0, 0, 7}, {0xB0, 0x04, 0x00, 0x00, 0, 0, 8});
        request({0x21, 0x22, 1, 0, 0});
        request({0x21, 0x22, 0, 0, 0});
        break;
      case Ask::detach: request({0x21, 0x00, 1000, 2, 0}); break;
      case Ask::button: board_->enter_rom(host_.now()); break;
    }
  }
  void request(const sysboot::Setup& setup, const std::vector<std::uint8_t>& out = {}) {
    EXPECT_EQ(board_->control(setup, out, host_.now()).status, sysboot::TransferStatus::ok);
  }

  sysboot::EnterResult enter(const std::string& trigger = "auto") {
    sysboot::EnterOptions options;
    options.trigger = sysboot::trigger_named(trigger);
    return sysboot::enter(job(), {}, options);
  }
  sysboot::FlashResult flash(const std::string& firmware) {
    return sysboot::flash(job(), {}, sysboot::load_image(image(firmware)), {});
  }

  EmulatedBoard* board_ = nullptr;

 private:
  bool await(const std::function<bool()>& done, sysboot::Duration within) {
    const auto end = host_.now() + within;
    while (!done() && host_.now() < end) host_.wait_for_change(end);
    return done();
  }
};

}  // namespace emulator
