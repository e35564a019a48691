// SPDX-License-Identifier: GPL-3.0-or-later
// The trigger strategies, one file each.
#pragma once

#include "sysboot/trigger.hpp"

namespace sysboot {

inline constexpr unsigned touch_baud = 1200;
inline constexpr unsigned usual_baud = 115200;
inline constexpr Duration write_timeout = std::chrono::milliseconds(500);

/// Opens the board's first port at 1200 baud and drops DTR, in the order that every known firmware
/// accepts; puts the rate back if the board is still there.
std::unique_ptr<Trigger> make_touch_1200();

/// Writes bytes to the board's first port. `name` is what users see.
std::unique_ptr<Trigger> make_text(std::string name, Bytes text);

/// DFU_DETACH to the run-time interface, and a USB reset unless the device will detach by itself.
std::unique_ptr<Trigger> make_dfu_detach();

/// Opens the board's first port; waits 500 ms for one that has just come. Errors: usage when it has
/// none; those of Host::open_serial.
std::unique_ptr<SerialPort> open_first_port(const Job& job, const Board& board);

/// Opens the board's device, which many users may not, although they may open its port: waits
/// 500 ms for the permission only when it has none. Errors: those of Host::open_usb.
std::unique_ptr<UsbDevice> open_device(const Job& job, const Board& board);

/// What firmware said as a terminal would have shown it, in one line; its end if it is long.
std::string one_line(std::string_view heard);

/// Is the board still there as the same device? A new address means that it enumerated again.
bool still_there(Host& host, const Board& board);

}  // namespace sysboot
