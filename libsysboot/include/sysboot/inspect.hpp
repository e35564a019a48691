// SPDX-License-Identifier: GPL-3.0-or-later
// Looking at a board: what it is in DFU mode, how full its flash is, what its memories hold, and
// whether flash holds an image. Nothing is changed.
#pragma once

#include "sysboot/device.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

struct SectorUse {
  Sector sector;
  bool empty = false;     ///< reads as 0xFF throughout
  bool in_image = false;  ///< an image given would touch it
  bool matches = false;   ///< and holds the image's bytes already
};

struct Inspection {
  Visit visit;
  UsbDeviceInfo usb;                ///< in DFU mode
  std::uint16_t dfu_version = 0;    ///< bcdDFUVersion
  std::uint16_t transfer_size = 0;  ///< wTransferSize, bytes
  std::vector<AltSetting> memories;
  ChipGuess chip;
  std::optional<GuardStatus> guard;
  MemoryLayout flash;
  std::vector<SectorUse> sectors;         ///< empty when the flash cannot be read
  std::optional<std::string> unreadable;  ///< why, such as read protection
  std::optional<std::string> objection;   ///< why flash() would refuse the image unless forced
};

/// Reads flash, each sector up to its first byte that is not 0xFF, and leaves the board as it was
/// found. Errors: those of find_board and enter; device errors; interrupted.
[[nodiscard]] Inspection inspect(const Job& job, const Selector& selector, const Image* image,
                                 const VisitOptions& options = {});

/// What to read. Without an address: from the start of internal flash. Without a length: up to the
/// end of the memory that goes on without a gap.
struct ReadRange {
  std::optional<std::uint32_t> address;
  std::optional<std::uint64_t> length;
};

/// Errors: usage, for a range that no device has: a length of 0, or an end beyond 32 bits.
void check_range(const ReadRange& range);

struct ReadResult {
  Visit visit;
  std::string memory;  ///< "Internal Flash"
  Segment content;
};

/// Reads and leaves the board as it was found. Errors: those of find_board and enter; device
/// errors; usage, for a range that is in no memory, reaches past the end of one, or must not be
/// read, naming what there is (those of check_range before the board is looked for); interrupted.
[[nodiscard]] ReadResult read(const Job& job, const Selector& selector, const ReadRange& range,
                              const VisitOptions& options);

/// Where flash first holds something else than it should.
struct Difference {
  std::uint32_t address = 0;
  Bytes expected;                     ///< from there on, 16 bytes at most
  Bytes observed;                     ///< as many
  std::optional<Sector> sector = {};  ///< that it is in, from verify()
  std::string image = {};             ///< the part of a merged image that it is in, from verify()

  /// "0x08004010 of app.bin, in the 16 KiB sector at 0x08004000", then a line for each of both.
  std::string describe() const;
};

struct VerifyResult {
  Visit visit;
  std::string image;                    ///< its name
  std::uint32_t address = 0;            ///< where it begins, as in FlashResult
  std::size_t sectors = 0;              ///< touched by the image
  std::uint64_t bytes = 0;              ///< of the image
  std::vector<Difference> differences;  ///< the first one of each sector that differs

  /// They, as an error (differs); none when there are none.
  [[nodiscard]] std::optional<Error> problem() const;
};

/// Compares flash with the image, gaps left out, and leaves the board as it was found. On a board
/// with guard the application may have its stamp (guard.hpp).
/// Errors: those of find_board and enter; device errors; image_does_not_fit; interrupted.
[[nodiscard]] VerifyResult verify(const Job& job, const Selector& selector, const Image& image,
                                  const VisitOptions& options);

}  // namespace sysboot
