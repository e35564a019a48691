// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>
#include <zephyr/device.h>

enum uart_line_ctrl {
  UART_LINE_CTRL_BAUD_RATE = 1,
  UART_LINE_CTRL_RTS = 2,
  UART_LINE_CTRL_DTR = 4
};
typedef void (*uart_irq_callback_user_data_t)(const struct device* uart, void* data);

int uart_irq_callback_user_data_set(const struct device* uart,
                                    uart_irq_callback_user_data_t callback, void* data);
void uart_irq_rx_enable(const struct device* uart);
int uart_irq_update(const struct device* uart);
int uart_irq_rx_ready(const struct device* uart);
int uart_fifo_read(const struct device* uart, uint8_t* bytes, const int size);
int uart_line_ctrl_get(const struct device* uart, uint32_t control, uint32_t* value);
