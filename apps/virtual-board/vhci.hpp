// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's virtual host controller: plugs one end of a socket into one of its ports.
#pragma once

namespace virtual_board {

/// Hands `fd`, which speaks USB/IP, to the kernel as a full-speed device at port `port` (0 to 14 on
/// the first controller, 30 on for the next). False while the port is still busy with the device
/// before. Errors: no_driver (no vhci-hcd), not_permitted, usb_io.
bool attach_to_vhci(unsigned port, int fd);

}  // namespace virtual_board
