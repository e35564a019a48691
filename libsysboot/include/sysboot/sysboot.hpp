// SPDX-License-Identifier: GPL-3.0-or-later
// Everything. A program that enters or flashes needs flash.hpp only.
#pragma once

#include "sysboot/chip.hpp"           // IWYU pragma: export
#include "sysboot/dfu_interface.hpp"  // IWYU pragma: export
#include "sysboot/doctor.hpp"         // IWYU pragma: export
#include "sysboot/each.hpp"           // IWYU pragma: export
#include "sysboot/erase.hpp"          // IWYU pragma: export
#include "sysboot/file.hpp"           // IWYU pragma: export
#include "sysboot/flash.hpp"          // IWYU pragma: export
#include "sysboot/guard_change.hpp"   // IWYU pragma: export
#include "sysboot/image_file.hpp"     // IWYU pragma: export
#include "sysboot/inspect.hpp"        // IWYU pragma: export
#include "sysboot/option_bytes.hpp"   // IWYU pragma: export
#include "sysboot/port.hpp"           // IWYU pragma: export
#include "sysboot/ram.hpp"            // IWYU pragma: export
#include "sysboot/several.hpp"        // IWYU pragma: export
#include "sysboot/unlock.hpp"         // IWYU pragma: export
#include "sysboot/version.hpp"        // IWYU pragma: export
