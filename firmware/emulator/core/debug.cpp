// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/core/debug.hpp"

#include "emulator/chip/register_table.hpp"

namespace emulator {
namespace {

enum DwtRegister : std::uint16_t { CTRL = 0x000, CYCCNT = 0x004 };
constexpr std::uint32_t count_cycles = bit(0);
constexpr std::uint16_t ITM_TER = 0xE00;
constexpr std::uint16_t LAR = 0xFB0;

// ARMv7-M C1.8: four comparators, which are not modelled.
constexpr Numbered dwt_rows[] = {
    {"CTRL", CTRL, 4, 1, 0x40000000, 0x00001FFF, 0x007F0000},
    {"CYCCNT", CYCCNT},
    {"CPICNT", 0x008, 4, 1, 0, 0xFF},
    {"EXCCNT", 0x00C, 4, 1, 0, 0xFF},
    {"SLEEPCNT", 0x010, 4, 1, 0, 0xFF},
    {"LSUCNT", 0x014, 4, 1, 0, 0xFF},
    {"FOLDCNT", 0x018, 4, 1, 0, 0xFF},
    {"PCSR", 0x01C},
    {"COMP{}", 0x020, 16, 4, 0, ~0U},
    {"MASK{}", 0x024, 16, 4, 0, 0x1F},
    {"FUNCTION{}", 0x028, 16, 4, 0, 0x0, 0x0F},
    {"LAR", LAR},
    {"LSR", 0xFB4},
};

// C1.7
constexpr Numbered itm_rows[] = {
    {"STIM{}", 0x000, 4, 32},
    {"TER", ITM_TER, 4, 1, 0, ~0U},
    {"TPR", 0xE40, 4, 1, 0, 0xF},
    {"TCR", 0xE80, 4, 1, 0, 0x007F0F1F},
    {"LAR", LAR},
    {"LSR", 0xFB4, 4, 1, 1},
};

// C1.6
constexpr RegisterSpec core_debug_table[] = {
    {0x0, "DHCSR"},
    {0x4, "DCRSR"},
    {0x8, "DCRDR", 0, ~0U},
    {0xC, "DEMCR", 0, 0x010F07F1},
};

// C1.10 and C1.11
constexpr RegisterSpec tpiu_table[] = {
    {0x000, "SSPSR", 0xF}, {0x004, "CSPSR", 1, ~0U}, {0x010, "ACPR", 0, 0x1FFF},
    {0x0F0, "SPPR", 1, 3}, {0x300, "FFSR", 8},       {0x304, "FFCR", 0x102, 0x102},
    {0xFB0, "LAR"},        {0xFC8, "TYPE", 0xCA1},
};
constexpr Numbered fpb_rows[] = {
    {"CTRL", 0x000, 4, 1, 0x00000260, 0x00000002, 0x00000001},
    {"REMAP", 0x004, 4, 1, 0, 0x3FFFFFE0},
    {"COMP{}", 0x008, 4, 8, 0, 0xFFFFFFFE},
};

// RM0383 23.6.1 and 23.16. Revision 0x1000: A of the F411.
constexpr RegisterSpec dbgmcu_table[] = {
    {0x0, "IDCODE", 0x10006431},
    {0x4, "CR", 0, 0x000000E7},
    {0x8, "APB1_FZ", 0, 0x00E01C0F},
    {0xC, "APB2_FZ", 0, 0x00070001},
};

RegisterTable dwt_table() {
  static const std::vector<RegisterSpec> table = expand(dwt_rows);
  return table;
}
RegisterTable itm_table() {
  static const std::vector<RegisterSpec> table = expand(itm_rows);
  return table;
}
RegisterTable fpb_table() {
  static const std::vector<RegisterSpec> table = expand(fpb_rows);
  return table;
}

}  // namespace

Dwt::Dwt(Wiring& wiring, const Clock& clock, const CoreDebug& core_debug)
    : Peripheral(wiring, {"DWT", 0xE0001000, 0x1000}, dwt_table()),
      clock_(clock),
      core_debug_(core_debug) {}

bool Dwt::counts() const {
  return (at(CTRL) & count_cycles) != 0;
}

std::uint32_t Dwt::count() const {
  return counted_ + (counts() ? static_cast<std::uint32_t>(clock_.cycles - since_) : 0);
}

std::uint32_t Dwt::on_read(std::uint32_t offset) {
  return offset == CYCCNT ? count() : at(offset);
}

void Dwt::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (!core_debug_.trace_on()) report(Finding::misuse, offset, "written while DEMCR.TRCENA is 0");
  if (offset == CYCCNT) {
    counted_ = value;
    since_ = clock_.cycles;
  } else if (offset == CTRL) {
    const std::uint32_t after = at(CTRL);
    at(CTRL) = before;
    counted_ = count();
    since_ = clock_.cycles;
    at(CTRL) = after;
  }
}

void Dwt::on_reset() {
  counted_ = 0;
  since_ = clock_.cycles;
}

Itm::Itm(Wiring& wiring) : Peripheral(wiring, {"ITM", 0xE0000000, 0x1000}, itm_table()) {}

std::uint32_t Itm::on_read(std::uint32_t offset) {
  return offset < ITM_TER ? 1 : at(offset);  // always ready
}

void Itm::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t /*before*/) {
  if (offset == 0 && (at(ITM_TER) & 1) != 0) text_ += static_cast<char>(value);
}

CoreDebug::CoreDebug(Wiring& wiring)
    : Peripheral(wiring, {"COREDEBUG", 0xE000EDF0, 0x10}, core_debug_table) {}

Tpiu::Tpiu(Wiring& wiring) : Peripheral(wiring, {"TPIU", 0xE0040000, 0x1000}, tpiu_table) {}

Fpb::Fpb(Wiring& wiring) : Peripheral(wiring, {"FPB", 0xE0002000, 0x1000}, fpb_table()) {}

DbgMcu::DbgMcu(Wiring& wiring) : Peripheral(wiring, {"DBGMCU", 0xE0042000, 0x400}, dbgmcu_table) {}

}  // namespace emulator
