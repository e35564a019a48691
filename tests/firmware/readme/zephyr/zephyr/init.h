// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

enum { LEVEL_EARLY };
#define SYS_INIT(function, level, priority)                                                   \
  __attribute__((used)) static int (*const init_##function##_at[])(void) = {[LEVEL_##level] = \
                                                                                function}
