// SPDX-License-Identifier: GPL-3.0-or-later
// Beginning anew where a USB transfer fails in passing: F411 ROMs stall now and then (qmk_firmware
// issues 17576 and 17890), cables and hubs lose one.
#pragma once

#include <functional>

#include "sysboot/job.hpp"

namespace sysboot {

inline constexpr int most_restarts = 3;

/// Makes the attempt, and makes it again when a failed transfer (usb_io) ended it, `most_restarts`
/// times. It is told how often that has happened before, because it has to put in order what the
/// one before left behind. Each restart is noted. Returns their number; throws the last error.
int with_restarts(const Job& job, const std::function<void(int restarts)>& attempt,
                  Note::Level level = Note::Level::warning);

}  // namespace sysboot
