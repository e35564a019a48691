// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

void MX_GPIO_Init(void);
