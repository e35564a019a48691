// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/core.h>

#include <algorithm>

#include "sysboot/image.hpp"

#include "core/ascii.hpp"

namespace sysboot {
namespace {

constexpr std::string_view stm32 = "STM32";

const Uf2Family* find(std::uint32_t id) {
  const auto& families = uf2_families();
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&](const Uf2Family& family) { return family.id == id; });
  return found == families.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<Uf2Family>& uf2_families() {
  static const std::vector<Uf2Family> families = {
      {"STM32F0", 0x647824B6},       {"STM32F1", 0x5EE21072},
      {"STM32F2", 0x5D1A0A2E},       {"STM32F3", 0x6B846188},
      {"STM32F4", 0x57755A57},       {"STM32F407", 0x6D0922FA},
      {"STM32F407VG", 0x8FB060FE},   {"STM32F411xC", 0x06D1097B},
      {"STM32F411xE", 0x2DC309C5},   {"STM32F7", 0x53B80F00},
      {"STM32G0", 0x300F5633},       {"STM32G4", 0x4C71240A},
      {"STM32H5", 0x4E8F1C5D},       {"STM32H7", 0x6DB66082},
      {"STM32L0", 0x202E3A91},       {"STM32L1", 0x1E1F432D},
      {"STM32L4", 0x00FF6919},       {"STM32L5", 0x04240BDF},
      {"STM32WB", 0x70D16653},       {"STM32WL", 0x21460FF0},
      {"AT32F415", 0xA0C97B8E},      {"ATMEGA32", 0x16573617},
      {"BK7231N", 0x7B3EF230},       {"BK7231U", 0x675A40B0},
      {"BK7251", 0x6A82CC42},        {"BL602", 0xDE1270B7},
      {"CH32V", 0x699B62EC},         {"CSK4", 0x4F6ACE52},
      {"CSK6", 0x6E7348A8},          {"ESP32", 0x1C5F21B0},
      {"ESP32C2", 0x2B88D29C},       {"ESP32C3", 0xD42BA06C},
      {"ESP32C5", 0xF71C0343},       {"ESP32C6", 0x540DDF62},
      {"ESP32C61", 0x77D850C4},      {"ESP32H2", 0x332726F6},
      {"ESP32H21", 0xB6DD00AF},      {"ESP32H4", 0x9E0BAA8A},
      {"ESP32P4", 0x3D308E94},       {"ESP32S2", 0xBFDD4EEE},
      {"ESP32S3", 0xC47E5767},       {"ESP32S31", 0x3101F7C1},
      {"ESP8266", 0x7EAB61ED},       {"FX2", 0x5A18069B},
      {"GD32F350", 0x31D228C6},      {"GD32VF103", 0x9AF03E33},
      {"KL32L2", 0x7F83E793},        {"LPC55", 0x2ABC77EC},
      {"M0SENSE", 0x11DE784A},       {"MaixPlay-U4", 0x4B684D71},
      {"MAX32650", 0xD63F8632},      {"MAX32666", 0xF0C30D71},
      {"MAX32690", 0x7410520A},      {"MAX78002", 0x91D3FD18},
      {"MIMXRT10XX", 0x4FB2D5BD},    {"NRF52", 0x1B57745F},
      {"NRF52820", 0x820D9A5F},      {"NRF52832xxAA", 0x72721D4E},
      {"NRF52832xxAB", 0x6F752678},  {"NRF52833", 0x621E937A},
      {"NRF52840", 0xADA52840},      {"PY32F071-UVK5-V3", 0x7D7A66EF},
      {"RA4M1", 0x7BE8976D},         {"RP2040", 0xE48BFF56},
      {"RP2350_ARM_NS", 0xE48BFF5B}, {"RP2350_ARM_S", 0xE48BFF59},
      {"RP2350_RISCV", 0xE48BFF5A},  {"RP2XXX_ABSOLUTE", 0xE48BFF57},
      {"RP2XXX_DATA", 0xE48BFF58},   {"RTL8710A", 0x9FFFD543},
      {"RTL8710B", 0x22E0D6FC},      {"RTL8720C", 0xE08F7564},
      {"RTL8720D", 0x3379CFE2},      {"RZA1LU", 0x9517422F},
      {"SAMD21", 0x68ED2B88},        {"SAMD51", 0x55114460},
      {"SAML21", 0x1851780A},        {"XR809", 0x51E903A8}};
  return families;
}

std::string_view uf2_family_name(std::uint32_t id) {
  const Uf2Family* family = find(id);
  return family == nullptr ? std::string_view() : family->name;
}

bool is_stm32_family(std::uint32_t id) {
  return uf2_family_name(id).starts_with(stm32);
}

std::optional<std::uint32_t> uf2_family_id(std::string_view name) {
  for (const Uf2Family& family : uf2_families()) {
    if (equal_in_any_case(family.name, name)) return family.id;
  }
  return std::nullopt;
}

std::string describe_uf2_family(std::uint32_t id) {
  const std::string_view name = uf2_family_name(id);
  return name.empty() ? fmt::format("family 0x{:08X}", id) : fmt::format("{} (0x{:08X})", name, id);
}

}  // namespace sysboot
