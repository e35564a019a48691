// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of Unicorn 2.0.1 that this relies on: a block hook runs before the block, and
// stopping there leaves the program counter at the block; stopping from an I/O callback puts it at
// the start of the block, so that only happens when the registers do not matter any more; between
// blocks the program counter is not kept, so it is found by looking which instruction it must be; a
// store into read-only memory that a hook lets pass is carried out.
#include "emulator/cpu/cpu.hpp"

#include <fmt/core.h>
#include <unicorn/unicorn.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace emulator {
namespace {

constexpr std::size_t remembered_blocks = 1U << 14;
constexpr std::uint16_t wfe = 0xBF20;
constexpr std::uint16_t yield = 0xBF10;
constexpr std::uint32_t thumb = bit(24);
constexpr unsigned exception_bits = 9;

// Interrupt numbers of Unicorn's hook: QEMU's EXCP_SWI, EXCP_PREFETCH_ABORT and so on.
enum Excp : std::uint32_t { swi = 2, prefetch_abort = 3, data_abort = 4, bkpt = 7, exc_return = 8 };

void check(uc_err error, const char* what) {
  if (error != UC_ERR_OK) {
    throw std::runtime_error(fmt::format("Unicorn: {}: {}", what, uc_strerror(error)));
  }
}

std::uint32_t permission_bits(Permission permission) {
  switch (permission) {
    case Permission::read: return UC_PROT_READ;
    case Permission::read_execute: return UC_PROT_READ | UC_PROT_EXEC;
    case Permission::all: return UC_PROT_ALL;
  }
  return UC_PROT_NONE;
}

}  // namespace

struct Cpu::Hooks {
  static void block(uc_engine*, std::uint64_t address, std::uint32_t size, void* cpu) {
    static_cast<Cpu*>(cpu)->on_block(static_cast<Address>(address), size);
  }
  static void instruction(uc_engine*, std::uint64_t address, std::uint32_t size, void* cpu) {
    static_cast<Cpu*>(cpu)->on_instruction(static_cast<Address>(address), size);
  }
  static std::uint64_t read(uc_engine*, std::uint64_t offset, unsigned size, void* io) {
    const Io& region = *static_cast<Io*>(io);
    region.cpu->restore_kept();
    return region.cpu->surroundings_.read_io(region.base + static_cast<Address>(offset), size);
  }
  static void write(uc_engine*, std::uint64_t offset, unsigned size, std::uint64_t value,
                    void* io) {
    const Io& region = *static_cast<Io*>(io);
    region.cpu->restore_kept();
    region.cpu->surroundings_.write_io(region.base + static_cast<Address>(offset), size,
                                       static_cast<std::uint32_t>(value));
  }
  static bool invalid_access(uc_engine*, uc_mem_type type, std::uint64_t address, int size,
                             std::int64_t value, void* user) {
    Cpu& cpu = *static_cast<Cpu*>(user);
    cpu.fault_address_ = static_cast<Address>(address);
    if (type != UC_MEM_WRITE_PROT) return false;
    cpu.restore_kept();
    cpu.surroundings_.write_read_only(cpu.fault_address_, static_cast<unsigned>(size),
                                      static_cast<std::uint32_t>(value));
    cpu.keep(cpu.fault_address_, static_cast<unsigned>(size));
    return true;
  }
  static void interrupt(uc_engine*, std::uint32_t number, void* user) {
    Cpu& cpu = *static_cast<Cpu*>(user);
    switch (number) {
      case swi: cpu.stop(Stop::supervisor_call); break;
      case bkpt: cpu.stop(Stop::debug_breakpoint); break;
      case exc_return: cpu.stop(Stop::exception_return); break;
      case prefetch_abort: cpu.stop(Stop::fetch_fault); break;
      case data_abort: cpu.stop(Stop::read_fault); break;
      default: cpu.stop(Stop::undefined); break;
    }
  }
};

Cpu::Cpu(Clock& clock, CpuSurroundings& surroundings)
    : clock_(clock),
      surroundings_(surroundings),
      blocks_(remembered_blocks),
      current_(&instruction_) {
  // Not UC_MODE_MCLASS: that stands for a Cortex-M33, whatever model is asked for.
  check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &engine_), "open");
  check(uc_ctl_set_cpu_model(engine_, UC_CPU_ARM_CORTEX_M4), "Cortex-M4");
  check(uc_ctl_exits_enable(engine_), "no end address");
  const auto hook = [this](int kind, auto* function) {
    uc_hook handle = 0;
    check(uc_hook_add(engine_, &handle, kind, reinterpret_cast<void*>(function), this, 1, 0),
          "hook");
  };
  hook(UC_HOOK_BLOCK, &Hooks::block);
  hook(UC_HOOK_INTR, &Hooks::interrupt);
  hook(UC_HOOK_MEM_INVALID, &Hooks::invalid_access);
}

