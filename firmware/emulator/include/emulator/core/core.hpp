// SPDX-License-Identifier: GPL-3.0-or-later
// A Cortex-M4: the CPU with its exceptions, as the pseudocode in ARMv7-M B1.5 has them.
#pragma once

#include "emulator/core/scb.hpp"
#include "emulator/cpu/cpu.hpp"

namespace emulator {

/// Memory as the core itself sees it when it stacks registers and fetches vectors.
class CoreMemory {
 public:
  /// None where there is no memory.
  virtual std::optional<std::uint32_t> load(Address address) = 0;
  /// False where there is no memory that can be written.
  virtual bool store(Address address, std::uint32_t value) = 0;

 protected:
  ~CoreMemory() = default;
};

/// A fault that an instruction has caused.
struct Fault {
  Exception exception = hard_fault;
  std::uint32_t cfsr = 0;
  std::optional<Address> address;  ///< for BFAR
};

class Core {
 public:
  Core(Wiring& wiring, Cpu& cpu, CoreMemory& memory);

  /// As after a reset, with the stack pointer and the program counter from the vector table at 0.
  void reset();

  /// Takes the most urgent exception, if there is one to be taken now. True if so.
  bool take_pending();
  bool may_take() const;
  /// Does WFI end?
  bool wakes() const;

  void supervisor_call();
  /// An instruction at the program counter was faulty; the handler returns there.
  void fault(const Fault& fault);
  void return_from_exception();

  bool locked_up() const { return locked_up_; }
  /// The handler returned to a program that asked to sleep until the next interrupt.
  bool sleeps_now() const { return sleep_on_exit_; }
  void woken() { sleep_on_exit_ = false; }
  /// The event register of WFE.
  bool event = false;

  Masks masks() const;
  unsigned current_exception() const { return field(cpu_.xpsr(), 0, 9); }
  Scb& scb() { return scb_; }
  const Scb& scb() const { return scb_; }
  NvicRegisters& nvic() { return nvic_; }

 private:
  enum class Return { handler, thread_main, thread_process };
  struct Frame {
    std::uint32_t pointer;
    bool is_process;
    bool has_fpu;
  };

  void enter(unsigned exception, Address return_address);
  std::optional<Frame> push_frame(Address return_address);
  void jump_to_handler(unsigned exception, const Frame& frame);
  std::optional<Return> check_return(std::uint32_t exc_return, unsigned returning);
  bool pop_frame(Return to, bool has_fpu);
  void invalid_return(std::uint32_t exc_return);
  void escalate(const Fault& fault);
  void lock_up(std::string_view why);
  bool store_words(Address address, std::span<const std::uint32_t> words);

  Wiring& wiring_;
  Cpu& cpu_;
  CoreMemory& memory_;
  Scb scb_;
  NvicRegisters nvic_;
  bool locked_up_ = false;
  bool sleep_on_exit_ = false;
  std::vector<bool> lazy_;  // of each frame on the stack: are its floating-point registers unused?
};

}  // namespace emulator
