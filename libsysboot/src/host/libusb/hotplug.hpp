// SPDX-License-Identifier: GPL-3.0-or-later
// macOS and Windows: libusb's hotplug events, where it has them.
#pragma once

#include "host/bus_events.hpp"
#include "libusb_context.hpp"

namespace sysboot {

class Hotplug {
 public:
  /// Without a context there are no events.
  explicit Hotplug(SharedLibusb context);
  Hotplug(const Hotplug&) = delete;
  Hotplug& operator=(const Hotplug&) = delete;
  ~Hotplug();

  /// As those of BusEvents.
  bool wait(Duration most) { return events_.wait(most); }
  Moment moment() { return events_.moment(); }

 private:
  static int LIBUSB_CALL on_event(libusb_context* context, libusb_device* device,
                                  libusb_hotplug_event event, void* user_data);

  SharedLibusb context_;
  libusb_hotplug_callback_handle callback_{};
  bool is_registered_ = false;
  BusEvents events_;
};

}  // namespace sysboot
