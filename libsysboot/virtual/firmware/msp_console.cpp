// SPDX-License-Identifier: GPL-3.0-or-later
#include "consoles.hpp"

namespace sysboot::virtual_bench {
namespace {

constexpr Duration quiet = std::chrono::milliseconds(100);
constexpr std::uint8_t msp_api_version = 1;
constexpr std::uint8_t msp_fc_variant = 2;
constexpr std::uint8_t msp_reboot = 68;
constexpr std::uint8_t msp_status = 101;
constexpr std::uint8_t reboot_firmware = 0;
constexpr std::uint8_t reboot_rom = 1;
constexpr std::uint8_t reboot_types = 5;
constexpr std::size_t frame_head = 5;  // "$M<", length, command

class MspConsole : public Console {
 public:
  explicit MspConsole(MspRules rules) : rules_(std::move(rules)), in_cli_(rules_.starts_in_cli) {}

  void receive(std::uint8_t byte, TimePoint now) override {
    const char c = static_cast<char>(byte);
    if (in_cli_) {
      cli(c);
    } else if (!frame_.empty() || c == '$') {
      pending_ = 0;
      frame(c);
    } else if (!rules_.is_armed) {
      if (rules_.byte_cancels) pending_ = 0;
      if ((c == '#' || c == 'R') && !(rules_.byte_cancels && now < quiet_at_)) pending_ = c;
      quiet_at_ = now + quiet;
    }
  }

  std::optional<TimePoint> next_event() const override {
    return pending_ != 0 ? std::optional(quiet_at_) : std::nullopt;
  }

  void advance(TimePoint now) override {
    if (pending_ == 0 || now < quiet_at_) return;
    if (std::exchange(pending_, 0) == 'R') {
      reboot_into(Reboot::rom);
    } else {
      in_cli_ = true;
      harmed("in the command line, which only a reboot ends");
      say("\r\nEntering CLI Mode, type 'exit' to reboot, or 'help'\r\n\r\n# ");
    }
  }

 private:
  void frame(char c) {
    frame_ += c;
    const bool is_msp = std::string_view("$M<").starts_with(frame_.substr(0, 3));
    if (!is_msp) {
      frame_.clear();
      return;
    }
    if (frame_.size() < frame_head) return;
    const auto length = static_cast<std::uint8_t>(frame_[3]);
    if (frame_.size() < frame_head + length + 1U) return;
    const std::string whole = std::exchange(frame_, {});
    char check = 0;
    for (std::size_t i = 3; i + 1 < whole.size(); ++i) check = static_cast<char>(check ^ whole[i]);
    if (check == whole.back()) {
      request(static_cast<std::uint8_t>(whole[4]), whole.substr(frame_head, length));
    }
  }

  void request(std::uint8_t command, const std::string& payload) {
    switch (command) {
      case msp_api_version:
        answer(command, {'\0', '\1', static_cast<char>(rules_.api_minor)});
        break;
      case msp_fc_variant: answer(command, rules_.variant); break;
      case msp_status: {
        std::string status(11, '\0');
        status[6] = rules_.is_armed ? '\1' : '\0';
        answer(command, status);
        break;
      }
      case msp_reboot: reboot_request(payload); break;
      default: answer(command, {}, '!'); break;
    }
  }

  void reboot_request(const std::string& payload) {
    if (!rules_.reboot_has_type || payload.empty()) {
      answer(msp_reboot, {});
      if (!rules_.is_armed) reboot_into(Reboot::application);
      return;
    }
    const auto type = static_cast<std::uint8_t>(payload[0]);
    if (type >= reboot_types) {
      answer(msp_reboot, {}, '!');
      return;
    }
    answer(msp_reboot, payload.substr(0, 1));
    if (type == reboot_rom) reboot_into(Reboot::rom);
    if (type == reboot_firmware) reboot_into(Reboot::application);
    if (rules_.is_armed) harmed("rebooted while armed");
  }

  void answer(std::uint8_t command, const std::string& payload, char direction = '>') {
    std::string body = {static_cast<char>(payload.size()), static_cast<char>(command)};
    body += payload;
    char check = 0;
    for (const char c : body) check = static_cast<char>(check ^ c);
    say("$M");
    say({&direction, 1});
    say(body);
    say({&check, 1});
  }

  void cli(char c) {
    if (c != '\r' && c != '\n') {
      line_ += c;
      say({&c, 1});
      return;
    }
    if (line_.empty()) return;  // either ends a line, but an empty one is none
    const std::string line = std::exchange(line_, {});
    if (line == rules_.rom_command) {
      say("\r\n# restarting in ROM bootloader mode\r\nRebooting");
      reboot_into(Reboot::rom);
    } else if (line == "exit" || line == "save" || line == "defaults") {
      reboot_into(Reboot::application);
    } else {
      say(line.starts_with('#') ? "\r\n\r\n# "
                                : "\r\n###ERROR: UNKNOWN COMMAND, TRY 'HELP'###\r\n\r\n# ");
    }
  }

  MspRules rules_;
  bool in_cli_;
  char pending_ = 0;
  TimePoint quiet_at_{};
  std::string frame_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Console> make_msp_console(const MspRules& rules) {
  return std::make_unique<MspConsole>(rules);
}

}  // namespace sysboot::virtual_bench
