// SPDX-License-Identifier: GPL-3.0-or-later
// The few plain types that every other header uses.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sysboot {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// All waiting is done in these; a Host supplies the clock, so virtual time fits as well as real
/// time.
using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// "0x08000000": addresses always print eight digits wide.
[[nodiscard]] std::string hex32(std::uint64_t address);
/// "0483:df11"
[[nodiscard]] std::string usb_id(std::uint16_t vendor, std::uint16_t product);
/// "20.4 KiB", "512 KiB", "37 bytes"
[[nodiscard]] std::string human_size(std::uint64_t bytes);
/// "0.42 s", "13.1 s"
[[nodiscard]] std::string human_time(Duration duration);
/// Text that came from a device or a file, made safe for a terminal: control characters and bytes
/// that are not UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace sysboot
