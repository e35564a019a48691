// SPDX-License-Identifier: 0BSD
// guard on the chip: from the reset to the ROM or the application. It has no .data and no .bss, and
// its stack is in the first bytes of RAM, which applications fill at their start.
#include "../guard_image.h"
#include "decide.h"
#include "port.h"
#include "sysboot_record.h"
#include "sysboot_rom.h"
#include "sysboot_store.h"

#define RCC_CR 0x00u
#define RCC_CFGR 0x08u
#define RCC_AHB1ENR 0x30u
#define CR_OTHER_CLOCKS (SYSBOOT_BIT(16) | SYSBOOT_BIT(24))  // HSEON, PLLON
#define AHB1ENR_CRC SYSBOOT_BIT(12)
#define CRC_DR 0x40023000u
#define CRC_CR 0x40023008u
#define CRC_RESET 1u
#define IWDG_KR 0x40003000u
#define IWDG_FEED 0xAAAAu
#define ICSR_NO_TICK SYSBOOT_BIT(25)
#define SYST_RUN 7u  // with the core's clock, and makes its exception pending
#define SYST_COUNTED SYSBOOT_BIT(16)

#define TICKS_IN_10_MS 160000u  // HSI
#define SECOND_TAP_WITHIN 50u   // 500 ms

#define DONE (SYSBOOT_GUARD | SYSBOOT_GUARD_DONE)

extern uint32_t _stack[];

void reset_handler(void);
void fault_handler(void);
__attribute__((noreturn)) void guard_start(void);

// Up to SysTick, which is the first to come here from an application that has its vectors here.
struct vector_table {
  uint32_t* stack;
  void (*handlers[6])(void);
  struct guard_header header;
  void (*more_handlers[5])(void);
};

__attribute__((section(".vectors"), used)) static const struct vector_table vectors = {
    _stack,
    {reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler},
    {GUARD_MAGIC, GUARD_VERSION, (uint32_t)STORE_RECORD, GUARD_APPLICATION},
    {fault_handler, fault_handler, fault_handler, fault_handler, fault_handler},
};

/// The ROM's *leave* leads here with interrupts on.
__attribute__((naked)) void reset_handler(void) {
  __asm__("cpsid i\n b guard_start\n");
}

/// An image that cannot be read is no image, and an application whose interrupts come here is none
/// that works: into the ROM, as if on request.
void fault_handler(void) {
  store_save_and_reset(SYSBOOT_KEY);
}

static void feed_crc(uint32_t from, uint32_t words) {
  for (; words % 4u != 0u; --words, from += 4u) sysboot_cpu_write(CRC_DR, guard_read(from));
  for (; words != 0u; words -= 4u, from += 16u) {
    sysboot_cpu_write(CRC_DR, guard_read(from));
    sysboot_cpu_write(CRC_DR, guard_read(from + 4u));
    sysboot_cpu_write(CRC_DR, guard_read(from + 8u));
    sysboot_cpu_write(CRC_DR, guard_read(from + 12u));
  }
}

uint32_t guard_image_crc(uint32_t address, uint32_t length) {
  const uint32_t clocks = sysboot_cpu_read(SYSBOOT_RCC + RCC_AHB1ENR);
  sysboot_cpu_write(SYSBOOT_RCC + RCC_AHB1ENR, clocks | AHB1ENR_CRC);
  (void)sysboot_cpu_read(SYSBOOT_RCC + RCC_AHB1ENR);  // it takes two cycles
  sysboot_cpu_write(CRC_CR, CRC_RESET);
  feed_crc(address, GUARD_STAMP_CRC_AT / 4u);
  const uint32_t after = GUARD_STAMP_CRC_AT + 4u;
  feed_crc(address + after, (length - after) / 4u);
  const uint32_t crc = sysboot_cpu_read(CRC_DR);
  sysboot_cpu_write(CRC_CR, CRC_RESET);
  sysboot_cpu_write(SYSBOOT_RCC + RCC_AHB1ENR, clocks);
  return crc;
}

/// A contact bounces for less than a tick of 10 ms. Interrupts are masked, and wake all the same.
static void wait_for_taps(uint32_t record) {
  const bool is_first = (record & SYSBOOT_GUARD_STATE) == SYSBOOT_GUARD_SETTLING;
  sysboot_cpu_write(SYSBOOT_SYST_RVR, TICKS_IN_10_MS - 1u);
  sysboot_cpu_write(SYSBOOT_SYST_CVR, 0u);
  sysboot_cpu_write(SYSBOOT_SYST_CSR, SYST_RUN);
  for (uint32_t ticks = is_first ? SECOND_TAP_WITHIN : 1u; ticks > 0u; --ticks) {
    while ((sysboot_cpu_read(SYSBOOT_SYST_CSR) & SYST_COUNTED) == 0u) __asm__ volatile("wfi");
    sysboot_cpu_write(SYSBOOT_SCB_ICSR, ICSR_NO_TICK);
    sysboot_cpu_write(IWDG_KR, IWDG_FEED);
    if (is_first) store_save(record ^ SYSBOOT_GUARD_SETTLING ^ SYSBOOT_GUARD_ARMED);
  }
  sysboot_cpu_write(SYSBOOT_SYST_CSR, 0u);
  sysboot_cpu_write(SYSBOOT_SYST_RVR, 0u);
  sysboot_cpu_write(SYSBOOT_SYST_CVR, 0u);
  sysboot_cpu_write(SYSBOOT_SCB_ICSR, ICSR_NO_TICK);
}

/// Once seen they are cleared, so that the next start sees its own only.
static uint32_t take_reset_flags(uintptr_t rcc) {
  const uint32_t csr = sysboot_cpu_read(rcc + SYSBOOT_RESET_FLAGS);
  sysboot_cpu_write(rcc + SYSBOOT_RESET_FLAGS, csr | SYSBOOT_BIT(SYSBOOT_RMVF));
  return csr & SYSBOOT_RESET_ALL;
}

void guard_start(void) {
  const uintptr_t rcc = sysboot_cpu_base(SYSBOOT_RCC);
  struct guard_situation found = {
      .flags = take_reset_flags(rcc),
      .record = store_load(),
      .as_after_reset = sysboot_cpu_read(rcc + RCC_CFGR) == 0u &&
                        (sysboot_cpu_read(rcc + RCC_CR) & CR_OTHER_CLOCKS) == 0u,
      .waited = false,
  };
  uint32_t record = guard_decide(&found);
  if ((record & SYSBOOT_GUARD_WAITS) != 0u) {
    wait_for_taps(record);
    found.waited = true;
    record = guard_decide(&found);
  }
  store_save(record);
  if ((record & SYSBOOT_GUARD_STATE) == SYSBOOT_GUARD_LEFT) sysboot_cpu_reset();
  if ((record & (SYSBOOT_GUARD_MASK | SYSBOOT_GUARD_STATE)) != DONE) sysboot_rom_enter(rcc);
  sysboot_cpu_write(SYSBOOT_SCB_VTOR, GUARD_APPLICATION);
  sysboot_cpu_jump(GUARD_APPLICATION);
}
