// SPDX-License-Identifier: GPL-3.0-or-later
// Reads and parses what a device says of itself. Nothing in it is trusted.
#include "descriptors.hpp"

#include <fmt/core.h>

#include <utility>

#include "core/timing.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// Descriptor types: USB 2.0 table 9-5; 0x21 is DFU 1.1 table 4.2.
constexpr std::uint8_t type_configuration = 0x02;
constexpr std::uint8_t type_string = 0x03;
constexpr std::uint8_t type_interface = 0x04;
constexpr std::uint8_t type_dfu_functional = 0x21;

constexpr std::uint16_t longest_string = 255;

std::uint16_t word(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

bool is_dfu_class(const UsbInterface& interface) {
  return interface.class_code == 0xFE && interface.subclass == 1;
}

DfuFunctional parse_functional(ByteView descriptor) {
  if (descriptor.size() < 7) {
    throw Error(Errc::protocol, fmt::format("DFU functional descriptor has {} bytes, expected 9",
                                            descriptor.size()));
  }
  const std::uint8_t attributes = descriptor[2];
  DfuFunctional dfu;
  dfu.can_download = (attributes & 1) != 0;
  dfu.can_upload = (attributes & 2) != 0;
  dfu.manifestation_tolerant = (attributes & 4) != 0;
  dfu.will_detach = (attributes & 8) != 0;
  dfu.detach_timeout = word(descriptor, 3);
  dfu.transfer_size = word(descriptor, 5);
  // DFU 1.0 had seven bytes and no version.
  dfu.version = descriptor.size() >= 9 ? word(descriptor, 7) : 0x0100;
  return dfu;
}

// Hands on each part of a descriptor; returns how far it got, which is all of it when it is sound.
template <typename Visit>
std::size_t walk(ByteView descriptor, Visit visit) {
  std::size_t at = 0;
  while (at < descriptor.size()) {
    const std::size_t length = descriptor[at];
    if (length < 2 || at + length > descriptor.size()) break;
    visit(descriptor.subspan(at, length));
    at += length;
  }
  return at;
}

std::optional<UsbInterface> as_interface(ByteView part) {
  if (part[1] != type_interface || part.size() < 9) return std::nullopt;
  return UsbInterface{part[2], part[3], part[5], part[6], part[7], part[8]};
}

void add_part(ByteView part, Configuration& configuration) {
  if (const auto interface = as_interface(part)) configuration.interfaces.push_back(*interface);
  if (part[1] != type_dfu_functional || configuration.dfu) return;
  // HID descriptors have the same type number; only those behind a DFU interface are meant.
  const bool is_dfu =
      configuration.interfaces.empty() || is_dfu_class(configuration.interfaces.back());
  if (is_dfu) configuration.dfu = parse_functional(part);
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

Bytes get_descriptor(UsbDevice& device, std::uint8_t type, std::uint8_t index,
                     std::uint16_t language, std::uint16_t length) {
  Bytes buffer(length);
  const Setup setup{0x80, 0x06, static_cast<std::uint16_t>(type << 8 | index), language, length};
  const Duration timeout = type == type_string ? timing::string : timing::configuration;
  const TransferResult result = device.control(setup, buffer, timeout);
  if (result.status == TransferStatus::no_device) {
    throw Error(Errc::board_gone, "the board left the bus while its descriptors were read");
  }
  if (result.status != TransferStatus::ok) {
    throw Error(Errc::usb_io, fmt::format("reading descriptor {} of type {}: {}", index, type,
                                          to_string(result.status)));
  }
  buffer.resize(std::min<std::size_t>(result.length, length));
  return buffer;
}

}  // namespace

Configuration parse_configuration(ByteView descriptor) {
  if (descriptor.size() < 9 || descriptor[1] != type_configuration) {
    throw Error(Errc::protocol, "the configuration descriptor is too short");
  }
  Configuration configuration;
  configuration.value = descriptor[5];
  const std::size_t walked =
      walk(descriptor, [&](ByteView part) { add_part(part, configuration); });
  if (walked < descriptor.size()) {
    throw Error(Errc::protocol,
                fmt::format("the configuration descriptor is broken at byte {} of {}: a part that "
                            "claims {}",
                            walked, descriptor.size(), counted(descriptor[walked], "byte")));
  }
  return configuration;
}

std::vector<UsbInterface> interfaces_in(ByteView descriptor) {
  std::vector<UsbInterface> interfaces;
  walk(descriptor, [&](ByteView part) {
    if (const auto interface = as_interface(part)) interfaces.push_back(*interface);
  });
  return interfaces;
}

std::string parse_string_descriptor(ByteView descriptor) {
  if (descriptor.size() < 2 || descriptor[1] != type_string) return {};
  const std::size_t length = std::min<std::size_t>(descriptor.size(), descriptor[0]);
  std::string text;
  for (std::size_t at = 2; at + 1 < length; at += 2) {
    const std::uint32_t unit = word(descriptor, at);
    const bool pair = unit >= 0xD800 && unit < 0xDC00 && at + 3 < length &&
                      (word(descriptor, at + 2) & 0xFC00) == 0xDC00;
    if (pair) {
      append_utf8(text, 0x10000 + ((unit & 0x3FF) << 10) + (word(descriptor, at + 2) & 0x3FFU));
      at += 2;
    } else if (unit == 0) {
      break;
    } else {
      append_utf8(text, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
    }
  }
  return text;
}

Configuration read_configuration(UsbDevice& device) {
  // Those of bootloaders fit; Windows asks for as much at first, too.
  constexpr std::uint16_t usual = 255;
  const Bytes head = get_descriptor(device, type_configuration, 0, 0, usual);
  if (head.size() < 4) throw Error(Errc::protocol, "the configuration descriptor is too short");
  const std::uint16_t total = word(head, 2);
  if (total <= usual) {
    return parse_configuration(ByteView(head).first(std::min<std::size_t>(head.size(), total)));
  }
  return parse_configuration(get_descriptor(device, type_configuration, 0, 0, total));
}

Bytes UsbStrings::in_language(std::uint8_t index) const {
  return get_descriptor(device_, type_string, index, language_, longest_string);
}

bool UsbStrings::finds_another_language() {
  if (std::exchange(has_asked_, true)) return false;
  const Bytes languages = get_descriptor(device_, type_string, 0, 0, longest_string);
  if (languages.size() < 4 || word(languages, 2) == language_) return false;
  language_ = word(languages, 2);
  return true;
}

std::string UsbStrings::read(std::uint8_t index) {
  if (index == 0) return {};
  try {
    return parse_string_descriptor(in_language(index));
  } catch (const Error& error) {
    if (error.code() == Errc::board_gone || !finds_another_language()) throw;
    return parse_string_descriptor(in_language(index));
  }
}

}  // namespace sysboot
