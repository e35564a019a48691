// SPDX-License-Identifier: GPL-3.0-or-later
#include "libusb_context.hpp"

#include <fmt/core.h>

#include "core/timing.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
LibusbContext::LibusbContext() {
  const int code = libusb_init(&context_);
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
