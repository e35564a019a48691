// SPDX-License-Identifier: GPL-3.0-or-later
// What the listing uses of STM32CubeF4's HAL and of the files that STM32CubeMX makes.
#pragma once

#include <stdint.h>

typedef struct {
  uint32_t IDR;
} GPIO_TypeDef;
typedef enum { GPIO_PIN_RESET, GPIO_PIN_SET } GPIO_PinState;

extern GPIO_TypeDef* KEY_GPIO_Port;
#define KEY_Pin ((uint16_t)0x0001)

void HAL_Init(void);
void HAL_Delay(uint32_t ms);
uint32_t HAL_GetTick(void);
GPIO_PinState HAL_GPIO_ReadPin(const GPIO_TypeDef* port, uint16_t pin);
void HAL_GPIO_EXTI_Callback(uint16_t pin);
