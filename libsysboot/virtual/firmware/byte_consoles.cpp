// SPDX-License-Identifier: GPL-3.0-or-later
// Firmware that reads bytes, not lines: envelopes with a checksum, and Maple's magic word.
#include "consoles.hpp"

namespace sysboot::virtual_bench {
namespace {

constexpr Duration frame_timeout = std::chrono::milliseconds(100);
constexpr std::size_t length_size = 2;
constexpr std::size_t crc_size = 4;
constexpr std::size_t longest_payload = 256;

// CRC-32 as in Ethernet.
std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

class EnvelopeConsole : public Console {
 public:
  explicit EnvelopeConsole(EnvelopeRules rules) : rules_(std::move(rules)) {}

  void receive(std::uint8_t byte, TimePoint now) override {
    if (now - last_ > frame_timeout) frame_.clear();
    last_ = now;
    const char c = static_cast<char>(byte);
    // An envelope starts with the upper byte of a short length; letters are bare commands.
    if (rules_.reboot_payload.empty() || (frame_.empty() && byte != 0)) {
      bare(c);
      return;
    }
    frame_ += c;
    if (frame_.size() < length_size) return;
    const std::size_t length = big_endian(std::string_view(frame_).substr(0, length_size));
    if (length == 0 || length > longest_payload) {
      frame_.clear();
    } else if (frame_.size() == length_size + length + crc_size) {
      const std::string frame = std::exchange(frame_, {});
      const std::string payload = frame.substr(length_size, length);
      if (crc32(payload) == big_endian(std::string_view(frame).substr(length_size + length))) {
        if (payload == rules_.reboot_payload) reboot_into(Reboot::rom);
      }
    }
  }

 private:
  // Of Speeduino's bare commands, W writes the tune and B burns it.
  void bare(char c) {
    if (rules_.legacy_reboot.empty()) {
      if (c == 'S' && !rules_.name.empty()) say(rules_.name);
      return;
    }
    if (!command_.empty()) {
      command_ += c;
      if (command_.size() < rules_.legacy_reboot.size()) return;
      if (command_ == rules_.legacy_reboot) reboot_into(Reboot::rom);
      command_.clear();
    } else if (c == rules_.legacy_reboot[0]) {
      command_ = c;
    } else if (c == 'S') {
      say(rules_.name);
    } else if (c == 'B' || c == 'W') {
      harmed("tune written");
    }
  }

  EnvelopeRules rules_;
  TimePoint last_{};
  std::string frame_;
  std::string command_;
};

class MapleConsole : public Console {
 public:
  void receive(std::uint8_t byte, TimePoint /*now*/) override {
    if (!armed_) return;
    word_ += static_cast<char>(byte);
    if (word_.size() > 4) word_.erase(0, 1);
    if (word_ == "1EAF") reboot_into(Reboot::rom);
  }
  void lines(std::uint16_t state, TimePoint /*now*/) override {
    if ((state_ & 1) != 0 && (state & 1) == 0) {
      armed_ = true;
      word_.clear();
    }
    state_ = state;
  }

 private:
  std::uint16_t state_ = 0;
  bool armed_ = false;
  std::string word_;
};

}  // namespace

std::unique_ptr<Console> make_envelope_console(const EnvelopeRules& rules) {
  return std::make_unique<EnvelopeConsole>(rules);
}

std::unique_ptr<Console> make_maple_console() {
  return std::make_unique<MapleConsole>();
}

}  // namespace sysboot::virtual_bench
