// SPDX-License-Identifier: GPL-3.0-or-later
// Memory and resets; how it runs is in machine_run.cpp.
#include "emulator/machine.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"

namespace emulator {
namespace {

constexpr std::uint32_t system_size = 0x8000;
constexpr Address option_bytes_base = 0x1FFFC000;
constexpr std::uint32_t page = 0x1000;
constexpr Address unique_id_at = 0x1FFF7A10;  // RM0383 24.1
constexpr Address flash_size_at = 0x1FFF7A22;
constexpr Address bootloader_id_at = 0x1FFF76DE;  // AN2606, F411
constexpr std::uint8_t bootloader_id = 0xD0;
// Stand-ins for what the ROM has there.
constexpr std::uint32_t rom_stack = 0x20002D40;
constexpr std::uint32_t rom_start = 0x1FFF0101;
// DS-F411 tables 71 and 75: made at 3.3 V and 30 and 110 degrees.
constexpr Address reference_calibration_at = 0x1FFF7A2A;
constexpr std::array<std::uint16_t, 3> calibration = {1489, 951, 1198};

// ARMv7-M B3.7.1 (PM0214 2.2.5): a word for each bit of the first MiB.
constexpr std::uint32_t alias_size = 32U << 20;
constexpr Address ram_alias = 0x22000000;
constexpr Address peripheral_base = 0x40000000;
constexpr Address peripheral_alias = 0x42000000;

}  // namespace

Machine::Machine(const MachineSettings& settings)
    : settings_(settings),
      flash_(sysboot::parse_layout(settings.model.flash)),
      flash_at_0_(flash_.content().size(), 0xFF),
      ram_(settings.model.ram_size),
      system_(system_size, 0xFF),
      system_at_0_(system_size, 0xFF),
      options_(page, 0xFF),
      scheduler_(clock_),
      reports_([this] { return place(); }),
      wiring_{scheduler_, exceptions_, reports_},
      cpu_(clock_, *this),
      core_(wiring_, cpu_, *this),
      chip_(wiring_, clock_, core_, *this, settings_.board, flash_, settings_.options),
      noise_(settings.seed * 2654435761U | 1) {
  exceptions_.changed = [this] { cpu_.attention = exceptions_.candidate().has_value(); };
  exceptions_.pended = [this] {
    if (core_.scb().sends_event_on_pend()) core_.event = true;
  };
  reports_.on_stop = [this] { stop_soon(); };
  core_.scb().on_system_reset = [this] { request_reset(ResetCause::software); };
  core_.scb().on_core_reset = [this] { request_core_reset(); };
  chip_.on_reset_request = [this](ResetCause cause) { request_reset(cause); };
  chip_.syscfg.on_remap = [this](BootMemory memory) { remap(memory); };
  chip_.flash.on_changed = [this](Address address, std::size_t size) {
    const ByteView changed = flash_.read(address, size);
    std::copy(changed.begin(), changed.end(), flash_at_0_.begin() + (address - flash_base));
    flash_change_.begin = std::min(flash_change_.begin, address);
    flash_change_.end = std::max(flash_change_.end, address + static_cast<Address>(size));
    stop_soon();
  };
  // A ROM does nothing else meanwhile; a program may count.
  chip_.flash.on_wait = [this] {
    if (runs_rom_) clock_.cycles = std::max(clock_.cycles, clock_.limit);
  };
  fill_system_memory();
  map_memory();
}

Machine::~Machine() = default;

// A half-word with its complement behind it (RM0383 table 11).
void Machine::fill_options(std::size_t offset, std::uint16_t value) {
  put_word(options_, offset, value | static_cast<std::uint32_t>(~value) << 16);
}

void Machine::fill_system_memory() {
  const auto at = [](Address address) { return address - system_memory_base; };
  std::fill(system_.begin(), system_.begin() + at(system_memory_end), std::uint8_t{0});
  put_word(system_, 0, rom_stack);
  put_word(system_, 4, rom_start);
  system_[at(bootloader_id_at)] = bootloader_id;
  const auto dumped = std::min<std::size_t>(settings_.rom.size(), at(system_memory_end));
  std::copy_n(settings_.rom.begin(), dumped, system_.begin());
  std::copy(settings_.unique_id.begin(), settings_.unique_id.end(),
            system_.begin() + at(unique_id_at));
  const auto kib = static_cast<std::uint32_t>(flash_.content().size() / 1024);
  put_word(system_, at(flash_size_at) - 2, kib << 16 | 0xFFFF);
  for (std::size_t i = 0; i < calibration.size(); ++i) {
    const std::size_t offset = at(reference_calibration_at) + 2 * i;
    system_[offset] = static_cast<std::uint8_t>(calibration[i]);
    system_[offset + 1] = static_cast<std::uint8_t>(calibration[i] >> 8);
  }
  system_at_0_ = system_;
  const std::uint16_t low =
      static_cast<std::uint16_t>(settings_.options.read_protection << 8 | settings_.options.user);
  fill_options(0, low);
  fill_options(8, settings_.options.write_protection);
}

// The CPU never writes to flash itself: it may only read and execute.
static std::span<std::uint8_t> for_cpu(const sysboot::virtual_bench::FlashMemory& flash) {
  const ByteView content = flash.content();
  return {const_cast<std::uint8_t*>(content.data()), content.size()};
}

void Machine::map_memory() {
  cpu_.map(flash_base, for_cpu(flash_), Permission::read_execute);
  map_at_0(BootMemory::flash);
  map_system_memory();
  cpu_.map(option_bytes_base, options_, Permission::read);
  cpu_.map(ram_base, ram_, Permission::all);
  cpu_.map_io(ram_alias, static_cast<std::uint32_t>(ram_.size()) * 32);
  cpu_.map_io(peripheral_base, 0x80000);
  cpu_.map_io(peripheral_alias, alias_size);
  cpu_.map_io(0x50000000, 0x40000);
  cpu_.map_io(0xE0000000, 0x100000);
}

void Machine::map_system_memory() {
  cpu_.map(system_memory_base, system_, runs_rom_ ? Permission::read_execute : Permission::read);
}

void Machine::map_at_0(BootMemory memory) {
  memory_at_0_ = memory;
  switch (memory) {
    case BootMemory::flash: cpu_.map(0, flash_at_0_, Permission::read_execute); break;
    case BootMemory::system:
      cpu_.map(0, system_at_0_, runs_rom_ ? Permission::read_execute : Permission::read);
      break;
    case BootMemory::ram: cpu_.map(0, ram_, Permission::all); break;
  }
}

void Machine::remap(BootMemory memory) {
  if (memory == memory_at_0_) return;
  cpu_.unmap(0, static_cast<std::uint32_t>(memory_at(0).size()));
  map_at_0(memory);
}

// Nothing can be executed in system memory but while its ROM runs: so each way in shows.
void Machine::set_runs_rom(bool runs) {
  if (runs_rom_ == runs) return;
  runs_rom_ = runs;
  reports_.quiet = runs;
  cpu_.forget_code(system_memory_base, system_size);
  cpu_.unmap(system_memory_base, system_size);
  map_system_memory();
  if (memory_at_0_ != BootMemory::system) return;
  cpu_.forget_code(0, system_size);
  cpu_.unmap(0, system_size);
  map_at_0(BootMemory::system);
}

void Machine::run_rom() {
  in_rom_ = false;
  set_runs_rom(true);
}

// The ROM runs code in its own RAM, too.
bool Machine::is_outside_rom() const {
  const Address pc = cpu_.pc();
  const bool alias = pc < flash_.content().size() && memory_at_0_ != BootMemory::system;
  return alias || flash_.contains(pc, 1) ||
         (pc >= ram_base + rom_ram_size && pc - ram_base < ram_.size());
}

std::span<const std::uint8_t> Machine::memory_at(Address address) const {
  const auto part = [&](Address base, ByteView memory) -> std::span<const std::uint8_t> {
    const std::uint32_t offset = address - base;
    return address >= base && offset < memory.size() ? memory.subspan(offset) : ByteView();
  };
  for (const auto& found : {part(flash_base, flash_.content()), part(ram_base, ram_),
                            part(system_memory_base, system_), part(option_bytes_base, options_)}) {
    if (!found.empty()) return found;
  }
  switch (memory_at_0_) {
    case BootMemory::flash: return part(0, flash_.content());
    case BootMemory::system: return part(0, system_);
    case BootMemory::ram: return part(0, ram_);
  }
  return {};
}

std::optional<std::uint32_t> Machine::load(Address address) {
  const auto memory = memory_at(address & ~3U);
  return memory.size() < 4 ? std::nullopt : std::optional(word_at(memory, 0));
}

bool Machine::store(Address address, std::uint32_t value) {
  if (address < ram_base || address - ram_base + 4 > ram_.size()) return false;
  put_word(ram_, address - ram_base, value);
  return true;
}

std::uint32_t Machine::word(Address address) const {
  const auto memory = memory_at(address);
  if (memory.size() < 4) {
    throw sysboot::Error(sysboot::Errc::usage, "no memory at " + hex32(address));
  }
  return word_at(memory, 0);
}

void Machine::set_word(Address address, std::uint32_t value) {
  if (!store(address, value)) {
    throw sysboot::Error(sysboot::Errc::usage, "no RAM at " + hex32(address));
  }
}

void Machine::load(Address address, ByteView content) {
  if (flash_.contains(address, content.size())) {
    flash_.load(address, content);
  } else if (address >= ram_base && address - ram_base + content.size() <= ram_.size()) {
    std::copy(content.begin(), content.end(), ram_.begin() + (address - ram_base));
  } else {
    throw sysboot::Error(sysboot::Errc::image_does_not_fit,
                         fmt::format("{} bytes at {} are neither in flash nor in RAM",
                                     content.size(), hex32(address)));
  }
  flash_changed();
}

void Machine::flash_changed() {
  std::copy(flash_.content().begin(), flash_.content().end(), flash_at_0_.begin());
  cpu_.forget_code();
}

void Machine::load(const Elf& elf) {
  for (const auto& [address, content] : elf.segments) load(address, content);
  symbols_.add(elf.symbols);
}

Address Machine::symbol(const std::string& name) const {
  const auto found = symbols_.find(name);
  if (!found) throw sysboot::Error(sysboot::Errc::usage, "no symbol " + name);
  return found->address;
}

void Machine::randomise(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    noise_ ^= noise_ << 13;
    noise_ ^= noise_ >> 17;
    noise_ ^= noise_ << 5;
    byte = static_cast<std::uint8_t>(noise_ >> 24);
  }
}

