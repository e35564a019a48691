// SPDX-License-Identifier: GPL-3.0-or-later
// What a firmware does with the bytes and lines of its serial port.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "sysboot/usb.hpp"

namespace sysboot::virtual_bench {

class Console {
 public:
  enum class Reboot { none, rom, application };

  Console() = default;
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  virtual ~Console() = default;

  virtual void receive(std::uint8_t byte, TimePoint now) = 0;
  /// SET_CONTROL_LINE_STATE: bit 0 is DTR, bit 1 RTS.
  virtual void lines(std::uint16_t /*state*/, TimePoint /*now*/) {}
  /// When it does something by itself, and lets it do so.
  virtual std::optional<TimePoint> next_event() const { return std::nullopt; }
  virtual void advance(TimePoint /*now*/) {}

  /// What it has to say since the last call.
  std::string take_output() { return std::exchange(output_, {}); }
  Reboot reboot() const { return reboot_; }
  /// What a command did that nobody wants from a program that only asks for the bootloader:
  /// settings changed, a plain reboot, a mode that only a reboot ends.
  const std::vector<std::string>& harm() const { return harm_; }

 protected:
  void say(std::string_view text) { output_ += text; }
  void reboot_into(Reboot target) {
    reboot_ = target;
    if (target == Reboot::application) harmed("plain reboot");
  }
  void harmed(std::string what) { harm_.push_back(std::move(what)); }

 private:
  std::string output_;
  Reboot reboot_ = Reboot::none;
  std::vector<std::string> harm_;
};

}  // namespace sysboot::virtual_bench
