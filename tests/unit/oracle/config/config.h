/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Just enough for dfu-util's dfuse_mem.c; its messages go nowhere. */
#pragma once

#include <stdio.h>

#define PACKAGE_STRING "dfu-util 0.11"
#define HAVE_UNISTD_H 1
#define HAVE_NANOSLEEP 1
#define HAVE_ERR 1

int oracle_say(const char* format, ...);
#define printf oracle_say
