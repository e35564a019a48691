// SPDX-License-Identifier: GPL-3.0-or-later
#include "consoles.hpp"

namespace sysboot::virtual_bench {
namespace {

class LineConsole : public Console {
 public:
  explicit LineConsole(LineRules rules) : rules_(std::move(rules)) {}

  void lines(std::uint16_t state, TimePoint now) override {
    constexpr std::uint16_t dtr = 1;
    if ((state & dtr) != 0) speaks_from_ = now + rules_.mute;
  }

  void receive(std::uint8_t byte, TimePoint now) override {
    speaks_ = now >= speaks_from_;
    const char c = static_cast<char>(byte);
    if (rules_.ends.find(c) != std::string::npos) {
      end_line();
    } else if (rules_.clears.find(c) != std::string::npos) {
      line_.clear();
    } else if (!rules_.drops_controls || byte >= 0x20) {
      line_ += c;
      if (rules_.echoes) tell({&c, 1});
    }
  }

 private:
  void end_line() {
    const std::string line = std::exchange(line_, {});
    if (rules_.echoes) tell("\r\n");
    const auto found = rules_.commands.find(line);
    if (found != rules_.commands.end()) {
      tell(found->second.answer);
      if (found->second.reboot != Reboot::none) {
        reboot_into(found->second.reboot);
        return;
      }
    } else if (!line.empty()) {
      const std::size_t place = rules_.unknown.find("%s");
      std::string text = rules_.unknown;
      if (place != std::string::npos) text.replace(place, 2, line);
      tell(text);
    }
    tell(rules_.prompt);
  }

  void tell(std::string_view text) {
    if (speaks_) say(text);
  }

  LineRules rules_;
  std::string line_;
  TimePoint speaks_from_{};
  bool speaks_ = true;
};

}  // namespace

std::unique_ptr<Console> make_line_console(const LineRules& rules) {
  return std::make_unique<LineConsole>(rules);
}

}  // namespace sysboot::virtual_bench
