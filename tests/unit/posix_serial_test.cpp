// SPDX-License-Identifier: GPL-3.0-or-later
// The serial code on a pseudo terminal, whose other end the test holds.
#include "host/posix/posix_serial.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <stdexcept>

#include "support/temporary.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class PseudoTerminal : public testing::Test {
 protected:
  PseudoTerminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    ::grantpt(master_);
    ::unlockpt(master_);
    const char* name = ::ptsname(master_);
    if (name == nullptr) throw std::runtime_error("no pseudo terminals: is /dev/pts mounted?");
    path_ = name;
  }
  ~PseudoTerminal() override { hang_up(); }

  void hang_up() {
    if (master_ >= 0) ::close(master_);
    master_ = -1;
  }
  void device_says(const std::string& text) {
    ASSERT_EQ(::write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string device_hears() {
    std::array<char, 256> buffer{};
    const ssize_t count = ::read(master_, buffer.data(), buffer.size());
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  }

  std::string path_;
  int master_;
};

TEST_F(PseudoTerminal, SendsBytesUnchanged) {
  const auto port = open_posix_serial(path_);
  const std::string text = "dfu\r\n\x03\x7f\xff";
  port->write(Bytes(text.begin(), text.end()), milliseconds(500));
  EXPECT_EQ(device_hears(), text);
}

TEST_F(PseudoTerminal, ReadsWhatIsThereAndNoMore) {
  const auto port = open_posix_serial(path_);
  device_says("ok\r\n");
  EXPECT_EQ(port->read(4, milliseconds(1000)), (Bytes{'o', 'k', '\r', '\n'}));
  EXPECT_EQ(port->read(4, milliseconds(1)), Bytes());
}

TEST_F(PseudoTerminal, KeepsItsRate) {
  const auto port = open_posix_serial(path_);
  for (const unsigned baud : {1200U, 9600U, 115200U}) {
    port->set_baud(baud);
    EXPECT_EQ(port->baud(), baud);
  }
}

TEST_F(PseudoTerminal, HasNoModemLinesAndDoesNotMind) {
  const auto port = open_posix_serial(path_);
  EXPECT_NO_THROW(port->set_dtr(true));
  EXPECT_NO_THROW(port->set_rts(false));
}

TEST_F(PseudoTerminal, GoneMeansSerialError) {
  const auto port = open_posix_serial(path_);
  hang_up();
  EXPECT_ERROR(port->read(1, milliseconds(100)), Errc::serial_io, HasSubstr(path_));
  EXPECT_ERROR(port->write(Bytes{1}, milliseconds(100)), Errc::serial_io, HasSubstr(path_));
}

TEST_F(PseudoTerminal, LockedByAnotherIsBusy) {
  const int other = ::open(path_.c_str(), O_RDWR | O_NOCTTY);
  ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  EXPECT_ERROR(open_posix_serial(path_), Errc::busy, HasSubstr("cannot open " + path_));
  ::close(other);
  EXPECT_NO_THROW(open_posix_serial(path_));
}

TEST_F(PseudoTerminal, ExclusiveToAnotherIsBusyEvenForRoot) {
  const auto first = open_posix_serial(path_);
  EXPECT_ERROR(open_posix_serial(path_), Errc::busy, HasSubstr(path_));
}

TEST_F(PseudoTerminal, IsFreeAgainAfterClosing) {
  open_posix_serial(path_).reset();
  EXPECT_NO_THROW(open_posix_serial(path_));
}

TEST(SerialPath, MustBeASerialPort) {
  const support::TemporaryFolder folder;
  const std::string file = folder.path() / "file";
  std::ofstream(file) << "text";
  EXPECT_ERROR(open_posix_serial(file), Errc::usage, HasSubstr("is not a serial port"));
  EXPECT_ERROR(open_posix_serial(folder.path()), Errc::usage, HasSubstr("is not a serial port"));
  EXPECT_ERROR(open_posix_serial("/dev/null"), Errc::usage, HasSubstr("is not a serial port"));
  EXPECT_ERROR(open_posix_serial(folder.path() / "none"), Errc::no_board,
               HasSubstr("No such file"));
}

}  // namespace
}  // namespace sysboot
