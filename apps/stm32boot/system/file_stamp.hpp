// SPDX-License-Identifier: GPL-3.0-or-later
// By what the system tells one state of a file from the next.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stm32boot {

/// The same for as long as nobody writes to the file or puts another one in its place. A copy that
/// keeps time and size still differs in `changed`. Only to be compared: units and epochs differ.
struct FileStamp {
  std::int64_t written = 0;
  std::int64_t changed = 0;  ///< by the system's own clock; no program can set it
  std::uint64_t size = 0;
  std::uint64_t id = 0;  ///< where the system has one that is cheap to ask for
  bool operator==(const FileStamp&) const = default;
};

/// All zero when there is no such file.
FileStamp stamp_of(const std::filesystem::path& file);

}  // namespace stm32boot
