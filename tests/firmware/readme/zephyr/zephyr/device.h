// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct device {
  const char* name;
};
extern const struct device cdc_acm_uart0;

#define DT_NODELABEL(label) label
#define DEVICE_DT_GET(node) (&node)
