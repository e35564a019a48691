// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_context.hpp"

#include <fmt/core.h>

#include "core/timing.hpp"
#include "sysboot/error.hpp"
#include "sysboot/libusb.hpp"

namespace sysboot {
namespace {

// On Linux it need not scan the bus, as devices are opened by their files. Before 1.0.27 that could
// only be said for the whole process: see use_libusb_alone.
#if defined(__linux__) && LIBUSB_API_VERSION >= 0x0100010A
std::atomic<bool> scans = false;

int start(libusb_context*& context) {
  const libusb_init_option no_scan{LIBUSB_OPTION_NO_DEVICE_DISCOVERY, {0}};
  return libusb_init_context(&context, &no_scan, 1);
}
#else
std::atomic<bool> scans = true;

int start(libusb_context*& context) {
  return libusb_init(&context);
}
#endif

}  // namespace

void use_libusb_alone() {
#if defined(__linux__) && LIBUSB_API_VERSION >= 0x01000109 && LIBUSB_API_VERSION < 0x0100010A
  scans = libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY) != LIBUSB_SUCCESS;
#endif
}

bool libusb_scans() {
  return scans;
}

LibusbContext::LibusbContext(Events events) : has_thread_(events == Events::own_thread) {
  const int code = start(context_);
  if (code != 0) {
    throw Error(Errc::usb_io, fmt::format("starting libusb: {}", libusb_error_name(code)));
  }
  if (!has_thread_) return;
  thread_ = std::thread([this] {
    while (!ends_) handle_events(nullptr);
  });
}

LibusbContext::~LibusbContext() {
  if (has_thread_) {
    ends_ = true;
    libusb_interrupt_event_handler(context_);
    thread_.join();
  }
  libusb_exit(context_);
}

void LibusbContext::set(Completion& completion) const {
  if (has_thread_) {
    completion.released.release();
  } else {
    completion.is_set = 1;
  }
}

void LibusbContext::wait(Completion& completion) const {
  if (has_thread_) {
    completion.released.acquire();
  } else {
    while (completion.is_set == 0) handle_events(&completion.is_set);
  }
}

void LibusbContext::handle_events(int* completed) const {
  const int code = libusb_handle_events_completed(context_, completed);
  if (code != 0 && code != LIBUSB_ERROR_INTERRUPTED) {
    std::this_thread::sleep_for(timing::pause_after_error);
  }
}

const SharedLibusb& LibusbContexts::shared() {
  std::call_once(made_, [this] {
    shared_ = std::make_shared<LibusbContext>(LibusbContext::Events::own_thread);
  });
  return shared_;
}

SharedLibusb LibusbContexts::shared_or_none() {
  try {
    return shared();
  } catch (const Error&) {
    return nullptr;
  }
}

SharedLibusb LibusbContexts::for_device() {
  if (libusb_scans()) return shared();
  return std::make_shared<LibusbContext>(LibusbContext::Events::whoever_waits);
}

}  // namespace sysboot
