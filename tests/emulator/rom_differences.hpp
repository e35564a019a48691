// SPDX-License-Identifier: GPL-3.0-or-later
// Where the model is meant to answer otherwise than the ROM of the F413 (V9.0), and why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sysboot/virtual/board.hpp"

namespace rom_comparison {

/// An empty `request` stands for all of the story.
struct Difference {
  std::string story;
  std::string_view request;
  std::string_view reason;
};

inline const std::vector<Difference> differences = {
    {"board: descriptors", "configuration 1",
     "the ROM has one configuration and gives it by every number; hosts ask for 0"},
    {"board: Set Address 0x1FFFC00F", "",
     "the ROM takes the last option byte for none; hosts address the first"},
    {"board: reading past the end of flash", "UPLOAD of block 2, 2048 bytes",
     "a reset amid a transfer: the emulated host sees the pull-up go, the model's sees an error, "
     "as operating systems do"},
    {"board: reading the last byte of flash", "UPLOAD of block 2, 1 bytes", "likewise"},
    {"board: reading past the end of RAM", "UPLOAD of block 2, 64 bytes", "likewise"},
    {"protected board: a leave", "GETSTATUS of 6 bytes",
     "the ROM says dfuMANIFEST once and dfuMANIFEST-SYNC from then on; that it stays is all that "
     "hosts can go by"},
    {"registers after the leave", "SCB_VTOR (0xE000ED08)",
     "the ROM leaves its own table in VTOR; an F411's leaves 0 there, since it is enough for Black "
     "Magic Probe (dcf1e417) to map flash at 0"},
};

inline const Difference* known_difference(const std::string& story, std::string_view request) {
  for (const Difference& known : differences) {
    if (known.story == story && (known.request.empty() || known.request == request)) return &known;
  }
  return nullptr;
}

/// What the F413 itself has otherwise than the F411.
inline void for_f413(sysboot::virtual_bench::BoardSettings& settings) {
  settings.rom.system_memory_size = 0x7400;
  settings.rom.bootloader_id = 0x90;
  settings.rom.alternates[0] = "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,003*128Kg";
  // The last byte of the unique id's sum is 10 more (see identity.hpp).
  settings.rom.serial = "326533723734";
}

}  // namespace rom_comparison
