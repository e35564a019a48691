// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>

#include "core/patience.hpp"
#include "sysboot/error.hpp"
#include "sysboot/profile.hpp"
#include "sysboot/text.hpp"
#include "triggers.hpp"

namespace sysboot {
namespace {

constexpr std::initializer_list<Patience> while_it_is_new = {{Errc::not_permitted, access_settles},
                                                             {Errc::no_board, access_settles}};

// Harmless ones first; what they cost firmware that does not know them: a refused control request,
// an unknown command on a console that has it, a change of baud rate.
Triggers automatic(const Board& board) {
  Triggers triggers;
  const bool has_port = !board.ports.empty();
  if (board.usb.dfu_runtime()) triggers.push_back(make_dfu_detach());
  bool touched = false;
  if (const Profile* known = recognise(board.usb)) {
    for (const Way& way : known->ways) {
      if (way.needs_port() && !has_port) continue;
      touched = touched || way.has(Step::Kind::touch);
      triggers.push_back(make_conversation(way));
    }
  }
  if (has_port && !touched) triggers.push_back(make_touch_1200());
  return triggers;
}

void require_port(const Board& board, std::string_view trigger) {
  if (board.ports.empty()) {
    throw Error(Errc::usage, fmt::format("trigger {} needs a serial port, and {} has none", trigger,
                                         board.describe()));
  }
}

void require_dfu_runtime(const Board& board) {
  if (!board.usb.dfu_runtime()) {
    throw Error(Errc::usage, board.describe() + " has no DFU run-time interface to detach");
  }
}

Triggers ways_of(const Profile& profile, const Board& board) {
  const Profile* known = recognise(board.usb);
  if (known != nullptr && known != &profile && !profile.is_generic) {
    throw Error(Errc::usage,
                fmt::format("{} runs {}, not {}", board.describe(), known->name, profile.name));
  }
  Triggers triggers;
  for (const Way& way : profile.ways) {
    if (way.needs_port()) require_port(board, way.name);
    if (way.has(Step::Kind::detach)) require_dfu_runtime(board);
    triggers.push_back(make_conversation(way));
  }
  return triggers;
}

}  // namespace

const std::vector<std::string>& trigger_names() {
  static const std::vector<std::string> names = {"auto", "touch-1200", "text", "dfu-detach"};
  return names;
}

void check_trigger(const TriggerChoice& choice) {
  if (!choice.firmware.empty()) find_profile(choice.firmware);
  const auto& names = trigger_names();
  if (std::find(names.begin(), names.end(), choice.name) == names.end()) {
    throw Error(Errc::usage,
                fmt::format("unknown trigger '{}'; there are {}", choice.name, joined(names)));
  }
  if (choice.name == "text" && choice.text.empty()) {
    throw Error(Errc::usage, "trigger text needs a text to send");
  }
}

Triggers choose_triggers(const Board& board, const TriggerChoice& choice) {
  check_trigger(choice);
  if (!choice.firmware.empty()) return ways_of(find_profile(choice.firmware), board);
  if (choice.name == "auto") return automatic(board);
  Triggers triggers;
  if (choice.name == "touch-1200") {
    require_port(board, choice.name);
    triggers.push_back(make_touch_1200());
  } else if (choice.name == "text") {
    require_port(board, choice.name);
    triggers.push_back(make_text(choice.name, choice.text));
  } else {
    require_dfu_runtime(board);
    triggers.push_back(make_dfu_detach());
  }
  return triggers;
}

std::unique_ptr<SerialPort> open_first_port(const Job& job, const Board& board) {
  if (board.ports.empty()) throw Error(Errc::usage, board.describe() + " has no serial port");
  auto port = with_patience(job, while_it_is_new,
                            [&] { return job.host.open_serial(board.ports.front().path); });
  // While many boards reboot, names of serial ports change hands; an open port keeps its name.
  const auto ports = job.host.serial_ports();
  const bool is_ours = std::any_of(ports.begin(), ports.end(), [&](const SerialPortInfo& info) {
    return info.path == board.ports.front().path && info.port_path == board.port_path();
  });
  if (!is_ours) {
    throw Error(Errc::no_board, board.ports.front().path + " belongs to another board by now");
  }
  return port;
}

std::unique_ptr<UsbDevice> open_device(const Job& job, const Board& board) {
  const Duration patience = board.ports.empty() ? access_settles : Duration::zero();
  return with_patience(job, {{Errc::not_permitted, patience}},
                       [&] { return job.host.open_usb(board.usb); });
}

bool still_there(Host& host, const Board& board) {
  for (const auto& device : host.usb_devices()) {
    if (device.port_path == board.port_path()) return device.address == board.usb.address;
  }
  return false;
}

}  // namespace sysboot
