// SPDX-License-Identifier: GPL-3.0-or-later
// The application's whole USB stack, driver included, under the address and undefined-behaviour
// sanitizers, with a host that does anything: any SETUP, data stages of any length, packets that
// nobody asked for and that are larger than any buffer, resets in between. After it, the board must
// still enumerate.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "blackpill/firmware_api.hpp"
#include "otg_model.hpp"

extern "C" {
#include "board.h"
#include "start.h"
#include "sysboot.h"
}

namespace firmware_test {
namespace {

constexpr unsigned sequences = 300;
constexpr unsigned steps = 400;
constexpr std::uint32_t out_data = 2;  // GRXSTSP.PKTSTS
constexpr std::uint32_t most_bytes = 0x7FF;

struct Rebooted {};

std::uint32_t now = 0;

class HostileHost {
 public:
  explicit HostileHost(unsigned seed) : dice_(seed) {
    console_start();
    reboot_start();
    usb_device_start();
    usb_driver_start();
    reset();
  }

  void do_anything() {
    switch (below(16)) {
      case 0: reset(); break;
      case 1: otg_.suspend(); break;
      case 2: otg_.resume(); break;
      case 3:
        otg_.receive(below(16), below(16), below(most_bytes + 1), some_bytes(most_bytes));
        break;
      case 4:
        otg_.receive(out_data, below(2), below(most_bytes + 1), some_bytes(most_bytes));
        break;
      case 5:
      case 6: otg_.out(below(3), some_bytes(80)); break;
      case 7: configure(); break;
      case 8: type(); break;
      case 9:
      case 10:
      case 11: otg_.setup(some_request()); break;
      default: take(below(3)); break;
    }
    // Several things may have happened before the board looks.
    if (below(4) != 0) turn();
  }

  // As a host begins that wants to get on with it.
  Bytes device_descriptor() {
    reset();
    for (unsigned n = 0; n < 100; ++n) turn();  // a reboot that was asked for is over
    reset();
    otg_.setup({0x80, 6, 0, 1, 0, 0, 18, 0});
    turn();
    Bytes descriptor;
    EXPECT_TRUE(otg_.in(0, descriptor));
    turn();
    otg_.out(0, {});
    turn();
    EXPECT_TRUE(usb_device_is_idle());
    return descriptor;
  }

 private:
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(dice_()) % end; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }

  Bytes some_bytes(std::uint32_t most) {
    Bytes bytes(below(most + 1));
    for (auto& each : bytes) each = byte();
    return bytes;
  }

  // Mostly one that means something, with numbers that may not.
  Bytes some_request() {
    constexpr std::array<std::uint8_t, 9> types = {0x00, 0x80, 0x01, 0x81, 0x02,
                                                   0x82, 0x21, 0xA1, 0x40};
    constexpr std::array<std::uint8_t, 6> lengths = {0, 1, 6, 7, 64, 255};
    if (below(5) == 0) return {byte(), byte(), byte(), byte(), byte(), byte(), byte(), byte()};
    const auto request = static_cast<std::uint8_t>(below(3) == 0 ? 0x20 + below(3) : below(12));
    const auto low = static_cast<std::uint8_t>(below(2) == 0 ? below(5) : byte());
    const auto index = static_cast<std::uint8_t>(below(4) == 0 ? byte() : below(4));
    return {types.at(below(types.size())),
            request,
            low,
            static_cast<std::uint8_t>(below(5)),
            index,
            0,
            lengths.at(below(lengths.size())),
            static_cast<std::uint8_t>(below(8) == 0)};
  }

  void reset() {
    otg_.reset_bus();
    turn();
  }

  void configure() {
    otg_.setup({0x00, 9, 1, 0, 0, 0, 0, 0});
    turn();
    take(0);
  }

  void type() {
    const std::string_view lines[] = {"help\r", "version\n", "echo \x08\x15", "dfu\r", "uptime\r"};
    const auto line = lines[below(5)];
    otg_.out(1, Bytes(line.begin(), line.end()));
  }

  void take(unsigned endpoint) {
    Bytes packet;
    otg_.in(endpoint, packet);
    turn();
  }

  // The main loop's, as in main.c. Time passes, so that a reboot that was asked for is carried out.
  void turn() {
    try {
      usb_driver_poll();
      console_poll();
      usb_cdc_poll();
      now += below(30);
      if (usb_rom_wanted()) reboot_into_rom();
      if (reboot_is_due(usb_device_is_idle() && usb_cdc_is_idle())) {
        usb_driver_stop();
        reboot_now();
      }
    } catch (const Rebooted&) {
      EXPECT_FALSE(otg_.is_attached());
      console_start();
      reboot_start();
      usb_device_start();
      usb_driver_start();
      EXPECT_TRUE(otg_.is_attached());
      otg_.reset_bus();
    }
  }

  OtgModel otg_;
  std::mt19937 dice_;
};

TEST(HostileHost, D8LeavesTheBoardInOrder) {
  for (unsigned seed = 0; seed < sequences; ++seed) {
    SCOPED_TRACE(seed);
    HostileHost host(seed);
    for (unsigned step = 0; step < steps; ++step) host.do_anything();
    const Bytes descriptor = host.device_descriptor();
    ASSERT_EQ(descriptor.size(), 18U);
    EXPECT_EQ(descriptor[8] | descriptor[9] << 8, 0x0483);
    EXPECT_EQ(descriptor[10] | descriptor[11] << 8, 0x5740);
    if (HasFailure()) return;
  }
}

}  // namespace

extern "C" {

std::uint32_t ticks_now() {
  return now;
}
bool ticks_passed(std::uint32_t since, std::uint32_t ms) {
  return now - since >= ms;
}
void ticks_wait(std::uint32_t ms) {
  now += ms;
}
void board_serial_number(char text[13]) {
  text_serial_number(text, 0x002D0030, 0x3334510B, 0x32313533);
}
const char* start_describe() {
  return "the test";
}
void sysboot_request() {
  throw Rebooted{};
}
void sysboot_reset() {
  throw Rebooted{};
}

}  // extern "C"

}  // namespace firmware_test
