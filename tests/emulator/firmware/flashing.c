/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flash controller, from flash and from RAM. */
#include "device.h"

#define TARGET 0x08060000 /* sector 7 */

static void unlock(void) {
  FLASH_KEYR = 0x45670123;
  FLASH_KEYR = 0xCDEF89AB;
}

static void wait(void) {
  while (FLASH_SR & BIT(16)) {
  }
}

static void program(void) {
  unlock();
  FLASH_CR = BIT(0) | 2 << 8;
  REG(TARGET) = 0x12345678;
  wait();
  note(REG(TARGET));
  FLASH_CR = BIT(0);
  REG8(TARGET + 4) = 0xA5;
  wait();
  note(REG(TARGET + 4));
  FLASH_CR = BIT(0) | 1 << 8;
  REG16(TARGET + 6) = 0xBEEF;
  wait();
  note(REG(TARGET + 4));
  note(FLASH_SR);
  FLASH_CR = BIT(31);
}

static void erase(void) {
  unlock();
  FLASH_CR = BIT(1) | 7 << 3 | 2 << 8;
  FLASH_CR |= BIT(16);
  wait();
  note(REG(TARGET));
  note(FLASH_CR & BIT(16));
}

static void errors(void) {
  unlock();
  FLASH_CR = BIT(0) | 2 << 8;
  REG8(TARGET) = 1; /* PSIZE says words */
  note(FLASH_SR & 0xF2);
  FLASH_SR = 0xF2;
  FLASH_CR = 0;
  REG(TARGET) = 1; /* without PG */
  note(FLASH_SR & 0xF2);
  FLASH_SR = 0xF2;
  FLASH_CR = BIT(0) | 2 << 8;
  REG(TARGET) = 0x0000FFFF;
  wait();
  REG(TARGET) = 0xFFFF0000; /* over bits that are 0 */
  wait();
  note(REG(TARGET));
}

static void locked(void) {
  FLASH_CR = BIT(0) | 2 << 8;
  note(FLASH_CR);
  FLASH_KEYR = 0x11111111;
  unlock();
  note(FLASH_CR);
}

/* RAM code runs on while flash is busy. */
__attribute__((section(".ramcode"), noinline, long_call)) static uint32_t erase_from_ram(void) {
  uint32_t loops = 0;
  FLASH_CR = BIT(1) | 7 << 3 | 2 << 8;
  FLASH_CR |= BIT(16);
  while (FLASH_SR & BIT(16)) ++loops;
  return loops;
}

static void from_ram(void) {
  unlock();
  note(erase_from_ram() > 1000);
}

/* Code that was executed, erased and written anew must not be executed from memory of it. */
static void rewritten_code(void) {
  uint32_t (*const function)(void) = (uint32_t(*)(void))(TARGET + 1);
  unlock();
  FLASH_CR = BIT(0) | 2 << 8;
  REG(TARGET) = 0x47702001; /* movs r0, #1; bx lr */
  wait();
  note(function());
  FLASH_CR = BIT(1) | 7 << 3 | 2 << 8;
  FLASH_CR |= BIT(16);
  wait();
  FLASH_CR = BIT(0) | 2 << 8;
  REG(TARGET) = 0x47702002;
  wait();
  note(function());
}

int main(void) {
  static void (*const scenarios[])(void) = {program, erase, errors, locked, from_ram,
                                            rewritten_code};
  scenarios[scenario]();
  return 0;
}
