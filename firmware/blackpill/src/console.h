// SPDX-License-Identifier: 0BSD
// The console on the serial port: lines that end with CR or LF, edited with backspace, Ctrl-U and
// Ctrl-C. An empty line does nothing. `help` lists the commands.
#pragma once

/// An empty line.
void console_start(void);

/// Takes what the host has typed, and answers.
void console_poll(void);
