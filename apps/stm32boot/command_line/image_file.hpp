// SPDX-License-Identifier: GPL-3.0-or-later
// What every command that reads an image does with it, whatever its format.
#pragma once

#include "option_groups.hpp"
#include "output/renderer.hpp"
#include "sysboot/image.hpp"

namespace stm32boot {

/// Which kinds of files are read: ".bin, .hex, …".
std::string image_extensions();

/// The file that a command reads, and what of it.
struct ImageOptions {
  std::string file;
  AddressOption address;
  bool only_flash = false;

  /// --address and --only-flash; the file has another name in each command.
  void add_to(OptionList command, const std::string& where = {});
  /// All of it, or with --only-flash the part for internal flash. Warns of what is odd about it.
  sysboot::Image load(Renderer& renderer) const;
  /// The part for internal flash; warns of all that is odd about the file, and of what is left out.
  /// Errors: those of load_image and for_flash.
  sysboot::Image load_for_flash(Renderer& renderer) const;
  /// What every result says of the image that this file held.
  Facts facts(const sysboot::Image& image) const;
};

/// "16 bytes for alternate setting 1 (Option Bytes)"
std::string describe(const sysboot::AlternateTarget& target);

Facts to_facts(const std::vector<sysboot::Segment>& segments);
Facts to_facts(const sysboot::AlternateTarget& target);

}  // namespace stm32boot
