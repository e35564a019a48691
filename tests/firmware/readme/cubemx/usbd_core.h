// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stdint.h>

typedef struct {
  int state;
} USBD_HandleTypeDef;
typedef enum { USBD_OK, USBD_BUSY } USBD_StatusTypeDef;
typedef struct {
  uint8_t bmRequest;
  uint8_t bRequest;
  uint16_t wValue;
  uint16_t wIndex;
  uint16_t wLength;
} USBD_SetupReqTypedef;

USBD_StatusTypeDef USBD_Stop(USBD_HandleTypeDef* device);
