// SPDX-License-Identifier: GPL-3.0-or-later
// A machine with guard in its first sector and an application above it.
#pragma once

#include "emulator/rom/entry.hpp"
#include "guard_image.h"
#include "support.hpp"

namespace emulator {

constexpr Address application = GUARD_APPLICATION;

/// An application of `size` bytes that stays where it starts, at application + 0x40; the rest is
/// pseudo-random.
inline Bytes idle_application(std::uint32_t size = 0x100) {
  Bytes image(size);
  std::uint32_t state = size;
  for (auto& byte : image) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  put_word(image, 0, 0x2001FFF8);
  put_word(image, 4, application + 0x41);
  for (std::size_t slot = 0x1C; slot < 0x2C; slot += 4) put_word(image, slot, 0);
  if (size >= 0x44) put_word(image, 0x40, 0xE7FEE7FE);  // b .
  return image;
}

/// With a stamp; `confirms`: and the wish to be rescued if it does not confirm.
inline Bytes stamped(Bytes image, bool confirms = false) {
  if (confirms) put_word(image, 0x28, GUARD_STAMP_CONFIRM);
  image.resize((image.size() + 3) / 4 * 4, 0xFF);
  EXPECT_TRUE(guard_stamp_put(image.data(), static_cast<std::uint32_t>(image.size())));
  return image;
}

/// The application in an ELF file as it is in flash.
inline Bytes application_in(const std::string& path) {
  Bytes image;
  for (const auto& segment : read_elf(path).segments) {
    const std::size_t begin = segment.address - application;
    image.resize(std::max(image.size(), begin + segment.content.size()), 0xFF);
    std::copy(segment.content.begin(), segment.content.end(),
              image.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return image;
}

class Guarded : public testing::Test {
 protected:
  static constexpr Address record_at = 0x2001FFF8;
  static constexpr std::uint32_t guards = 0x00B00700;

  explicit Guarded(const MachineSettings& settings = {}) : machine(settings) {
    machine.load_elf(COMPANION_DIR "/guard-f411.elf");
  }
  void put(const Bytes& image) { machine.load(application, image); }
  /// Power comes on, and guard has seen it.
  void power_on() {
    machine.power_on();
    machine.run_for(milliseconds(1));
  }

  /// Does the application start? `time`: what guard has taken.
  bool starts_within(Time within) {
    const Time since = machine.now();
    const bool started = machine.run_to(machine.word(application + 4), within);
    time = machine.now() - since;
    return started;
  }
  bool starts_after(ResetCause cause) {
    reset(cause);
    return starts_within(milliseconds(600));
  }
  void reset(ResetCause cause) {
    if (cause == ResetCause::power_on) {
      machine.power_on();
    } else {
      machine.reset(cause);
    }
  }
  /// Two presses of the reset button.
  void tap_twice(Time gap = milliseconds(150)) {
    machine.reset(ResetCause::pin);
    machine.run_for(gap);
    machine.reset(ResetCause::pin);
  }
  /// Is it in the ROM, from where the ROM can work?
  bool is_well_in_rom(Time within = milliseconds(100)) {
    machine.run_for(within);
    if (!machine.in_rom()) return false;
    EXPECT_THAT(rom_entry_violations(machine), testing::IsEmpty());
    return true;
  }
  /// The ROM misjudges the crystal.
  void bounce() { machine.reset(ResetCause::software); }

  std::uint32_t record() const { return machine.word(record_at); }

  Machine machine;
  Time time{};
};

inline const std::vector<ResetCause>& causes_without_wait() {
  static const std::vector<ResetCause> causes = {ResetCause::power_on, ResetCause::brown_out,
                                                 ResetCause::software, ResetCause::iwdg,
                                                 ResetCause::wwdg,     ResetCause::low_power};
  return causes;
}

}  // namespace emulator
