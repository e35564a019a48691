// SPDX-License-Identifier: GPL-3.0-or-later
// Serial ports through POSIX termios.
#pragma once

#include <memory>

#include "sysboot/host.hpp"

namespace sysboot {

/// Errors: as Host::open_serial. Opens exclusively; a port that another program has locked is busy.
std::unique_ptr<SerialPort> open_posix_serial(const std::string& path);

bool may_open_posix_serial(const std::string& path);

/// Is this a serial port at all? Looks without opening.
bool is_character_device(const std::string& path);

}  // namespace sysboot
