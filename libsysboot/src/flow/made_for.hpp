// SPDX-License-Identifier: GPL-3.0-or-later
// Is the image for the device that is there?
#pragma once

#include "sysboot/image.hpp"
#include "sysboot/usb.hpp"

namespace sysboot {

/// A file that says which device it is for must mean this one, unless forced.
/// Error: image_does_not_fit, with both ids.
void check_made_for(const Image& image, const UsbDeviceInfo& device, bool force);

}  // namespace sysboot
