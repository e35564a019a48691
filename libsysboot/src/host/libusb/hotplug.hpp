// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting for the bus to change: libusb's hotplug events where it has them, short naps everywhere.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "libusb_context.hpp"
#include "sysboot/types.hpp"

namespace sysboot {

class Hotplug {
 public:
  /// Only naps without a context.
  explicit Hotplug(SharedLibusb context);
  Hotplug(const Hotplug&) = delete;
  Hotplug& operator=(const Hotplug&) = delete;
  ~Hotplug();

  /// Comes back when there has been an event since the last time that this thread waited, and after
  /// `most` or 25 ms at the latest: udev, which libusb's events depend on, is missing in containers
  /// and initial RAM disks. Several threads may wait at once.
  void wait(Duration most);

 private:
  static int LIBUSB_CALL on_event(libusb_context* context, libusb_device* device,
                                  libusb_hotplug_event event, void* user_data);

  SharedLibusb context_;
  libusb_hotplug_callback_handle callback_{};
  bool is_registered_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t events_ = 0;
  std::map<std::thread::id, std::uint64_t> seen_;
};

}  // namespace sysboot
