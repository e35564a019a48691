// SPDX-License-Identifier: GPL-3.0-or-later
// The instructions of a Cortex-M4, by Unicorn: registers, memory, and running until something
// happens. Exceptions are none of its business.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "emulator/base/clock.hpp"
#include "emulator/cpu/instruction.hpp"

struct uc_struct;

namespace emulator {

/// What surrounds the CPU. Nothing here may change its registers, except where it says so.
class CpuSurroundings {
 public:
  /// Accesses to memory that was mapped as I/O.
  virtual std::uint32_t read_io(Address address, unsigned size) = 0;
  virtual void write_io(Address address, unsigned size, std::uint32_t value) = 0;
  /// A store into read-only memory; the memory keeps its content unless this changes it.
  virtual void write_read_only(Address address, unsigned size, std::uint32_t value) = 0;
  /// SEV, some instructions before it is executed.
  virtual void send_event() = 0;
  /// Would an exception be taken before the next instruction? Asked only while Cpu::attention.
  virtual bool interrupt_due() = 0;

 protected:
  ~CpuSurroundings() = default;
};

/// Why Cpu::run() came back. The program counter is at the instruction to run next, except where
/// said otherwise.
enum class Stop {
  limit,               ///< Clock::limit is reached
  interrupt,           ///< interrupt_due()
  steps,               ///< as many instructions as asked for
  breakpoint,          ///< before the instruction there
  aborted,             ///< Cpu::abort(); registers are of no use any more
  wait_for_interrupt,  ///< after WFI
  wait_for_event,      ///< after WFE
  spinning,            ///< at `b .`
  supervisor_call,     ///< after SVC
  exception_return,    ///< the program counter is EXC_RETURN
  debug_breakpoint,    ///< at BKPT
  undefined,           ///< at an instruction that does not exist
  no_coprocessor,      ///< at a floating-point instruction, and the FPU is off
  invalid_state,       ///< ARM instructions, which an M4 does not have
  fetch_fault,         ///< the program counter is where nothing can be executed
  read_fault,          ///< at the load
  write_fault,         ///< after the store
};

enum class Permission { read, read_execute, all };

class Cpu {
 public:
  Cpu(Clock& clock, CpuSurroundings& surroundings);
  ~Cpu();
  Cpu(const Cpu&) = delete;
  Cpu& operator=(const Cpu&) = delete;

  /// `memory` outlives the mapping, and is mapped once. Addresses and sizes are multiples of 4 KiB.
  void map(Address address, std::span<std::uint8_t> memory, Permission permission);
  void map_io(Address address, std::uint32_t size);
  void unmap(Address address, std::uint32_t size);
  /// Memory that holds code has changed under the CPU.
  void forget_code();
  void forget_code(Address address, std::size_t size);

  Stop run();
  /// Executes so many instructions one by one, unless something happens before; an IT block counts
  /// as one. Slower than run().
  Stop step(unsigned instructions);
  /// As run(), and stops before the function at `address` is executed (or what else is jumped to),
  /// unless it starts there.
  Stop run_to(Address address);
  /// From within a callback: no further instruction is executed.
  void abort();
  /// Where the last fault was.
  Address fault_address() const { return fault_address_; }
  /// The instruction that is accessing `address` right now.
  Address pc_of_access(Address address, bool is_store) const;

  /// While set, interrupt_due() is asked before each block of instructions.
  bool attention = false;
  /// CPACR gives access to the FPU.
  bool fpu_on = false;

  std::uint32_t r(unsigned number) const;  ///< 0 to 14
  void set_r(unsigned number, std::uint32_t value);
  Address pc() const { return pc_; }
  void set_pc(Address pc) { pc_ = pc & ~1U; }
  std::uint32_t msp() const;
  std::uint32_t psp() const;
  void set_msp(std::uint32_t value);
  void set_psp(std::uint32_t value);
  /// Flags, exception number, IT state.
  std::uint32_t xpsr() const;
  /// Enters or leaves handler mode as the exception number says; the stack pointer follows.
  void set_xpsr(std::uint32_t value);
  std::uint32_t control() const;  ///< nPRIV, SPSEL, FPCA
  void set_control(std::uint32_t value);
  std::uint32_t primask() const;
  std::uint32_t faultmask() const;
  std::uint32_t basepri() const;
  void set_masks(std::uint32_t primask, std::uint32_t faultmask, std::uint32_t basepri);
  std::uint32_t s(unsigned number) const;  ///< 0 to 31
  void set_s(unsigned number, std::uint32_t value);
  std::uint32_t fpscr() const;
  void set_fpscr(std::uint32_t value);

 private:
  struct Hooks;  // Unicorn's callbacks
  friend struct Hooks;
  struct Io {
    Cpu* cpu;
    Address base;
  };
  struct Block {
    Address address = 1;
    std::uint32_t size = 0;
    BlockFacts facts;
  };

  class Privileged;
  std::uint32_t reg(int number) const;
  void set_reg(int number, std::uint32_t value) const;
  std::uint32_t privileged_reg(int number) const;
  std::span<std::uint8_t> memory(Address address, std::uint32_t size) const;
  void keep(Address address, unsigned size);
  void restore_kept();
  void on_block(Address address, std::uint32_t size);
  void on_instruction(Address address, std::uint32_t size);
  bool must_stop();
  void stop(Stop reason);
  Stop go();
  Stop go_precisely();
  Stop reason_for(int error);
  Stop reason_for_invalid();
  ByteView code(Address address, std::uint32_t size) const;

  Clock& clock_;
  CpuSurroundings& surroundings_;
  uc_struct* engine_ = nullptr;
  struct Mapping {
    Address address;
    std::span<std::uint8_t> memory;
    bool is_executable;
  };
  std::vector<Mapping> mappings_;
  struct Kept {
    Address address;
    Bytes content;
  };
  std::vector<Kept> kept_;  // read-only memory that Unicorn is about to overwrite
  std::vector<std::unique_ptr<Io>> io_;
  std::vector<Block> blocks_;  // facts about blocks, by address; newer ones displace older ones
  std::uint32_t longest_block_ = 0;
  Address pc_ = 0;
  bool stopping_ = false;
  Stop stop_ = Stop::limit;
  Address fault_address_ = 0;
  const Block* current_;  // the block that runs, or the instruction when stepping
  Block instruction_;
  bool precise_ = false;  // one instruction at a time
  unsigned steps_ = 0;
  unsigned it_left_ = 0;
  std::optional<Address> breakpoint_;
};

}  // namespace emulator
