// SPDX-License-Identifier: GPL-3.0-or-later
#include "libraries.hpp"

// CMakeLists.txt gives each copy of the library a prefix of its own.
#define DECLARE(prefix)                 \
  unsigned prefix##_check();            \
  int prefix##_rom_exit();              \
  void prefix##_request();              \
  void prefix##_reset();                \
  std::uint32_t prefix##_reset_flags(); \
  void prefix##_confirm()
extern "C" {
DECLARE(f411_reserved);
DECLARE(f411_stack_offset);
DECLARE(f411_rtc);
DECLARE(f411_one_try);
DECLARE(f205_reserved);
DECLARE(f107_rtc);
DECLARE(h743_reserved);
alignas(8) std::uint32_t _bflag[2];
alignas(8) std::uint32_t _estack[2];
}

#define FUNCTIONS(prefix)                                                                    \
  prefix##_check, prefix##_rom_exit, prefix##_request, prefix##_reset, prefix##_reset_flags, \
      prefix##_confirm

namespace firmware_test {

const std::vector<Library>& libraries() {
  const auto reserved = reinterpret_cast<std::uintptr_t>(_bflag);
  const auto in_stack = reinterpret_cast<std::uintptr_t>(_estack) - 512;
  // With MEMRMP = 1 the ROM is at 0; the others have no such register.
  static const std::vector<Library> all = {
      {"f411_reserved", f411(), 3, reserved, true, 0, FUNCTIONS(f411_reserved)},
      {"f411_stack_offset", f411(), 3, in_stack, true, 0, FUNCTIONS(f411_stack_offset)},
      {"f411_rtc", f411(), 3, 0x40002858, false, 0, FUNCTIONS(f411_rtc)},
      {"f411_one_try", f411(), 1, reserved, true, 0, FUNCTIONS(f411_one_try)},
      {"f205_reserved", f411(), 3, reserved, true, 0, FUNCTIONS(f205_reserved)},  // as in RM0033
      {"f107_rtc", f107(), 3, 0x40006C0C, false, 0x1FFFB000, FUNCTIONS(f107_rtc)},
      {"h743_reserved", h743(), 1, reserved, true, 0x1FF09800, FUNCTIONS(h743_reserved)},
  };
  return all;
}

}  // namespace firmware_test
