// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "usbd_core.h"

#define CDC_SET_LINE_CODING 0x20u
#define CDC_GET_LINE_CODING 0x21u
#define CDC_SET_CONTROL_LINE_STATE 0x22u

uint8_t USBD_CDC_SetRxBuffer(USBD_HandleTypeDef* device, uint8_t* buffer);
uint8_t USBD_CDC_ReceivePacket(USBD_HandleTypeDef* device);
