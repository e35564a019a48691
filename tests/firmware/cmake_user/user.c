// SPDX-License-Identifier: GPL-3.0-or-later
// The program of a project that has sysboot as a CMake target.
#include "sysboot.h"

int main(void) {
  if (sysboot_check() == 0u) sysboot_request();
  for (;;) {
  }
}
