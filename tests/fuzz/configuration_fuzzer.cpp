// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration descriptors.
#include "dfuse/descriptors.hpp"
#include "fuzzing.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sysboot::ByteView descriptor(data, size);
  const auto listed = sysboot::interfaces_in(descriptor);
  try {
    const sysboot::Configuration configuration = sysboot::parse_configuration(descriptor);
    fuzzing::require(configuration.interfaces == listed, "both ways see the same interfaces");
  } catch (const sysboot::Error& error) {
    fuzzing::require(error.code() == sysboot::Errc::protocol, "it is the device's business");
  }
  return 0;
}
