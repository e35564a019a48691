// SPDX-License-Identifier: GPL-3.0-or-later
#include "rom_requests.hpp"

#include <fmt/core.h>

namespace rom_comparison {
namespace {

using sysboot::Bytes;
using sysboot::hex32;
using sysboot::Setup;

constexpr int while_erasing = 1500;
constexpr int while_programming = 200;

std::uint16_t size(const Bytes& data) {
  return static_cast<std::uint16_t>(data.size());
}

Request get_status(std::uint16_t length = 6) {
  return {fmt::format("GETSTATUS of {} bytes", length), {0xA1, 3, 0, 0, length}, {}};
}
Request get_state() {
  return {"GETSTATE", {0xA1, 5, 0, 0, 1}, {}};
}
Request clear_status() {
  return {"CLRSTATUS", {0x21, 4, 0, 0, 0}, {}};
}
Request abort() {
  return {"ABORT", {0x21, 6, 0, 0, 0}, {}};
}
Request download(std::uint16_t block, const Bytes& data) {
  return {fmt::format("DNLOAD of block {}, {} bytes", block, data.size()),
          {0x21, 1, block, 0, size(data)},
          data};
}
Request upload(std::uint16_t block, std::uint16_t length) {
  return {
      fmt::format("UPLOAD of block {}, {} bytes", block, length), {0xA1, 2, block, 0, length}, {}};
}
Request standard(const std::string& name, const Setup& setup) {
  return {name, setup, {}};
}

Bytes command(std::uint8_t code, std::uint32_t address) {
  const auto byte = [&](unsigned n) { return static_cast<std::uint8_t>(address >> 8 * n); };
  return {code, byte(0), byte(1), byte(2), byte(3)};
}
Bytes set_address(std::uint32_t address) {
  return command(0x21, address);
}
Bytes erase(std::uint32_t address) {
  return command(0x41, address);
}
Bytes pattern(std::size_t length, std::uint8_t seed = 0x5A) {
  Bytes data(length);
  for (std::size_t i = 0; i < length; ++i) {
    data[i] = static_cast<std::uint8_t>((i ^ i >> 8 ^ seed) & 0xFF);
  }
  return data;
}

using Requests = std::vector<Request>;

Requests operator+(Requests first, const Requests& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// With what ends it.
Requests whole(std::uint16_t block, const Bytes& data, int pause_ms = 2) {
  Request status = get_status();
  status.pause_ms = pause_ms;
  return {download(block, data), status, get_status(), get_state()};
}
Requests point_to(std::uint32_t address) {
  return whole(0, set_address(address));
}
Requests read_back(std::uint16_t block, std::uint16_t length, bool same_content = true) {
  Request read = upload(block, length);
  read.same_content = same_content;
  return {abort(), read, get_status()};
}

struct Way {
  const char* state;
  Requests there;
};
std::vector<Way> ways() {
  return {{"dfuIDLE", {}},
          {"dfuDNLOAD-SYNC", {download(0, set_address(0x08000000))}},
          {"dfuDNLOAD-IDLE", point_to(0x08000000)},
          {"dfuUPLOAD-IDLE", point_to(0x08000000) + read_back(2, 64)},
          {"dfuERROR", whole(0, {0x55})},
          {"state 15", {upload(1, 64)}},
          {"dfuMANIFEST-SYNC", {download(0, {})}}};
}

// Whatever a DFU device can be asked, but for what makes it leave.
Requests all_requests() {
  return {
      standard("DETACH", {0x21, 0, 1000, 0, 0}),
      download(0, set_address(0x08004000)),
      download(0, {0x00}),
      download(1, {1, 2, 3, 4}),
      upload(0, 4),
      upload(0, 3),
      upload(1, 64),
      upload(2, 0),
      upload(2, 1),
      upload(2, 64),
      get_status(),
      get_status(1),
      get_status(64),
      clear_status(),
      get_state(),
      abort(),
      standard("request 7", {0x21, 7, 0, 0, 0}),
      standard("request 8", {0xA1, 8, 0, 0, 4}),
      standard("vendor request", {0xC0, 1, 0, 0, 4}),
      standard("SET_INTERFACE 0", {0x01, 11, 0, 0, 0}),
      standard("SET_INTERFACE 2", {0x01, 11, 2, 0, 0}),
      standard("SET_INTERFACE 3", {0x01, 11, 3, 0, 0}),
      standard("SET_INTERFACE 4", {0x01, 11, 4, 0, 0}),
      standard("GET_INTERFACE", {0x81, 10, 0, 0, 1}),
  };
}

void add_every_request_in_every_state(std::vector<Story>& all) {
  for (const Way& way : ways()) {
    for (const Request& request : all_requests()) {
      const bool leaves = std::string_view(way.state) == "dfuMANIFEST-SYNC" &&
                          request.setup.request_type == 0xA1 && request.setup.request == 3;
      if (leaves) continue;
      // In dfuMANIFEST-SYNC the next GETSTATUS would leave.
      const bool stays = std::string_view(way.state) != "dfuMANIFEST-SYNC";
      all.push_back({fmt::format("{} in {}", request.name, way.state),
                     way.there + Requests{request, get_state()} +
                         (stays ? Requests{get_status(), get_state()} : Requests{})});
    }
  }
}

void add_descriptors(std::vector<Story>& all) {
  const auto descriptor = [](const std::string& name, std::uint16_t value, std::uint16_t language,
                             std::uint16_t length) {
    return standard(name, {0x80, 6, value, language, length});
  };
  Requests requests = {descriptor("device descriptor", 0x0100, 0, 18),
                       descriptor("8 bytes of the device descriptor", 0x0100, 0, 8),
                       descriptor("configuration, 9 bytes", 0x0200, 0, 9),
                       descriptor("configuration", 0x0200, 0, 255),
                       descriptor("configuration 1", 0x0201, 0, 255),
                       descriptor("device qualifier", 0x0600, 0, 10),
                       descriptor("BOS", 0x0F00, 0, 5),
                       descriptor("DFU functional descriptor of the device", 0x2100, 0, 9),
                       standard("DFU functional descriptor", {0x81, 6, 0x2100, 0, 9}),
                       standard("GET_CONFIGURATION", {0x80, 8, 0, 0, 1}),
                       standard("GET_STATUS of the device", {0x80, 0, 0, 0, 2}),
                       standard("GET_STATUS of the interface", {0x81, 0, 0, 0, 2}),
                       standard("GETSTATUS to interface 1", {0xA1, 3, 0, 1, 6})};
  for (unsigned i = 0; i <= 9; ++i) {
    requests.push_back(descriptor(fmt::format("string {}", i),
                                  static_cast<std::uint16_t>(0x0300 | i), i == 0 ? 0 : 0x0409,
                                  255));
  }
  requests.insert(requests.begin(), standard("SET_CONFIGURATION", {0x00, 9, 1, 0, 0}));
  requests.push_back(descriptor("string 0xEE", 0x03EE, 0, 255));
  for (std::uint16_t i = 0; i < 5; ++i) {
    requests.push_back(standard(fmt::format("SET_INTERFACE {}", i), {0x01, 11, i, 0, 0}));
    requests.push_back(standard("GET_INTERFACE", {0x81, 10, 0, 0, 1}));
  }
  all.push_back({"descriptors", requests});
}

constexpr std::uint32_t addresses[] = {
    0x00000000, 0x07FFFFFC, 0x08000000, 0x08000001, 0x0807FFFC, 0x08080000, 0x0817FFFC, 0x08180000,
    0x1FFEFFFF, 0x1FFF0000, 0x1FFF73FF, 0x1FFF7400, 0x1FFF76DE, 0x1FFF77FF, 0x1FFF7800, 0x1FFF7A00,
    0x1FFF7A0F, 0x1FFF7A10, 0x1FFF7A22, 0x1FFFC000, 0x1FFFC001, 0x1FFFC008, 0x1FFFC00E, 0x1FFFC00F,
    0x1FFFC010, 0x20000000, 0x20002FFC, 0x20003000, 0x20003001, 0x2001FFFC, 0x20020000, 0x2004FFFC,
    0x20050000, 0x40023C00, 0xE0042000, 0xFFFF0000, 0xFFFF0001, 0xFFFF0003, 0xFFFF0004, 0xFFFFFFFF};

bool is_of_another_chip(std::uint32_t address) {
  const bool is_rom = address - 0x1FFF0000 < 0x7800;
  const bool is_ram = address >> 24 == 0x20;  // what nobody has written
  return is_rom || is_ram;
}

void add_addresses(std::vector<Story>& all) {
  for (const std::uint32_t address : addresses) {
    all.push_back({"Set Address " + hex32(address),
                   point_to(address) + read_back(2, 1, !is_of_another_chip(address))});
  }
}

void add_commands(std::vector<Story>& all) {
  const auto add = [&](const std::string& name, const Bytes& data, int pause_ms = 2) {
    all.push_back({name, whole(0, data, pause_ms)});
  };
  add("Get Commands, 1 byte", {0x00});
  add("Get Commands, 2 bytes", {0x00, 0x00});
  for (std::size_t length : {1U, 2U, 4U, 6U, 64U, 65U}) {
    Bytes data = set_address(0x08000000);
    data.resize(length);
    add(fmt::format("Set Address, {} bytes", length), data);
  }
  for (std::size_t length : {2U, 3U, 4U, 6U, 64U}) {
    Bytes data = erase(0x0800C000);
    data.resize(length);
    add(fmt::format("erase, {} bytes", length), data);
  }
  add("Read Unprotect, 2 bytes", {0x92, 0x00});
  for (const unsigned code : {0x01U, 0x20U, 0x22U, 0x40U, 0x42U, 0x55U, 0x91U, 0x93U, 0xFFU}) {
    const auto byte = static_cast<std::uint8_t>(code);
    add(fmt::format("command 0x{:02X}", code), {byte});
    add(fmt::format("command 0x{:02X}, 5 bytes", code), command(byte, 0x08000000));
  }
  for (const std::uint32_t address : {0x07FFFFFFU, 0x08080000U, 0x20004000U, 0x1FFF0000U,
                                      0x1FFF7800U, 0x1FFFC000U, 0xFFFF0000U}) {
    add("erase of " + hex32(address), erase(address));
  }
  for (const std::uint32_t address : {0x0800C000U, 0x0800C124U, 0x0800FFFFU}) {
    all.push_back(
        {"erase of " + hex32(address), whole(0, erase(address), while_erasing) + read_back(2, 64)});
  }
  all.push_back({"ABORT of an erase that was only asked for",
                 {download(0, erase(0x08000000)), abort(), get_status(), get_status()}});
  all.push_back(
      {"CLRSTATUS after DNLOAD",
       {download(0, set_address(0x08000000)), clear_status(), get_status(), get_status()}});
}

void add_flash(std::vector<Story>& all) {
  const Requests point = point_to(0x0800C000);
  const Requests empty = whole(0, erase(0x0800C000), while_erasing) + point;
  std::uint16_t block = 2;
  for (const std::size_t length : {2048U, 1024U, 64U, 63U, 5U, 4U, 3U, 2U, 1U}) {
    const auto reads = static_cast<std::uint16_t>(length < 8 ? 8 : length);
    all.push_back({fmt::format("writing {} bytes of flash", length),
                   (block == 2 ? empty : point) + whole(block, pattern(length), while_programming) +
                       read_back(block, reads)});
    ++block;
  }
  all.push_back({"writing over what is not erased",
                 point + whole(2, pattern(64, 0x33), while_programming) + read_back(2, 64)});
  all.push_back({"DNLOAD of 2049 bytes", point + whole(20, pattern(2049), while_programming)});
  for (const std::uint16_t length :
       std::initializer_list<std::uint16_t>{1, 2, 63, 64, 65, 1024, 2047, 2048, 2049, 4096}) {
    all.push_back({fmt::format("reading {} bytes of flash", length),
                   point + read_back(2, length) + Requests{upload(3, 64), get_status()}});
  }
  all.push_back({"the last bytes of flash", point_to(0x0807F800) + read_back(2, 2048)});
  all.push_back({"block numbers", point + read_back(2, 64) +
                                      Requests{upload(9, 64), upload(3, 64), upload(2, 64),
                                               upload(0, 64), get_status()}});
  all.push_back({"reading in DNLOAD-IDLE", point + Requests{upload(2, 64), get_status()}});
  all.push_back({"a short read ends it", point + read_back(2, 0) + Requests{get_state()}});
}

void add_ram(std::vector<Story>& all) {
  for (const std::size_t length : {2048U, 64U, 63U, 7U, 2U, 1U}) {
    const auto reads = static_cast<std::uint16_t>(length);
    all.push_back({fmt::format("writing {} bytes of RAM", length),
                   point_to(0x20004000) + whole(2, pattern(length), 20) + read_back(2, reads)});
    all.push_back({fmt::format("writing {} bytes of RAM as block 5", length),
                   point_to(0x20004000) + whole(5, pattern(length), 20) + read_back(5, reads)});
  }
  all.push_back({"two blocks of RAM", point_to(0x20008000) + whole(2, pattern(2048), 20) +
                                          whole(3, pattern(2048, 7), 20) + read_back(2, 2048) +
                                          Requests{upload(3, 2048), get_status()}});
}

void add_other_memories(std::vector<Story>& all) {
  for (const std::uint16_t length : std::initializer_list<std::uint16_t>{16, 15, 8, 2, 1}) {
    all.push_back({fmt::format("reading {} option bytes", length),
                   point_to(0x1FFFC000) + read_back(2, length)});
  }
  for (const std::uint16_t length : std::initializer_list<std::uint16_t>{1, 4, 64, 528}) {
    all.push_back({fmt::format("reading {} bytes of OTP", length),
                   point_to(0x1FFF7800) + read_back(2, length)});
    all.push_back({fmt::format("reading {} bytes of system memory", length),
                   point_to(0x1FFF0000) + read_back(2, length, false)});
  }
  for (const std::uint32_t address : {0x1FFFC008U, 0x1FFF7A0CU, 0x1FFF73FCU}) {
    all.push_back({"reading past the end of the memory of " + hex32(address),
                   point_to(address) + read_back(2, 64, false)});
  }
  all.push_back({"writing system memory", point_to(0x1FFF0000) + whole(2, {1, 2, 3, 4})});
  all.push_back({"Device Feature", point_to(0xFFFF0000) + read_back(2, 4)});
  all.push_back({"voltage range 3, the other bytes 0",
                 point_to(0xFFFF0000) + whole(2, {3, 0, 0, 0}, 50) + read_back(2, 4)});
  all.push_back(
      {"a byte of Device Feature", point_to(0xFFFF0000) + whole(2, {3}, 50) + read_back(2, 4)});
  all.push_back({"a reserved byte of Device Feature",
                 point_to(0xFFFF0001) + whole(2, {3}, 50) + read_back(2, 3)});
  for (const std::uint8_t range : std::initializer_list<std::uint8_t>{3, 2, 1, 9, 4, 0}) {
    all.push_back(
        {fmt::format("voltage range {}", range),
         point_to(0xFFFF0000) + whole(2, {range, 0xFF, 0xFF, 0xFF}, 50) + read_back(2, 4)});
  }
}

}  // namespace

std::vector<Story> stories() {
  std::vector<Story> all = {
      {"after the start", {get_status(), get_state(), clear_status(), get_status(), get_status()}}};
  add_descriptors(all);
  add_every_request_in_every_state(all);
  add_addresses(all);
  add_commands(all);
  add_flash(all);
  add_ram(all);
  add_other_memories(all);
  return all;
}

std::vector<Story> protected_stories() {
  std::vector<Story> all = {{"after the start", {get_status(), clear_status(), get_status()}}};
  for (const std::uint32_t address : addresses) {
    all.push_back({"Set Address " + hex32(address), point_to(address)});
  }
  for (const std::uint16_t block : std::initializer_list<std::uint16_t>{0, 1, 2, 3}) {
    all.push_back({fmt::format("UPLOAD of block {}", block), {upload(block, 64), get_status()}});
  }
  all.push_back({"erase of a sector", whole(0, erase(0x0800C000))});
  all.push_back({"erase of everything", whole(0, {0x41})});
  all.push_back({"Get Commands", whole(0, {0x00})});
  all.push_back({"an unknown command", whole(0, {0x55})});
  all.push_back({"writing", whole(2, {1, 2, 3, 4})});
  return all;
}

std::vector<Story> last_stories() {
  const Requests leave = {download(0, {}), get_state(), get_status(), get_status()};
  return {{"leave", point_to(0x08000000) + leave},
          {"leave at once", leave},
          {"leave from UPLOAD-IDLE",
           point_to(0x08000000) + read_back(2, 64) + Requests{download(0, {}), get_status()}},
          {"reading past the end of flash", point_to(0x0807FC00) + read_back(2, 2048)},
          {"reading the last byte of flash", point_to(0x0807FFFF) + read_back(2, 1)},
          {"reading past the end of RAM",
           point_to(0x2001FFF0) + whole(2, pattern(16)) + read_back(2, 64)},
          {"mass erase", whole(0, {0x41}, 20000) + point_to(0x08000000) + read_back(2, 64)},
          {"Read Unprotect", {download(0, {0x92}), get_status(), get_status()}},
          {"writing the option bytes",
           point_to(0x1FFFC000) +
               Requests{download(2, {0xEF, 0xAA, 0x10, 0x55, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F,
                                     0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF}),
                        get_status(), get_status()}}};
}

std::vector<Story> last_protected_stories() {
  return {{"a leave", {download(0, {}), get_state(), get_status(), get_status(), get_state()}},
          {"Read Unprotect", {download(0, {0x92}), get_status(), get_status()}}};
}

}  // namespace rom_comparison
