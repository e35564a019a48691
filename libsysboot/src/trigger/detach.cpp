// SPDX-License-Identifier: GPL-3.0-or-later
#include "dfuse/descriptors.hpp"
#include "dfuse/requests.hpp"
#include "fire.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// dfu-util's and fwupd's value.
constexpr std::uint16_t detach_timeout_ms = 1000;

bool reads_will_detach(const Job& job, UsbDevice& device) {
  try {
    const Configuration configuration = read_configuration(device);
    return configuration.dfu && configuration.dfu->will_detach;
  } catch (const Error& error) {
    job.note(Note::Level::debug, std::string("dfu-detach: ") + error.what());
    return false;
  }
}

}  // namespace

void detach(const Job& job, const Board& board) {
  const auto interface = board.usb.dfu_runtime();
  if (!interface) throw Error(Errc::usage, "the board has no DFU run-time interface");
  const auto device = open_device(job, board);
  device->claim_interface(interface->number);
  const bool will_detach = reads_will_detach(job, *device);
  DfuRequests requests(job, *device, interface->number, dfu_util_quirks(board.usb));
  // Many devices reboot at once and never finish the request (fwupd ignores its errors, too).
  const TransferResult result = requests.detach(detach_timeout_ms);
  job.note(Note::Level::debug,
           "dfu-detach: the device answered: " + std::string(to_string(result.status)));
  if (!will_detach && result.status == TransferStatus::ok) device->reset();
}

}  // namespace sysboot
