// SPDX-License-Identifier: GPL-3.0-or-later
// One libusb context for everything that is open, and the thread that handles its events.
#pragma once

#include <libusb.h>

#include <atomic>
#include <memory>
#include <thread>

namespace sysboot {

/// A context scans the whole bus when it starts, so that one for each board costs boards times
/// boards. Transfers are completed, and hotplug callbacks called, on a thread of its own.
class LibusbContext {
 public:
  /// Error: usb_io.
  LibusbContext();
  LibusbContext(const LibusbContext&) = delete;
  LibusbContext& operator=(const LibusbContext&) = delete;
  ~LibusbContext();

  libusb_context* get() const { return context_; }

 private:
  void handle_events() const;

  libusb_context* context_ = nullptr;
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

using SharedLibusb = std::shared_ptr<const LibusbContext>;

}  // namespace sysboot
