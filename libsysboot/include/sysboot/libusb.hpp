// SPDX-License-Identifier: GPL-3.0-or-later
// For programs that know that nothing else in them uses libusb.
#pragma once

namespace sysboot {

/// To be called before system_host(). On Linux this library opens devices by their files and hears
/// of them from the kernel, so that libusb need not scan the bus when it starts. libusb 1.0.27 and
/// newer can be told so for this library alone; 1.0.25 and 1.0.26 only for the whole process: from
/// here on, no context that it makes lists devices or has hotplug events. Elsewhere this does
/// nothing.
void use_libusb_alone();

}  // namespace sysboot
