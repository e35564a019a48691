// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "sysboot/uf2.hpp"

namespace sysboot {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

const Uf2Family* find(std::uint32_t id) {
  const auto& families = uf2_families();
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&](const Uf2Family& family) { return family.id == id; });
  return found == families.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<Uf2Family>& uf2_families() {
  static const std::vector<Uf2Family> families = {
      {"STM32F0", 0x647824B6},     {"STM32F1", 0x5EE21072},     {"STM32F2", 0x5D1A0A2E},
      {"STM32F3", 0x6B846188},     {"STM32F4", 0x57755A57},     {"STM32F407", 0x6D0922FA},
      {"STM32F407VG", 0x8FB060FE}, {"STM32F411xC", 0x06D1097B}, {"STM32F411xE", 0x2DC309C5},
      {"STM32F7", 0x53B80F00},     {"STM32G0", 0x300F5633},     {"STM32G4", 0x4C71240A},
      {"STM32H5", 0x4E8F1C5D},     {"STM32H7", 0x6DB66082},     {"STM32L0", 0x202E3A91},
      {"STM32L1", 0x1E1F432D},     {"STM32L4", 0x00FF6919},     {"STM32L5", 0x04240BDF},
      {"STM32WB", 0x70D16653},     {"STM32WL", 0x21460FF0}};
  return families;
}

bool is_stm32_family(std::uint32_t id) {
  return find(id) != nullptr;
}

std::optional<std::uint32_t> uf2_family_id(std::string_view name) {
  for (const Uf2Family& family : uf2_families()) {
    if (lower(family.name) == lower(name)) return family.id;
  }
  return std::nullopt;
}

std::string describe_uf2_family(std::uint32_t id) {
  const Uf2Family* family = find(id);
  return family == nullptr ? fmt::format("family 0x{:08X}", id)
                           : fmt::format("{} (0x{:08X})", family->name, id);
}

}  // namespace sysboot
