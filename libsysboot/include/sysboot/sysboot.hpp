// SPDX-License-Identifier: GPL-3.0-or-later
// Everything. A program that enters or flashes needs flash.hpp only.
#pragma once

#include "sysboot/flash.hpp"    // IWYU pragma: export
#include "sysboot/inspect.hpp"  // IWYU pragma: export
#include "sysboot/version.hpp"  // IWYU pragma: export
