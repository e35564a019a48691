// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stddef.h>

void* memcpy(void* to, const void* from, size_t size);
