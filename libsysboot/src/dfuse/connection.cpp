// SPDX-License-Identifier: GPL-3.0-or-later
#include "connection.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/gd32.hpp"
#include "core/patience.hpp"
#include "core/restarts.hpp"
#include "core/timing.hpp"
#include "plan/plan.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr std::initializer_list<Patience> while_it_is_new = {
    {Errc::not_permitted, timing::bootloader_opens},
    {Errc::no_driver, timing::bootloader_opens},
    {Errc::busy, timing::bootloader_is_free}};

std::uint8_t dfu_interface(const Configuration& configuration) {
  for (const auto& interface : configuration.interfaces) {
    if (interface.is_dfu_mode()) return interface.number;
  }
  throw Error(Errc::protocol, "the device has no DFU interface");
}

std::string alternate_name(const Job& job, UsbStrings& strings, const UsbInterface& interface) {
  try {
    std::string name;
    with_restarts(
        job, [&](int) { name = strings.read(interface.name_index); }, Note::Level::debug);
    return name;
  } catch (const Error& error) {
    if (error.code() == Errc::board_gone) throw;
    job.note(Note::Level::debug, error.what());
    return {};  // F437 ROMs have been seen to refuse it
  }
}

std::vector<UsbInterface> alternates_of(const Configuration& configuration, std::uint8_t number) {
  std::vector<UsbInterface> alternates;
  for (const auto& interface : configuration.interfaces) {
    if (interface.number == number && interface.is_dfu_mode()) alternates.push_back(interface);
  }
  return alternates;
}

void read_next_alternate(const Job& job, UsbStrings& strings, DfuseConnection& link) {
  const UsbInterface& interface = link.unread.front();
  AltSetting alt{interface.alternate, alternate_name(job, strings, interface), {}, {}};
  try {
    alt.layout = correct_gd32_layout(link.description.usb, parse_layout(alt.name));
  } catch (const Error& error) {
    alt.problem = error.text();
  }
  link.alternates.push_back(std::move(alt));
  link.unread.erase(link.unread.begin());
}

DfuFunctional usable_functional(const Configuration& configuration) {
  if (!configuration.dfu) {
    throw Error(Errc::protocol, "the device has no DFU functional descriptor");
  }
  const DfuFunctional& dfu = *configuration.dfu;
  if (!dfu.is_dfuse()) {
    throw Error(Errc::protocol,
                fmt::format("the device speaks DFU {:x}.{:02x}, not ST's DfuSe (1.1a): this is not "
                            "the STM32 ROM bootloader",
                            dfu.version >> 8, dfu.version & 0xFF));
  }
  if (dfu.transfer_size < padding_unit) {
    throw Error(Errc::protocol,
                fmt::format("the device claims a transfer size of {} bytes", dfu.transfer_size));
  }
  return dfu;
}

// Most devices name it first.
std::size_t find_flash(const Job& job, DfuseConnection& link) {
  UsbStrings strings(*link.device);
  std::string seen;
  while (!link.unread.empty()) {
    read_next_alternate(job, strings, link);
    const AltSetting& alt = link.alternates.back();
    if (alt.layout && alt.layout->sector_at(flash_base)) return link.alternates.size() - 1;
    seen +=
        fmt::format("\n  alt {}: {}", alt.number, alt.layout ? printable(alt.name) : alt.problem);
  }
  throw Error(Errc::protocol, "no alternate setting holds the internal flash" + seen);
}

}  // namespace

DfuseConnection connect(const Job& job, const Board& board) {
  DfuseConnection link;
  link.description.usb = board.usb;
  link.device = with_patience(job, while_it_is_new, [&] { return job.host.open_usb(board.usb); });

  const Configuration configuration = read_configuration(*link.device);
  const std::uint8_t interface = dfu_interface(configuration);
  link.description.interface_number = interface;
  link.description.functional = usable_functional(configuration);
  with_patience(job, while_it_is_new, [&] { link.device->claim_interface(interface); });
  link.unread = alternates_of(configuration, interface);
  link.flash = link.alternate = find_flash(job, link);
  link.device->set_alternate(interface, link.alternates[link.alternate].number);

  const std::size_t transfer_size = link.description.functional.transfer_size;
  const std::size_t most = std::min(transfer_size, link.device->longest_transfer());
  link.block_size = static_cast<std::uint32_t>(most - most % padding_unit);
  link.address_every_block = link.block_size != transfer_size;
  return link;
}

void read_alternates(const Job& job, DfuseConnection& link) {
  UsbStrings strings(*link.device);
  while (!link.unread.empty()) read_next_alternate(job, strings, link);
}

}  // namespace sysboot
