// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct usbd_context;

int usbd_disable(struct usbd_context* device);
