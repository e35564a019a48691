/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What dfu-util's configure script would have found out; only dfu-util's own sources see this. */
#pragma once

#define PACKAGE "dfu-util"
#define PACKAGE_VERSION "0.11"
#define PACKAGE_STRING "dfu-util 0.11"
#define PACKAGE_BUGREPORT "none"
#define HAVE_ERR 1 /* makes portable.h include <err.h>, which is ours */
#ifdef _WIN32
#define HAVE_WINDOWS_H 1
#include <windows.h>
#else
#define HAVE_UNISTD_H 1
#define HAVE_SYSEXITS_H 1
#define HAVE_NANOSLEEP 1
#endif

#include "dfu_util_shim.h"
