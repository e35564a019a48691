/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two keys of Apple's IOSerialFamily, declared anew for packaging/check-mac.sh and for a unit test. */
#pragma once
#pragma GCC system_header

#define kIOSerialBSDServiceValue "IOSerialBSDClient"
#define kIOCalloutDeviceKey "IOCalloutDevice"
