// SPDX-License-Identifier: GPL-3.0-or-later
// USB/IP on the wire: the packets of Documentation/usb/usbip_protocol.rst (Linux), version 1.1.1.
#pragma once

#include <optional>

#include "sysboot/usb.hpp"

namespace virtual_board {

using sysboot::Bytes;
using sysboot::ByteView;

/// Every command and every answer about a transfer starts with so many bytes.
inline constexpr std::size_t header_size = 48;

/// errno values that the protocol carries, as Linux numbers them.
inline constexpr std::int32_t status_stall = -32;      // EPIPE
inline constexpr std::int32_t status_io_error = -71;   // EPROTO
inline constexpr std::int32_t status_unlinked = -104;  // ECONNRESET

struct Submit {
  std::uint32_t sequence = 0;
  bool is_in = false;
  std::uint8_t endpoint = 0;
  std::uint32_t length = 0;  ///< of the transfer buffer
  sysboot::Setup setup;      ///< endpoint 0 only
};

struct Unlink {
  std::uint32_t sequence = 0;
  std::uint32_t victim = 0;
};

struct Command {
  std::optional<Submit> submit;
  std::optional<Unlink> unlink;
};

/// Parses 48 bytes; neither part is set when they are no command, or one that no host has for these
/// boards: isochronous, or to an endpoint beyond 15.
Command parse_command(ByteView header);

Bytes submit_answer(std::uint32_t sequence, std::int32_t status, std::uint32_t actual_length,
                    ByteView in_data);
Bytes unlink_answer(std::uint32_t sequence, std::int32_t status);

/// What goes before the transfers: which devices are there, and "I take this one".
enum class Request : std::uint16_t { list = 0x8005, import = 0x8003 };
inline constexpr std::size_t request_size = 8;
inline constexpr std::size_t bus_id_size = 32;
std::optional<Request> parse_request(ByteView bytes);

struct Exported {
  std::string bus_id;  ///< "1-1"
  std::uint32_t bus = 1;
  std::uint32_t device = 1;
  sysboot::UsbDeviceInfo info;
  std::uint8_t device_class = 0;
};
Bytes list_answer(const std::vector<Exported>& devices);
Bytes import_answer(const Exported* device);  ///< none: refused

}  // namespace virtual_board
