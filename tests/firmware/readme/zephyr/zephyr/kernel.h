// SPDX-License-Identifier: GPL-3.0-or-later
// What the listing uses of Zephyr.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARG_UNUSED(argument) (void)(argument)
#define Z_GENERIC_SECTION(name) __attribute__((section(#name)))

int32_t k_msleep(int32_t ms);
