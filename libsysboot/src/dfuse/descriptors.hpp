// SPDX-License-Identifier: GPL-3.0-or-later
// Descriptors of a DFU device, and its answer to GETSTATUS.
#pragma once

#include "sysboot/device.hpp"

namespace sysboot {

/// The answer to GETSTATUS. Status is not state: one says what went wrong, the other where it
/// stands.
struct DfuStatus {
  DfuStatusCode status = DfuStatusCode::ok;
  DfuState state = DfuState::dfuIDLE;
  Duration poll_timeout{};  ///< what the device claims it needs, 0 to 16,777,215 ms

  std::string describe() const;  ///< "dfuERROR, errVENDOR: …"
};

/// DFU functional descriptor (DFU 1.1, table 4.2).
struct DfuFunctional {
  bool can_download = false;
  bool can_upload = false;
  bool manifestation_tolerant = false;
  bool will_detach = false;
  std::uint16_t detach_timeout = 0;  ///< ms
  std::uint16_t transfer_size = 0;   ///< wTransferSize, bytes
  std::uint16_t version = 0;         ///< bcdDFUVersion; 0x011A is DfuSe (UM0424)

  bool is_dfuse() const { return version == 0x011A; }
};

/// What a configuration descriptor (as GET_DESCRIPTOR returns it, with everything behind it) holds.
struct Configuration {
  std::uint8_t value = 0;  ///< bConfigurationValue
  std::vector<UsbInterface> interfaces;
  std::optional<DfuFunctional> dfu;  ///< the first one found
};

/// Parses a whole configuration descriptor that a device sent. Unknown descriptors are skipped.
/// Error: protocol, for one that is too short, or whose parts have a length of 0 or run past its
/// end.
Configuration parse_configuration(ByteView descriptor);

/// The text of a string descriptor (UTF-16LE to UTF-8). Tolerates a bLength that disagrees with
/// what arrived (F427 ROM does that) and replaces broken surrogates; an unusable one is empty.
std::string parse_string_descriptor(ByteView descriptor);

/// GET_DESCRIPTOR for the active configuration. Errors: as UsbDevice::control says, as board_gone
/// or usb_io; protocol.
Configuration read_configuration(UsbDevice& device);

/// A device's strings: in English, or in the first language of one that has none in English. The
/// device must outlive this object.
class UsbStrings {
 public:
  explicit UsbStrings(UsbDevice& device) : device_(device) {}

  /// Empty for index 0, which means none. Errors: board_gone, usb_io.
  std::string read(std::uint8_t index);

 private:
  Bytes in_language(std::uint8_t index) const;
  bool finds_another_language();

  UsbDevice& device_;
  std::uint16_t language_ = 0x0409;  // English (United States)
  bool has_asked_ = false;           // which ones there are
};

}  // namespace sysboot
