// SPDX-License-Identifier: GPL-3.0-or-later
#include "firmware.hpp"

#include <algorithm>
#include <array>

#include "sysboot/error.hpp"

namespace sysboot {
namespace {

constexpr UsbId st_cdc = {st_vendor, 0x5740};

// Not here, because finished devices show them, too: "ChibiOS/RT Virtual COM Port" (VESC motor
// controllers, the first NanoVNAs).
constexpr std::array<std::string_view, 6> templates = {
    "STM32 Virtual ComPort",             // STM32CubeMX, usbd_desc.c for CDC
    "STM32 Virtual ComPort in FS Mode",  // STM32Cube examples, CDC_Standalone
    "STM32 Virtual ComPort in HS Mode",  // the same
    "STM32 Virtual COM Port",            // ST's older USB full-speed library; padded with blanks
    "CDC-ACM Demo",                      // libopencm3-examples, cdcacm.c
    "TinyUSB Device",                    // TinyUSB's examples, usb_descriptors.c
};

// The Arduino core for STM32 shows "BOARD CDC in FS Mode" (usbd_desc.c, boards.txt). Only boards
// that are made to be developed for: "MARLIN_STM32G0B1RE" is a printer, "MARLIN_OPULO_LUMEN_REV5" a
// pick-and-place machine, "STM32F407ZG" a robot's arm, "BLACK_F407VE" what printers were built
// with.
constexpr std::array<std::string_view, 2> arduino_endings = {" CDC in FS Mode", " CDC in HS Mode"};
constexpr std::array<std::string_view, 5> arduino_boards = {"BLACKPILL_", "BLUEPILL_", "DISCO_",
                                                            "GENERIC_", "NUCLEO_"};

std::string_view without_padding(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \0", std::string_view::npos, 2);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool is_of_arduino(std::string_view product) {
  return std::any_of(arduino_endings.begin(), arduino_endings.end(),
                     [&](std::string_view ending) { return product.ends_with(ending); }) &&
         std::any_of(arduino_boards.begin(), arduino_boards.end(),
                     [&](std::string_view board) { return product.starts_with(board); });
}

}  // namespace

const std::vector<Firmware>& known_firmware() {
  static const std::vector<Firmware> table = {
      {.name = "companion", .ids = {st_cdc}, .product = companion_product, .is_our_own = true},
      {.name = "betaflight",
       .ids = {st_cdc,
               {st_vendor, 0x3256},
               {0x2E3C, 0x5740},
               {0x314B, 0x5740},
               {0x28E9, 0x018A},
               {0x3997, 0x5740}},
       .product_begins = "Betaflight "},
      {.name = "inav", .ids = {st_cdc}},
      {.name = "micropython", .ids = {{0xF055, 0x9800}, {0xF055, 0x9802}}, .owns_ids = true},
      {.name = "circuitpython", .ids = {{0x239A, 0x805A}}},
      {.name = "espruino", .ids = {st_cdc}},
      {.name = "klipper", .ids = {{0x1D50, 0x614E}}, .owns_ids = true},
      {.name = "grblhal", .ids = {st_cdc}},
      {.name = "nanovna", .ids = {st_cdc}, .product_begins = "NanoVNA"},
      {.name = "tinysa", .ids = {st_cdc}, .product_begins = "tinySA"},
      {.name = "flipper", .ids = {st_cdc}, .product_begins = "Flipper "},
      {.name = "rusefi", .ids = {st_cdc}},
      {.name = "speeduino", .ids = {st_cdc}},
      {.name = "maple", .ids = {{0x1EAF, 0x0004}}, .owns_ids = true},
      {.name = "panda",
       .ids = {{0xBBAA, 0xDDEE}, {0xBBAA, 0xDDCC}, {0x3801, 0xDDEE}, {0x3801, 0xDDCC}},
       .owns_ids = true},
      {.name = "dfu-runtime", .ids = {{0x1D50, 0x606F}, {0x1D50, 0x6018}}},
      {.name = "touch-1200"},
  };
  return table;
}

const Firmware& firmware_named(std::string_view name) {
  const auto& all = known_firmware();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Firmware& row) { return row.name == name; });
  if (found != all.end()) return *found;
  throw Error(Errc::internal, "no firmware is called " + std::string(name));
}

const Firmware* recognise_firmware(const UsbDeviceInfo& device) {
  const UsbId id{device.vendor, device.product};
  const auto& all = known_firmware();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Firmware& row) {
    const bool has_id = std::find(row.ids.begin(), row.ids.end(), id) != row.ids.end();
    return (row.owns_ids && has_id) || (!row.product.empty() && row.product == device.product_name);
  });
  return found == all.end() ? nullptr : &*found;
}

bool shows(const Firmware& firmware, const UsbDeviceInfo& device) {
  const UsbId id{device.vendor, device.product};
  const bool has_id = std::find(firmware.ids.begin(), firmware.ids.end(), id) != firmware.ids.end();
  const std::string_view begins = firmware.product_begins;
  return recognise_firmware(device) == &firmware ||
         (has_id && !begins.empty() && device.product_name.starts_with(begins));
}

bool shows_template(const UsbDeviceInfo& device) {
  if (device.vendor != st_vendor) return false;
  const std::string_view product = without_padding(device.product_name);
  return std::find(templates.begin(), templates.end(), product) != templates.end() ||
         is_of_arduino(product);
}

}  // namespace sysboot
