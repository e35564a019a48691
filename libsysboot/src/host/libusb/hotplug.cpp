// SPDX-License-Identifier: GPL-3.0-or-later
#include "hotplug.hpp"

#include <utility>

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
  static_cast<Hotplug*>(user_data)->events_.happened();
  return 0;
}

}  // namespace sysboot
