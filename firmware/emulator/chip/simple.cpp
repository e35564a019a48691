// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/simple.hpp"

#include <fmt/core.h>

namespace emulator {
namespace {

// RM0383 4.4
enum CrcRegister : std::uint16_t { CRC_DR = 0x0, CRC_IDR = 0x4, CRC_CR = 0x8 };
constexpr RegisterSpec crc_table[] = {
    {CRC_DR, "DR", ~0U}, {CRC_IDR, "IDR", 0, 0xFF}, {CRC_CR, "CR"}};
constexpr std::uint32_t polynomial = 0x04C11DB7;

// RM0383 20.5 and 21.9
constexpr RegisterSpec spi_table[] = {{0x00, "CR1"},    {0x04, "CR2"},     {0x08, "SR"},
                                      {0x0C, "DR"},     {0x10, "CRCPR"},   {0x14, "RXCRCR"},
                                      {0x18, "TXCRCR"}, {0x1C, "I2SCFGR"}, {0x20, "I2SPR"}};
constexpr RegisterSpec sdio_table[] = {
    {0x00, "POWER"}, {0x04, "CLKCR"},   {0x08, "ARG"},    {0x0C, "CMD"},   {0x10, "RESPCMD"},
    {0x14, "RESP1"}, {0x18, "RESP2"},   {0x1C, "RESP3"},  {0x20, "RESP4"}, {0x24, "DTIMER"},
    {0x28, "DLEN"},  {0x2C, "DCTRL"},   {0x30, "DCOUNT"}, {0x34, "STA"},   {0x38, "ICR"},
    {0x3C, "MASK"},  {0x48, "FIFOCNT"}, {0x80, "FIFO"}};

}  // namespace

Crc::Crc(Wiring& wiring)
    : Peripheral(wiring, {"CRC", 0x40023000, 0x400, Bus::ahb1, 12}, crc_table) {}

void Crc::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  if (offset == CRC_CR && (value & 1) != 0) at(CRC_DR) = ~0U;
  if (offset != CRC_DR) return;
  std::uint32_t remainder = at(CRC_DR) ^ value;
  for (int i = 0; i < 32; ++i) {
    remainder = (remainder & bit(31)) != 0 ? remainder << 1 ^ polynomial : remainder << 1;
  }
  at(CRC_DR) = remainder;
}

std::vector<std::pair<Place, RegisterTable>> Unmodelled::all() {
  return {
      {{"I2S2EXT", 0x40003400, 0x400, Bus::apb1, 14}, spi_table},
      {{"I2S3EXT", 0x40004000, 0x400, Bus::apb1, 15}, spi_table},
      {{"SDIO", 0x40012C00, 0x400, Bus::apb2, 11}, sdio_table},
  };
}

std::uint32_t Unmodelled::on_read(std::uint32_t offset) {
  wiring_.reports.add(Finding::unmodelled, "read from " + register_name(offset));
  return 0;
}

void Unmodelled::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  wiring_.reports.add(Finding::unmodelled,
                      fmt::format("write of {} to {}", hex32(value), register_name(offset)));
}

}  // namespace emulator
