// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/error.hpp"

namespace sysboot {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::usage: return "usage";
    case Errc::ambiguous_board: return "ambiguous-board";
    case Errc::bad_image: return "bad-image";
    case Errc::linked_elsewhere: return "linked-elsewhere";
    case Errc::image_does_not_fit: return "image-does-not-fit";
    case Errc::guarded: return "guarded";
    case Errc::made_for_another: return "made-for-another";
    case Errc::not_only_flash: return "not-only-flash";
    case Errc::no_input: return "no-input";
    case Errc::no_board: return "no-board";
    case Errc::not_in_dfu_mode: return "not-in-dfu-mode";
    case Errc::no_driver: return "no-driver";
    case Errc::cannot_write_output: return "cannot-write-output";
    case Errc::usb_io: return "usb-io";
    case Errc::serial_io: return "serial-io";
    case Errc::board_gone: return "board-gone";
    case Errc::busy: return "busy";
    case Errc::ignored: return "ignored";
    case Errc::bounced: return "bounced";
    case Errc::lost: return "lost";
    case Errc::not_proved: return "not-proved";
    case Errc::not_heard: return "not-heard";
    case Errc::mismatch: return "mismatch";
    case Errc::differs: return "differs";
    case Errc::protocol: return "protocol";
    case Errc::read_protected: return "read-protected";
    case Errc::not_permitted: return "not-permitted";
    case Errc::application_missing: return "application-missing";
    case Errc::no_program: return "no-program";
    case Errc::interrupted: return "interrupted";
    case Errc::internal: return "internal";
  }
  return "unknown";
}

Error::Error(Errc code, std::string text, std::string context)
    : std::runtime_error(context.empty() ? text : context + ": " + text),
      code_(code),
      text_(std::move(text)),
      context_(std::move(context)) {}

Error::Error(const Error& like, std::string text, std::string context)
    : Error(like.code_, std::move(text), std::move(context)) {
  can_be_forced_ = like.can_be_forced_;
  remedy_ = like.remedy_;
}

Error Error::during(std::string_view step) const {
  return Error(*this, std::string(step) + ": " + text_, context_);
}

Error Error::at(std::string_view place) const {
  if (!context_.empty()) return *this;
  return Error(*this, text_, std::string(place));
}

Error Error::unless_forced() const {
  Error error = *this;
  error.can_be_forced_ = true;
  return error;
}

Error Error::with_remedy(std::string remedy) const {
  Error error = *this;
  error.remedy_ = std::move(remedy);
  return error;
}

}  // namespace sysboot
