// SPDX-License-Identifier: GPL-3.0-or-later
// GigaDevice's DfuSe ROM, whose serial number is wrongly encoded and whose layout is not the
// chip's.
#pragma once

#include "sysboot/layout.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

/// What a GD32VF103 (28e9:0189) really has instead of the flash that it claims: pages of 1 KiB, as
/// many as the third letter of its serial number says, such as B in "3CBJ" (GD32VF103 datasheet,
/// tables 2-1 and 2-2). `claimed` itself for all other devices and letters.
MemoryLayout correct_gd32_layout(const UsbDeviceInfo& device, const MemoryLayout& claimed);

}  // namespace sysboot
