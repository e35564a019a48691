// SPDX-License-Identifier: GPL-3.0-or-later
// What answers behind a USB address: descriptors, standard requests, and room for the rest.
#pragma once

#include <map>

#include "sysboot/usb.hpp"

namespace sysboot::virtual_bench {

/// How a device answers a control transfer.
struct Answer {
  TransferStatus status = TransferStatus::ok;  ///< ok or stall
  Bytes data;                                  ///< IN data stage, cut to what was asked for

  static Answer stall() { return {TransferStatus::stall, {}}; }
};

struct Descriptors {
  Bytes device;                           ///< 18 bytes
  Bytes configuration;                    ///< with everything behind it
  std::map<std::uint8_t, Bytes> strings;  ///< whole descriptors; 0 is the list of languages

  static Bytes string(std::string_view utf8);
};

/// Puts descriptors together, byte by byte as the specification lists them.
class DescriptorBuilder {
 public:
  DescriptorBuilder& add(std::initializer_list<unsigned> bytes);
  DescriptorBuilder& word(std::uint16_t value);  ///< little endian
  Bytes bytes() const { return bytes_; }
  /// A whole configuration: wTotalLength is filled in.
  Bytes configuration() const;

 private:
  Bytes bytes_;
};

class UsbFunction {
 public:
  UsbFunction() = default;
  UsbFunction(const UsbFunction&) = delete;
  UsbFunction& operator=(const UsbFunction&) = delete;
  virtual ~UsbFunction() = default;

  virtual const Descriptors& descriptors() const = 0;

  /// Answers standard requests (USB 2.0 chapter 9) itself and hands on all others. `out` is the OUT
  /// data.
  Answer control(const Setup& setup, ByteView out, TimePoint now);

  /// Until then the device NAKs everything on endpoint 0.
  virtual TimePoint ready_at() const { return {}; }

  virtual void bulk_out(std::uint8_t endpoint, ByteView data, TimePoint now);
  /// Nothing to send means NAK.
  virtual Bytes bulk_in(std::uint8_t endpoint, std::size_t most);

 protected:
  virtual Answer class_request(const Setup& setup, ByteView out, TimePoint now) = 0;
  /// GET_DESCRIPTOR to an interface, such as type 0x21.
  virtual Answer interface_descriptor(const Setup& setup);
  virtual std::size_t alternates() const { return 1; }

 private:
  Answer standard_request(const Setup& setup);
  Answer get_descriptor(const Setup& setup);
  std::uint8_t self_powered() const;

  std::uint8_t configuration_ = 0;
  std::uint8_t alternate_ = 0;
};

}  // namespace sysboot::virtual_bench
