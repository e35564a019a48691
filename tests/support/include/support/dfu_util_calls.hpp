// SPDX-License-Identifier: GPL-3.0-or-later
// How programs of the field call dfu-util, and what comes of it: for stm32boot in its place, and,
// in the virtual machine, for dfu-util 0.11 itself on the same board.
#pragma once

#include <cctype>
#include <map>
#include <string>
#include <vector>

#include "support/bench.hpp"
#include "sysboot/image.hpp"
#include "sysboot/text.hpp"

namespace support {

struct DfuUtilCall {
  std::string caller;
  std::vector<std::string> words;  ///< with "{app.bin}", "{new}", "{port}", "{serial}" to fill in
  int exit = 0;
  /// What flash holds then: the file of that name, at that address; "" for what it held before,
  /// "erased" for nothing at all.
  std::string holds = {};
  bool runs = false;  ///< the application; else the board is in DFU mode
  std::uint32_t at = sysboot::flash_base;
  /// Why dfu-util's own exit code is another one than ours, and which: several where that depends
  /// on what libusb hears first. Where only `why` is given, what flash holds or how the board is
  /// left differs.
  std::string why = {};
  std::vector<int> its_exits = {};
};

inline void PrintTo(const DfuUtilCall& call, std::ostream* out) {
  *out << call.caller << ": dfu-util " << sysboot::joined(call.words, " ");
}

inline std::string name_of(const testing::TestParamInfo<DfuUtilCall>& info) {
  std::string name = std::to_string(info.index);
  for (const char c : info.param.caller) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
  }
  return name;
}

/// The board of all calls.
inline constexpr const char* dfu_util_serial = "326533683734";

/// The words for a board at 1-1, and for files in this folder.
inline std::vector<std::string> filled(std::vector<std::string> words, const std::string& folder) {
  for (std::string& word : words) {
    const std::size_t from = word.find('{');
    const std::size_t to = word.find('}');
    if (from == std::string::npos) continue;
    const std::string name = word.substr(from + 1, to - from - 1);
    const std::string value = name == "port"     ? "1-1"
                              : name == "serial" ? dfu_util_serial
                                                 : folder + "/" + name;
    word.replace(from, to + 1 - from, value);
  }
  return words;
}

/// A DFU suffix for these ids (DFU 1.1, appendix B); its CRC as in zlib, without the last
/// inversion.
inline sysboot::Bytes with_suffix(sysboot::Bytes bytes, std::uint16_t vendor,
                                  std::uint16_t product) {
  const std::uint16_t words[4] = {0xFFFF, product, vendor, 0x0100};
  for (const std::uint16_t word : words) {
    bytes.push_back(static_cast<std::uint8_t>(word));
    bytes.push_back(static_cast<std::uint8_t>(word >> 8));
  }
  for (const char c : {'U', 'F', 'D', '\x10'}) bytes.push_back(static_cast<std::uint8_t>(c));
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
  }
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(crc >> 8 * i));
  return bytes;
}

/// What these files hold; "app.dfu" is app.bin as a DfuSe file.
inline std::map<std::string, sysboot::Bytes> dfu_util_files() {
  const auto app = program(20 * 1024 + 37, 2);
  return {{"app.bin", app},
          {"app.dfu", sysboot::encode_image(image_of(app), "dfu")},
          {"suffixed.bin", with_suffix(app, 0x0483, 0xDF11)},
          {"candle.dfu", with_suffix(app, 0x1D50, 0x606F)},
          {"at2000.bin", program(5000, 3, 0x08002000)},
          {"at10000.bin", program(70000, 4, 0x08010000)}};
}

/// What is in flash before: a program, so that there is something to run.
inline sysboot::Bytes dfu_util_flash_before() {
  return program(512 * 1024, 9);
}

/// What is written is in these bytes: a suffix stays behind.
inline sysboot::Bytes dfu_util_content(const std::string& file) {
  const bool is_app = file == "app.dfu" || file == "suffixed.bin" || file == "candle.dfu";
  return dfu_util_files().at(is_app ? "app.bin" : file);
}

