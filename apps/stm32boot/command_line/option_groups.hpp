// SPDX-License-Identifier: GPL-3.0-or-later
// Groups of options that several commands share, and how their text becomes values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "options.hpp"
#include "sysboot/flash.hpp"

namespace stm32boot {

/// --port, --usb, --serial: given once each they name one board, which all of them must fit.
struct SelectorOptions {
  std::vector<std::string> ports;
  std::vector<std::string> port_paths;
  std::vector<std::string> serials;

  void add_to(OptionList command);
  bool is_repeated() const;
  /// Error: usage, when one of them is given more than once.
  sysboot::Selector one() const;
  /// One for each that was given.
  std::vector<sysboot::Selector> each() const;
};

/// --timeout: seconds, from 0.1 to 3600.
struct TimeoutOption {
  std::string text;  ///< "5", "500ms", "2min"

  void add_to(OptionList command, const std::string& help = {});
  /// That of EnterOptions where nothing was given.
  sysboot::Duration value() const;
};

/// --firmware, --trigger, --text, --timeout, --tries, --no-enter
struct EnterFlags {
  std::string firmware;
  std::string trigger = "auto";
  std::string text;
  TimeoutOption timeout;
  int tries = sysboot::EnterOptions{}.tries;
  bool no_enter = false;

  void add_to(OptionList command);
  /// Error: usage.
  sysboot::EnterOptions values() const;

 private:
  sysboot::TriggerChoice choice() const;
};

/// EnterFlags and --stay, for commands that leave the board as they found it.
struct VisitFlags {
  EnterFlags enter;
  bool stay = false;

  void add_to(OptionList command);
  /// Error: usage.
  sysboot::VisitOptions values() const;
};

/// What all that flashes can be told: --x32, --no-stamp, --stay, --no-wait, --force.
struct FlashFlags {
  bool x32 = false;
  bool no_stamp = false;
  bool stay = false;
  bool no_wait = false;
  bool force = false;

  void add_to(OptionList command);
  /// To be checked by the caller, who may have more to say. Error: usage.
  sysboot::FlashOptions values(const EnterFlags& enter) const;
};

/// --length: 65536, 0x10000 or 64K.
struct LengthOption {
  std::string text;

  void add_to(OptionList command, const std::string& help);
  /// Error: usage, for anything but a number of 32 bits, K (1024) or M behind it included.
  std::optional<std::uint64_t> value() const;
};

/// --address: 0x08000000 or decimal.
struct AddressOption {
  std::string text;

  void add_to(OptionList command, const std::string& help = {});
  /// Error: usage, for anything but a number of 32 bits.
  std::optional<std::uint32_t> value() const;
};

}  // namespace stm32boot
