// SPDX-License-Identifier: GPL-3.0-or-later
#include "list.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/layout.hpp"
#include "sysboot/several.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Board;
using sysboot::DfuInterface;
using sysboot::Error;
using sysboot::printable;
using sysboot::UsbDeviceInfo;

// bcdDevice of the F411's ROM (AN2606).
constexpr std::uint16_t rom_release = 0x2200;

std::string or_unknown(const std::string& text) {
  return text.empty() ? "UNKNOWN" : printable(text);
}

std::string line_of(const UsbDeviceInfo& device, const DfuInterface& found) {
  return fmt::format(
      "Found {}: [{}] ver={:04x}, devnum={}, cfg={}, intf={}, path=\"{}\", alt={}, name=\"{}\", "
      "serial=\"{}\"",
      found.interface.is_dfu_mode() ? "DFU" : "Runtime", device.id(), device.release,
      device.address, found.configuration, found.interface.number, device.port_path,
      found.interface.alternate, or_unknown(found.name), or_unknown(device.serial));
}

bool fits(const DfuInterface& found, const UsbDeviceInfo& device, const Words& words) {
  const auto& interface = found.interface;
  const bool fits_device = interface.is_dfu_mode() ? fits_as_bootloader(device, words)
                                                   : fits_as_application(device, words);
  return fits_device &&
         (words.configuration.value_or(0) == 0 || *words.configuration == found.configuration) &&
         (!words.interface || *words.interface == interface.number) &&
         (!words.alternate || *words.alternate == interface.alternate) &&
         (words.alternate_name.empty() || words.alternate_name == found.name);
}

void list_device(sysboot::Host& host, const UsbDeviceInfo& device, const Words& words,
                 Listed& listed) {
  if (!device.is_in_dfu_mode() && !device.dfu_runtime()) return;
  try {
    auto interfaces = sysboot::dfu_interfaces(host, device);
    std::reverse(interfaces.begin(), interfaces.end());
    for (const auto& found : interfaces) {
      if (fits(found, device, words)) listed.lines.push_back(line_of(device, found));
    }
  } catch (const Error& error) {
    listed.remarks.push_back(fmt::format("cannot look into {} {} (devnum {}): {}", device.port_path,
                                         device.id(), device.address, error.text()));
  }
}

bool runs_our_firmware(sysboot::Host& host, const Board& board) {
  const auto all = sysboot::all_boards(host, {}).taken;
  return std::any_of(all.begin(), all.end(),
                     [&](const Board& other) { return other.port_path() == board.port_path(); });
}

// Which memories it has is only known of the F411, for which our own firmware is.
std::vector<DfuInterface> interfaces_to_be(bool is_f411) {
  std::vector<std::string> names = {"@Internal Flash  /0x08000000"};
  if (is_f411) {
    names = {std::string(sysboot::f411_flash), "@Option Bytes  /0x1FFFC000/01*016 e",
             "@OTP Memory /0x1FFF7800/01*512 e,01*016 e", "@Device Feature/0xFFFF0000/01*004 e"};
  }
  std::vector<DfuInterface> interfaces;
  for (std::uint8_t i = 0; i < names.size(); ++i) {
    interfaces.push_back({1, {0, i, 0xFE, 1, 2, 0}, names[i]});
  }
  return interfaces;
}

void list_application(sysboot::Host& host, const Board& board, const Words& words, Listed& listed) {
  UsbDeviceInfo rom = board.usb;
  rom.vendor = sysboot::st_rom.vendor;
  rom.product = sysboot::st_rom.product;
  rom.release = rom_release;
  Words any = words;  // it is chosen already
  any.bootloader = any.application = {};
  any.bootloader_serial.clear();
  auto interfaces = interfaces_to_be(runs_our_firmware(host, board));
  std::reverse(interfaces.begin(), interfaces.end());
  for (const auto& found : interfaces) {
    if (fits(found, rom, any)) listed.lines.push_back(line_of(rom, found));
  }
  listed.remarks.push_back(board.describe() +
                           " runs its application; -D, -U and -e take it into DFU mode");
}

}  // namespace

Listed list(sysboot::Host& host, const Words& words, const Chosen& chosen) {
  Listed listed;
  for (const UsbDeviceInfo& device : host.usb_devices()) list_device(host, device, words, listed);
  const bool is_any_in_dfu_mode =
      std::any_of(listed.lines.begin(), listed.lines.end(),
                  [](const std::string& line) { return line.starts_with("Found DFU"); });
  if (is_any_in_dfu_mode) return listed;
  try {
    const Target target = find_target(host, words, chosen);
    const bool is_ours = target.kind == Target::Kind::ours;
    if (is_ours && target.board->mode == sysboot::BoardMode::application) {
      list_application(host, *target.board, words, listed);
    }
  } catch (const Error& error) {
    listed.remarks.emplace_back(error.what());
  }
  return listed;
}

}  // namespace stm32boot::dfu_util
