// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_for.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "image/wrapped.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"
#include "sysboot/image.hpp"
#include "sysboot/trigger.hpp"
#include "trigger/choose.hpp"

namespace sysboot {
namespace {

// DFU 1.1, table B.1: 0xFFFF is any. ST's own files, and NanoVNA's, have 0 where they say nothing.
bool is_said(std::uint16_t id) {
  return id != 0 && id != 0xFFFF;
}

bool means(const Image& image, const UsbId& device) {
  const auto [vendor, product] = *image.made_for;
  return (!is_said(vendor) || vendor == device.vendor) &&
         (!is_said(product) || product == device.product);
}

UsbId id_of(const UsbDeviceInfo& device) {
  return {device.vendor, device.product};
}

[[noreturn]] void refuse(const Image& image, const std::string& other, std::string place = {}) {
  const auto [vendor, product] = *image.made_for;
  throw Error(
      Errc::made_for_another,
      fmt::format("{} says it is for {}, but {}", image.name, usb_id(vendor, product), other),
      std::move(place));
}

// Which firmware it is certain to run.
const Profile* firmware_of(const Board& board, const TriggerChoice& choice) {
  const Profile* profile =
      choice.firmware.empty() ? recognise(board.usb) : &find_profile(choice.firmware);
  return profile != nullptr && profile->is_generic ? nullptr : profile;
}

// "STM32F4" of "STM32F405/407/415/417xG", "STM32WB" of "STM32WB55xx"
std::string_view series_of(std::string_view name) {
  return name.substr(0, std::string_view("STM32F4").size());
}

// A line that only the layout suggests may be one of several that the table does not know.
bool is_named_by_id(const ChipGuess& chip, const std::string& line) {
  const auto& known = known_chips();
  return chip.bootloader_id && *chip.bootloader_id != 0 &&
         std::any_of(known.begin(), known.end(), [&](const Chip& row) {
           return row.line == line && row.bootloader_id == *chip.bootloader_id;
         });
}

}  // namespace

void check_made_for(const Image& image, const UsbDeviceInfo& loader,
                    const UsbDeviceInfo& application) {
  if (!image.made_for || means(image, id_of(loader)) || means(image, id_of(application))) return;
  refuse(image, "the board in DFU mode is " + loader.id());
}

void check_made_for_beforehand(const Image& image, const Board& board,
                               const TriggerChoice& choice) {
  if (!image.made_for || board.mode != BoardMode::application) return;
  if (means(image, id_of(board.usb))) return;
  const Profile* firmware = firmware_of(board, choice);
  const std::string place = "board " + board.port_path();
  for (const Loader& loader : known_loaders()) {
    const auto [vendor, product] = *image.made_for;
    if (loader.id != UsbId{vendor, product}) continue;
    if (!loader.is_dfuse)
      refuse(image, fmt::format("{} cannot be flashed here", loader.name), place);
    if (firmware == nullptr) return;
    const auto& lands_in = firmware->loaders;
    if (std::find(lands_in.begin(), lands_in.end(), loader.id) != lands_in.end()) return;
    refuse(
        image,
        fmt::format("{}, which it runs, reboots into {}", firmware->name, lands_in.front().text()),
        place);
  }
}

void check_made_for_assumed(const Image& image, const std::optional<Board>& board) {
  if (!image.made_for || means(image, st_rom)) return;
  if (board && means(image, id_of(board->usb))) return;
  refuse(image, fmt::format("the STM32F411xE that is assumed is {}", st_rom.text()));
}

bool may_be_of_family(const ChipGuess& chip, std::uint32_t family) {
  const std::string_view name = uf2_family_name(family);
  if (name.empty() || chip.lines.empty()) return true;
  return std::any_of(chip.lines.begin(), chip.lines.end(), [&](const std::string& line) {
    return !is_named_by_id(chip, line) || series_of(line) == series_of(name);
  });
}

void check_family(const Job& job, DfuseSession& dfu, const Image& image) {
  if (!image.uf2_family || id_of(dfu.description().usb) != st_rom) return;
  const ChipGuess chip = guess_chip(dfu.layout(), read_bootloader_id(job, dfu));
  if (may_be_of_family(chip, *image.uf2_family)) return;
  if (!is_confirmed(job, dfu, chip.bootloader_id)) return;
  throw Error(Errc::made_for_another,
              fmt::format("{} says it is for {}, but the chip is {}", image.name,
                          describe_uf2_family(*image.uf2_family), chip.describe()));
}

void check_made_for(const Job& job, DfuseSession& dfu, const Image& image,
                    const UsbDeviceInfo& application) {
  check_made_for(image, dfu.description().usb, application);
  check_family(job, dfu, image);
  const bool is_mcuboot = image.parts.empty() && is_mcuboot_image(image.segments.front().data);
  if (is_mcuboot) return;  // begins with no stack pointer
  if (const auto problem = stack_problem(job, dfu, image)) {
    throw Error(Errc::made_for_another, image.name + " is for another chip: " + *problem);
  }
}

}  // namespace sysboot
