// SPDX-License-Identifier: GPL-3.0-or-later
// A register of the USB core as the driver's C sees it, when it is compiled as C++: each access
// goes to the model.
#pragma once

#include <cstdint>

namespace firmware_test {

std::uint32_t read_register(const void* place);
void write_register(const void* place, std::uint32_t value);
/// Where the driver finds the core.
std::uintptr_t core_address();

class Register {
 public:
  Register() = default;
  Register(const Register&) = delete;
  operator std::uint32_t() const { return read_register(this); }
  Register& operator=(const Register& other) { return *this = std::uint32_t{other}; }
  Register& operator=(std::uint32_t value) {
    write_register(this, value);
    return *this;
  }
  Register& operator|=(std::uint32_t bits) { return *this = *this | bits; }

 private:
  std::uint32_t place_ = 0;
};
static_assert(sizeof(Register) == 4);

}  // namespace firmware_test

#define OTG_REGISTER firmware_test::Register
#define OTG_BASE (firmware_test::core_address())
