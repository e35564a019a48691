// SPDX-License-Identifier: GPL-3.0-or-later
#include "find.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "sysboot/error.hpp"
#include "sysboot/trigger.hpp"

namespace stm32boot::dfu_util {
namespace {

using sysboot::Board;
using sysboot::BoardMode;
using sysboot::Errc;
using sysboot::Error;
using sysboot::Selector;
using sysboot::UsbDeviceInfo;

constexpr IdMatch rom_ids{sysboot::st_rom.vendor, sysboot::st_rom.product};

// "-d 0483:df11" lets dfu-util take any bootloader; whoever says it means ST's ROM.
const IdMatch& wanted_bootloader(const Words& words) {
  const bool means_rom = words.application == rom_ids && words.bootloader == IdMatch();
  return means_rom ? words.application : words.bootloader;
}

// The ROM has one interface in one configuration (AN3156); -c 0 is any.
bool has_interface(const Words& words) {
  return words.configuration.value_or(0) <= 1 && words.interface.value_or(0) == 0;
}

bool is_at(const UsbDeviceInfo& device, const Words& words) {
  return (words.path.empty() || words.path == device.port_path) &&
         (!words.address_on_bus || *words.address_on_bus == device.address);
}

bool is_flash(const sysboot::DfuInterface& interface) {
  const auto layout = layout_of(interface);
  return layout && layout->sector_at(sysboot::flash_base);
}

// Others use the ids of ST's ROM for bootloaders that write other memories than internal flash.
bool has_internal_flash(sysboot::Host& host, const UsbDeviceInfo& device) {
  const auto interfaces = sysboot::dfu_interfaces(host, device);
  return std::any_of(interfaces.begin(), interfaces.end(), is_flash);
}

Board only_one(const std::vector<Board>& boards) {
  if (boards.size() == 1) return boards.front();
  std::string text = fmt::format("{} boards fit:", boards.size());
  for (const Board& board : boards) {
    text += fmt::format("\n  {:<8} {} mode, {}", board.port_path(), to_string(board.mode),
                        board.describe());
  }
  throw Error(Errc::ambiguous_board, text).with_remedy(boards.front().port_path());
}

template <typename Fits>
std::vector<Board> boards_where(sysboot::Host& host, const Fits& fits) {
  std::vector<Board> found;
  for (const UsbDeviceInfo& device : host.usb_devices()) {
    if (!fits(device)) continue;
    if (auto board = sysboot::board_at(host, device.port_path)) found.push_back(std::move(*board));
  }
  return found;
}

std::optional<Board> find_if_there(sysboot::Host& host, const Selector& selector,
                                   const std::string& firmware) {
  try {
    return sysboot::find_board(host, selector, firmware);
  } catch (const Error& error) {
    if (error.code() == Errc::no_board) return std::nullopt;
    throw;
  }
}

bool names_application(const Words& words) {
  return words.application.is_exact() && words.application != rom_ids &&
         *words.application.vendor != IdMatch::nobody;
}

// Are its ids those of a firmware that is known to reboot into ST's ROM?
bool is_known_firmware(const UsbDeviceInfo& device) {
  const sysboot::UsbId id{device.vendor, device.product};
  const auto& all = sysboot::profiles();
  return std::any_of(all.begin(), all.end(), [&](const sysboot::Profile& profile) {
    const auto ids = profile.ids();
    const auto& loaders = profile.loaders;
    return !profile.is_generic && std::find(ids.begin(), ids.end(), id) != ids.end() &&
           std::find(loaders.begin(), loaders.end(), sysboot::st_rom) != loaders.end();
  });
}

// What else has a DFU interface is asked by dfu-util itself, whatever it reboots into.
bool can_be_taken(const UsbDeviceInfo& device) {
  return device.vendor == sysboot::st_vendor || !device.dfu_runtime() || is_known_firmware(device);
}

bool is_rom(const UsbDeviceInfo& device) {
  return sysboot::UsbId{device.vendor, device.product} == sysboot::st_rom &&
         device.is_in_dfu_mode();
}

Target as_target(sysboot::Host& host, const Board& board) {
  if (board.mode == BoardMode::application) return {Target::Kind::ours, board};
  const bool is_ours = is_rom(board.usb) && has_internal_flash(host, board.usb);
  return {is_ours ? Target::Kind::ours : Target::Kind::foreign, board};
}

bool fits_in_its_mode(const Board& board, const Words& words) {
  if (board.mode != BoardMode::application) return fits_as_bootloader(board.usb, words);
  return !names_application(words) || fits_as_application(board.usb, words);
}

// The board that the words name, or settings do, or that is certain to be meant.
std::optional<Board> find_certain(sysboot::Host& host, const Words& words, const Chosen& chosen) {
  Selector named{{}, words.path, words.application_serial};
  if (named.serial.empty()) named.serial = words.bootloader_serial;
  const bool is_chosen_by_settings = named.empty() && !words.address_on_bus;
  auto board = find_if_there(host, is_chosen_by_settings ? chosen.board : named, chosen.firmware);
  if (!board || !is_at(board->usb, words) || !fits_in_its_mode(*board, words)) return std::nullopt;
  return board;
}

}  // namespace

std::optional<sysboot::MemoryLayout> layout_of(const sysboot::DfuInterface& interface) {
  try {
    return sysboot::parse_layout(interface.name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool fits_as_bootloader(const UsbDeviceInfo& device, const Words& words) {
  const std::string& serial = words.bootloader_serial;
  return is_at(device, words) && has_interface(words) &&
         wanted_bootloader(words).fits(device.vendor, device.product) &&
         (serial.empty() || serial == device.serial);
}

bool fits_as_application(const UsbDeviceInfo& device, const Words& words) {
  const std::string& serial = words.application_serial;
  return is_at(device, words) && words.application.fits(device.vendor, device.product) &&
         (serial.empty() || serial == device.serial);
}

Target find_target(sysboot::Host& host, const Words& words, const Chosen& chosen) {
  const bool is_named_by_words = !words.path.empty() || words.address_on_bus ||
                                 !words.application_serial.empty() ||
                                 !words.bootloader_serial.empty();
  const bool settings_decide = !is_named_by_words && !chosen.board.empty();
  if (!settings_decide) {
    const auto bootloaders = boards_where(host, [&](const UsbDeviceInfo& device) {
      return device.is_in_dfu_mode() && fits_as_bootloader(device, words);
    });
    if (!bootloaders.empty()) return as_target(host, only_one(bootloaders));
  }
  if (!words.bootloader.fits(sysboot::st_rom.vendor, sysboot::st_rom.product)) {
    return {Target::Kind::foreign, {}};
  }
  if (!settings_decide && names_application(words)) {
    const auto named = boards_where(host, [&](const UsbDeviceInfo& device) {
      return !device.is_in_dfu_mode() && fits_as_application(device, words) && can_be_taken(device);
    });
    if (!named.empty()) return as_target(host, only_one(named));
  }
  if (const auto board = find_certain(host, words, chosen)) return as_target(host, *board);
  const auto other = names_application(words) ? find_foreign(host, words) : std::nullopt;
  return other ? Target{Target::Kind::foreign, other} : Target();
}

std::optional<Board> find_foreign(sysboot::Host& host, const Words& words) {
  const auto others = boards_where(host, [&](const UsbDeviceInfo& device) {
    return device.dfu_runtime() && fits_as_application(device, words) && !can_be_taken(device);
  });
  return others.empty() ? std::nullopt : std::optional(others.front());
}

}  // namespace stm32boot::dfu_util
