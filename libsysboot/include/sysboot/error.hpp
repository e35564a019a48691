// SPDX-License-Identifier: GPL-3.0-or-later
// What can go wrong: one exception type whose code says which kind it is.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sysboot {

enum class Errc {
  usage,                ///< a request that makes no sense, such as an address beyond 32 bits
  ambiguous_board,      ///< several boards fit and none was chosen
  bad_image,            ///< the image file is broken, or is no firmware
  linked_elsewhere,     ///< the image is sound, but made for another address than it goes to
  image_does_not_fit,   ///< the image is sound, but not for this board
  guarded,              ///< it would overwrite guard, or what guard needs to start the application
  made_for_another,     ///< the image is sound, but for another device or chip
  not_only_flash,       ///< parts of the image are for other memories than internal flash
  no_input,             ///< the image file is missing or unreadable
  no_board,             ///< nothing that fits is connected
  not_in_dfu_mode,      ///< it is there, but runs its application, and this needs DFU mode
  no_driver,            ///< it is connected, but this machine has no usable driver for it
  cannot_write_output,  ///< an output file or standard output
  usb_io,               ///< a USB transfer failed; trying again may help
  serial_io,            ///< a serial port failed
  board_gone,           ///< the board left the bus in the middle of the work
  busy,                 ///< another program holds the port or the board
  ignored,              ///< no trigger made the board leave its application
  bounced,              ///< the board rebooted, and its application came back, every time
  lost,                 ///< the board left the bus, and nothing came back
  not_proved,           ///< it was told to do it, and reset; what came of it cannot be asked
  not_heard,            ///< the board did not say what was waited for
  mismatch,             ///< flash does not hold what was written
  differs,              ///< flash does not hold the image that it was compared with
  protocol,        ///< the device broke the protocol, or refused a request with an error status
  read_protected,  ///< the device says errVENDOR: read protection (RDP) is active
  not_permitted,   ///< the operating system does not let this user open the device
  application_missing,  ///< flashed and verified, but the application did not come back
  no_program,           ///< there is none in flash where one is to be started
  interrupted,          ///< the user asked to stop
  internal,             ///< a defect of this program
};

/// The name scripts see, such as "no-board".
std::string_view to_string(Errc code);

/// Says *what* failed (text) and *where* (context, such as "board 1-4.2"). What to do about it is
/// the application's business.
class Error : public std::runtime_error {
 public:
  Error(Errc code, std::string text, std::string context = {});

  Errc code() const { return code_; }
  const std::string& text() const { return text_; }
  const std::string& context() const { return context_; }
  /// What would be right in place of what was given, such as an address; empty when not known.
  const std::string& remedy() const { return remedy_; }

  /// The same error, seen from one step further up: "erasing sector 3: the device stalled".
  Error during(std::string_view step) const;
  /// The same error with its place filled in, unless it already has one.
  Error at(std::string_view place) const;
  /// The same error about something that may be meant all the same: with FlashOptions::force,
  /// which whoever throws it has looked at, it would not have been thrown.
  Error unless_forced() const;
  bool can_be_forced() const { return can_be_forced_; }
  Error with_remedy(std::string remedy) const;

 private:
  Error(const Error& like, std::string text, std::string context);

  Errc code_;
  std::string text_;
  std::string context_;
  bool can_be_forced_ = false;
  std::string remedy_;
};

}  // namespace sysboot
