// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/usb.hpp"

#include <algorithm>

namespace sysboot {

std::string_view to_string(TransferStatus status) {
  switch (status) {
    case TransferStatus::ok: return "ok";
    case TransferStatus::stall: return "stall";
    case TransferStatus::timeout: return "timeout";
    case TransferStatus::no_device: return "no device";
    case TransferStatus::io_error: return "I/O error";
  }
  return "unknown";
}

bool UsbDeviceInfo::is_in_dfu_mode() const {
  // A device whose descriptors are too broken to list its interfaces is still ST's bootloader by
  // its id.
  if (interfaces.empty()) return UsbId{vendor, product} == st_rom;
  return std::any_of(interfaces.begin(), interfaces.end(),
                     [](const UsbInterface& i) { return i.is_dfu_mode(); });
}

std::optional<UsbInterface> UsbDeviceInfo::dfu_runtime() const {
  const auto found = std::find_if(interfaces.begin(), interfaces.end(),
                                  [](const UsbInterface& i) { return i.is_dfu_runtime(); });
  return found == interfaces.end() ? std::nullopt : std::optional(*found);
}

}  // namespace sysboot
