// SPDX-License-Identifier: GPL-3.0-or-later
#include "examples.hpp"

#include <algorithm>
#include <array>

namespace stm32boot {
namespace {

constexpr std::array examples = {
    std::string_view("stm32boot list --json"),
    std::string_view("stm32boot enter --port /dev/ttyACM0"),
    std::string_view("stm32boot flash app.elf --port /dev/ttyACM0"),
    std::string_view("stm32boot verify app.elf --usb 1-4.2"),
    std::string_view("stm32boot read backup.bin --length 64K"),
    std::string_view("stm32boot erase --sectors 2-5 --port /dev/ttyACM0"),
    std::string_view("stm32boot run --usb 1-4.2"),
    std::string_view("stm32boot restart --port /dev/ttyACM0"),
    std::string_view("stm32boot monitor --until PASS --timeout 60"),
    std::string_view("stm32boot info app.elf"),
    std::string_view("stm32boot option-bytes --usb 1-4.2"),
    std::string_view("stm32boot guard install app.elf --usb 1-4.2"),
    std::string_view("stm32boot unlock --usb 1-4.2"),
    std::string_view("stm32boot convert app.elf app.uf2 --family STM32F4"),
    std::string_view("stm32boot profiles"),
    std::string_view("stm32boot chips"),
    std::string_view("stm32boot doctor"),
    std::string_view("stm32boot dfu-util -a 0 -s 0x08000000:leave -D app.bin"),
    std::string_view("stm32boot shims"),
};

constexpr std::string_view program = "stm32boot ";

}  // namespace

std::string_view example_of(std::string_view command) {
  const auto found = std::find_if(examples.begin(), examples.end(), [&](std::string_view example) {
    const std::string_view words = example.substr(program.size());
    return words.substr(0, words.find(' ')) == command;
  });
  return found == examples.end() ? std::string_view() : *found;
}

}  // namespace stm32boot
