// SPDX-License-Identifier: GPL-3.0-or-later
// A bootloader that is not ST's: it shows itself on the bus, and that is all.
#pragma once

#include "sysboot/virtual/usb_function.hpp"

namespace sysboot::virtual_bench {

struct LoaderSettings {
  std::uint16_t vendor = 0x1EAF;
  std::uint16_t product = 0x0003;
  std::string product_name = "Maple 003";
  std::uint8_t interface_class = 0xFE;  ///< FE is DFU mode, with DFU 1.1 instead of DfuSe
};

class OtherLoader : public UsbFunction {
 public:
  explicit OtherLoader(const LoaderSettings& settings);

  const Descriptors& descriptors() const override { return descriptors_; }

 protected:
  Answer class_request(const Setup& setup, ByteView out, TimePoint now) override;

 private:
  Descriptors descriptors_;
};

}  // namespace sysboot::virtual_bench
