// SPDX-License-Identifier: GPL-3.0-or-later
// How long everything is waited for that no option of a story sets, with where the number is from.
// Where none is said, it is a choice: many times what was seen, and short enough for who waits.
#pragma once

#include "sysboot/types.hpp"

namespace sysboot::timing {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A device that has just come: it is there before its file, and before udev has set permissions and
// made links; Windows may not have started its driver; fwupd may look at it.
/// For a serial port, whose user may never get the permission.
inline constexpr Duration access_settles = milliseconds(500);
/// For a bootloader that has just been entered, and will be accessible on any machine that is set
/// up.
inline constexpr Duration bootloader_opens = seconds(2);
inline constexpr Duration bootloader_is_free = seconds(5);
/// Between two attempts to open it.
inline constexpr Duration try_again_after = milliseconds(20);

// A board on its way. AN2606 table 229 and host delays: see EnterOptions.
/// Sent on its way by an earlier run: how long it is waited for when it is not on the bus.
inline constexpr Duration board_arrives = seconds(3);
/// Longer than boards take to come up, and shorter than people take to swap them: what was
/// remembered of a board without a serial number means nobody after that.
inline constexpr Duration reboot_is_old = seconds(30);
/// The serial ports of an application that is back on the bus, on a busy machine.
inline constexpr Duration ports_appear = seconds(2);
/// Its port can be opened: udev and others may hold it at first.
inline constexpr Duration port_opens = seconds(3);
/// A board that leaves DFU mode does so within ms; ROMs that reset instead take longer.
inline constexpr Duration bootloader_leaves = seconds(5);

/// One that has just come back in its bootloader. The F413's ROM resets 280 ms after its pull-up
/// where it finds no crystal (measured).
inline constexpr Duration first_answer = seconds(1);

// Triggers. Their own waits are steps of their ways (trigger.hpp, profiles.cpp).
/// The host has told the device that DTR is high.
inline constexpr Duration lines_settle = milliseconds(20);
/// Firmware acts on the touch at once (Klipper, CircuitPython) or after up to 250 ms (MicroPython,
/// Arduino).
inline constexpr Duration touch_acts = milliseconds(300);
/// An application says something to a text that it knows.
inline constexpr Duration text_answers = milliseconds(100);
inline constexpr Duration serial_write = milliseconds(500);
inline constexpr Duration trigger_request = seconds(1);
/// Ctrl-C is looked for as often as this while nothing comes from a port.
inline constexpr Duration stop_is_seen = milliseconds(100);

// DfuSe requests. dfu-util (dfu.c) gives every request 5 s.
inline constexpr Duration request = seconds(5);
/// First contact: a ROM that is still erasing for an earlier session answers nothing until then.
inline constexpr Duration configuration = seconds(10);
inline constexpr Duration string = seconds(1);
inline constexpr Duration set_address = seconds(5);
inline constexpr Duration write_options = seconds(5);
/// To dfuIDLE: longer than the longest sector erase that an earlier session may have left running.
inline constexpr Duration become_idle = seconds(10);
/// The shortest pause while a device is busy.
inline constexpr Duration shortest_pause = milliseconds(1);
inline constexpr Duration leave_answers = seconds(1);
/// A device that is gone shows on the bus: after a leave, and after what resets it.
inline constexpr Duration leaving_shows = milliseconds(200);
inline constexpr Duration reset_shows = seconds(2);

/// Whoever was stopped (Ctrl-Z, suspended) past a deadline gets this much more, once.
inline constexpr Duration latecomer = seconds(1);

// The bus.
/// Containers may get no events: so often it is looked anyway.
inline constexpr Duration longest_nap = milliseconds(25);
/// After an error of libusb's own, which may come back at once.
inline constexpr Duration pause_after_error = milliseconds(10);

}  // namespace sysboot::timing
