// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/option_bytes.hpp"
#include "chip/option_fields.hpp"

#include <gmock/gmock.h>

namespace sysboot {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

const Bytes factory = {0xEF, 0xAA, 0x10, 0x55, 0xFF, 0xFF, 0xFF, 0xFF,
                       0xFF, 0x7F, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF};

ChipGuess chip(std::vector<std::string> lines) {
  return {std::move(lines), 0xD0};
}

std::string meaning(const Bytes& bytes, std::string_view name,
                    const std::string& line = "STM32F411xE") {
  for (const OptionField& field : decode_option_bytes(bytes, chip({line}))) {
    if (field.name == name) return field.meaning;
  }
  return "none";
}

Bytes with(std::size_t at, std::uint8_t value, Bytes bytes = factory) {
  bytes[at] = value;
  return bytes;
}

TEST(OptionFields, AsTheF411LeavesTheFactory) {
  EXPECT_EQ(meaning(factory, "RDP"), "level 0: no read protection");
  EXPECT_EQ(meaning(factory, "BOR_LEV"), "no brown-out reset");
  EXPECT_EQ(meaning(factory, "WDG_SW"), "the watchdog is started by software");
  EXPECT_EQ(meaning(factory, "nRST_STOP"), "no reset in Stop");
  EXPECT_EQ(meaning(factory, "nRST_STDBY"), "no reset in Standby");
  EXPECT_EQ(meaning(factory, "nWRP"), "no sector is write-protected");
  EXPECT_EQ(meaning(factory, "SPRMOD"), "nWRP chooses write-protected sectors");
}

TEST(OptionFields, ReadProtection) {
  EXPECT_EQ(meaning(with(1, 0x55), "RDP"),
            "level 1: the bootloader cannot read, write or erase flash");
  EXPECT_EQ(meaning(with(1, 0xCC), "RDP"), "level 2: no debugging and no bootloader, for ever");
}

TEST(OptionFields, EachOtherBit) {
  EXPECT_EQ(meaning(with(0, 0xE3), "BOR_LEV"), "reset below 2.70 V");
  EXPECT_EQ(meaning(with(0, 0xE7), "BOR_LEV"), "reset below 2.40 V");
  EXPECT_EQ(meaning(with(0, 0xEB), "BOR_LEV"), "reset below 2.10 V");
  EXPECT_EQ(meaning(with(0, 0xCF), "WDG_SW"), "the watchdog runs from reset on");
  EXPECT_EQ(meaning(with(0, 0xAF), "nRST_STOP"), "reset in Stop");
  EXPECT_EQ(meaning(with(0, 0x6F), "nRST_STDBY"), "reset in Standby");
}

TEST(OptionFields, ProtectedSectors) {
  EXPECT_EQ(meaning(with(8, 0xFE), "nWRP"), "sector 0 is write-protected");
  EXPECT_EQ(meaning(with(8, 0x7D), "nWRP"), "sectors 1, 7 are write-protected");
  EXPECT_EQ(meaning(with(9, 0xFF, with(8, 0x03)), "nWRP"), "sectors 0, 1 are execute-only");
  EXPECT_EQ(meaning(with(9, 0x77), "nWRP", "STM32F412xG"), "sector 11 is write-protected")
      << "twelve sectors, the last four in the next byte";
}

// RM0090 table 17: two areas of 16 bytes.
TEST(OptionFields, OfTwoBanks) {
  Bytes both = factory;
  both[9] = 0x0F;  // bits 12 and 13 are not used; DB1M and SPRMOD are clear
  both.insert(both.end(), 16, 0xFF);
  const auto of = [&](std::string_view name) {
    return meaning(both, name, "STM32F427/429/437/439xI");
  };
  EXPECT_EQ(of("nWRP"), "no sector is write-protected");
  EXPECT_EQ(of("nWRP_bank2"), "no sector is write-protected");
  EXPECT_EQ(of("BFB2"), "boots bank 1") << "0xEF: bit 4 is clear";
  EXPECT_EQ(of("DB1M"), "1 MiB parts have one bank");
  both[0] = 0xFF;
  both[9] = 0x47;
  both[24] = 0xFE;
  both[25] = 0xF7;
  EXPECT_EQ(of("BFB2"), "boots through the ROM, into bank 2 first");
  EXPECT_EQ(of("DB1M"), "1 MiB parts have two banks");
  EXPECT_EQ(of("nWRP"), "sector 11 is write-protected");
  EXPECT_EQ(of("nWRP_bank2"), "sectors 12, 23 are write-protected");
  both[9] = 0x80;
  both[8] = 0x01;
  EXPECT_EQ(of("nWRP"), "sector 0 is execute-only");
  EXPECT_EQ(of("nWRP_bank2"), "sectors 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 are execute-only");
  EXPECT_EQ(meaning(factory, "nWRP", "STM32F427/429/437/439xI"), "none") << "half of them";
}

TEST(OptionFields, OnlyOfChipsThatAreKnown) {
  EXPECT_THAT(decode_option_bytes(factory, chip({})), IsEmpty());
  EXPECT_THAT(decode_option_bytes(factory, chip({"STM32H743/750"})), IsEmpty());
  EXPECT_THAT(decode_option_bytes(Bytes(128), chip({"STM32F411xE"})), IsEmpty());
}

TEST(OptionFields, ChipsThatLookAlikeMustAgree) {
  EXPECT_THAT(decode_option_bytes(factory, chip({"STM32F401xE", "STM32F411xE", "STM32F446xE"})),
              SizeIs(7));
  EXPECT_THAT(decode_option_bytes(factory, chip({"STM32F412xG", "STM32F405/407/415/417xG"})),
              IsEmpty());
}

// RM0440 3.4.1: 0xFFEFF8AA as delivered. Each word has its complement behind it.
Bytes g4(std::uint32_t options, std::uint32_t security = 0xFF00FF00) {
  Bytes bytes;
  for (const std::uint32_t word :
       {options, 0xFFFFFFFFU, 0x00FF0000U, 0xFF00FFFFU, 0xFF00FFFFU, security, 0xFFFFFFFFU,
        0x00FF0000U, 0xFF00FFFFU, 0xFF00FFFFU, 0xFFFFFFFFU, 0xFF00FF00U}) {
    for (unsigned i = 0; i < 8; ++i) {
      bytes.push_back(static_cast<std::uint8_t>((i < 4 ? word : ~word) >> 8 * (i % 4)));
    }
  }
  return bytes;
}

TEST(OptionFields, WhatStartsAG4) {
  const std::string line = "STM32G474xE";
  EXPECT_EQ(meaning(g4(0xFFEFF8AA), "RDP", line), "level 0: no read protection");
  EXPECT_EQ(meaning(g4(0xFFEFF8AA), "nSWBOOT0", line), "the BOOT0 pin counts");
  EXPECT_EQ(meaning(g4(0xFFEFF8AA), "nBOOT1", line), "a high BOOT0 starts the bootloader");
  EXPECT_EQ(meaning(g4(0xFFEFF8AA), "BOOT_LOCK", line), "BOOT0 and nBOOT1 say what starts");
  EXPECT_EQ(meaning(g4(0xFFEFF8CC), "RDP", line),
            "level 2: no debugging and no bootloader, for ever");
  EXPECT_EQ(meaning(g4(0xFBEFF8AA), "nSWBOOT0", line), "nBOOT0 counts; the BOOT0 pin is ignored");
  EXPECT_EQ(meaning(g4(0xFBEFF8AA), "nBOOT0", line), "like a low BOOT0 pin");
  EXPECT_EQ(meaning(g4(0xF3EFF8AA), "nBOOT0", line), "like a high BOOT0 pin");
  EXPECT_EQ(meaning(g4(0xFF6FF8AA), "nBOOT1", line), "a high BOOT0 starts what is in RAM");
  EXPECT_EQ(meaning(g4(0xFFEFF8AA, 0xFF01FF00), "BOOT_LOCK", line),
            "every reset starts what is in flash");
  EXPECT_THAT(option_bits(96, chip({line})), Each(0xFF)) << "the others are settings, too";
}

TEST(OptionFields, WhatIsNotPackedLikeAG4IsNone) {
  const ChipGuess g474 = chip({"STM32G474xE"});
  EXPECT_THAT(decode_option_bytes(g4(0xFFEFF8AA), g474), SizeIs(5));
  for (const std::size_t at : {4U, 44U}) {
    Bytes broken = g4(0xFFEFF8AA);
    broken[at] ^= 1;
    EXPECT_THAT(decode_option_bytes(broken, g474), IsEmpty()) << "no complement at " << at;
  }
  Bytes half = g4(0xFFEFF8AA);
  half.resize(48);
  EXPECT_THAT(decode_option_bytes(half, g474), IsEmpty());
  EXPECT_THAT(decode_option_bytes(g4(0xFFEFF8AA), chip({"STM32G474xE", "STM32L476xG"})), IsEmpty());
}

TEST(OptionFields, TheBitsThatCount) {
  const Bytes bits = option_bits(16, chip({"STM32F411xE"}));
  EXPECT_EQ(bits, (Bytes{0xEC, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0x80, 0, 0, 0, 0, 0, 0}));
  EXPECT_THAT(option_bits(128, chip({"STM32H743/750"})), Each(0xFF));
}

}  // namespace
}  // namespace sysboot
