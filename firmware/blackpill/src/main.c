// SPDX-License-Identifier: 0BSD
// stm32boot Black Pill: a console on USB, and four ways into the ROM bootloader (triggers.h).
#include "main.h"

#include "board.h"
#include "clock.h"
#include "console.h"
#include "led.h"
#include "reboot.h"
#include "registers/core.h"
#include "start.h"
#include "sysboot.h"
#include "ticks.h"
#include "triggers.h"
#include "usb/cdc.h"
#include "usb/device.h"
#include "usb/driver.h"

static enum led_code status(bool has_crystal) {
  if (reboot_is_pending()) return LED_LEAVING;
  if (!has_crystal) return LED_NO_CRYSTAL;
  if (start_reason() == START_ROM_BOUNCED) return LED_ROM_BOUNCED;
  if (!usb_device_is_configured()) return LED_WAITING;  // a bus without host looks suspended, too
  return usb_device_is_suspended() ? LED_SUSPENDED : LED_READY;
}

/// Interrupts are off between looking and sleeping, so none can come in between unnoticed.
static void sleep_until_something_happens(void) {
  interrupts_off();
  if (!usb_driver_needs_poll()) wait_for_interrupt();
  interrupts_on();
}

static void confirm_once_reachable(void) {
  static bool confirmed;
  if (confirmed || !usb_device_is_configured()) return;
  sysboot_confirm();
  confirmed = true;
}

void run(unsigned rom_entries) {
  start_note_reason(rom_entries);
  reboot_start();
  console_start();
  clock_start_hsi();
  ticks_start(CLOCK_HSI_HZ);
  board_start();
  const bool has_crystal = clock_start_pll();
  usb_device_start();
  if (has_crystal) {
    ticks_start(CLOCK_PLL_HZ);
    usb_driver_start();
  }
  for (;;) {
    usb_driver_poll();
    console_poll();
    usb_cdc_poll();
    confirm_once_reachable();
    if (BLACKPILL_TRIGGER_USB && usb_rom_wanted()) reboot_into_rom();
    if (BLACKPILL_TRIGGER_BUTTON && board_button_held()) reboot_into_rom();
    if (reboot_is_due(usb_device_is_idle() && usb_cdc_is_idle())) {
      usb_driver_stop();
      reboot_now();
    }
    led_show(status(has_crystal));
    sleep_until_something_happens();
  }
}
