/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

int oracle_say(const char* format, ...);
#define warnx(...) oracle_say(__VA_ARGS__)
#define warn(...) oracle_say(__VA_ARGS__)
#define errx(code, ...) oracle_say(__VA_ARGS__)
#define err(code, ...) oracle_say(__VA_ARGS__)