Cpu::~Cpu() {
  uc_close(engine_);
}

void Cpu::map(Address address, std::span<std::uint8_t> memory, Permission permission) {
  check(uc_mem_map_ptr(engine_, address, memory.size(), permission_bits(permission), memory.data()),
        "map");
  mappings_.push_back({address, memory, permission != Permission::read});
}

void Cpu::map_io(Address address, std::uint32_t size) {
  io_.push_back(std::make_unique<Io>(Io{this, address}));
  check(uc_mmio_map(engine_, address, size, &Hooks::read, io_.back().get(), &Hooks::write,
                    io_.back().get()),
        "map I/O");
}

void Cpu::unmap(Address address, std::uint32_t size) {
  check(uc_mem_unmap(engine_, address, size), "unmap");
  std::erase_if(mappings_, [=](const Mapping& m) { return m.address == address; });
}

void Cpu::forget_code() {
  for (const Mapping& mapping : mappings_) {
    if (mapping.is_executable) forget_code(mapping.address, mapping.memory.size());
  }
}

void Cpu::forget_code(Address address, std::size_t size) {
  // Not uc_ctl_flush_tlb: that clears a gigabyte.
  const std::uint64_t begin = address;
  check(uc_ctl_remove_cache(engine_, begin, begin + size), "forget code");
  instruction_ = *current_;
  current_ = &instruction_;
  const std::uint64_t first = (begin - std::min<std::uint64_t>(begin, longest_block_)) / 2;
  const std::uint64_t count =
      std::min<std::uint64_t>((begin + size + 1) / 2 - first, blocks_.size());
  for (std::uint64_t i = first; i < first + count; ++i) {
    Block& block = blocks_[i % remembered_blocks];
    if (block.address < begin + size && block.address + block.size > begin) block = {};
  }
}

std::span<std::uint8_t> Cpu::memory(Address address, std::uint32_t size) const {
  for (const Mapping& mapping : mappings_) {
    const std::uint32_t offset = address - mapping.address;
    if (address >= mapping.address && offset + std::uint64_t{size} <= mapping.memory.size()) {
      return mapping.memory.subspan(offset, size);
    }
  }
  return {};
}

ByteView Cpu::code(Address address, std::uint32_t size) const {
  return memory(address, size);
}

void Cpu::keep(Address address, unsigned size) {
  const auto bytes = memory(address, size);
  kept_.push_back({address, Bytes(bytes.begin(), bytes.end())});
}

void Cpu::restore_kept() {
  for (const Kept& kept : kept_) {
    const auto bytes = memory(kept.address, static_cast<std::uint32_t>(kept.content.size()));
    std::copy(kept.content.begin(), kept.content.end(), bytes.begin());
  }
  kept_.clear();
}

void Cpu::stop(Stop reason) {
  if (stopping_) return;
  stopping_ = true;
  stop_ = reason;
  uc_emu_stop(engine_);
}

void Cpu::abort() {
  stopping_ = true;
  stop_ = Stop::aborted;
  uc_emu_stop(engine_);
}

bool Cpu::must_stop() {
  if (clock_.cycles >= clock_.limit) {
    stop(Stop::limit);
  } else if (attention && surroundings_.interrupt_due()) {
    stop(Stop::interrupt);
  }
  return stopping_;
}

void Cpu::on_block(Address address, std::uint32_t size) {
  restore_kept();
  // After a stop the hook of the next block still runs, but the block does not.
  if (stopping_ || precise_ || must_stop()) return;
  if (breakpoint_ == address) return stop(Stop::breakpoint);
  Block& block = blocks_[address / 2 % remembered_blocks];
  if (block.address != address || block.size != size) {
    block = {address, size, examine(code(address, size))};
    longest_block_ = std::max(longest_block_, size);
  }
  if (block.facts.spins) return stop(Stop::spinning);
  if (block.facts.uses_fpu && !fpu_on) return stop(Stop::no_coprocessor);
  if (block.facts.sends_event) surroundings_.send_event();
  current_ = &block;
  clock_.cycles += block.facts.cycles;
}

