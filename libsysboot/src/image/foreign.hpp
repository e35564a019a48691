// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are no firmware: what a failed download leaves, or what firmware comes packed in.
#pragma once

#include <string>

#include "sysboot/types.hpp"

namespace sysboot {

/// "a ZIP archive", "an HTML page", "text that begins with \"404: Not Found\""; empty for all that
/// may be a raw binary: what begins with a stack pointer in RAM and a Thumb address in flash is a
/// program, whatever else its bytes happen to say.
std::string foreign_content(ByteView content);

}  // namespace sysboot