void Machine::power_on() {
  powered_ = true;
  randomise(ram_);
  reset(ResetCause::power_on);
}

void Machine::reset(ResetCause cause) {
  wanted_reset_.reset();
  core_reset_wanted_ = false;
  sleep_ = Sleep::none;
  in_rom_ = false;
  set_runs_rom(false);
  exceptions_.reset();
  chip_.reset(cause);
  fill_system_memory();
  if (settings_.options.watchdog_by_hardware()) chip_.iwdg.start();
  booted_from_rom_ = settings_.boot0;
  chip_.syscfg.boot_from(settings_.boot0 ? BootMemory::system : BootMemory::flash);
  boot();
}

// Not all of flash each time: Unicorn 2.0.1 crashes once its buffer is full of translated code.
void Machine::boot() {
  cpu_.forget_code(0, flash_.content().size());
  cpu_.forget_code(ram_base, ram_.size());
  std::array<std::uint8_t, 4> noise{};
  for (unsigned i = 0; i <= 12; ++i) {
    randomise(noise);
    cpu_.set_r(i, word_at(noise, 0));
  }
  core_.reset();
}

void Machine::leave_rom(Address address) {
  in_rom_ = false;
  sleep_ = Sleep::none;
  exceptions_.reset();
  boot();
  booted_from_rom_ = false;
  cpu_.set_msp(word(address));
  cpu_.set_pc(word(address + 4));
}

