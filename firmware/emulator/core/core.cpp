// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/core/core.hpp"

#include <fmt/core.h>

namespace emulator {
namespace {

constexpr unsigned lr = 14;
constexpr std::uint32_t basic_frame = 0x20;
constexpr std::uint32_t extended_frame = 0x68;
constexpr std::uint32_t fpu_active = bit(2);     // CONTROL.FPCA
constexpr std::uint32_t process_stack = bit(1);  // CONTROL.SPSEL
constexpr std::uint32_t frame_aligned = bit(9);  // of a stacked xPSR
constexpr std::uint32_t fixed_exc_return = 0xFFFFFFE1;
constexpr std::uint32_t no_fpu_frame = bit(4);    // of EXC_RETURN
constexpr std::uint32_t keep_flags = 0xF80F0000;  // APSR

// CFSR, ARMv7-M B3.2.15.
constexpr std::uint32_t stacking_error = bit(12);
constexpr std::uint32_t unstacking_error = bit(11);
constexpr std::uint32_t invalid_pc = bit(18);
constexpr std::uint32_t invalid_state = bit(17);
// HFSR, B3.2.16.
constexpr std::uint32_t vector_error = bit(1);
constexpr std::uint32_t forced = bit(30);

}  // namespace

Core::Core(Wiring& wiring, Cpu& cpu, CoreMemory& memory)
    : wiring_(wiring), cpu_(cpu), memory_(memory), scb_(wiring), nvic_(wiring) {
  scb_.on_fpu_access = [this] { cpu_.fpu_on = scb_.fpu_on(); };
  scb_.current_exception = [this] { return current_exception(); };
  scb_.lazy_state_pending = [this] {
    return !lazy_.empty() && lazy_.back() && (cpu_.control() & fpu_active) == 0;
  };
}

void Core::reset() {
  scb_.reset();
  nvic_.reset();
  cpu_.fpu_on = scb_.fpu_on();
  lazy_.clear();
  locked_up_ = false;
  sleep_on_exit_ = false;
  event = false;
  cpu_.set_xpsr(0);
  cpu_.set_control(0);
  cpu_.set_masks(0, 0, 0);
  cpu_.set_r(lr, 0xFFFFFFFF);
  const auto stack = memory_.load(0);
  const auto start = memory_.load(4);
  cpu_.set_msp(stack.value_or(0));
  cpu_.set_pc(start.value_or(0));
  if (start.value_or(0) % 2 == 0) lock_up("the reset vector is no address of Thumb code");
}

Masks Core::masks() const {
  return {cpu_.primask(), cpu_.faultmask(), cpu_.basepri()};
}

bool Core::may_take() const {
  return !locked_up_ && wiring_.exceptions.candidate_preempts() &&
         wiring_.exceptions.next(masks()).has_value();
}

bool Core::wakes() const {
  return wiring_.exceptions.wakes(masks());
}

bool Core::take_pending() {
  if (locked_up_) return false;
  const auto next = wiring_.exceptions.next(masks());
  if (!next) return false;
  enter(*next, cpu_.pc());
  return true;
}

void Core::supervisor_call() {
  const Exceptions& e = wiring_.exceptions;
  if (e.group_priority(sv_call) >= e.execution_priority(masks())) {
    return escalate({sv_call, 0, std::nullopt});
  }
  enter(sv_call, cpu_.pc());
}

void Core::fault(const Fault& fault) {
  const Exceptions& e = wiring_.exceptions;
  if (fault.address) {
    scb_.add_bus_fault(fault.cfsr, fault.address);
  } else {
    scb_.add_fault(fault.cfsr);
  }
  const bool can_be_taken = e.is_enabled(fault.exception) &&
                            e.group_priority(fault.exception) < e.execution_priority(masks());
  if (!can_be_taken) return escalate(fault);
  enter(fault.exception, cpu_.pc());
}

void Core::escalate(const Fault& /*fault*/) {
  if (wiring_.exceptions.execution_priority(masks()) <= -1)
    return lock_up("fault in a fault handler");
  scb_.add_hard_fault(forced);
  enter(hard_fault, cpu_.pc());
}

void Core::lock_up(std::string_view why) {
  locked_up_ = true;
  wiring_.reports.add(Finding::lockup, std::string(why));
}

bool Core::store_words(Address address, std::span<const std::uint32_t> words) {
  for (const std::uint32_t word : words) {
    if (!memory_.store(address, word)) return false;
    address += 4;
  }
  return true;
}

// B1.5.7, PushStack(). Floating-point registers are stacked at once, even when the program asked
// for that to happen lazily: all that shows is FPCCR.LSPACT, and that follows
// scb().lazy_state_pending.
std::optional<Core::Frame> Core::push_frame(Address return_address) {
  const bool in_thread = current_exception() == 0;
  const bool has_fpu = (cpu_.control() & fpu_active) != 0 && scb_.fpu_state_is_automatic();
  const bool is_process = in_thread && (cpu_.control() & process_stack) != 0;
  const std::uint32_t before = is_process ? cpu_.psp() : cpu_.msp();
  const bool aligns = scb_.aligns_stack() || has_fpu;
  const bool was_odd = aligns && (before & 4) != 0;
  std::uint32_t pointer = before - (has_fpu ? extended_frame : basic_frame);
  if (aligns) pointer &= ~4U;
  const std::uint32_t flags = (cpu_.xpsr() & ~frame_aligned) | (was_odd ? frame_aligned : 0);
  const std::array basic = {cpu_.r(0),  cpu_.r(1),  cpu_.r(2),      cpu_.r(3),
                            cpu_.r(12), cpu_.r(lr), return_address, flags};
  bool stored = store_words(pointer, basic);
  if (has_fpu) {
    std::array<std::uint32_t, 17> floats{};
    for (unsigned i = 0; i < 16; ++i) floats[i] = cpu_.s(i);
    floats[16] = cpu_.fpscr();
    stored = store_words(pointer + basic_frame, floats) && stored;
    scb_.set_lazy_address(pointer + basic_frame);
  }
  if (is_process) {
    cpu_.set_psp(pointer);
  } else {
    cpu_.set_msp(pointer);
  }
  if (!stored) return std::nullopt;
  return Frame{pointer, is_process, has_fpu};
}

void Core::enter(unsigned exception, Address return_address) {
  const bool in_thread = current_exception() == 0;
  const auto frame = push_frame(return_address);
  if (!frame) {
    scb_.add_bus_fault(stacking_error, std::nullopt);
    return lock_up(fmt::format("no memory for registers at stack pointer {}", hex32(cpu_.r(13))));
  }
  std::uint32_t exc_return = fixed_exc_return | (frame->has_fpu ? 0U : no_fpu_frame);
  if (in_thread) exc_return |= frame->is_process ? 0xCU : 0x8U;
  lazy_.push_back(frame->has_fpu && scb_.stacks_fpu_lazily());
  jump_to_handler(exception, *frame);
  cpu_.set_r(lr, exc_return);
}

// B1.5.6, ExceptionTaken().
void Core::jump_to_handler(unsigned exception, const Frame& /*frame*/) {
  cpu_.set_xpsr((cpu_.xpsr() & keep_flags) | exception);
  cpu_.set_control(cpu_.control() & ~(process_stack | fpu_active));
  wiring_.exceptions.activate(exception);
  event = true;
  const auto vector = memory_.load(scb_.vector_table() + 4 * exception);
  if (!vector) {
    scb_.add_hard_fault(vector_error);
    return lock_up(fmt::format("no vector for exception {} at {}", exception,
                               hex32(scb_.vector_table() + 4 * exception)));
  }
  cpu_.set_pc(*vector);
  if (*vector % 2 == 0) fault({usage_fault, invalid_state, std::nullopt});
}

// B1.5.8, ExceptionReturn().
void Core::return_from_exception() {
  const std::uint32_t exc_return = cpu_.pc() | 1;
  const unsigned returning = current_exception();
  const auto to = check_return(exc_return, returning);
  if (!to) return invalid_return(exc_return);
  wiring_.exceptions.deactivate(returning);
  if (returning != nmi) cpu_.set_masks(cpu_.primask(), 0, cpu_.basepri());
  if (!lazy_.empty()) lazy_.pop_back();
  if (!pop_frame(*to, (exc_return & no_fpu_frame) == 0)) {
    scb_.add_bus_fault(unstacking_error, std::nullopt);
    return lock_up("no memory under the stack frame to return to");
  }
  event = true;
  const bool in_thread = current_exception() == 0;
  sleep_on_exit_ = in_thread && wiring_.exceptions.active_count() == 0 && scb_.sleeps_on_exit();
  if (in_thread == (*to == Return::handler)) fault({usage_fault, invalid_pc, std::nullopt});
}

std::optional<Core::Return> Core::check_return(std::uint32_t exc_return, unsigned returning) {
  const Exceptions& e = wiring_.exceptions;
  if (!e.is_active(returning)) return std::nullopt;
  const bool nested = e.active_count() > 1;
  switch (exc_return & 0xF) {
    case 0x1: return nested ? std::optional(Return::handler) : std::nullopt;
    case 0x9:
      return !nested || scb_.thread_from_nested() ? std::optional(Return::thread_main)
                                                  : std::nullopt;
    case 0xD:
      return !nested || scb_.thread_from_nested() ? std::optional(Return::thread_process)
                                                  : std::nullopt;
    default: return std::nullopt;
  }
}

void Core::invalid_return(std::uint32_t exc_return) {
  const unsigned returning = current_exception();
  wiring_.exceptions.deactivate(returning);
  cpu_.set_r(lr, exc_return);
  fault({usage_fault, invalid_pc, std::nullopt});
}

// B1.5.8, PopStack().
bool Core::pop_frame(Return to, bool has_fpu) {
  const bool is_process = to == Return::thread_process;
  const std::uint32_t pointer = is_process ? cpu_.psp() : cpu_.msp();
  const std::uint32_t words = (has_fpu ? extended_frame : basic_frame) / 4;
  std::array<std::uint32_t, extended_frame / 4> frame{};
  for (std::uint32_t i = 0; i < words; ++i) {
    const auto word = memory_.load(pointer + 4 * i);
    if (!word) return false;
    frame[i] = *word;
  }
  const std::uint32_t flags = frame[7];
  const bool aligns = scb_.aligns_stack() || has_fpu;
  std::uint32_t after = pointer + 4 * words;
  if (aligns && (flags & frame_aligned) != 0) after |= 4;
  if (is_process) {
    cpu_.set_psp(after);
  } else {
    cpu_.set_msp(after);
  }
  for (unsigned i = 0; i < 4; ++i) cpu_.set_r(i, frame[i]);
  cpu_.set_r(12, frame[4]);
  cpu_.set_r(lr, frame[5]);
  cpu_.set_pc(frame[6]);
  if (has_fpu) {
    for (unsigned i = 0; i < 16; ++i) cpu_.set_s(i, frame[8 + i]);
    cpu_.set_fpscr(frame[24]);
  }
  cpu_.set_xpsr(flags & ~frame_aligned);
  const std::uint32_t control = cpu_.control() & ~(fpu_active | process_stack);
  cpu_.set_control(control | (is_process ? process_stack : 0) | (has_fpu ? fpu_active : 0));
  return true;
}

}  // namespace emulator
