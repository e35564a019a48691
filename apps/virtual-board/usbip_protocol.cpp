// SPDX-License-Identifier: GPL-3.0-or-later
#include "usbip_protocol.hpp"

#include <algorithm>

namespace virtual_board {
namespace {

constexpr std::uint32_t cmd_submit = 1;
constexpr std::uint32_t cmd_unlink = 2;
constexpr std::uint32_t ret_submit = 3;
constexpr std::uint32_t ret_unlink = 4;
constexpr std::uint16_t version = 0x0111;
constexpr std::uint16_t reply_list = 0x0005;
constexpr std::uint16_t reply_import = 0x0003;
constexpr std::uint32_t speed_full = 2;
constexpr std::size_t path_size = 256;

std::uint32_t get32(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

// Big endian, as everything in this protocol but the setup packet.
class Writer {
 public:
  Writer& u8(unsigned value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Writer& u16(unsigned value) { return u8(value >> 8).u8(value & 0xFF); }
  Writer& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xFFFF); }
  Writer& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  Writer& text(std::string_view value, std::size_t size) {
    value = value.substr(0, size - 1);
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return zeros(size - value.size());
  }
  Writer& data(ByteView value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

void write_device(Writer& out, const Exported& device) {
  const auto& info = device.info;
  out.text("/sys/devices/virtual/" + device.bus_id, path_size)
      .text(device.bus_id, bus_id_size)
      .u32(device.bus)
      .u32(device.device)
      .u32(speed_full)
      .u16(info.vendor)
      .u16(info.product)
      .u16(info.release)
      .u8(device.device_class)
      .u8(0)
      .u8(0)
      .u8(0)  // not configured yet
      .u8(1);
  std::size_t interfaces = 0;
  for (const auto& interface : info.interfaces) interfaces += interface.alternate == 0 ? 1 : 0;
  out.u8(static_cast<unsigned>(interfaces));
}

void write_interfaces(Writer& out, const Exported& device) {
  for (const auto& interface : device.info.interfaces) {
    if (interface.alternate != 0) continue;
    out.u8(interface.class_code).u8(interface.subclass).u8(interface.protocol).u8(0);
  }
}

}  // namespace

Command parse_command(ByteView header) {
  Command command;
  if (header.size() < header_size) return command;
  const std::uint32_t code = get32(header, 0);
  const std::uint32_t sequence = get32(header, 4);
  if (code == cmd_unlink) command.unlink = {sequence, get32(header, 20)};
  const std::uint32_t direction = get32(header, 12);
  const std::uint32_t endpoint = get32(header, 16);
  const std::uint32_t packets = get32(header, 32);
  const bool isochronous = packets != 0 && packets != 0xFFFFFFFF;
  if (code != cmd_submit || direction > 1 || endpoint > 15 || isochronous) return command;
  const ByteView setup = header.subspan(40, 8);
  const auto word = [&](std::size_t at) {
    return static_cast<std::uint16_t>(setup[at] | setup[at + 1] << 8);
  };
  command.submit = {sequence,
                    direction == 1,
                    static_cast<std::uint8_t>(endpoint),
                    get32(header, 24),
                    {setup[0], setup[1], word(2), word(4), word(6)}};
  return command;
}

Bytes submit_answer(std::uint32_t sequence, std::int32_t status, std::uint32_t actual_length,
                    ByteView in_data) {
  return Writer()
      .u32(ret_submit)
      .u32(sequence)
      .zeros(12)  // device, direction, endpoint: not used in answers
      .u32(static_cast<std::uint32_t>(status))
      .u32(actual_length)
      .zeros(8)  // start frame, packets: isochronous only
      .u32(0)    // errors
      .zeros(8)
      .data(in_data)
      .take();
}

Bytes unlink_answer(std::uint32_t sequence, std::int32_t status) {
  return Writer()
      .u32(ret_unlink)
      .u32(sequence)
      .zeros(12)
      .u32(static_cast<std::uint32_t>(status))
      .zeros(24)
      .take();
}

std::optional<Request> parse_request(ByteView bytes) {
  if (bytes.size() < request_size) return std::nullopt;
  const auto code = static_cast<Request>(bytes[2] << 8 | bytes[3]);
  if (code == Request::list || code == Request::import) return code;
  return std::nullopt;
}

Bytes list_answer(const std::vector<Exported>& devices) {
  Writer out;
  out.u16(version).u16(reply_list).u32(0).u32(static_cast<std::uint32_t>(devices.size()));
  for (const auto& device : devices) {
    write_device(out, device);
    write_interfaces(out, device);
  }
  return out.take();
}

Bytes import_answer(const Exported* device) {
  Writer out;
  out.u16(version).u16(reply_import).u32(device == nullptr ? 1 : 0);
  if (device != nullptr) write_device(out, *device);
  return out.take();
}

}  // namespace virtual_board
