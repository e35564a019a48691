// SPDX-License-Identifier: GPL-3.0-or-later
// What guard on a board changes about flashing it. Pure: no device.
#pragma once

#include "sysboot/guard.hpp"

namespace sysboot {

/// A board with guard in its first sector.
struct Guarded {
  Guard guard;
  Bytes vectors;  ///< the first guard_words_end bytes behind guard, as they are
};

/// May this flash hold guard? Only on F2, F4 and F7 the first sector ends where its application
/// begins.
bool may_hold_guard(const MemoryLayout& flash);

/// The image where it goes on this board. Errors, unless forced: those of check_image, for an
/// address that was only assumed; guarded, for a program that is linked for where guard is.
Image placed(const Image& image, const std::optional<Guarded>& there, bool force);

/// What the first sector may be made to hold.
enum class FirstSector {
  stays,     ///< guard, where it is; one that the image has comes to a board without
  guard,     ///< the guard that the image has, in place of another one
  no_guard,  ///< what the image has, in place of guard
};

struct UnderGuard {
  FirstSector first_sector = FirstSector::stays;
  bool stamp = true;   ///< give the application one
  bool force = false;  ///< as FlashOptions::force
};

/// What is flashed at a time, on a board whose guard, if any, is whole meanwhile.
struct FlashPart {
  Image image;
  bool is_under_guard = false;  ///< guard decides whether its vectors start anything
};

/// What of the image comes where guard is, and what behind; no segments for nothing.
Image in_front_of_application(const Image& image);
Image from_application_on(const Image& image);

/// The image in the order in which its parts are flashed, each as it is to be in flash: guard
/// before its application, since what comes under guard may break off at any moment, and what takes
/// guard's place after all others, for the same reason. The application's part has the stamp, if
/// there can be one. Errors: guarded, for what would overwrite guard; unless forced, for what would
/// change part of a stamped application and leave its vectors.
std::vector<FlashPart> parts_of(const Image& image, const std::optional<Guarded>& there,
                                const UnderGuard& how);

/// The image as it is in flash on this board, for a comparison: with the stamp, unless flash has
/// the image's own bytes there.
Image as_flashed(const Image& image, const std::optional<Guarded>& there);

}  // namespace sysboot
