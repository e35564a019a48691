/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the program uses of Apple's I/O Kit, declared anew for packaging/check-mac.sh and for a unit test; the documentation
 * of each is at developer.apple.com/documentation/iokit. */
#pragma once
#pragma GCC system_header
#include <CoreFoundation/CoreFoundation.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int kern_return_t;
typedef unsigned int mach_port_t;
typedef mach_port_t io_object_t;
typedef io_object_t io_iterator_t;
typedef io_object_t io_registry_entry_t;
typedef unsigned int IOOptionBits;
typedef char io_name_t[128];

#define KERN_SUCCESS 0
#define IO_OBJECT_NULL ((io_object_t)0)
#define kIOServicePlane "IOService"
enum { kIORegistryIterateRecursively = 1, kIORegistryIterateParents = 2 };

CFMutableDictionaryRef IOServiceMatching(const char* name);
kern_return_t IOServiceGetMatchingServices(mach_port_t port, CFDictionaryRef matching,
                                           io_iterator_t* existing);
io_object_t IOIteratorNext(io_iterator_t iterator);
kern_return_t IOObjectRelease(io_object_t object);
CFTypeRef IORegistryEntryCreateCFProperty(io_registry_entry_t entry, CFStringRef key,
                                          CFAllocatorRef allocator, IOOptionBits options);
CFTypeRef IORegistryEntrySearchCFProperty(io_registry_entry_t entry, const io_name_t plane,
                                          CFStringRef key, CFAllocatorRef allocator,
                                          IOOptionBits options);

#ifdef __cplusplus
}
#endif
