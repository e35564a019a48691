// SPDX-License-Identifier: GPL-3.0-or-later
#include "consoles.hpp"

namespace sysboot::virtual_bench {
namespace {

constexpr char enter_raw = '\x01';
constexpr char leave_raw = '\x02';
constexpr char interrupt = '\x03';
constexpr char end_of_input = '\x04';
constexpr Duration before_reboot = std::chrono::milliseconds(100);

class PythonConsole : public Console {
 public:
  explicit PythonConsole(PythonRules rules) : rules_(std::move(rules)) {}

  void receive(std::uint8_t byte, TimePoint now) override {
    const char c = static_cast<char>(byte);
    if (c == interrupt) {
      input_.clear();
      if (!raw_) say("\r\nKeyboardInterrupt\r\n>>> ");
    } else if (c == enter_raw && (raw_ || input_.empty())) {
      raw_ = true;
      input_.clear();
      say("raw REPL; CTRL-B to exit\r\n>");
    } else if (c == leave_raw && raw_) {
      raw_ = false;
      input_.clear();
      say("\r\n" + rules_.banner + "\r\n>>> ");
    } else if (raw_) {
      raw(c, now);
    } else {
      friendly(c, now);
    }
  }

  std::optional<TimePoint> next_event() const override { return reboots_at_; }

  void advance(TimePoint now) override {
    if (!reboots_at_ || now < *reboots_at_) return;
    reboots_at_.reset();
    reboot_into(Reboot::rom);
  }

 private:
  void raw(char c, TimePoint now) {
    if (c != end_of_input) {
      input_ += c;
      return;
    }
    say("OK");
    run(std::exchange(input_, {}), now);
    say(std::string(2, end_of_input) + ">");
  }

  void friendly(char c, TimePoint now) {
    if (c == end_of_input && input_.empty()) {
      harmed("soft reset");
    } else if (c == '\r') {
      say("\r\n");
      run(std::exchange(input_, {}), now);
      say(">>> ");
    } else if (c >= 0x20 || c == '\t') {
      input_ += c;
      say({&c, 1});
    }
  }

  // Knows what may stand in a program, not Python.
  void run(const std::string& program, TimePoint now) {
    if (program.empty()) return;
    const bool fails = !rules_.missing.empty() && program.find(rules_.missing) != std::string::npos;
    if (fails || program.find(rules_.reboot_code) == std::string::npos) {
      say("Traceback (most recent call last):\r\nNameError: name isn't defined\r\n");
      return;
    }
    if (program.find("print('rebooting')") != std::string::npos) say("rebooting\r\n");
    reboots_at_ = now + before_reboot;
  }

  PythonRules rules_;
  bool raw_ = false;
  std::string input_;
  std::optional<TimePoint> reboots_at_;
};

}  // namespace

std::unique_ptr<Console> make_python_console(const PythonRules& rules) {
  return std::make_unique<PythonConsole>(rules);
}

}  // namespace sysboot::virtual_bench
