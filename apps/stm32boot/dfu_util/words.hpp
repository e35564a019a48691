// SPDX-License-Identifier: GPL-3.0-or-later
// dfu-util's command line, as version 0.11 takes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stm32boot::dfu_util {

/// One half of -d: what a device's vendor and product must be; any where nothing is said.
struct IdMatch {
  /// No device has it ("-").
  static constexpr std::uint32_t nobody = 0x10000;

  std::optional<std::uint32_t> vendor = {};
  std::optional<std::uint32_t> product = {};

  bool fits(std::uint16_t its_vendor, std::uint16_t its_product) const;
  /// Says one id and nothing else.
  bool is_exact() const { return vendor && product; }
  bool operator==(const IdMatch&) const = default;
};

enum class Action { none, list, detach, upload, download, version, help };

/// -s: an address and modifiers. Numbers are decimal, 0x… or octal, as strtoul takes them.
struct DfuseOptions {
  std::optional<std::uint32_t> address = {};
  std::optional<std::uint32_t> length = {};  ///< to be read
  bool force = false;
  bool leave = false;
  bool mass_erase = false;
  bool unprotect = false;
  bool will_reset = false;
};

struct Words {
  Action action = Action::none;                 ///< the last one that was given
  std::string file = {};                        ///< of -U and -D
  bool has_device = false;                      ///< -d was given
  IdMatch application = {};                     ///< -d, what stands before the comma
  IdMatch bootloader = {};                      ///< -d, behind it
  std::string path = {};                        ///< -p
  std::optional<unsigned> address_on_bus = {};  ///< -n
  std::string application_serial = {};          ///< -S, before the comma
  std::string bootloader_serial = {};           ///< and behind it; the same without one
  std::optional<int> configuration = {};        ///< -c
  std::optional<int> interface = {};            ///< -i
  std::optional<int> alternate = {};            ///< -a, where it is a number
  std::string alternate_name = {};              ///< and where it is none
  std::optional<DfuseOptions> dfuse = {};       ///< -s
  bool reset = false;                           ///< -R
  bool wait = false;                            ///< -w
  int verbosity = 0;                            ///< -v
};

/// Options as getopt_long takes them: in any order, joined or not, several short ones in a word,
/// long ones as short as they are clear. -E, -t and -Z are checked and not needed, -Q (Arduino's)
/// is ignored; --wait takes no value, though dfu-util's table says so. Error: usage.
Words parse(const std::vector<std::string>& words);

/// -s on its own. Error: usage.
DfuseOptions parse_dfuse(const std::string& text);

/// What -h prints.
std::string usage_text();

}  // namespace stm32boot::dfu_util