// An IT block cannot be left half way, so what comes in it is only counted.
void Cpu::on_instruction(Address address, std::uint32_t size) {
  restore_kept();
  const Instruction instruction = instruction_at(code(address, size), 0);
  if (it_left_ > 0) {
    --it_left_;
  } else {
    if (stopping_ || must_stop()) return;
    if (steps_ == 0) return stop(Stop::steps);
    if (breakpoint_ == address) return stop(Stop::breakpoint);
    if (instruction.uses_fpu() && !fpu_on) return stop(Stop::no_coprocessor);
    const BlockFacts facts = examine(code(address, size));
    if (facts.spins) return stop(Stop::spinning);
    if (facts.sends_event) surroundings_.send_event();
    --steps_;
    it_left_ = instruction.it_length();
  }
  instruction_ = {address, size, {}};
  current_ = &instruction_;
  clock_.cycles += instruction.cycles();
}

Stop Cpu::run() {
  const Stop reason = go();
  // A block with a floating-point instruction in it: go up to that.
  if (reason != Stop::no_coprocessor) return reason;
  steps_ = ~0U;
  return go_precisely();
}

Stop Cpu::step(unsigned instructions) {
  steps_ = instructions;
  return go_precisely();
}

Stop Cpu::run_to(Address address) {
  const Address there = address & ~1U;
  if (pc_ == there) {
    const Stop first = step(1);
    if (first != Stop::steps) return first;
  }
  breakpoint_ = there;
  const Stop reason = run();
  breakpoint_.reset();
  return reason;
}

// Hooks are compiled into the code, so the code goes with them.
Stop Cpu::go_precisely() {
  uc_hook hook = 0;
  check(uc_hook_add(engine_, &hook, UC_HOOK_CODE, reinterpret_cast<void*>(&Hooks::instruction),
                    this, 1, 0),
        "hook");
  forget_code();
  precise_ = true;
  it_left_ = 0;
  const Stop reason = go();
  precise_ = false;
  check(uc_hook_del(engine_, hook), "remove hook");
  forget_code();
  return reason;
}

Stop Cpu::go() {
  for (;;) {
    stopping_ = false;
    stop_ = Stop::wait_for_interrupt;  // what makes Unicorn stop of its own accord
    const uc_err error = uc_emu_start(engine_, pc_ | 1, 0, 0, 0);
    restore_kept();
    pc_ = reg(UC_ARM_REG_PC);
    if (error == UC_ERR_OK) return stop_;
    const Stop reason = reason_for(error);
    const Instruction last = instruction_at(code(pc_ - 2, 2), 0);
    if (reason != Stop::wait_for_event || last.first != yield) return reason;
  }
}

Stop Cpu::reason_for(int error) {
  if (stopping_ && stop_ == Stop::aborted) return stop_;
  switch (error) {
    case UC_ERR_READ_UNMAPPED:
    case UC_ERR_READ_PROT: pc_ = pc_of_access(fault_address_, false); return Stop::read_fault;
    case UC_ERR_WRITE_UNMAPPED:
      pc_ = pc_of_access(fault_address_, true);
      pc_ += instruction_at(code(pc_, 4), 0).size();
      return Stop::write_fault;
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT: return Stop::fetch_fault;
    case UC_ERR_INSN_INVALID: return reason_for_invalid();
    case UC_ERR_EXCEPTION: return Stop::invalid_state;
    default: check(static_cast<uc_err>(error), "run"); return Stop::aborted;
  }
}

// Unicorn says the same of WFE, with the program counter behind it, as of undefined instructions.
Stop Cpu::reason_for_invalid() {
  const bool behind = pc_ == current_->address + current_->size;
  const std::uint16_t last = instruction_at(code(pc_ - 2, 2), 0).first;
  return behind && (last == wfe || last == yield) ? Stop::wait_for_event : Stop::undefined;
}

Address Cpu::pc_of_access(Address address, bool is_store) const {
  std::array<std::uint32_t, 15> registers{};
  for (unsigned i = 0; i < registers.size(); ++i) registers[i] = r(i);
  const ByteView block = code(current_->address, current_->size);
  for (std::size_t offset = 0; offset < block.size();) {
    const Instruction instruction = instruction_at(block, offset);
    const Address at = current_->address + static_cast<Address>(offset);
    const auto access = access_of(instruction, registers, at);
    if (access && access->is_store == is_store && address >= access->address &&
        address - access->address < access->length) {
      return at;
    }
    offset += instruction.size();
  }
  return current_->address;
}

