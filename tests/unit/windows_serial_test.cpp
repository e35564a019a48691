// SPDX-License-Identifier: GPL-3.0-or-later
// The serial code of Windows on two ports that are each other's other end: tests/windows/
// null_modem.py under wine, com0com on Windows. STM32BOOT_NULL_MODEM names them: "COM33,COM34".
#include "host/windows/windows_serial.hpp"

#include <cstdlib>

#include "support/temporary.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class NullModem : public testing::Test {
 protected:
  NullModem() {
    const char* names = std::getenv("STM32BOOT_NULL_MODEM");
    if (names == nullptr) throw std::runtime_error("STM32BOOT_NULL_MODEM names no ports");
    const std::string both = names;
    path_ = both.substr(0, both.find(','));
    other_path_ = both.substr(both.find(',') + 1);
  }

  std::string path_;
  std::string other_path_;
};

TEST_F(NullModem, SendsBytesUnchanged) {
  const auto port = open_windows_serial(path_);
  const auto other = open_windows_serial(R"(\\.\)" + other_path_);
  const std::string text = "dfu\r\n\x03\x1a\x7f\xff";
  port->write(Bytes(text.begin(), text.end()), milliseconds(2000));
  EXPECT_EQ(other->read(text.size(), milliseconds(2000)), Bytes(text.begin(), text.end()));
}

TEST_F(NullModem, ReadsWhatIsThereAndNoMore) {
  const auto port = open_windows_serial(path_);
  const auto other = open_windows_serial(other_path_);
  other->write(Bytes{'o', 'k', '\r', '\n'}, milliseconds(2000));
  EXPECT_EQ(port->read(4, milliseconds(2000)), (Bytes{'o', 'k', '\r', '\n'}));
  EXPECT_EQ(port->read(4, milliseconds(10)), Bytes());
}

TEST_F(NullModem, KeepsItsRate) {
  const auto port = open_windows_serial(path_);
  for (const unsigned baud : {1200U, 9600U, 115200U}) {
    port->set_baud(baud);
    EXPECT_EQ(port->baud(), baud);
  }
}

TEST_F(NullModem, TakesALetterCaseAndAPrefix) {
  EXPECT_EQ(com_port_name("com10"), "COM10");
  EXPECT_EQ(com_port_name(R"(\\.\COM3)"), "COM3");
  EXPECT_EQ(com_port_name("COM"), std::nullopt);
  EXPECT_EQ(com_port_name("LPT1"), std::nullopt);
  EXPECT_FALSE(has_com_port("COM199"));
}

TEST_F(NullModem, IsFreeAgainAfterClosing) {
  open_windows_serial(path_).reset();
  EXPECT_NO_THROW(open_windows_serial(path_));
}

TEST(WindowsSerialPath, MustBeASerialPort) {
  const support::TemporaryFolder folder;
  EXPECT_ERROR(open_windows_serial(folder.path().string()), Errc::usage,
               HasSubstr("is not a serial port"));
  EXPECT_ERROR(open_windows_serial("COM199"), Errc::no_board, HasSubstr("cannot open COM199"));
}

}  // namespace
}  // namespace sysboot
