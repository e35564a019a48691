// SPDX-License-Identifier: GPL-3.0-or-later
// Linux: what the kernel and udev tell of USB devices and serial ports that come and go.
#pragma once

#include <mutex>
#include <string_view>
#include <thread>

#include "host/bus_events.hpp"
#include "host/posix/descriptor.hpp"

namespace sysboot {

/// Pure. Does this message, as the kernel or udev sends it, tell that a USB device or a serial port
/// has come or gone? Of each that does there are some more, of its interfaces and their drivers.
bool is_of_the_bus(std::string_view uevent);

class Uevents {
 public:
  Uevents() = default;
  Uevents(const Uevents&) = delete;
  Uevents& operator=(const Uevents&) = delete;
  ~Uevents();

  /// As those of BusEvents. Listens from the first wait() on.
  bool wait(Duration most);
  Moment moment() { return events_.moment(); }

 private:
  void start();
  void listen();

  BusEvents events_;
  std::once_flag started_;
  Descriptor socket_;
  Descriptor end_;  // readable when the thread is to end
  std::thread thread_;
};

}  // namespace sysboot
