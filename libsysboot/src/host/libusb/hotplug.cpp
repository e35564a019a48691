// SPDX-License-Identifier: GPL-3.0-or-later
#include "hotplug.hpp"

#include <algorithm>
#include <utility>

#include "core/timing.hpp"

namespace sysboot {
Hotplug::Hotplug(SharedLibusb context) : context_(std::move(context)) {
  if (!context_ || libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) return;
  constexpr int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
  is_registered_ =
      libusb_hotplug_register_callback(context_->get(), events, 0, LIBUSB_HOTPLUG_MATCH_ANY,
                                       LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, on_event,
                                       this, &callback_) == LIBUSB_SUCCESS;
}

Hotplug::~Hotplug() {
  if (is_registered_) libusb_hotplug_deregister_callback(context_->get(), callback_);
}

int LIBUSB_CALL Hotplug::on_event(libusb_context* /*context*/, libusb_device* /*device*/,
                                  libusb_hotplug_event /*event*/, void* user_data) {
  auto& self = *static_cast<Hotplug*>(user_data);
  const std::lock_guard lock(self.mutex_);
  ++self.events_;
  self.changed_.notify_all();
  return 0;
}

void Hotplug::wait(Duration most) {
  const Duration nap = std::clamp(most, Duration::zero(), timing::longest_nap);
  std::unique_lock lock(mutex_);
  std::uint64_t& seen = seen_[std::this_thread::get_id()];
  changed_.wait_for(lock, nap, [&] { return events_ != seen; });
  seen = events_;
}

}  // namespace sysboot
