// SPDX-License-Identifier: GPL-3.0-or-later
// Windows speaks UTF-16, this library UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace sysboot {

std::wstring to_wide(std::string_view utf8);
std::string to_utf8(std::wstring_view wide);

/// What Windows calls this error, such as "Access is denied."
std::string windows_message(unsigned long code);

}  // namespace sysboot
