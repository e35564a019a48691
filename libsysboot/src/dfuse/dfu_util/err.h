/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for the system's err.h while dfu-util's sources are compiled, so that no library code
 * can end the process. Only functions that this project never calls report through it. */
#pragma once

#include <stdlib.h>

#define errx(code, ...) abort()
#define err(code, ...) abort()
#define warnx(...) ((void)0)
#define warn(...) ((void)0)
