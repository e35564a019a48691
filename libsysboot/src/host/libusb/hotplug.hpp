// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for the bus to change: libusb's hotplug events where it has them, short naps everywhere.
#pragma once

#include <atomic>
#include <memory>

#include "sysboot/types.hpp"

struct libusb_context;

namespace sysboot {

class Hotplug {
 public:
  Hotplug();
  Hotplug(const Hotplug&) = delete;
  Hotplug& operator=(const Hotplug&) = delete;
  ~Hotplug();

  /// Comes back at an event, and after `most` or 25 ms at the latest: udev, which libusb's events
  /// depend on, is missing in containers and initial RAM disks. Several threads may wait at once:
  /// libusb lets one of them handle the events, and wakes the others.
  void wait(Duration most);

 private:
  libusb_context* context_ = nullptr;
  std::atomic<bool> event_ = false;
};

}  // namespace sysboot
