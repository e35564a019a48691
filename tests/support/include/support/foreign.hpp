// SPDX-License-Identifier: GPL-3.0-or-later
// Real devices that are not the board that is meant, as people's logs show them. None may ever be
// touched unless it is named.
#pragma once

#include <vector>

#include "sysboot/usb.hpp"

namespace support {

struct Foreign {
  const char* what;
  std::uint16_t vendor;
  std::uint16_t product;
  const char* manufacturer;
  const char* product_name;
  const char* serial;
  bool has_port;
  std::vector<sysboot::UsbInterface> interfaces;

  /// At this port path of bus 1.
  sysboot::UsbDeviceInfo at(const std::string& port_path, unsigned address) const {
    return {port_path,    1,      address,   vendor, product, 0x0100, manufacturer,
            product_name, serial, interfaces};
  }
};

inline constexpr sysboot::UsbInterface cdc_control = {0, 0, 0x02, 2, 1, 0};
inline constexpr sysboot::UsbInterface cdc_data = {1, 0, 0x0A, 0, 0, 0};
inline constexpr sysboot::UsbInterface bluetooth = {0, 0, 0xE0, 1, 1, 0};
inline constexpr sysboot::UsbInterface audio = {0, 0, 0x01, 1, 0, 0};
inline constexpr sysboot::UsbInterface video = {0, 0, 0x0E, 1, 0, 0};
inline constexpr sysboot::UsbInterface hid = {0, 0, 0x03, 0, 0, 0};
inline constexpr sysboot::UsbInterface vendors_own = {0, 0, 0xFF, 0xFF, 0xFF, 0};
inline constexpr sysboot::UsbInterface runtime = {3, 0, 0xFE, 1, 1, 0};
inline constexpr sysboot::UsbInterface dfu_mode = {0, 0, 0xFE, 1, 2, 0};

/// Sources: usb-devices and lsusb in bug reports (kernel patches to btusb and hid-sensors, Ubuntu,
/// Arch and Debian forums), `dfu-util -l` in projects' documents, /dev/serial/by-id in OctoPrint's,
/// VESC's, LumenPnP's, DexArm's and Flipper's; vendors' own descriptors.
inline std::vector<Foreign> foreign_devices() {
  const std::vector<sysboot::UsbInterface> cdc = {cdc_control, cdc_data};
  const std::vector<sysboot::UsbInterface> bt = {bluetooth, runtime};
  return {
      // DFU run-time interfaces.
      {"Broadcom", 0x0A5C, 0x21E8, "Broadcom Corp", "BCM20702A0", "5CF37093A853", false, bt},
      {"Foxconn", 0x0489, 0xE00D, "Broadcom Corp", "Broadcom Bluetooth 2.1 Device", "3859F9CC8907",
       false, bt},
      {"Alps", 0x044E, 0x3017, "Broadcom Corp", "BCM2046 Bluetooth Device", "00214FB6CD6E", false,
       bt},
      {"Dell 8143", 0x413C, 0x8143, "Broadcom Corp", "BCM20702A0", "20689D1FADD0", false, bt},
      {"Dell 8197", 0x413C, 0x8197, "Broadcom Corp", "BCM20702A0", "", false, bt},
      {"Apple", 0x05AC, 0x8289, "Broadcom Corp.", "Bluetooth USB Host Controller", "", false, bt},
      {"Qualcomm", 0x0CF3, 0x3004, "Atheros Communications", "Bluetooth USB Host Controller",
       "Alaska Day 2006", false, bt},
      {"Logitech",
       0x046D,
       0x0A44,
       "Logitech",
       "Logitech USB Headset H390",
       "",
       false,
       {audio, hid, runtime}},
      {"HP camera", 0x0408, 0x5473, "Quanta", "HP 5MP Camera", "01.00.00", false, {video, runtime}},
      {"Realtek camera",
       0x0BDA,
       0x58FE,
       "Integrated_Webcam_HD",
       "Integrated Webcam HD",
       "",
       false,
       {video, runtime}},
      {"Focusrite", 0x1235, 0x800A, "Focusrite", "Scarlett 2i4 USB", "", false, {audio, runtime}},
      {"PreSonus",
       0x194F,
       0x020A,
       "PreSonus Audio",
       "AudioBox",
       "ATSC20100175",
       false,
       {audio, runtime}},
      {"candleLight",
       0x1D50,
       0x606F,
       "bytewerk",
       "candleLight USB to CAN adapter",
       "003A00285841500920343838",
       false,
       {vendors_own, runtime}},
      {"Black Magic Probe",
       0x1D50,
       0x6018,
       "Black Magic Debug",
       "Black Magic Probe v1.9.2",
       "7BB180B4",
       true,
       {cdc_control, cdc_data, runtime}},
      {"Zephyr's DFU sample",
       0x2FE3,
       0x0005,
       "ZEPHYR",
       "USB DFU",
       "0123456789ABCDEF",
       false,
       {runtime}},
      {"TinyUSB on another chip",
       0xCAFE,
       0x4000,
       "TinyUSB",
       "TinyUSB Device",
       "E6626087971C2C2E",
       true,
       {cdc_control, cdc_data, runtime}},
      // Serial ports under ST's vendor id, with names of their own.
      {"NanoVNA", 0x0483, 0x5740, "nanovna.com", "NanoVNA-H4", "400", true, cdc},
      {"tinySA", 0x0483, 0x5740, "tinysa.org", "tinySA", "400", true, cdc},
      {"Flipper", 0x0483, 0x5740, "Flipper Devices Inc.", "Flipper Unfp0ur", "flip_Unfp0ur", true,
       cdc},
      {"VESC", 0x0483, 0x5740, "STMicroelectronics", "ChibiOS/RT Virtual COM Port", "301", true,
       cdc},
      {"printer", 0x0483, 0x5740, "STMicroelectronics", "MARLIN_STM32G0B1RE CDC in FS Mode",
       "203E345B4D41", true, cdc},
      {"pick and place", 0x0483, 0x5740, "STMicroelectronics",
       "MARLIN_OPULO_LUMEN_REV5 CDC in FS Mode", "387932683335", true, cdc},
      {"robot's arm", 0x0483, 0x5740, "STMicroelectronics", "STM32F407ZG CDC in FS Mode",
       "336336523439", true, cdc},
      {"filament buffer", 0x0483, 0x5740, "STMicroelectronics", "FLY_BUFFER_F072C8 CDC in FS Mode",
       "206D326E5346", true, cdc},
      {"flight controller", 0x0483, 0x5740, "Betaflight", "Betaflight STM32F411", "0x8000000", true,
       cdc},
      {"cartridge writer", 0x0483, 0x5740, "STMicroelectronics", "Mega EverDrive", "00000000001A",
       true, cdc},
      {"TurtleBot", 0x0483, 0x5740, "ROBOTIS", "OpenCR Virtual ComPort in FS Mode", "", true, cdc},
      {"nameless", 0x0483, 0x5740, "", "", "", true, cdc},
      {"ST, with DFU",
       0x0483,
       0x5741,
       "Acme",
       "Acme Meter",
       "17",
       true,
       {cdc_control, cdc_data, runtime}},
      // Other serial ports.
      {"Marlin on LPC", 0x1D50, 0x6029, "marlinfw.org", "Marlin USB Device",
       "13006002AF2E94025B51801AF50020C1", true, cdc},
      {"Klipper", 0x1D50, 0x614E, "Klipper", "stm32f446xx", "3A0028000850304738333920", true, cdc},
      {"Leonardo", 0x2341, 0x8036, "Arduino LLC", "Arduino Leonardo", "", true, cdc},
      {"GPS", 0x1546, 0x01A8, "u-blox AG - www.u-blox.com", "u-blox GNSS receiver", "", true, cdc},
      {"modem", 0x2C7C, 0x0125, "Quectel", "EG25-G", "", true, {vendors_own}},
      {"ESP32-S3", 0x303A, 0x1001, "Espressif", "USB JTAG/serial debug unit", "7C:DF:A1:E0:00:01",
       true, cdc},
      {"Pico", 0x2E8A, 0x000A, "Raspberry Pi", "Pico", "E6626087971C2C2E", true, cdc},
      {"MicroPython", 0xF055, 0x9800, "MicroPython", "Pyboard Virtual Comm Port in FS Mode",
       "335E34643138", true, cdc},
      {"template of another vendor", 0x28E9, 0x018A, "GigaDevice", "STM32 Virtual ComPort", "",
       true, cdc},
      {"FTDI", 0x0403, 0x6001, "FTDI", "FT232R USB UART", "A50285BI", true, {vendors_own}},
      {"CH340", 0x1A86, 0x7523, "", "USB Serial", "", true, {vendors_own}},
      {"panda",
       0xBBAA,
       0xDDCC,
       "comma.ai",
       "panda",
       "2A0026000651363038363036",
       false,
       {vendors_own}},
      {"ST-LINK/V2-1",
       0x0483,
       0x374B,
       "STMicroelectronics",
       "STM32 STLink",
       "066FFF575251717867155247",
       true,
       {vendors_own, cdc_control, cdc_data}},
      {"STLINK-V3",
       0x0483,
       0x3757,
       "STMicroelectronics",
       "STLINK-V3",
       "",
       true,
       {vendors_own, cdc_control, cdc_data}},
      // In DFU mode, and not in a loader that is known.
      {"Fomu", 0x1209, 0x5BF0, "Foosn", "Fomu DFU Bootloader v1.8.7", "", false, {dfu_mode}},
      {"Black Magic Probe's loader",
       0x1D50,
       0x6017,
       "Black Magic Debug",
       "Black Magic Probe DFU",
       "7BB180B4",
       false,
       {dfu_mode}},
      {"Maple's loader", 0x1EAF, 0x0003, "LeafLabs", "Maple 003", "LLM 003", false, {dfu_mode}},
      {"GD32 loader of a product",
       0x28E9,
       0x1291,
       "Acme",
       "Acme recovery",
       "DFU-1291",
       false,
       {dfu_mode}},
      {"Katapult", 0x1D50, 0x6177, "katapult", "stm32f446xx", "3A0028000850304738333920", true,
       cdc},
  };
}

}  // namespace support
