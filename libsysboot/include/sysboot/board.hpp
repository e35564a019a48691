// SPDX-License-Identifier: GPL-3.0-or-later
// Boards: which USB devices are STM32 boards, and how the user's choice names exactly one of them.
#pragma once

#include "sysboot/host.hpp"

namespace sysboot {

enum class BoardMode {
  application,  ///< runs firmware that offers a serial port or a DFU run-time interface
  dfu,          ///< a DFU bootloader answers
  loader,       ///< a bootloader that does not speak DFU (known_loaders)
};
std::string_view to_string(BoardMode mode);

/// A thing on a USB port that is, or may be, an STM32 board.
struct Board {
  UsbDeviceInfo usb;
  BoardMode mode = BoardMode::application;
  std::vector<SerialPortInfo> ports;  ///< in order of interface number

  const std::string& port_path() const { return usb.port_path; }
  /// "1-4.2 (stm32boot Black Pill, /dev/ttyACM0, serial 328A37623437)"
  std::string describe() const;
};

/// Every selector that is set must fit.
struct Selector {
  std::string port = {};       ///< path of a serial port: "/dev/ttyACM0"
  std::string port_path = {};  ///< "1-4.2"
  std::string serial = {};     ///< USB serial number; letter case does not matter

  bool empty() const { return port.empty() && port_path.empty() && serial.empty(); }
  /// "serial port /dev/ttyACM0, serial number 328A37623437"
  std::string describe() const;
};

/// All boards, those that are only taken by name last; debug probes, and what could not be talked
/// to, are left out.
[[nodiscard]] std::vector<Board> list_boards(Host& host);

/// The board at this port path now, in either mode.
[[nodiscard]] std::optional<Board> board_at(Host& host, const std::string& port_path);

/// Something on the bus that might have been meant, and why it is not a board that can be used.
struct Sighting {
  std::string what;  ///< "1-3 0483:374b STM32 STLink"
  std::string why;   ///< "a debug probe, not a board"
  /// What it would take for it to be used.
  enum class Missing {
    nothing,  ///< nothing would help
    name,     ///< a Selector for it
    way,      ///< one, or a choice of how it is rebooted
  };
  Missing missing = Missing::nothing;
  std::optional<Board> board = {};  ///< where something is missing
};
/// For the message when no board was found; keyboards and such are left out.
[[nodiscard]] std::vector<Sighting> look_around(Host& host);

/// Exactly one: of all when `selector` names one, else of boards in ST's ROM or another bootloader
/// that speaks DfuSe, of those that run the companion firmware, of those with a serial port under
/// ST's vendor id and a template's product name, and of those that show `firmware` (a profile),
/// which the user says it is. The serial port and
/// the serial number of an application still name its board when that was rebooted into its
/// bootloader (Host::reboots), as long as it is there. Errors: no_board; ambiguous_board, whose
/// text lists the candidates, and whose remedy is the port path of the first: also when another
/// board has got that port now.
[[nodiscard]] Board find_board(Host& host, const Selector& selector,
                               std::string_view firmware = {});

struct Loader {
  UsbId id;
  std::string_view name;  ///< "the Katapult bootloader"
  /// Speaks ST's DfuSe, or is said to: its descriptors decide. The others cannot be flashed here.
  bool is_dfuse = false;
};

/// Sources: AN2606 (ST); betaflight-configurator's table of devices (AT32, APM32, GD32, X32);
/// stm32duino (Maple); Klipper's stm32f1.c and stm32f4.c (Katapult, HID).
const std::vector<Loader>& known_loaders();

/// A line for a file in /etc/udev/rules.d that lets users of Linux open all loaders that can be
/// flashed.
[[nodiscard]] std::string udev_rule_for_loaders();

}  // namespace sysboot
