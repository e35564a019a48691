// SPDX-License-Identifier: GPL-3.0-or-later
// What every command that reads images does with them, whatever their format.
#pragma once

#include "image_word.hpp"
#include "option_groups.hpp"
#include "output/renderer.hpp"
#include "sysboot/image.hpp"

namespace stm32boot {

/// Which kinds of files are read: ".bin, .hex, …".
std::string image_extensions();

/// The files that a command reads, and what of them. Several are one image.
class ImageOptions {
 public:
  /// The words for files; `about` is what the command does with them.
  Option add_argument(OptionList command, const std::string& name, const std::string& about);
  /// --address and --only-flash
  void add_to(OptionList command, const std::string& where = {});
  /// --address alone
  void add_address_to(OptionList command, const std::string& where);
  /// To be called first, once all is given. Error: usage, also for standard input twice, and for
  /// --address with several files or with one that has its own.
  void settle();
  /// The same, for a command that has an argument of its own for the only word.
  void settle(std::vector<std::string> words);

  /// As settled; empty where none was given.
  const std::vector<ImageWord>& files() const { return files_; }
  bool reads_standard_input() const;
  /// --address, for a command that has a use for it without a file.
  std::optional<std::uint32_t> address() const { return address_.value(); }

  /// All of it, or with --only-flash the part for internal flash. Warns of what is odd about it.
  /// Errors: those of load_image and merge_images.
  sysboot::Image load(Renderer& renderer) const;
  /// The part for internal flash; warns of all that is odd about the files, and of what is left
  /// out. Errors: those of load_image, for_flash and merge_images.
  sysboot::Image load_for_flash(Renderer& renderer) const;
  /// The same, if nothing speaks against flashing it (check_image); unless forced. The remedy of
  /// what is linked elsewhere is the word to type where --address is not.
  sysboot::Image load_to_be_flashed(Renderer& renderer, bool force) const;
  /// What every result says of the image that these files held; each of several has a part in it.
  Facts facts(const sysboot::Image& image) const;
  /// The list "images" alone; there is none for one file.
  void add_images(const sysboot::Image& image, Facts& facts) const;
  /// What to type so that the file of this image goes there: "--address 0x08004000" or
  /// "app.bin@0x08004000".
  std::string at_address(const std::string& image, const std::string& address) const;

 private:
  std::string name_of(const ImageWord& word) const;
  const ImageWord& file_of(const std::string& image) const;
  sysboot::Image load_one(const ImageWord& word) const;
  std::vector<sysboot::Image> load_all(Renderer& renderer) const;
  std::vector<sysboot::Image> load_all_for_flash(Renderer& renderer) const;
  void check(const std::vector<sysboot::Image>& images) const;
  sysboot::Image merge(std::vector<sysboot::Image> images) const;

  std::vector<std::string> words_;
  std::vector<ImageWord> files_;
  AddressOption address_;
  bool only_flash_ = false;
};

/// "16 bytes for alternate setting 1 (Option Bytes)"
std::string describe(const sysboot::AlternateTarget& target);

Facts to_facts(const std::vector<sysboot::Segment>& segments);
Facts to_facts(const sysboot::AlternateTarget& target);

}  // namespace stm32boot
