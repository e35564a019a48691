// SPDX-License-Identifier: GPL-3.0-or-later
// USB as the rest of the library sees it: what is on the bus, and control transfers to one device.
#pragma once

#include <optional>

#include "sysboot/types.hpp"

namespace sysboot {

struct UsbId {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;

  std::string text() const { return usb_id(vendor, product); }
  bool operator==(const UsbId&) const = default;
};

inline constexpr std::uint16_t st_vendor = 0x0483;
/// ST's ROM bootloader (AN3156 section 3).
inline constexpr UsbId st_rom = {st_vendor, 0xDF11};

/// The eight bytes that start a control transfer (USB 2.0, table 9-2).
struct Setup {
  std::uint8_t request_type = 0;
  std::uint8_t request = 0;
  std::uint16_t value = 0;
  std::uint16_t index = 0;
  std::uint16_t length = 0;

  bool is_in() const { return (request_type & 0x80) != 0; }
  bool operator==(const Setup&) const = default;
};

enum class TransferStatus {
  ok,
  stall,      ///< the device refused the request
  timeout,    ///< no answer in the time given
  no_device,  ///< the device has left the bus
  io_error,   ///< anything else
};
std::string_view to_string(TransferStatus status);

struct TransferResult {
  TransferStatus status = TransferStatus::ok;
  std::size_t length = 0;  ///< bytes moved in the data stage
};

/// One interface in one alternate setting.
struct UsbInterface {
  std::uint8_t number = 0;
  std::uint8_t alternate = 0;
  std::uint8_t class_code = 0;
  std::uint8_t subclass = 0;
  std::uint8_t protocol = 0;
  std::uint8_t name_index = 0;  ///< iInterface; 0 for none

  /// DFU 1.1, table 4.4: class FE, subclass 01, protocol 02.
  bool is_dfu_mode() const { return class_code == 0xFE && subclass == 1 && protocol == 2; }
  /// DFU 1.1, table 4.1: class FE, subclass 01, protocol 01.
  bool is_dfu_runtime() const { return class_code == 0xFE && subclass == 1 && protocol == 1; }
  bool operator==(const UsbInterface&) const = default;
};

/// What can be known of a device without talking to it.
struct UsbDeviceInfo {
  std::string
      port_path;  ///< where it is plugged in, such as "1-4.2"; stays the same when it reboots
  unsigned bus = 0;
  unsigned address = 0;  ///< changes each time the device enumerates
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::uint16_t release = 0;  ///< bcdDevice
  std::string manufacturer;
  std::string product_name;
  std::string serial;
  std::vector<UsbInterface> interfaces;

  std::string id() const { return usb_id(vendor, product); }
  bool is_in_dfu_mode() const;
  std::optional<UsbInterface> dfu_runtime() const;
};

/// An opened device. Closing it releases its interfaces and gives up what is under way. Used by one
/// thread at a time.
class UsbDevice {
 public:
  UsbDevice() = default;
  UsbDevice(const UsbDevice&) = delete;
  UsbDevice& operator=(const UsbDevice&) = delete;
  virtual ~UsbDevice() = default;

  /// Errors: busy when another program has claimed it, board_gone, usb_io.
  virtual void claim_interface(std::uint8_t number) = 0;
  virtual void set_alternate(std::uint8_t interface_number, std::uint8_t alternate) = 0;

  /// Puts a control transfer under way, behind all that are; `out` has setup.length bytes, or none
  /// when data comes in. The device sees one after the other, whatever becomes of the one before.
  /// The timeout counts from now.
  virtual void submit(const Setup& setup, ByteView out, Duration timeout) = 0;
  /// Waits for the oldest that is under way to end; `in` gets the data that came, as much as fits.
  /// When it ran into its timeout, so do all that wait behind it, and do nothing. Failing is an
  /// outcome, not an exception.
  virtual TransferResult reap(std::span<std::uint8_t> in) = 0;
  /// Gives up all that are under way; the device may have carried out any of them. They are still
  /// to be reaped.
  virtual void cancel() = 0;
  /// One by itself, while none is under way. Moves `data` in or out (as setup.request_type says).
  TransferResult control(const Setup& setup, std::span<std::uint8_t> data, Duration timeout) {
    submit(setup, setup.is_in() ? ByteView() : ByteView(data), timeout);
    return reap(data);
  }

  /// USB port reset. The device may come back as another one, so failing is ignored.
  virtual void reset() = 0;

  /// The longest data stage one control transfer can carry here (Linux usbfs: 4096).
  virtual std::size_t longest_transfer() const = 0;
};

}  // namespace sysboot
