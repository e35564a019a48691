// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual board at one end of a socket, the kernel's side of USB/IP at the other.
#include "usbip_session.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "sysboot/virtual/board.hpp"

namespace virtual_board {
namespace {

using sysboot::TimePoint;
using sysboot::virtual_bench::BoardSettings;
using sysboot::virtual_bench::VirtualBoard;
using testing::IsEmpty;

constexpr sysboot::Setup set_control_line_state{0x21, 0x22, 0, 0, 0};
constexpr sysboot::Setup get_status{0xA1, 3, 0, 0, 6};
constexpr sysboot::Setup set_configuration{0x00, 9, 1, 0, 0};
constexpr sysboot::Setup get_device_descriptor{0x80, 6, 0x0100, 0, 18};

class Session : public testing::Test {
 protected:
  Session() : board_(settings(), {}) {
    auto [ours, theirs] = socket_pair();
    kernel_ = theirs;
    session_ = std::make_unique<UsbipSession>(board_, std::move(ours));
  }
  ~Session() override { ::close(kernel_); }

  /// The status that this request is answered with.
  std::int32_t ask(const sysboot::Setup& setup) {
    Bytes submit(header_size, 0);
    submit[3] = 1;
    submit[15] = (setup.request_type & 0x80) != 0 ? 1 : 0;
    submit[27] = static_cast<std::uint8_t>(setup.length);
    const std::uint8_t last[] = {setup.request_type,
                                 setup.request,
                                 static_cast<std::uint8_t>(setup.value),
                                 static_cast<std::uint8_t>(setup.value >> 8),
                                 0,
                                 0,
                                 static_cast<std::uint8_t>(setup.length),
                                 0};
    std::copy(std::begin(last), std::end(last), submit.end() - 8);
    EXPECT_EQ(::write(kernel_, submit.data(), submit.size()), static_cast<ssize_t>(header_size));
    session_->socket().receive();
    for (int i = 0; i < 100; ++i) {  // until it has crossed the wire
      session_->work(now_);
      now_ += std::chrono::milliseconds(1);
    }
    Bytes answer(header_size + setup.length);
    const auto size = ::read(kernel_, answer.data(), answer.size());
    EXPECT_GE(size, static_cast<ssize_t>(header_size));
    std::uint32_t status = 0;
    for (std::size_t i = 20; i < 24; ++i) status = status << 8 | answer[i];
    return static_cast<std::int32_t>(status);
  }

  static BoardSettings settings() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }

  VirtualBoard board_;
  TimePoint now_{};
  int kernel_ = -1;
  std::unique_ptr<UsbipSession> session_;
};

TEST_F(Session, WhatTheKernelSendsToTheApplicationThatWasThereDoesNotReachTheRom) {
  EXPECT_EQ(ask(set_control_line_state), status_io_error);
  EXPECT_EQ(ask(get_device_descriptor), 0);
  EXPECT_EQ(ask(get_status), status_io_error);
  EXPECT_THAT(board_.violations(), IsEmpty());
  EXPECT_EQ(ask(set_configuration), 0);
  EXPECT_EQ(ask(get_status), 0);
  EXPECT_EQ(ask(set_control_line_state), status_stall);
  EXPECT_THAT(board_.violations(), testing::SizeIs(1)) << "now it is meant";
}

}  // namespace
}  // namespace virtual_board
