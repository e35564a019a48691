// SPDX-License-Identifier: GPL-3.0-or-later
// Triggers: the ways to make an application reboot into a bootloader, as data; and profiles, a
// table of how the firmware that other people wrote is asked.
#pragma once

#include <variant>

#include "sysboot/usb.hpp"

namespace sysboot {

// The steps. Those that write, wait or set lines use the board's first serial port, which is opened
// before the first step, with DTR on and not at 1200 baud.

/// Sends `text`; what came before is forgotten.
struct Write {
  std::string text;
};

/// Goes on once `text` has come; without it within `wait` the way ends here.
struct Await {
  std::string text;
  Duration wait{};
  std::string meaning;  ///< "its prompt", said when it does not come
  /// The byte that comes `offset` bytes behind `text` must be `least` or more.
  std::size_t offset = 0;
  std::uint8_t least = 0;
};

/// Listens for `text` for as long as `wait`; the firmware need not say it.
struct Confirm {
  std::string text;
  Duration wait{};
};

/// Sends nothing for `wait`, and listens.
struct Silence {
  Duration wait{};
};

/// Sets DTR and RTS.
struct Lines {
  bool dtr = false;
  bool rts = false;
};

/// Sets 1200 baud and drops DTR, in the order that every known firmware accepts; puts the rate back
/// if the board is still there.
struct Touch {};

/// DFU_DETACH to the run-time interface, and a USB reset unless the device will detach by itself.
struct Detach {};

/// A control request without data to the device.
struct Control {
  Setup setup;
};

using Step = std::variant<Write, Await, Confirm, Silence, Lines, Touch, Detach, Control>;

/// An answer that means no.
struct Refusal {
  std::string text;       ///< somewhere in what has come since the last write
  std::string meaning{};  ///< for people, where the answer itself is not for them
  bool final = false;     ///< nothing else may be tried either
  /// Only if the byte that comes `offset` bytes behind `text` has one of the bits of `mask`.
  std::size_t offset = 0;
  std::uint8_t mask = 0;
};

/// One way to ask. What goes before its last await is harmless to firmware of any kind. A port that
/// vanishes while it is used is a sign of success; whether a way worked shows on the bus.
struct Way {
  std::string name;  ///< what users see, such as "betaflight msp"
  std::vector<Step> steps;
  std::vector<Refusal> refusals{};
  std::string farewell{};  ///< sent when it ends before its last step

  bool needs_port() const;
  bool needs_dfu_runtime() const;
};
using Ways = std::vector<Way>;

/// The 1200 baud touch, as Arduino's tools do it.
[[nodiscard]] Way touch_1200();
[[nodiscard]] Way dfu_detach();
/// Writes `text` to the board's first port, and listens for an answer.
[[nodiscard]] Way send_text(const Bytes& text);

/// How well a row is founded.
enum class Evidence {
  firmware_source,  ///< A: read in the firmware's own source
  project_tool,     ///< B: read in the project's own host tool or documents
  third_party,      ///< C: told by others only
};
/// "A", "B", "C"
std::string_view to_string(Evidence evidence);

struct Profile {
  std::string_view name = {};  ///< "betaflight"
  std::string_view what = {};  ///< one line for people
  Evidence evidence = Evidence::third_party;
  /// Not a certain firmware, but a way that many understand: fits any board.
  bool is_generic = false;
  Ways ways = {};  ///< in the order in which they are tried
  /// Where it lands; the usual one first.
  std::vector<UsbId> loaders = {st_rom};
  std::string_view note = {};  ///< limits and warnings; may be empty

  /// Seen with this firmware.
  std::vector<UsbId> ids() const;
  /// Is it tried without being named, where a board shows that it fits?
  bool is_automatic() const;
  /// Can any of `loaders` be flashed by this program?
  bool is_flashable() const;
};

const std::vector<Profile>& profiles();

/// Error: usage, naming all there are.
const Profile& find_profile(std::string_view name);

/// How a board is asked. Without anything, as it shows on USB that it can be (automatic).
struct TriggerChoice {
  std::string firmware{};  ///< a profile whose ways are tried
  Ways ways{};             ///< these are tried in this order, and nothing else
};

/// Names for trigger_named, "auto" first.
const std::vector<std::string>& trigger_names();

/// The choice with one of those names. `text` is for "text".
/// Errors: usage, naming all there are; those of check_trigger.
[[nodiscard]] TriggerChoice trigger_named(std::string_view name, const Bytes& text = {});

/// Errors: usage, for what can be asked of no board: no such profile; one and ways, too; a way
/// without steps; a text without characters.
void check_trigger(const TriggerChoice& choice);

/// C escapes in text from the command line: `\r`, `\n`, `\t`, `\0`, `\xNN`, `\NNN` (octal), and a
/// backslash before a backslash or a quotation mark.
/// Error: usage, for anything else behind a backslash.
[[nodiscard]] Bytes unescape(std::string_view text);

}  // namespace sysboot
