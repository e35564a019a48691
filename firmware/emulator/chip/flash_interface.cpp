// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/flash_interface.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace emulator {
namespace {

using sysboot::virtual_bench::FlashTimes;

enum Register : std::uint16_t {
  ACR = 0x00,
  KEYR = 0x04,
  OPTKEYR = 0x08,
  SR = 0x0C,
  CR = 0x10,
  OPTCR = 0x14,
};

// SR
constexpr std::uint32_t end_of_operation = bit(0);
constexpr std::uint32_t operation_error = bit(1);
constexpr std::uint32_t write_protected = bit(4);
constexpr std::uint32_t alignment_error = bit(5);
constexpr std::uint32_t parallelism_error = bit(6);
constexpr std::uint32_t sequence_error = bit(7);
constexpr std::uint32_t busy = bit(16);
// CR
constexpr std::uint32_t programming = bit(0);
constexpr std::uint32_t sector_erase = bit(1);
constexpr std::uint32_t mass_erase = bit(2);
constexpr std::uint32_t start = bit(16);
constexpr std::uint32_t end_interrupt = bit(24);
constexpr std::uint32_t error_interrupt = bit(25);
constexpr std::uint32_t locked = bit(31);
// OPTCR
constexpr std::uint32_t option_lock = bit(0);
constexpr std::uint32_t option_start = bit(1);
constexpr std::uint32_t user_bits = 0xEC;
constexpr std::uint8_t level_2 = 0xCC;

constexpr std::uint32_t key1 = 0x45670123;
constexpr std::uint32_t key2 = 0xCDEF89AB;
constexpr std::uint32_t option_key1 = 0x08192A3B;
constexpr std::uint32_t option_key2 = 0x4C5D6E7F;
constexpr unsigned flash_irq = 4;

// RM0383 3.8
constexpr RegisterSpec table[] = {
    {ACR, "ACR", 0, 0x0000070F},    {KEYR, "KEYR"},
    {OPTKEYR, "OPTKEYR"},           {SR, "SR"},
    {CR, "CR", locked, 0x0300037F}, {OPTCR, "OPTCR", 0x0FFFAAED, 0x7FFFFFEC},
};
constexpr Place location = {"FLASH", 0x40023C00, 0x400, Bus::ahb1};

// DS-F411 table 45, typical, for PSIZE x8, x16 and x32.
const std::array<FlashTimes, 3>& times() {
  static const std::array<FlashTimes, 3> by_size = {FlashTimes::x8(), FlashTimes::x16(),
                                                    FlashTimes::x32()};
  return by_size;
}

std::vector<sysboot::Sector> sectors_of(const sysboot::MemoryLayout& layout) {
  std::vector<sysboot::Sector> sectors;
  std::uint64_t address = layout.runs.front().address;
  while (const auto sector = layout.sector_at(address)) {
    sectors.push_back(*sector);
    address = sector->end();
  }
  return sectors;
}

}  // namespace

FlashInterface::FlashInterface(Wiring& wiring, sysboot::virtual_bench::FlashMemory& flash,
                               OptionBytes& options)
    : Peripheral(wiring, location, table),
      flash_(flash),
      options_(options),
      sectors_(sectors_of(flash.layout())),
      done_(wiring.scheduler, [this](Time) { finish(); }) {}

void FlashInterface::on_reset() {
  done_.cancel();
  work_ = nullptr;
  key_seen_ = blocked_ = option_key_seen_ = option_blocked_ = false;
  at(OPTCR) = option_lock | (options_.user & user_bits) |
              static_cast<std::uint32_t>(options_.read_protection) << 8 |
              (options_.write_protection << 16 & not_protected_bits());
  update_interrupt();
}

// nWRP: 12 bits, 15 where there are more sectors; the last one stands for all that are left
// (RM0430 section 3.8.6).
std::uint32_t FlashInterface::not_protected_bits() const {
  return sectors_.size() > 12 ? 0x7FFF0000 : 0x0FFF0000;
}

void FlashInterface::unlock(std::uint32_t key, bool options) {
  bool& seen = options ? option_key_seen_ : key_seen_;
  bool& wrong = options ? option_blocked_ : blocked_;
  const std::uint32_t expected =
      options ? (seen ? option_key2 : option_key1) : (seen ? key2 : key1);
  if (wrong || key != expected) {
    wrong = true;
    return report(Finding::misuse, options ? OPTKEYR : KEYR,
                  fmt::format("wrong key {}: locked until the next reset", hex32(key)));
  }
  if (seen && options) at(OPTCR) &= ~option_lock;
  if (seen && !options) at(CR) &= ~locked;
  seen = !seen;
}

void FlashInterface::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  switch (offset) {
    case ACR: on_latency(); break;
    case KEYR: unlock(value, false); break;
    case OPTKEYR: unlock(value, true); break;
    case SR: at(SR) &= ~(value & 0xF3); break;
    case CR: write_cr(value, before); break;
    case OPTCR: write_optcr(value, before); break;
    default: break;
  }
  update_interrupt();
}