void Machine::request_reset(ResetCause cause) {
  wanted_reset_ = cause;
  if (access_) {
    cpu_.abort();
  } else {
    stop_soon();
  }
}

void Machine::request_core_reset() {
  core_reset_wanted_ = true;
  stop_soon();
}

// Peripherals run on, and what is at 0 starts: a way into the ROM.
void Machine::reset_core() {
  core_reset_wanted_ = false;
  sleep_ = Sleep::none;
  exceptions_.reset();
  chip_.systick.reset();
  boot();
}

// Bit-band aliases: the word stands for one bit.
std::uint32_t Machine::read_io(Address address, unsigned size) {
  access_ = Access{address, false};
  std::uint32_t value = 0;
  if (address - peripheral_alias < alias_size) {
    const std::uint32_t offset = (address - peripheral_alias) / 4;
    const Address target = peripheral_base + offset / 32 * 4;
    value = chip_.read(target, 4) >> (offset % 32) & 1;
  } else if (address - ram_alias < ram_.size() * 32) {
    const std::uint32_t offset = (address - ram_alias) / 4;
    value = ram_[offset / 8] >> (offset % 8) & 1U;
  } else {
    value = chip_.read(address, size);
  }
  access_.reset();
  return value;
}

void Machine::write_io(Address address, unsigned size, std::uint32_t value) {
  access_ = Access{address, true};
  if (address - peripheral_alias < alias_size) {
    const std::uint32_t offset = (address - peripheral_alias) / 4;
    const Address target = peripheral_base + offset / 32 * 4;
    const std::uint32_t before = chip_.read(target, 4);
    chip_.write(target, 4, with_field(before, offset % 32, 1, value & 1));
  } else if (address - ram_alias < ram_.size() * 32) {
    const std::uint32_t offset = (address - ram_alias) / 4;
    std::uint8_t& byte = ram_[offset / 8];
    byte = static_cast<std::uint8_t>(with_field(byte, offset % 8, 1, value & 1));
  } else {
    chip_.write(address, size, value);
  }
  access_.reset();
}

void Machine::write_read_only(Address address, unsigned size, std::uint32_t value) {
  access_ = Access{address, true};
  const bool alias = address < flash_.content().size() && memory_at_0_ == BootMemory::flash;
  const Address target = alias ? address + flash_base : address;
  if (flash_.contains(target, size)) {
    chip_.flash.store(target, size, value);
  } else {
    reports_.add(Finding::misuse, fmt::format("store of {} bytes into read-only memory at {}", size,
                                              hex32(address)));
  }
  access_.reset();
}

Reports::Place Machine::place() const {
  const Address pc = access_ ? cpu_.pc_of_access(access_->address, access_->is_store) : cpu_.pc();
  return {now(), pc, symbols_.describe(pc)};
}

}  // namespace emulator
