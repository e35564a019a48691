// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sysboot/error.hpp"
#include "triggers.hpp"

namespace sysboot {
namespace {

// Ends any half-typed line first, then gives the command.
constexpr std::string_view companion_line = "\rdfu\r";

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// Harmless ones first; what they cost firmware that does not know them: a refused control request,
// an unknown command on a console that has it, a change of baud rate.
Triggers automatic(const Board& board) {
  Triggers triggers;
  const bool has_port = !board.ports.empty();
  if (board.usb.dfu_runtime()) triggers.push_back(make_dfu_detach());
  if (has_port && board.usb.product_name == companion_product) {
    triggers.push_back(make_text("dfu line", bytes_of(companion_line)));
  }
  if (has_port) triggers.push_back(make_touch_1200());
  return triggers;
}

void require_port(const Board& board, std::string_view trigger) {
  if (board.ports.empty()) {
    throw Error(Errc::usage, fmt::format("trigger {} needs a serial port, and {} has none", trigger,
                                         board.describe()));
  }
}

}  // namespace

const std::vector<std::string>& trigger_names() {
  static const std::vector<std::string> names = {"auto", "touch-1200", "text", "dfu-detach"};
  return names;
}

Triggers choose_triggers(const Board& board, const TriggerChoice& choice) {
  if (choice.name == "auto") return automatic(board);
  Triggers triggers;
  if (choice.name == "touch-1200") {
    require_port(board, choice.name);
    triggers.push_back(make_touch_1200());
  } else if (choice.name == "text") {
    require_port(board, choice.name);
    if (choice.text.empty()) throw Error(Errc::usage, "trigger text needs a text to send");
    triggers.push_back(make_text(choice.name, choice.text));
  } else if (choice.name == "dfu-detach") {
    if (!board.usb.dfu_runtime()) {
      throw Error(Errc::usage, board.describe() + " has no DFU run-time interface to detach");
    }
    triggers.push_back(make_dfu_detach());
  } else {
    throw Error(Errc::usage, fmt::format("unknown trigger '{}'; there are {}", choice.name,
                                         fmt::join(trigger_names(), ", ")));
  }
  return triggers;
}

std::unique_ptr<SerialPort> open_first_port(const Job& job, const Board& board) {
  if (board.ports.empty()) throw Error(Errc::usage, board.describe() + " has no serial port");
  return job.host.open_serial(board.ports.front().path);
}

bool still_there(Host& host, const Board& board) {
  for (const auto& device : host.usb_devices()) {
    if (device.port_path == board.port_path()) return device.address == board.usb.address;
  }
  return false;
}

}  // namespace sysboot
