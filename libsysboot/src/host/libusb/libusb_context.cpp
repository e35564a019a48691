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
int start(libusb_context*& context) {
#if defined(__linux__) && LIBUSB_API_VERSION >= 0x0100010A
  const libusb_init_option no_scan{LIBUSB_OPTION_NO_DEVICE_DISCOVERY, {0}};
  return libusb_init_context(&context, &no_scan, 1);
#else
  return libusb_init(&context);
#endif
}

}  // namespace

void use_libusb_alone() {
#if defined(__linux__) && LIBUSB_API_VERSION >= 0x01000109 && LIBUSB_API_VERSION < 0x0100010A
  libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
#endif
}

LibusbContext::LibusbContext() {
  const int code = start(context_);
  if (code != 0) {
    throw Error(Errc::usb_io, fmt::format("starting libusb: {}", libusb_error_name(code)));
  }
  thread_ = std::thread([this] { handle_events(); });
}

LibusbContext::~LibusbContext() {
  ends_ = true;
  libusb_interrupt_event_handler(context_);
  thread_.join();
  libusb_exit(context_);
}

void LibusbContext::handle_events() const {
  while (!ends_) {
    const int code = libusb_handle_events(context_);
    if (code != 0 && code != LIBUSB_ERROR_INTERRUPTED) {
      std::this_thread::sleep_for(timing::pause_after_error);
    }
  }
}

const SharedLibusb& OneLibusb::get() {
  std::call_once(made_, [this] { context_ = std::make_shared<LibusbContext>(); });
  return context_;
}

SharedLibusb OneLibusb::get_or_none() {
  try {
    return get();
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace sysboot
