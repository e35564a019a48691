// SPDX-License-Identifier: GPL-3.0-or-later
// Is the image for the device that is there? Files may say what they were made for: by USB ids in a
// DFU suffix, by a family in UF2. What is not said is never held against a device.
#pragma once

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "sysboot/image.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {

/// The ids may be those of the bootloader, or those of the application that it came from: DFU 1.1
/// (appendix B) does not say which. Error: made_for_another, with both ids.
void check_made_for(const Image& image, const UsbDeviceInfo& loader,
                    const UsbDeviceInfo& application);

/// All of it that the board can be asked in DFU mode: that; the UF2 family; whether the chip has
/// RAM where the stack is. Error: made_for_another.
void check_made_for(const Job& job, DfuseSession& dfu, const Image& image,
                    const UsbDeviceInfo& application);

/// The same before the application is stopped, for what is certain by then: what no board can be
/// flashed with at all, and ROMs that the firmware it runs is known not to reboot into.
/// Error: made_for_another.
void check_made_for_beforehand(const Image& image, const Board& board, const TriggerChoice& choice);

/// For dry_run, where the layout of the F411xE is assumed. Error: made_for_another.
void check_made_for_assumed(const Image& image, const std::optional<Board>& board);

/// Whether a chip of this guess may be of the UF2 family: false only when the bootloader id names
/// the chip, and the family is another series, or is not of ST.
bool may_be_of_family(const ChipGuess& chip, std::uint32_t family);

/// Reads the bootloader id where the image has a family, on ST's ROM only: clones look like chips
/// that they are not. Error: made_for_another, with both names.
void check_family(const Job& job, DfuseSession& dfu, const Image& image);

}  // namespace sysboot