/// On a board in DFU mode.
inline std::vector<DfuUtilCall> dfu_util_calls() {
  const std::string app = "app.bin";
  const std::string dfu = "app.dfu";
  const std::string last_block =
      "leave without an address goes to where the last block was written: nothing starts there";
  const std::string no_board = "-R finds no board after it has left";
  const std::vector<int> no_device_or_not_found = {74, 251};
  const std::string only_one = "it takes the memory from the address, and so needs no -a";
  return {
      {"PlatformIO",
       {"-d", "0x0483:0xDF11", "-a", "0", "-s", "0x08000000:leave", "-D", "{suffixed.bin}"},
       0,
       "suffixed.bin",
       true},
      {"PlatformIO, a board with the ids of its application",
       {"-d", "0x1209:0x6665,0x0483:0xDF11", "-a", "0", "-s", "0x08000000:leave", "-D",
        "{suffixed.bin}"},
       0,
       "suffixed.bin",
       true},
      {"Zephyr, waiting", {"-d,0483:df11", "-l"}},
      {"Zephyr",
       {"-d,0483:df11", "-s", "0x08000000:leave", "-a", "0", "-D", "{app.bin}"},
       0,
       app,
       true},
      {"QMK, waiting", {"-l"}},
      {"QMK",
       {"-d", "0483:DF11", "-a", "0", "-s", "0x08000000:leave", "-S", "{serial}", "-D",
        "{app.bin}"},
       0,
       app,
       true},
      {"qmk flash",
       {"-a", "0", "-d", "0483:df11", "-s", "0x08000000:leave", "-D", "{app.bin}"},
       0,
       app,
       true},
      {"Klipper by port",
       {"-p", "{port}", "-R", "-a", "0", "-s", "0x8000000:leave", "-D", "{app.bin}"},
       0,
       app,
       true,
       sysboot::flash_base,
       no_board,
       no_device_or_not_found},
      {"Klipper by ids",
       {"-d", ",0483:df11", "-R", "-a", "0", "-s", "0x8000000:leave", "-D", "{app.bin}"},
       0,
       app,
       true,
       sysboot::flash_base,
       no_board,
       no_device_or_not_found},
      {"Klipper's guides",
       {"-d", ",0483:df11", "-a", "0", "-R", "-D", "{app.bin}", "-s0x08000000:leave"},
       0,
       app,
       true,
       sysboot::flash_base,
       no_board,
       no_device_or_not_found},
      {"Klipper's guides, erasing",
       {"-d", ",0483:df11", "-a", "0", "-s", "0x08000000:mass-erase:force:leave", "-D",
        "{app.bin}"},
       0,
       app,
       true},
      {"Klipper's guides, behind a bootloader",
       {"-a", "0", "-s", "0x08002000:force:leave", "-D", "{at2000.bin}"},
       0,
       "at2000.bin",
       true,
       0x08002000,
       "what is before the image in its first sector, a bootloader, is kept"},
      {"Katapult",
       {"-d", "0483:df11", "-R", "-a", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"},
       0,
       app,
       true,
       sysboot::flash_base,
       no_board,
       no_device_or_not_found},
      {"MicroPython",
       {"-a", "0", "-d", "0x0483:0xdf11", "-D", "{app.dfu}", "-s", ":leave"},
       0,
       dfu,
       true,
       sysboot::flash_base,
       last_block},
      {"MicroPython's README", {"-a", "0", "-d", "0483:df11", "-D", "{app.dfu}"}, 0, dfu},
      {"MicroPython's boards", {"--alt", "0", "-D", "{app.dfu}"}, 0, dfu},
      {"MicroPython, waiting", {"-w", "-a", "0", "-d", "0483:df11", "-D", "{app.dfu}"}, 0, dfu},
      {"a dump of a part",
       {"-a", "0", "-d", "0483:df11", "-U", "{new}", "-s", "0x08010000:0x8000"}},
      {"Betaflight",
       {"-a", "0", "-D", "{app.dfu}", "-s", ":leave"},
       0,
       dfu,
       true,
       sysboot::flash_base,
       last_block},
      {"ArduPilot",
       {"-a", "0", "--dfuse-address", "0x08010000:leave", "-D", "{at10000.bin}", "-R"},
       0,
       "at10000.bin",
       true,
       0x08010000,
       no_board,
       no_device_or_not_found},
      {"ArduPilot, looking", {"--list"}},
      {"CircuitPython", {"-a", "0", "--dfuse-address", "0x08000000", "-D", "{app.bin}"}, 0, app},
      {"TinyGo",
       {"--alt", "0", "--dfuse-address", "0x08000000", "--download", "{app.bin}"},
       0,
       app},
      {"libDaisy",
       {"-a", "0", "-s", "0x08000000:leave", "-D", "{app.bin}", "-d", ",0483:df11"},
       0,
       app,
       true},
      {"candleLight",
       {"-a", "0", "-s", "0x08000000:leave", "-D", "{candle.dfu}"},
       0,
       "candle.dfu",
       true},
      {"Black Magic",
       {"-d", "0483:df11", "--alt", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"},
       0,
       app,
       true},
      {"Black Magic, with brackets",
       {"-d", "[0483:df11]", "--alt", "0", "-s", "0x08000000:leave", "-D", "{app.bin}"},
       0,
       app,
       true},
      {"Espruino", {"-a", "0", "-s", "0x08000000", "-D", "{app.bin}"}, 0, app},
      {"Espruino, in short", {"-a0", "-s0x08000000", "-D{app.bin}"}, 0, app},
      {"Crazyflie", {"-a", "0", "-D", "{app.dfu}"}, 0, dfu},
      {"TinyUSB",
       {"-R", "-a", "0", "--dfuse-address", "0x08000000", "-D", "{app.bin}"},
       0,
       app,
       true,
       sysboot::flash_base,
       "-R alone resets the bus, which the ROM does not take as "
       "a reason to run the application"},
      {"ODrive", {"-S", "{serial}", "-a", "0", "-s", "0x08000000", "-D", "{app.bin}"}, 0, app},
      {"OpenMV",
       {"-w", "-d", ",0483:df11", "-a", "0", "-S", "{serial}", "-s", "0x08000000", "-D",
        "{app.bin}"},
       0,
       app},
      {"labgrid", {"-p", "{port}", "--alt", "0", "--download", "{app.dfu}"}, 0, dfu},
      {"LAVA",
       {"--serial", "{serial}", "--device", "0483:df11", "--alt", "0", "--download", "{app.dfu}",
        "--reset"},
       0,
       dfu,
       true,
       sysboot::flash_base,
       "-R alone resets the bus, which the ROM does not take as "
       "a reason to run the application"},
      {"a version test", {"-V"}},
      {"old Makefiles",
       {"-d", "0483:df11", "-c", "1", "-i", "0", "-a", "0", "-s", "0x08000000", "-D", "{app.bin}"},
       0,
       app},
      {"erasing", {"-a", "0", "-s", "0x08000000:mass-erase:force"}, 0, "erased"},
      {"a dump of a sector",
       {"-a", "0", "-s", "0x08060000:leave", "-U", "{new}", "-S", "{serial}"},
       0,
       "",
       true,
       sysboot::flash_base,
       "leave goes to the address that was read: no program starts there"},
      {"a dump without -a",
       {"-s", "0x08000000:262144", "-U", "{new}"},
       0,
       "",
       false,
       sysboot::flash_base,
       only_one,
       {74}},
      {"option bytes", {"-a", "1", "-s", "0x1FFFC000", "-U", "{new}"}},
      {"words of every kind",
       {"--dfuse-a=0x08000000:leave", "--down={app.bin}", "-Rvd,0483:df11", "-a0", "-E", "1", "-t",
        "1024", "-Z", "0"},
       0,
       app,
       true,
       sysboot::flash_base,
       no_board,
       no_device_or_not_found},

      {"a raw binary without an address", {"-a", "0", "-D", "{app.bin}"}, 64},
      {"a DfuSe file with one", {"-a", "0", "-s", "0x08000000", "-D", "{app.dfu}"}, 64},
      {"no such file", {"-a", "0", "-s", "0x08000000", "-D", "/nowhere"}, 66},
      {"a file that is there", {"-a", "0", "-s", "0x08000000", "-U", "{app.bin}"}, 73},
      {"ids that contradict the file",
       {"-d", "0483:df11", "-a", "0", "-s", "0x08000000", "-D", "{candle.dfu}"},
       64},
      {"ids that contradict the file, behind the comma",
       {"-d", ",0483:df11", "-a", "0", "-s", "0x08000000", "-D", "{candle.dfu}"},
       64},
      {"mass-erase without force", {"-a", "0", "-s", "0x08000000:mass-erase"}, 64},
      {"unprotect without force", {"-a", "0", "-s", "0x08000000:unprotect"}, 64},
      {"no such modifier", {"-a", "0", "-s", "0x08000000:bogus", "-D", "{app.bin}"}, 64},
      {"no address", {"-a", "0", "-s", "flash", "-D", "{app.bin}"}, 64},
      {"no flash there", {"-a", "0", "-s", "0x20000000", "-D", "{at2000.bin}"}, 64},
      {"behind flash", {"-a", "0", "-s", "0x08080000", "-D", "{at2000.bin}"}, 64},
      {"nothing to read there", {"-a", "0", "-s", "0x30000000", "-U", "{new}"}, 64},
      {"no such option", {"-x"}, 64},
      {"no such long option", {"--lisp"}, 64},
      {"a value is missing", {"-a"}, 64},
      {"no number", {"-t", "much", "-l"}, 64},
      {"a word too many", {"-l", "0483:df11"}, 64},
      {"nothing to do", {"-a", "0"}, 64},
      {"another serial number",
       {"-S", "nobody", "-a", "0", "-s", "0x08000000", "-D", "{app.bin}"},
       74},
      {"another port", {"-p", "9-9", "-a", "0", "-s", "0x08000000", "-D", "{app.bin}"}, 74},
      {"another address on the bus",
       {"-n", "99", "-a", "0", "-s", "0x08000000", "-D", "{app.bin}"},
       74},
      {"no such memory", {"-a", "9", "-s", "0x08000000", "-D", "{app.bin}"}, 74},
      {"listing another serial number", {"-S", "nobody", "-l"}},
      {"an address without anything to do there",
       {"-a", "0", "-s", "0x08000000"},
       64,
       "",
       false,
       sysboot::flash_base,
       "it has done nothing, and says so",
       {0}},
  };
}

}  // namespace support
