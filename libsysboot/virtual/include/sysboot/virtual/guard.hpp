// SPDX-License-Identifier: GPL-3.0-or-later
// guard (firmware/guard) on a virtual board: whether it is there, and what it starts.
#pragma once

#include "sysboot/virtual/flash_memory.hpp"

namespace sysboot::virtual_bench {

/// Is its header in the vector table at the start of flash?
bool has_guard(const FlashMemory& flash);

/// Would it start the application at 0x08004000? Else it starts the ROM. By the rules of guard for
/// the F411, with a size of flash as `flash` has it.
bool guard_starts_application(const FlashMemory& flash);

/// How often guard enters the ROM on request when that bounces.
inline constexpr int guard_tries = 3;

/// What a host sees of guard: its header, and vectors that start. It is no program.
Bytes stub_guard();

/// Loads stub_guard(), and above it a stub_application().
void load_guarded(FlashMemory& flash);

}  // namespace sysboot::virtual_bench
