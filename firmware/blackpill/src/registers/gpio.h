// SPDX-License-Identifier: 0BSD
// General-purpose pins of the STM32F411 (RM0383 chapter 8) and its unique id (chapter 24).
#pragma once

#include <stdint.h>

struct gpio {
  volatile uint32_t moder, otyper, ospeedr, pupdr, idr, odr, bsrr, lckr, afr[2];
};
#define GPIOA ((struct gpio*)0x40020000u)
#define GPIOC ((struct gpio*)0x40020800u)

enum gpio_mode { GPIO_INPUT = 0, GPIO_OUTPUT = 1, GPIO_ALTERNATE = 2 };
enum gpio_pull { GPIO_NO_PULL = 0, GPIO_PULL_UP = 1 };
#define GPIO_FASTEST 3u
#define GPIO_AF_OTG_FS 10u  // DS-F411 table 9

static inline void gpio_set_field(volatile uint32_t* fields, uint32_t pin, uint32_t value) {
  *fields = (*fields & ~(3u << 2u * pin)) | value << 2u * pin;
}

/// 96 bits: coordinates on the wafer, wafer and lot number.
#define UNIQUE_ID ((const volatile uint32_t*)0x1FFF7A10u)
