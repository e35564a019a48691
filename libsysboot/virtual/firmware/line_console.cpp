// SPDX-License-Identifier: GPL-3.0-or-later
#include "consoles.hpp"

namespace sysboot::virtual_bench {
namespace {

class LineConsole : public Console {
 public:
  explicit LineConsole(LineRules rules) : rules_(std::move(rules)) {}

  void receive(std::uint8_t byte, TimePoint /*now*/) override {
    const char c = static_cast<char>(byte);
    if (rules_.ends.find(c) != std::string::npos) {
      end_line();
    } else if (rules_.clears.find(c) != std::string::npos) {
      line_.clear();
    } else if (!rules_.drops_controls || byte >= 0x20) {
      line_ += c;
      if (rules_.echoes) say({&c, 1});
    }
  }

 private:
  void end_line() {
    const std::string line = std::exchange(line_, {});
    if (rules_.echoes) say("\r\n");
    const auto found = rules_.commands.find(line);
    if (found != rules_.commands.end()) {
      say(found->second.answer);
      if (found->second.reboot != Reboot::none) {
        reboot_into(found->second.reboot);
        return;
      }
    } else if (!line.empty()) {
      const std::size_t place = rules_.unknown.find("%s");
      std::string text = rules_.unknown;
      if (place != std::string::npos) text.replace(place, 2, line);
      say(text);
    }
    say(rules_.prompt);
  }

  LineRules rules_;
  std::string line_;
};

}  // namespace

std::unique_ptr<Console> make_line_console(const LineRules& rules) {
  return std::make_unique<LineConsole>(rules);
}

}  // namespace sysboot::virtual_bench
