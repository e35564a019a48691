// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

void MX_USB_DEVICE_Init(void);