// Unicorn takes accesses to the banked and special registers for the program's own, and
// unprivileged code sees zeros there.
class Cpu::Privileged {
 public:
  explicit Privileged(const Cpu& cpu) : cpu_(cpu) {
    const bool in_thread = field(cpu.xpsr(), 0, exception_bits) == 0;
    needed_ = in_thread && (cpu.reg(UC_ARM_REG_CONTROL) & 1) != 0;
    if (needed_) cpu_.set_reg(UC_ARM_REG_IPSR, 1);
  }
  ~Privileged() {
    if (needed_) cpu_.set_reg(UC_ARM_REG_IPSR, 0);
  }
  Privileged(const Privileged&) = delete;
  Privileged& operator=(const Privileged&) = delete;

 private:
  const Cpu& cpu_;
  bool needed_;
};

std::uint32_t Cpu::reg(int number) const {
  std::uint32_t value = 0;
  uc_reg_read(engine_, number, &value);
  return value;
}

void Cpu::set_reg(int number, std::uint32_t value) const {
  uc_reg_write(engine_, number, &value);
}

std::uint32_t Cpu::privileged_reg(int number) const {
  const Privileged guard(*this);
  return reg(number);
}

std::uint32_t Cpu::r(unsigned number) const {
  if (number == 13) return reg(UC_ARM_REG_SP);
  if (number == 14) return reg(UC_ARM_REG_LR);
  return reg(UC_ARM_REG_R0 + static_cast<int>(number));
}

void Cpu::set_r(unsigned number, std::uint32_t value) {
  if (number == 13) return set_reg(UC_ARM_REG_SP, value & ~3U);
  if (number == 14) return set_reg(UC_ARM_REG_LR, value);
  set_reg(UC_ARM_REG_R0 + static_cast<int>(number), value);
}

std::uint32_t Cpu::msp() const {
  return privileged_reg(UC_ARM_REG_MSP);
}
std::uint32_t Cpu::psp() const {
  return privileged_reg(UC_ARM_REG_PSP);
}

void Cpu::set_msp(std::uint32_t value) {
  const Privileged guard(*this);
  set_reg(UC_ARM_REG_MSP, value & ~3U);
}

void Cpu::set_psp(std::uint32_t value) {
  const Privileged guard(*this);
  set_reg(UC_ARM_REG_PSP, value & ~3U);
}

std::uint32_t Cpu::xpsr() const {
  return reg(UC_ARM_REG_XPSR);
}

void Cpu::set_xpsr(std::uint32_t value) {
  set_reg(UC_ARM_REG_XPSR_NZCVQG, value | thumb);
  // Unicorn works out what the mode means for translated code only when these flags are written.
  set_reg(UC_ARM_REG_APSR_NZCV, value);
}

std::uint32_t Cpu::control() const {
  return reg(UC_ARM_REG_CONTROL) & 7;
}

// SPSEL can only be written in thread mode, and everything only by privileged code.
void Cpu::set_control(std::uint32_t value) {
  const std::uint32_t flags = xpsr();
  set_reg(UC_ARM_REG_IPSR, 1);
  set_reg(UC_ARM_REG_CONTROL, 0);
  set_reg(UC_ARM_REG_IPSR, 0);
  set_reg(UC_ARM_REG_CONTROL, value & ~1U);
  set_reg(UC_ARM_REG_IPSR, 1);
  set_reg(UC_ARM_REG_CONTROL, value);
  set_reg(UC_ARM_REG_IPSR, field(flags, 0, exception_bits));
  set_reg(UC_ARM_REG_APSR_NZCV, flags);
}

std::uint32_t Cpu::primask() const {
  return privileged_reg(UC_ARM_REG_PRIMASK);
}
std::uint32_t Cpu::faultmask() const {
  return privileged_reg(UC_ARM_REG_FAULTMASK);
}
std::uint32_t Cpu::basepri() const {
  return privileged_reg(UC_ARM_REG_BASEPRI);
}

void Cpu::set_masks(std::uint32_t primask, std::uint32_t faultmask, std::uint32_t basepri) {
  const Privileged guard(*this);
  set_reg(UC_ARM_REG_PRIMASK, primask);
  set_reg(UC_ARM_REG_FAULTMASK, faultmask);
  set_reg(UC_ARM_REG_BASEPRI, basepri);
}

std::uint32_t Cpu::s(unsigned number) const {
  return reg(UC_ARM_REG_S0 + static_cast<int>(number));
}
void Cpu::set_s(unsigned number, std::uint32_t value) {
  set_reg(UC_ARM_REG_S0 + static_cast<int>(number), value);
}
std::uint32_t Cpu::fpscr() const {
  return reg(UC_ARM_REG_FPSCR);
}
void Cpu::set_fpscr(std::uint32_t value) {
  set_reg(UC_ARM_REG_FPSCR, value);
}

}  // namespace emulator
