// SPDX-License-Identifier: GPL-3.0-or-later
// The libusb contexts that devices are opened in, and who handles their events.
#pragma once

#include <libusb.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>

namespace sysboot {

/// That a transfer has ended: what its callback tells whoever waits for it.
struct Completion {
  int is_set = 0;
  std::binary_semaphore released{0};
};

class LibusbContext {
 public:
  /// Who calls the callbacks of transfers and of hotplug events. With a thread of its own a context
  /// is for several devices: waiting as libusb does it would wake all who wait with each transfer.
  /// Without one it is for one device, and what its thread waits for goes through no other.
  enum class Events { own_thread, whoever_waits };

  /// Error: usb_io.
  explicit LibusbContext(Events events);
  LibusbContext(const LibusbContext&) = delete;
  LibusbContext& operator=(const LibusbContext&) = delete;
  ~LibusbContext();

  libusb_context* get() const { return context_; }
  /// For callbacks of this context's.
  void set(Completion& completion) const;
  /// Comes back when it has been set.
  void wait(Completion& completion) const;

 private:
  void handle_events(int* completed) const;

  const bool has_thread_;
  libusb_context* context_ = nullptr;
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

using SharedLibusb = std::shared_ptr<const LibusbContext>;

/// Does a context look at every device of the bus when it starts? Not on Linux, where libusb can be
/// told: see use_libusb_alone().
bool libusb_scans();

/// The contexts of a System. Several threads may ask at once.
class LibusbContexts {
 public:
  /// The one that all share, made when it is first needed. Error: usb_io.
  const SharedLibusb& shared();
  /// None where libusb does not start.
  SharedLibusb shared_or_none();
  /// For a device that is to be opened by its file: one of its own, unless that would scan the bus.
  /// Error: usb_io.
  SharedLibusb for_device();

 private:
  std::once_flag made_;
  SharedLibusb shared_;
};

}  // namespace sysboot
