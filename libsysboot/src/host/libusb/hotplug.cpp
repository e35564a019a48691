// SPDX-License-Identifier: GPL-3.0-or-later
#include "hotplug.hpp"

#include <libusb.h>

#include <algorithm>
#include <thread>

namespace sysboot {
namespace {

constexpr Duration longest_nap = std::chrono::milliseconds(25);

int LIBUSB_CALL on_event(libusb_context* /*context*/, libusb_device* /*device*/,
                         libusb_hotplug_event /*event*/, void* user_data) {
  *static_cast<std::atomic<bool>*>(user_data) = true;
  return 0;
}

}  // namespace

Hotplug::Hotplug() {
  if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) return;
  if (libusb_init(&context_) != 0) {
    context_ = nullptr;
    return;
  }
  constexpr int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
  libusb_hotplug_register_callback(context_, events, 0, LIBUSB_HOTPLUG_MATCH_ANY,
                                   LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, on_event,
                                   &event_, nullptr);
}

Hotplug::~Hotplug() {
  if (context_ != nullptr) libusb_exit(context_);
}

void Hotplug::wait(Duration most) {
  const Duration nap = std::clamp(most, Duration::zero(), longest_nap);
  if (context_ == nullptr) {
    std::this_thread::sleep_for(nap);
    return;
  }
  timeval limit{};
  limit.tv_usec = static_cast<decltype(limit.tv_usec)>(nap.count());
  event_ = false;
  // Comes back as soon as it has handled an event, or after the limit.
  libusb_handle_events_timeout_completed(context_, &limit, nullptr);
}

}  // namespace sysboot
