// SPDX-License-Identifier: GPL-3.0-or-later
#include "system/file_stamp.hpp"

#include <windows.h>

namespace stm32boot {

// The C library's time of a file has whole seconds, within which a build can be done.
FileStamp stamp_of(const std::filesystem::path& file) {
  constexpr DWORD others_may = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  const HANDLE handle = ::CreateFileW(file.c_str(), FILE_READ_ATTRIBUTES, others_may, nullptr,
                                      OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return {};
  FILE_BASIC_INFO times{};
  FILE_STANDARD_INFO sizes{};
  const bool known =
      ::GetFileInformationByHandleEx(handle, FileBasicInfo, &times, sizeof times) != FALSE &&
      ::GetFileInformationByHandleEx(handle, FileStandardInfo, &sizes, sizeof sizes) != FALSE;
  ::CloseHandle(handle);
  if (!known) return {};
  return {times.LastWriteTime.QuadPart, times.ChangeTime.QuadPart,
          static_cast<std::uint64_t>(sizes.EndOfFile.QuadPart), 0};
}

}  // namespace stm32boot
