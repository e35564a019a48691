// SPDX-License-Identifier: GPL-3.0-or-later
// Everything. A program that enters or flashes needs flash.hpp only.
#pragma once

#include "sysboot/doctor.hpp"        // IWYU pragma: export
#include "sysboot/erase.hpp"         // IWYU pragma: export
#include "sysboot/firmware.hpp"      // IWYU pragma: export
#include "sysboot/flash.hpp"         // IWYU pragma: export
#include "sysboot/inspect.hpp"       // IWYU pragma: export
#include "sysboot/option_bytes.hpp"  // IWYU pragma: export
#include "sysboot/path.hpp"          // IWYU pragma: export
#include "sysboot/profile.hpp"       // IWYU pragma: export
#include "sysboot/read.hpp"          // IWYU pragma: export
#include "sysboot/several.hpp"       // IWYU pragma: export
#include "sysboot/uf2.hpp"           // IWYU pragma: export
#include "sysboot/unlock.hpp"        // IWYU pragma: export
#include "sysboot/verify.hpp"        // IWYU pragma: export
#include "sysboot/version.hpp"       // IWYU pragma: export
