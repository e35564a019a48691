// SPDX-License-Identifier: 0BSD
#include "console.h"

#include <stdbool.h>
#include <stddef.h>

#include "reboot.h"
#include "start.h"
#include "text.h"
#include "ticks.h"
#include "triggers.h"
#include "usb/cdc.h"

#ifndef BLACKPILL_VERSION
#error "define BLACKPILL_VERSION"
#endif

#define LONGEST_LINE 120u
enum { CTRL_C = 0x03, BACKSPACE = 0x08, CTRL_U = 0x15, DELETE = 0x7F };

static char line[LONGEST_LINE + 1u];
static size_t used;
static bool too_long;

static void say(const char* text) {
  usb_cdc_write(text, text_length(text));
}

static void say_number(uint32_t value) {
  char digits[11];
  text_decimal(digits, value);
  say(digits);
}

static void help(const char* arguments);

static void version(const char* arguments) {
  (void)arguments;
  say("stm32boot Black Pill " BLACKPILL_VERSION "\r\n");
}

static void uptime(const char* arguments) {
  (void)arguments;
  const uint32_t now = ticks_now();
  const char millis[] = {'.', (char)('0' + now / 100u % 10u), (char)('0' + now / 10u % 10u),
                         (char)('0' + now % 10u), '\0'};
  say_number(now / 1000u);
  say(millis);
  say(" s, started by ");
  say(start_describe());
  say("\r\n");
}

static void echo(const char* arguments) {
  say(arguments);
  say("\r\n");
}

#if BLACKPILL_TRIGGER_LINE
static void dfu(const char* arguments) {
  (void)arguments;
  say("rebooting into the bootloader\r\n");
  reboot_into_rom();
}
#endif

static void reset(const char* arguments) {
  (void)arguments;
  say("resetting\r\n");
  reboot_into_application();
}

static const struct command {
  const char* name;
  const char* help;
  void (*run)(const char* arguments);
  bool has_arguments;
} commands[] = {
    {"help", "this list", help, false},
    {"version", "which firmware this is", version, false},
    {"uptime", "for how long it has run, and why it was started", uptime, false},
    {"echo", "says the rest of the line", echo, true},
#if BLACKPILL_TRIGGER_LINE
    {"dfu", "reboots into the ROM bootloader", dfu, false},
#endif
    {"reset", "starts the firmware anew", reset, false},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

/// With a colon, so that a help text that a terminal sends back is no command.
static void help(const char* arguments) {
  (void)arguments;
  for (size_t n = 0; n < COMMANDS; ++n) {
    say(commands[n].name);
    say(": ");
    say(commands[n].help);
    say("\r\n");
  }
}

static void refuse(const char* what, const char* why) {
  say(what);
  say(why);
  say("\r\n");
}

/// "name" or "name arguments".
static void run_line(void) {
  size_t name_end = 0;
  while (line[name_end] != ' ' && line[name_end] != '\0') ++name_end;
  const bool has_arguments = line[name_end] != '\0';
  line[name_end] = '\0';
  for (size_t n = 0; n < COMMANDS; ++n) {
    if (!text_equal(line, commands[n].name)) continue;
    if (has_arguments && !commands[n].has_arguments) {
      refuse(line, ": takes no arguments");
    } else {
      commands[n].run(has_arguments ? &line[name_end + 1u] : "");
    }
    return;
  }
  refuse(line, ": unknown command; try help");
}

void console_start(void) {
  used = 0;
  too_long = false;
}

static void end_line(void) {
  while (used > 0 && line[used - 1u] == ' ') --used;
  if (used == 0 && !too_long) return;
  say("\r\n");
  line[used] = '\0';
  if (too_long) {
    refuse("", "line too long");
  } else {
    run_line();
  }
  say("> ");
  console_start();
}

static void erase_last(void) {
  if (used == 0) return;
  --used;
  say("\b \b");
}

static void type(char c) {
  if (used == LONGEST_LINE) {
    too_long = true;
    return;
  }
  line[used++] = c;
  usb_cdc_write(&c, 1);
}

static void take(char c) {
  switch (c) {
    case '\r':
    case '\n': end_line(); break;
    case BACKSPACE:
    case DELETE: erase_last(); break;
    case CTRL_U:
      while (used > 0) erase_last();
      console_start();
      break;
    case CTRL_C:
      say("^C\r\n> ");
      console_start();
      break;
    default:
      if (c >= ' ' && c < DELETE) type(c);
  }
}

void console_poll(void) {
  while (usb_cdc_can_answer()) {
    const int c = usb_cdc_read();
    if (c < 0) return;
    take((char)c);
  }
}
