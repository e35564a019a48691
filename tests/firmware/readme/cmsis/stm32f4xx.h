// SPDX-License-Identifier: GPL-3.0-or-later
// What the listing uses of CMSIS and of ST's device header.
#pragma once

#include <stdint.h>

typedef struct {
  volatile uint32_t VTOR;
} SCB_Type;
typedef struct {
  volatile uint32_t AHB1ENR;
} RCC_TypeDef;
typedef struct {
  volatile uint32_t PUPDR, IDR;
} GPIO_TypeDef;
typedef struct {
  volatile uint32_t DCTL;
} USB_OTG_DeviceTypeDef;

extern SCB_Type* SCB;
extern RCC_TypeDef* RCC;
extern GPIO_TypeDef* GPIOA;
extern uint32_t SystemCoreClock;
#define RCC_AHB1ENR_GPIOAEN 0x1u
#define GPIO_PUPDR_PUPD0_0 0x1u
#define GPIO_IDR_ID0 0x1u
#define USB_OTG_DCTL_SDIS 0x2u
#define USB_OTG_FS_PERIPH_BASE 0x50000000u
#define USB_OTG_DEVICE_BASE 0x800u

void SystemInit(void);
uint32_t SysTick_Config(uint32_t ticks);
void __WFI(void);
