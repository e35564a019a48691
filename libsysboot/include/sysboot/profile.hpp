// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles: how the firmware that other people wrote is asked to reboot into a bootloader. Rows of
// a table; one executor (make_conversation) works through the steps of any of them.
#pragma once

#include "sysboot/firmware.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

/// How well a row is founded.
enum class Evidence {
  firmware_source,  ///< A: read in the firmware's own source
  project_tool,     ///< B: read in the project's own host tool or documents
  third_party,      ///< C: told by others only
};
/// "A", "B", "C"
std::string_view to_string(Evidence evidence);

/// One thing to do in a conversation. Those that write, wait or set lines use the board's first
/// serial port, which is opened with DTR on and not at 1200 baud.
struct Step {
  enum class Kind {
    write,    ///< sends `text`; what came before is forgotten
    await,    ///< goes on once `text` has come; without it within `wait` the conversation ends
    confirm,  ///< listens for `text` for as long as `wait`; the firmware need not say it
    silence,  ///< sends nothing for `wait`, and listens
    lines,    ///< sets DTR and RTS
    touch,    ///< make_touch_1200()
    detach,   ///< make_dfu_detach()
    control,  ///< a control request without data to the device
  };
  Kind kind = Kind::write;
  std::string_view text = {};
  Duration wait{};
  std::string_view meaning = {};  ///< for await: "its prompt", said when it does not come
  /// For await: the byte that comes `offset` bytes behind `text` must be `least` or more.
  std::size_t offset = 0;
  std::uint8_t least = 0;
  bool dtr = false;
  bool rts = false;
  Setup setup = {};
};

/// An answer that means no.
struct Refusal {
  std::string_view text = {};     ///< somewhere in what has come since the last write
  std::string_view meaning = {};  ///< for people, where the answer itself is not for them
  bool final = false;             ///< nothing else may be tried either
  /// Only if the byte that comes `offset` bytes behind `text` has one of the bits of `mask`.
  std::size_t offset = 0;
  std::uint8_t mask = 0;
};

/// One way to ask. What goes before its last await is harmless to firmware of any kind.
struct Way {
  std::string_view name = {};  ///< what users see, such as "betaflight msp"
  std::vector<Step> steps = {};
  std::vector<Refusal> refusals = {};
  std::string_view farewell = {};  ///< sent when it ends before its last step

  bool needs_port() const;
  bool has(Step::Kind kind) const;
};

struct Profile {
  std::string_view name = {};  ///< "betaflight"
  std::string_view what = {};  ///< one line for people
  Evidence evidence = Evidence::third_party;
  /// Not a certain firmware, but a way that many understand: fits any board.
  bool is_generic = false;
  std::vector<Way> ways = {};  ///< in the order in which they are tried
  /// Where it lands; the usual one first.
  std::vector<UsbId> loaders = {{0x0483, 0xDF11}};
  std::string_view note = {};  ///< limits and warnings; may be empty

  /// What it shows on USB.
  const Firmware& firmware() const { return firmware_named(name); }
  /// Can any of `loaders` be flashed by this program?
  bool is_flashable() const;
};

const std::vector<Profile>& profiles();

/// Error: usage, naming all there are.
const Profile& find_profile(std::string_view name);

/// How the firmware is asked that the board is certain to run (recognise_firmware).
const Profile* recognise(const UsbDeviceInfo& device);

/// The executor.
std::unique_ptr<Trigger> make_conversation(const Way& way);

}  // namespace sysboot
