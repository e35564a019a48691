// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/other_loader.hpp"

namespace sysboot::virtual_bench {

OtherLoader::OtherLoader(const LoaderSettings& settings) {
  descriptors_.device = DescriptorBuilder()
                            .add({18, 1, 0x00, 0x02, 0, 0, 0, 64})
                            .word(settings.vendor)
                            .word(settings.product)
                            .add({0x00, 0x02, 0, 1, 0, 1})
                            .bytes();
  DescriptorBuilder builder;
  builder.add({9, 2, 0, 0, 1, 1, 0, 0x80, 50});
  if (settings.interface_class == 0xFE) {
    builder.add({9, 4, 0, 0, 0, 0xFE, 1, 2, 1})
        .add({9, 0x21, 0x0B, 0xFF, 0x00, 0x00, 0x04, 0x10, 0x01});  // 1 KiB blocks, DFU 1.1
  } else {
    builder.add({9, 4, 0, 0, 0, settings.interface_class, 0, 0, 0});
  }
  descriptors_.configuration = builder.configuration();
  descriptors_.strings[0] = {4, 3, 0x09, 0x04};
  descriptors_.strings[1] = Descriptors::string(settings.product_name);
}

Answer OtherLoader::class_request(const Setup& /*setup*/, ByteView /*out*/, TimePoint /*now*/) {
  return Answer::stall();
}

}  // namespace sysboot::virtual_bench
