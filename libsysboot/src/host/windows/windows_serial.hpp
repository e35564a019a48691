// SPDX-License-Identifier: GPL-3.0-or-later
// Serial ports through Win32.
#pragma once

#include <memory>
#include <optional>

#include "sysboot/host.hpp"

namespace sysboot {

/// `path` is "COM3", in any letter case, or "\\.\COM10". Errors: as Host::open_serial; a port that
/// another program has open is busy. Windows does not tell which program that is.
std::unique_ptr<SerialPort> open_windows_serial(const std::string& path);

/// "COM10" for "com10" and "\\.\COM10"; none for what is not such a name.
std::optional<std::string> com_port_name(const std::string& path);

/// Is there such a port, of any kind? Looks without opening.
bool has_com_port(const std::string& name);

}  // namespace sysboot
