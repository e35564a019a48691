// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_registry.hpp"

#include <CoreFoundation/CoreFoundation.h>
#include <IOKit/IOKitLib.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace sysboot {
namespace {

FakeRegistry* current = nullptr;

constexpr unsigned first_iterator = 1000;
constexpr int failure = -536870212;  // kIOReturnError

// A class is found by the name of the one that it is made from, too.
bool is_a(const std::string& kind, const std::string& wanted) {
  return kind == wanted || (kind == "AppleUSBDevice" && wanted == "IOUSBHostDevice");
}

}  // namespace

FakeRegistry::FakeRegistry() {
  current = this;
}

FakeRegistry::~FakeRegistry() {
  EXPECT_EQ(held_, 0) << "objects that were not released";
  current = nullptr;
}

unsigned FakeRegistry::add(unsigned parent, const std::string& kind, const Properties& properties) {
  entries_.push_back({parent, kind, properties});
  return static_cast<unsigned>(entries_.size() - 1);
}

void FakeRegistry::cut_off(unsigned entry) {
  entries_[entry].parent = 0;
}

// Every object of Core Foundation is a Value, or the name of a class that is looked for.
struct Calls {
  static const void* create(const FakeRegistry::Value& value) {
    ++current->held_;
    return new FakeRegistry::Value(value);
  }

  static const FakeRegistry::Value& at(const void* object) {
    return *static_cast<const FakeRegistry::Value*>(object);
  }

  static const std::string& text(const void* object) { return std::get<std::string>(at(object)); }

  static void release(const void* object) {
    delete static_cast<const FakeRegistry::Value*>(object);
    --current->held_;
  }

  static const void* property(unsigned entry, const std::string& key) {
    const auto& properties = current->entries_.at(entry).properties;
    const auto found = properties.find(key);
    return found == properties.end() ? nullptr : create(found->second);
  }

  static const void* property_above(unsigned entry, const std::string& key) {
    for (; entry != 0; entry = current->entries_.at(entry).parent) {
      if (const void* found = property(entry, key)) return found;
    }
    return nullptr;
  }

  static int list(const std::string& kind, unsigned& iterator) {
    if (current->refuses_) return failure;
    std::vector<unsigned> matching;
    for (unsigned i = 0; i < current->entries_.size(); ++i) {
      if (is_a(current->entries_[i].kind, kind)) matching.push_back(i);
    }
    std::reverse(matching.begin(), matching.end());
    iterator = first_iterator + static_cast<unsigned>(current->iterators_.size());
    current->iterators_[iterator] = std::move(matching);
    ++current->held_;
    return KERN_SUCCESS;
  }

  static unsigned next(unsigned iterator) {
    auto& rest = current->iterators_.at(iterator);
    if (rest.empty()) return IO_OBJECT_NULL;
    const unsigned entry = rest.back();
    rest.pop_back();
    ++current->held_;
    return entry;
  }

  static void release(io_object_t) { --current->held_; }
};

}  // namespace sysboot

using sysboot::Calls;
using sysboot::FakeRegistry;

const CFAllocatorRef kCFAllocatorDefault = nullptr;

CFTypeID CFGetTypeID(CFTypeRef object) {
  return Calls::at(object).index();
}

CFTypeID CFNumberGetTypeID() {
  return FakeRegistry::Value(std::int64_t{}).index();
}

CFTypeID CFStringGetTypeID() {
  return FakeRegistry::Value(std::string()).index();
}

Boolean CFNumberGetValue(CFNumberRef number, CFNumberType type, void* value) {
  if (type != kCFNumberSInt64Type) return 0;
  std::memcpy(value, &std::get<std::int64_t>(Calls::at(number)), sizeof(std::int64_t));
  return 1;
}

Boolean CFStringGetCString(CFStringRef text, char* buffer, CFIndex size,
                           CFStringEncoding encoding) {
  const std::string& content = Calls::text(text);
  if (encoding != kCFStringEncodingUTF8 || content.size() >= static_cast<std::size_t>(size)) {
    return 0;
  }
  std::memcpy(buffer, content.c_str(), content.size() + 1);
  return 1;
}

CFStringRef CFStringCreateWithCString(CFAllocatorRef, const char* text, CFStringEncoding) {
  return static_cast<CFStringRef>(Calls::create(std::string(text)));
}

void CFRelease(CFTypeRef object) {
  Calls::release(object);
}

CFMutableDictionaryRef IOServiceMatching(const char* name) {
  return static_cast<CFMutableDictionaryRef>(const_cast<void*>(Calls::create(std::string(name))));
}

kern_return_t IOServiceGetMatchingServices(mach_port_t, CFDictionaryRef matching,
                                           io_iterator_t* existing) {
  const std::string kind = Calls::text(matching);
  Calls::release(matching);
  return Calls::list(kind, *existing);
}

io_object_t IOIteratorNext(io_iterator_t iterator) {
  return Calls::next(iterator);
}

kern_return_t IOObjectRelease(io_object_t object) {
  Calls::release(object);
  return KERN_SUCCESS;
}

CFTypeRef IORegistryEntryCreateCFProperty(io_registry_entry_t entry, CFStringRef key,
                                          CFAllocatorRef, IOOptionBits) {
  return Calls::property(entry, Calls::text(key));
}

CFTypeRef IORegistryEntrySearchCFProperty(io_registry_entry_t entry, const io_name_t plane,
                                          CFStringRef key, CFAllocatorRef, IOOptionBits options) {
  constexpr IOOptionBits upwards = kIORegistryIterateRecursively | kIORegistryIterateParents;
  if (std::strcmp(plane, kIOServicePlane) != 0) return nullptr;
  return (options & upwards) == upwards ? Calls::property_above(entry, Calls::text(key))
                                        : Calls::property(entry, Calls::text(key));
}
