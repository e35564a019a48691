// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/error.hpp"
#include "triggers.hpp"

namespace sysboot {
namespace {

constexpr Duration answer_timeout = std::chrono::milliseconds(100);
constexpr std::size_t longest_answer = 512;
constexpr std::size_t digits_in_octal = 3;

class Text : public Trigger {
 public:
  Text(std::string name, Bytes text) : name_(std::move(name)), text_(std::move(text)) {}

  std::string name() const override { return name_; }

  Reply fire(const Job& job, const Board& board) const override {
    const auto port = open_first_port(job, board);
    Bytes answer;
    try {
      // At 1200 baud, dropping DTR would be a touch.
      if (port->baud() == touch_baud) port->set_baud(usual_baud);
      port->set_dtr(true);  // much firmware only listens to a port that someone has opened
      port->write(text_, write_timeout);
      answer = port->read(longest_answer, answer_timeout);
    } catch (const Error& error) {
      if (error.code() != Errc::serial_io) throw;
      job.note(Note::Level::debug, name_ + ": " + error.what());
    }
    return {Reply::End::sent, one_line(std::string(answer.begin(), answer.end())), {}, false};
  }

 private:
  std::string name_;
  Bytes text_;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

[[noreturn]] void bad_escape(std::string_view text, std::size_t at) {
  throw Error(Errc::usage, "text \"" + printable(text) + "\": unknown escape at character " +
                               std::to_string(at + 1));
}

// Reads the escape whose letter is at text[at]; leaves `at` on its last character.
std::uint8_t escape(std::string_view text, std::size_t& at) {
  switch (text[at]) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case 'e': return 0x1B;
    case '\\':
    case '"':
    case '\'': return static_cast<std::uint8_t>(text[at]);
    case 'x': {
      if (at + 2 >= text.size()) bad_escape(text, at);
      const int high = hex_digit(text[at + 1]);
      const int low = hex_digit(text[at + 2]);
      if (high < 0 || low < 0) bad_escape(text, at);
      at += 2;
      return static_cast<std::uint8_t>(high * 16 + low);
    }
    default: break;
  }
  unsigned value = 0;
  std::size_t digits = 0;
  for (; digits < digits_in_octal && at + digits < text.size(); ++digits) {
    const char c = text[at + digits];
    if (c < '0' || c > '7') break;
    value = value * 8 + static_cast<unsigned>(c - '0');
  }
  if (digits == 0 || value > 0xFF) bad_escape(text, at);
  at += digits - 1;
  return static_cast<std::uint8_t>(value);
}

}  // namespace

std::unique_ptr<Trigger> make_text(std::string name, Bytes text) {
  return std::make_unique<Text>(std::move(name), std::move(text));
}

Bytes unescape(std::string_view text) {
  Bytes bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes.push_back(static_cast<std::uint8_t>(text[at]));
      continue;
    }
    if (++at == text.size()) bad_escape(text, at - 1);
    bytes.push_back(escape(text, at));
  }
  return bytes;
}

}  // namespace sysboot
