// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/usb_function.hpp"

#include <algorithm>

namespace sysboot::virtual_bench {
namespace {

// USB 2.0 table 9-4, requests; table 9-5, descriptor types.
constexpr std::uint8_t get_status = 0x00;
constexpr std::uint8_t clear_feature = 0x01;
constexpr std::uint8_t set_feature = 0x03;
constexpr std::uint8_t set_address = 0x05;
constexpr std::uint8_t get_descriptor_request = 0x06;
constexpr std::uint8_t get_configuration = 0x08;
constexpr std::uint8_t set_configuration = 0x09;
constexpr std::uint8_t get_interface = 0x0A;
constexpr std::uint8_t set_interface = 0x0B;
constexpr std::uint8_t type_device = 0x01;
constexpr std::uint8_t type_configuration = 0x02;
constexpr std::uint8_t type_string = 0x03;

constexpr std::uint8_t type_mask = 0x60;
constexpr std::uint8_t recipient_mask = 0x1F;
constexpr std::uint8_t recipient_interface = 1;

Answer cut(Bytes data, std::uint16_t length) {
  data.resize(std::min<std::size_t>(data.size(), length));
  return {TransferStatus::ok, std::move(data)};
}

}  // namespace

Bytes Descriptors::string(std::string_view utf8) {
  Bytes bytes = {0, type_string};
  for (const char c : utf8) {
    bytes.push_back(static_cast<std::uint8_t>(c));
    bytes.push_back(0);
  }
  bytes[0] = static_cast<std::uint8_t>(bytes.size());
  return bytes;
}

DescriptorBuilder& DescriptorBuilder::add(std::initializer_list<unsigned> bytes) {
  for (const unsigned byte : bytes) bytes_.push_back(static_cast<std::uint8_t>(byte));
  return *this;
}

DescriptorBuilder& DescriptorBuilder::word(std::uint16_t value) {
  return add({value & 0xFFU, static_cast<unsigned>(value) >> 8});
}

Bytes DescriptorBuilder::configuration() const {
  Bytes whole = bytes_;
  whole[2] = static_cast<std::uint8_t>(whole.size());
  whole[3] = static_cast<std::uint8_t>(whole.size() >> 8);
  return whole;
}

void UsbFunction::bulk_out(std::uint8_t /*endpoint*/, ByteView /*data*/, TimePoint /*now*/) {}
Bytes UsbFunction::bulk_in(std::uint8_t /*endpoint*/, std::size_t /*most*/) {
  return {};
}
Answer UsbFunction::interface_descriptor(const Setup& /*setup*/) {
  return Answer::stall();
}

Answer UsbFunction::control(const Setup& setup, ByteView out, TimePoint now) {
  if ((setup.request_type & type_mask) == 0) return standard_request(setup);
  Answer answer = class_request(setup, out, now);
  if (answer.status == TransferStatus::ok) return cut(std::move(answer.data), setup.length);
  return answer;
}

Answer UsbFunction::get_descriptor(const Setup& setup) {
  const auto type = static_cast<std::uint8_t>(setup.value >> 8);
  const auto index = static_cast<std::uint8_t>(setup.value);
  if ((setup.request_type & recipient_mask) == recipient_interface) {
    return interface_descriptor(setup);
  }
  const Descriptors& all = descriptors();
  if (type == type_device) return cut(all.device, setup.length);
  if (type == type_configuration && index == 0) return cut(all.configuration, setup.length);
  if (type == type_string && all.strings.contains(index)) {
    return cut(all.strings.at(index), setup.length);
  }
  return Answer::stall();
}

// The configuration says so in bit 6 of bmAttributes; GET_STATUS in bit 0 (USB 2.0 figure 9-4).
std::uint8_t UsbFunction::self_powered() const {
  const Bytes& configuration = descriptors().configuration;
  return configuration.size() > 7 && (configuration[7] & 0x40) != 0 ? 1 : 0;
}

Answer UsbFunction::standard_request(const Setup& setup) {
  switch (setup.request) {
    case get_descriptor_request: return get_descriptor(setup);
    case get_status: {
      const bool of_device = (setup.request_type & recipient_mask) == 0;
      return cut({of_device ? self_powered() : std::uint8_t{0}, 0}, setup.length);
    }
    case get_configuration: return cut({configuration_}, setup.length);
    case get_interface: return cut({alternate_}, setup.length);
    case set_configuration:
      if (setup.value > 1) return Answer::stall();
      configuration_ = static_cast<std::uint8_t>(setup.value);
      return {};
    case set_interface:
      if (setup.value >= alternates()) return Answer::stall();
      alternate_ = static_cast<std::uint8_t>(setup.value);
      return {};
    case set_address:
    case set_feature:
    case clear_feature: return {};
    default: return Answer::stall();
  }
}

}  // namespace sysboot::virtual_bench