void FlashInterface::write_cr(std::uint32_t value, std::uint32_t before) {
  if ((before & locked) != 0) {
    at(CR) = before;
    if ((value & ~locked) != (before & ~locked))
      report(Finding::misuse, CR, "written while locked");
    return;
  }
  if (is_busy() && value != before) {
    at(CR) = before;
    return report(Finding::misuse, CR, "written while an operation is under way");
  }
  if ((value & locked) != 0) at(CR) |= locked;
  if ((value & start) == 0) return;
  if (field(value, 8, 2) == 3) return report(Finding::misuse, CR, "x64 needs an external voltage");
  if ((value & mass_erase) != 0) return erase_all();
  if ((value & sector_erase) != 0) return erase_sector(field(value, 3, 4));
  report(Finding::misuse, CR, "STRT without SER or MER");
}

std::uint32_t FlashInterface::on_read(std::uint32_t offset) {
  const std::uint32_t value = at(offset);
  if (offset == SR && is_busy()) on_wait();
  return value;
}

void FlashInterface::begin(sysboot::Duration takes) {
  at(SR) |= busy;
  done_.set(std::max(now(), is_busy() && done_.is_set() ? done_.when() : now()) + takes);
}

void FlashInterface::finish() {
  if (auto work = std::exchange(work_, nullptr)) work();
  at(SR) &= ~busy;
  at(CR) &= ~start;
  if ((at(CR) & end_interrupt) != 0) at(SR) |= end_of_operation;
  update_interrupt();
}

void FlashInterface::erase_sector(unsigned number) {
  if (number >= sectors_.size()) return refuse(sequence_error);
  const sysboot::Sector sector = sectors_[number];
  if (is_protected(sector.address)) return refuse(write_protected);
  at(CR) |= start;
  work_ = [this, sector] {
    flash_.erase(sector);
    on_changed(sector.address, sector.size);
  };
  begin(times()[field(at(CR), 8, 2)].of_sector(sector.size));
}

void FlashInterface::erase_all() {
  const bool any = std::any_of(sectors_.begin(), sectors_.end(),
                               [this](const auto& each) { return is_protected(each.address); });
  if (any) return refuse(write_protected);
  at(CR) |= start;
  work_ = [this] {
    flash_.erase_all();
    on_changed(flash_.address(), flash_.content().size());
  };
  begin(times()[field(at(CR), 8, 2)].mass_erase);
}

void FlashInterface::store(Address address, unsigned size, std::uint32_t value) {
  const std::string what = fmt::format("{} bytes at {}", size, hex32(address));
  const unsigned allowed = 1U << field(at(CR), 8, 2);
  if ((at(CR) & (programming | locked)) != programming) {
    report(Finding::misuse, CR, "store of " + what + " into flash without PG");
    return refuse(sequence_error);
  }
  if (size != allowed) {
    report(Finding::misuse, CR, "PSIZE does not fit a store of " + what);
    return refuse(parallelism_error);
  }
  if (address % size != 0) return refuse(alignment_error);
  if (is_protected(address)) return refuse(write_protected);
  Bytes bytes(4);
  put_word(bytes, 0, value);
  bytes.resize(size);
  if (!flash_.program(address, bytes)) {
    report(Finding::misuse, CR, "programmed " + what + " over bits that are not erased");
  }
  on_changed(address, size);
  begin(times().front().program);
}

void FlashInterface::refuse(std::uint32_t error) {
  at(SR) |= error;
  if ((at(CR) & error_interrupt) != 0) at(SR) |= operation_error;
  update_interrupt();
}

bool FlashInterface::is_protected(Address address) const {
  for (unsigned i = 0; i < sectors_.size(); ++i) {
    const sysboot::Sector& sector = sectors_[i];
    const bool inside = address >= sector.address && address < sector.end();
    if (inside) return (at(OPTCR) & bit(std::min(16 + i, 30U))) == 0;
  }
  return false;
}

void FlashInterface::write_optcr(std::uint32_t value, std::uint32_t before) {
  if ((before & option_lock) != 0) {
    at(OPTCR) = before;
    return report(Finding::misuse, OPTCR, "written while locked");
  }
  if ((value & option_lock) != 0) at(OPTCR) |= option_lock;
  if ((value & option_start) == 0) return;
  if (field(value, 8, 8) == level_2) {
    return report(Finding::unmodelled, OPTCR, "read protection of level 2");
  }
  OptionBytes wanted;
  wanted.read_protection = static_cast<std::uint8_t>(field(value, 8, 8));
  wanted.user = static_cast<std::uint8_t>((value & user_bits) | 0x03);
  const std::uint32_t absent = 0x7FFF0000 & ~not_protected_bits();
  wanted.write_protection = static_cast<std::uint16_t>((value | absent) >> 16 & 0x7FFF);
  program_options(wanted);
}

// Lifting read protection erases flash first (RM0383 section 3.6.3).
void FlashInterface::program_options(const OptionBytes& wanted) {
  const bool lifts = options_.is_read_protected() && !wanted.is_read_protected();
  work_ = [this, wanted, lifts] {
    options_ = wanted;
    if (!lifts) return;
    flash_.erase_all();
    on_changed(flash_.address(), flash_.content().size());
  };
  begin(lifts ? times().front().mass_erase : times().front().erase_16k);
}

void FlashInterface::update_interrupt() {
  const bool ended = (at(SR) & end_of_operation) != 0 && (at(CR) & end_interrupt) != 0;
  const bool failed = (at(SR) & operation_error) != 0 && (at(CR) & error_interrupt) != 0;
  set_line(flash_irq, ended || failed);
}

}  // namespace emulator
