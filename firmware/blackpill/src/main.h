// SPDX-License-Identifier: 0BSD
// The application.
#pragma once

/// Never returns. `rom_entries` is what sysboot_check() said; memory is initialised and interrupts
/// are on.
__attribute__((noreturn)) void run(unsigned rom_entries);
