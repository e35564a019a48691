// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware images: bytes and where they go.
#pragma once

#include <optional>
#include <utility>

#include "sysboot/error.hpp"
#include "sysboot/layout.hpp"

namespace sysboot {

struct Segment {
  std::uint32_t address = 0;
  Bytes data;  ///< never empty

  std::uint64_t end() const { return std::uint64_t{address} + data.size(); }
  bool operator==(const Segment&) const = default;
};

/// What a DfuSe file has for one alternate setting.
struct AlternateTarget {
  std::uint8_t alternate = 0;
  std::string name;               ///< as the file says, such as "Option Bytes"; may be empty
  std::vector<Segment> segments;  ///< as in Image

  bool operator==(const AlternateTarget&) const = default;
};

struct Image {
  std::string name;    ///< file name without its folder; empty when it came from no file
  std::string format;  ///< "bin", "hex", "srec", "elf", "dfu" or "uf2"; "several" with parts
  /// For internal flash, which is alternate setting 0. Never empty, in order of address; they
  /// neither overlap nor touch.
  std::vector<Segment> segments;
  /// The device this file says it was made for (DFU suffix): vendor and product. 0 and 0xFFFF mean
  /// that it does not say.
  std::optional<std::pair<std::uint16_t, std::uint16_t>> made_for = {};
  /// Where the file says that its program starts, with the Thumb bit; never 0, which means nowhere.
  std::optional<std::uint32_t> entry = {};
  std::optional<std::uint32_t> uf2_family = {};  ///< see uf2_families
  /// What a DfuSe file has for other alternate settings, such as option bytes; in their order.
  /// Nothing in here is ever flashed along with the rest.
  std::vector<AlternateTarget> other_targets = {};
  /// What is odd about it, but no error: sentences about the file, without its name.
  std::vector<std::string> notes = {};
  /// A raw binary that is at flash_base because nobody named another address. On a board with guard
  /// (guard.hpp) it goes behind that.
  bool is_address_assumed = false;
  /// The images that merge_images() made this of, in its order; empty for any other image.
  std::vector<Image> parts = {};

  std::uint64_t size() const;  ///< bytes of data in `segments`, gaps not counted
  std::uint32_t start() const { return segments.front().address; }
};

/// What is for internal flash, as far as that can be told without the device: parts for RAM are
/// left out with a note, since a program fills its RAM itself; with `only_flash` those for all
/// other memories, too. An MCUboot image gets a note. Errors: not_only_flash, naming the memory;
/// image_does_not_fit, when there is nothing for internal flash.
[[nodiscard]] Image for_flash(Image image, bool only_flash);

/// The content of a file, recognised by itself: Intel HEX, Motorola S-record, ELF, DfuSe, UF2, or
/// else raw binary, unless it is known to be something else (text, an archive, a picture).
/// `address` is where a raw binary goes (flash_base when not given). Errors: bad_image (empty, no
/// firmware, and all that breaks the rules of the format, naming the line or byte and both values);
/// usage (an address that is not a multiple of 4 or runs past 32 bits, or is given for a format
/// that carries addresses).
[[nodiscard]] Image parse_image(ByteView content, std::optional<std::uint32_t> address = {});

/// All of these images, at least one, as one; a single one stays as it is. Of the result:
///   name        theirs, "guard.elf + app.bin"; format is "several"
///   made_for, uf2_family    what those say that say anything
///   entry       of the image at the lowest address that has one inside itself
///   other_targets    segments for the same alternate setting together
///   notes       with the name of the image in front
/// Errors: usage, where two have bytes for the same address, naming both and the first such
/// address, with the name of a raw binary at flash_base, where it may not belong, as the remedy;
/// made_for_another, where two say that they are for different devices.
[[nodiscard]] Image merge_images(std::vector<Image> images);
/// The one of image.parts that has this byte; `image` itself where none has, or it has no parts.
[[nodiscard]] const Image& part_at(const Image& image, std::uint32_t address);

/// A file format of images.
struct ImageFormat {
  std::string_view name;                     ///< "hex"
  std::string_view title;                    ///< "Intel HEX"
  std::vector<std::string_view> extensions;  ///< ".hex" first
  bool can_be_written = false;
};
[[nodiscard]] std::vector<ImageFormat> image_formats();
/// The content of a file that holds this image in the format of that name.
///   bin   gaps are filled with 0xFF, and everything but the bytes is lost
///   hex   linear addresses; entry, if there is one
///   srec  S3 records, their count, and entry or 0 in S7
///   dfu   alternate setting 0 and other_targets, for the device made_for or 0483:df11.
///   DFUImageSize
///         does not count the suffix: fwupd refuses files in which it does (fu-dfuse-firmware.c).
///   uf2   whole pages of 256 bytes, filled up with 0xFF; uf2_family, if there is one
/// Errors: usage, for a format that does not exist or is only read (elf); bad_image, for more than
/// 64 MiB, in a raw binary gaps included.
[[nodiscard]] Bytes encode_image(const Image& image, std::string_view format);

/// Why the image is not flashed unless forced: linked_elsewhere, when it is linked for another
/// address than it goes to, which is the remedy of a raw binary; bad_image, when it is no program
/// that a Cortex-M could start, or one that something else has to start and that is not where it
/// belongs (MCUboot, the wireless coprocessor of the STM32WB). Of an image with parts:
/// images_problem.
[[nodiscard]] std::optional<Error> image_problem(const Image& image);
/// The same for images that are flashed together, with the name of one of them. What is no program
/// by itself is right beside others if its code is in them, or as data: while another one is a
/// program that begins at flash_base, where a board starts, or at 0x08004000, behind guard. Data at
/// flash_base itself never is: the board would not start.
[[nodiscard]] std::optional<Error> images_problem(const std::vector<Image>& images);
/// Throws that, unless forced. Nothing is thrown where only the board can tell: for an assumed
/// address, when the image would be right behind guard. Error in any case: image_does_not_fit for
/// addresses that are in no internal flash.
void check_image(const Image& image, bool force);

/// The address in flash for which the program in this image is linked, when it is clear and not
/// where the image goes. It is told from the start of the image, not from those of its parts.
[[nodiscard]] std::optional<std::uint32_t> linked_elsewhere(const Image& image);

/// One row of utils/uf2families.json in github.com/microsoft/uf2 (February 2026).
struct Uf2Family {
  std::string_view name;  ///< "STM32F4"; "STM32F411xE" where bootloaders have ids of their own
  std::uint32_t id = 0;
};
/// All that are known, those of STM32 parts first.
const std::vector<Uf2Family>& uf2_families();

/// "STM32F4"; empty when the id is not known.
[[nodiscard]] std::string_view uf2_family_name(std::uint32_t id);
[[nodiscard]] bool is_stm32_family(std::uint32_t id);
/// In capital or small letters; none when no family has this name.
[[nodiscard]] std::optional<std::uint32_t> uf2_family_id(std::string_view name);
/// "STM32F4 (0x57755A57)", "family 0x12345678"
[[nodiscard]] std::string describe_uf2_family(std::uint32_t id);

}  // namespace sysboot
