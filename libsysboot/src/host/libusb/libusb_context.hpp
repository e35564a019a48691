// SPDX-License-Identifier: GPL-3.0-or-later
// One libusb context for everything that is open, and the thread that handles its events.
#pragma once

#include <libusb.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

namespace sysboot {

/// A context may scan the whole bus when it starts, so that one for each board costs boards times
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

/// The one context of a System, made when it is first needed. Several threads may ask at once.
class OneLibusb {
 public:
  /// Error: usb_io.
  const SharedLibusb& get();
  /// None where libusb does not start.
  SharedLibusb get_or_none();

 private:
  std::once_flag made_;
  SharedLibusb context_;
};

}  // namespace sysboot
