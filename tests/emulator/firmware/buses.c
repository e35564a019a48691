/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPI, I2C, and what DMA moves for them, for a serial port, for the ADC and in memory. */
#include "device.h"

#define SPI1(offset) REG(0x40013000 + (offset))
#define I2C1(offset) REG(0x40005400 + (offset))
#define ADC1(offset) REG(0x40012000 + (offset))
#define DMA2(offset) REG(0x40026400 + (offset))
#define STREAM(n, offset) DMA2(0x10 + 24 * (n) + (offset))

enum { CR = 0, NDTR = 4, PAR = 8, M0AR = 12 };
enum { TO_PERIPHERAL = 1 << 6, CIRCULAR = 1 << 8, MINC = 1 << 10, HALF_WORDS = 1 << 11 | 1 << 13 };

static uint8_t sent[4] = {1, 2, 3, 4};
static volatile uint8_t received[4];

static void stream(unsigned n, uint32_t peripheral, volatile void *memory, uint32_t items,
                   uint32_t control) {
  STREAM(n, PAR) = peripheral;
  STREAM(n, M0AR) = (uint32_t)memory;
  STREAM(n, NDTR) = items;
  STREAM(n, CR) = control | 1;
}

static void spi_polled(void) {
  RCC_APB2ENR |= BIT(12);
  SPI1(0x00) = BIT(9) | BIT(8) | BIT(6) | BIT(2); /* master, no NSS pin */
  for (unsigned i = 0; i < 2; ++i) {
    while (!(SPI1(0x08) & 2)) {
    }
    SPI1(0x0C) = 0x50 + i;
    while (!(SPI1(0x08) & 1)) {
    }
    note(SPI1(0x0C));
  }
  while (SPI1(0x08) & BIT(7)) {
  }
  note(SPI1(0x08));
}

static void spi_by_dma(void) {
  RCC_AHB1ENR |= BIT(22);
  RCC_APB2ENR |= BIT(12);
  stream(2, 0x4001300C, received, 4, MINC | 3 << 25);
  stream(3, 0x4001300C, sent, 4, MINC | TO_PERIPHERAL | 3 << 25);
  SPI1(0x04) = 3;
  SPI1(0x00) = BIT(9) | BIT(8) | BIT(6) | BIT(2);
  while (!(DMA2(0x00) & BIT(21))) { /* TCIF2 */
  }
  for (unsigned i = 0; i < 4; ++i) note(received[i]);
  note(STREAM(2, CR) & 1);
  note(STREAM(2, NDTR));
  note(DMA2(0x00));
  DMA2(0x08) = ~0UL;
  note(DMA2(0x00));
}

/* As every driver looks for a device. */
static void i2c_without_devices(void) {
  RCC_APB1ENR |= BIT(21);
  I2C1(0x00) = 1;
  note(I2C1(0x18));
  I2C1(0x00) |= BIT(8);
  while (!(I2C1(0x14) & 1)) {
  }
  note(I2C1(0x18));
  I2C1(0x10) = 0x68 << 1;
  while (!(I2C1(0x14) & (BIT(1) | BIT(10)))) {
  }
  note(I2C1(0x14));
  I2C1(0x14) = (uint32_t)~BIT(10);
  I2C1(0x00) |= BIT(9);
  while (I2C1(0x18) & 2) {
  }
  note(I2C1(0x14));
  note(I2C1(0x00));
}

void irq70_handler(void) {
  note(DMA2(0x04) >> 22);
  DMA2(0x0C) = 0x3F << 22;
}

static void serial_by_dma(void) {
  static const char text[] = "hello";
  RCC_AHB1ENR |= BIT(22);
  RCC_APB2ENR |= BIT(4);
  USART1(0x08) = 16000000 / 115200;
  USART1(0x14) = BIT(6) | BIT(7);
  USART1(0x0C) = BIT(13) | BIT(3) | BIT(2);
  NVIC_ISER(2) = BIT(70 - 64);
  stream(2, 0x40011004, received, 4, MINC | CIRCULAR | 4 << 25);
  stream(7, 0x40011004, (void *)text, 5, MINC | TO_PERIPHERAL | BIT(4) | 4 << 25);
  for (;;) __asm volatile("wfi");
}

/* OVRIE is set as STM32duino does. */
static void adc_by_dma(void) {
  static volatile uint16_t values[4];
  RCC_AHB1ENR |= BIT(22);
  RCC_APB2ENR |= BIT(8);
  ADC1(0x04) = BIT(26) | BIT(8);
  ADC1(0x2C) = 1 << 20;
  ADC1(0x34) = 17 | 18 << 5;
  stream(0, 0x4001204C, values, 4, MINC | HALF_WORDS);
  ADC1(0x08) = BIT(9) | BIT(8) | BIT(1) | 1;
  ADC1(0x08) |= BIT(30);
  while (!(DMA2(0x00) & BIT(5))) { /* TCIF0 */
  }
  for (unsigned i = 0; i < 4; ++i) note(values[i]);
}

/* Two channels, as Betaflight reads the chip's own temperature and voltage. */
static void adc_injected(void) {
  RCC_APB2ENR |= BIT(8);
  ADC1(0x04) = BIT(8);
  ADC1(0x38) = 1 << 20 | 17 << 10 | 18 << 15;
  ADC1(0x18) = 43;
  ADC1(0x08) = 1;
  ADC1(0x08) |= BIT(22);
  while (!(ADC1(0x00) & BIT(2))) {
  }
  note(ADC1(0x3C));
  note(ADC1(0x40));
  ADC1(0x00) = 0;
  note(ADC1(0x00));
}

static void memory_copy(void) {
  RCC_AHB1ENR |= BIT(22);
  stream(1, (uint32_t)sent, received, 4, BIT(9) | MINC | 2 << 6);
  while (!(DMA2(0x00) & BIT(11))) { /* TCIF1 */
  }
  for (unsigned i = 0; i < 4; ++i) note(received[i]);
  stream(1, (uint32_t)sent, (void *)0x30000000, 4, BIT(9) | MINC | 2 << 6);
  while (!(DMA2(0x00) & BIT(9))) { /* TEIF1 */
  }
  note(STREAM(1, CR) & 1);
}

/* A timer asks, which is not modelled: WS2812 and DShot are driven so. */
static void pins_by_dma(void) {
  RCC_AHB1ENR |= BIT(0) | BIT(22);
  stream(5, 0x40020014, sent, 4, MINC | TO_PERIPHERAL | 6 << 25);
  while (!(DMA2(0x04) & BIT(11))) { /* TCIF5 */
  }
  note(GPIO(0, 0x14));
}

int main(void) {
  static void (*const scenarios[])(void) = {spi_polled,    spi_by_dma, i2c_without_devices,
                                            serial_by_dma, adc_by_dma, adc_injected, memory_copy,
                                            pins_by_dma};
  scenarios[scenario]();
  return 0;
}
