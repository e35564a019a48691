// SPDX-License-Identifier: 0BSD
// Only in the build for RAM: the way from there into the ROM. A reset would start what is in flash,
// which may be nothing, or know nothing of requests.
#include "sysboot.h"
#include "sysboot_direct.h"

// The linker puts it in the place of sysboot_request() (--wrap).
__attribute__((noreturn)) void __real_sysboot_request(void);
__attribute__((noreturn)) void __wrap_sysboot_request(void);

void __wrap_sysboot_request(void) {
  sysboot_jump_now();  // returns only from an interrupt
  __real_sysboot_request();
}
