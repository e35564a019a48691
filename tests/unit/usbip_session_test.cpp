// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual board at one end of a socket, the kernel's side of USB/IP at the other.
#include "usbip_session.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "sysboot/virtual/board.hpp"

namespace virtual_board {
namespace {

using std::chrono::milliseconds;
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
      if (on_work_) on_work_();
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
  std::function<void()> on_work_;
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

TEST_F(Session, ATransferTakesAsLongAsTheHostIsToTake) {
  auto [ours, theirs] = socket_pair();
  ::close(kernel_);
  kernel_ = theirs;
  session_ = std::make_unique<UsbipSession>(
      board_, std::move(ours),
      sysboot::virtual_bench::WireTimes{milliseconds(10), milliseconds(0), {}});
  const TimePoint start = now_;
  std::optional<TimePoint> due;
  on_work_ = [&] { due = due ? due : session_->next_due(now_); };
  EXPECT_EQ(ask(get_device_descriptor), 0);
  EXPECT_EQ(due, start + milliseconds(10));
}

Bytes command(std::uint32_t code, std::uint32_t sequence, std::uint32_t endpoint, bool is_in,
              std::uint32_t length, const sysboot::Setup& setup = {}) {
  Bytes bytes(header_size, 0);
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    }
  };
  put(0, code);
  put(4, sequence);
  put(12, is_in ? 1 : 0);
  put(16, endpoint);
  put(20, code == 2 ? length : 0);  // of an unlink: its victim
  put(24, code == 1 ? length : 0);
  bytes[40] = setup.request_type;
  bytes[41] = setup.request;
  bytes[42] = static_cast<std::uint8_t>(setup.value);
  bytes[43] = static_cast<std::uint8_t>(setup.value >> 8);
  bytes[46] = static_cast<std::uint8_t>(setup.length);
  bytes[47] = static_cast<std::uint8_t>(setup.length >> 8);
  return bytes;
}

constexpr std::uint32_t submit = 1;
constexpr std::uint32_t unlink_it = 2;

// What anybody may send.
class Stranger : public Session {
 protected:
  Stranger() { ::fcntl(kernel_, F_SETFL, ::fcntl(kernel_, F_GETFL) | O_NONBLOCK); }

  /// Lets the session take it in, a piece at a time; false once it has hung up.
  bool send(const Bytes& data) {
    for (std::size_t at = 0; at < data.size();) {
      const auto count = ::send(kernel_, &data[at], data.size() - at, MSG_NOSIGNAL);
      if (count > 0) at += static_cast<std::size_t>(count);
      const std::size_t before = session_->socket().received().size();
      if (!turn()) return false;
      const bool stuck = count <= 0 && session_->socket().received().size() == before;
      if (stuck) return true;  // it does not want more now
    }
    return true;
  }
  bool turn() {
    if (!session_->socket().is_open()) return false;
    session_->socket().receive();
    session_->socket().flush();
    session_->work(now_);
    const auto due = session_->socket().is_open() ? session_->next_due(now_) : std::nullopt;
    EXPECT_TRUE(!due || *due > now_) << "it would spin";
    now_ += std::chrono::milliseconds(1);
    board_.advance(now_);
    EXPECT_LE(session_->socket().received().size(), Socket::most_kept);
    EXPECT_LE(session_->pending(), UsbipSession::most_pending);
    return session_->socket().is_open();
  }
  std::size_t read_all() {
    Bytes chunk(1 << 16);
    std::size_t total = 0;
    for (ssize_t count = 0; (count = ::recv(kernel_, chunk.data(), chunk.size(), 0)) > 0;) {
      total += static_cast<std::size_t>(count);
    }
    return total;
  }
  void ask_configured_once() {
    send(command(submit, 0xFFFF, 0, false, 0, set_configuration));
    for (int i = 0; i < 10; ++i) turn();
  }
  /// What it was told may have taken it off the bus.
  void replug(bool into_rom) {
    board_.unplug(now_);
    board_.plug_in(now_, into_rom);
    now_ += std::chrono::seconds(2);
    board_.advance(now_);
  }
  /// As another host, which takes the board after that.
  void connect_again(sysboot::virtual_bench::WireTimes wire = {}) {
    ::close(kernel_);
    auto [ours, theirs] = socket_pair();
    kernel_ = theirs;
    ::fcntl(kernel_, F_SETFL, ::fcntl(kernel_, F_GETFL) | O_NONBLOCK);
    session_ = std::make_unique<UsbipSession>(board_, std::move(ours), wire);
  }
};

// What a host has under way, or still sends, when the board leaves the bus.
class Leaving : public Stranger {
 protected:
  static constexpr std::uint32_t read_port = 1;
  static constexpr std::uint32_t close_port = 2;

  Leaving() { ask_configured_once(); }

  void leave_with_its_port_open() {
    send(command(submit, read_port, 1, true, 64));
    read_all();
    session_->leave(now_);
    EXPECT_TRUE(turn()) << "the host still has its port open";
  }
  bool is_answered(std::int32_t status) {
    Bytes answer(header_size);
    if (::recv(kernel_, answer.data(), answer.size(), 0) < static_cast<ssize_t>(header_size)) {
      return false;
    }
    const std::uint32_t word = static_cast<std::uint32_t>(answer[20]) << 24 |
                               static_cast<std::uint32_t>(answer[21]) << 16 |
                               static_cast<std::uint32_t>(answer[22]) << 8 | answer[23];
    return static_cast<std::int32_t>(word) == status;
  }
};

TEST_F(Leaving, EndsTheConnectionWhenTheHostHasClosedThePort) {
  leave_with_its_port_open();
  EXPECT_TRUE(send(command(submit, close_port, 0, false, 0, set_control_line_state)));
  EXPECT_TRUE(is_answered(status_io_error)) << "Linux would wait 5 s for it";
  EXPECT_FALSE(send(command(unlink_it, 3, 0, false, read_port)));
  EXPECT_TRUE(is_answered(status_unlinked));
}

TEST_F(Leaving, EndsTheConnectionAlthoughTheHostKeepsThePortOpen) {
  leave_with_its_port_open();
  const TimePoint left = now_;
  while (turn()) ASSERT_LT(now_ - left, milliseconds(300));
  EXPECT_GT(now_ - left, milliseconds(250));
}

TEST_F(Leaving, FailsWhatIsUnderWayAndEndsTheConnection) {
  connect_again(sysboot::virtual_bench::WireTimes{milliseconds(10), milliseconds(0), {}});
  EXPECT_TRUE(send(command(submit, 7, 0, true, 18, get_device_descriptor)));
  EXPECT_EQ(session_->pending(), 1U);
  session_->leave(now_);
  EXPECT_TRUE(is_answered(status_io_error));
  EXPECT_FALSE(turn());
}

TEST_F(Stranger, D7WhoDoesNotReadIsAnsweredNoMoreUntilItDoes) {
  const Bytes question = command(submit, 1, 0, true, 18, get_device_descriptor);
  std::size_t asked = 0;
  while (!session_->socket().is_clogged()) {
    ASSERT_LT(asked, 50'000U) << "it keeps more than it should";
    for (int i = 0; i < 500; ++i, ++asked) ASSERT_TRUE(send(question));
    for (int i = 0; i < 1000 && session_->pending() > 0; ++i) ASSERT_TRUE(turn());
  }
  const std::size_t waiting = session_->pending();
  ASSERT_GT(waiting, 0U);
  EXPECT_EQ(session_->next_due(now_), std::nullopt) << "nothing to do until it reads";
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(turn());
  EXPECT_EQ(session_->pending(), waiting);
  std::size_t answered = 0;
  for (int i = 0; i < 50'000 && answered < asked * (header_size + 18); ++i) {
    answered += read_all();
    ASSERT_TRUE(turn());
  }
  EXPECT_EQ(answered, asked * (header_size + 18)) << "nothing is lost";
}

TEST_F(Stranger, D7MoreUnderWayThanAnyHostHasIsTheEnd) {
  bool open = true;
  std::size_t most = 0;
  ask_configured_once();
  for (std::uint32_t i = 0; i < 5000 && open; ++i) {
    open = send(command(submit, i, 1, true, 64));
    most = std::max(most, session_->pending());
  }
  EXPECT_FALSE(open);
  EXPECT_GT(most, 100U) << "as many as Linux may have";
}

TEST_F(Stranger, D7TooMuchInAllTransfersIsTheEnd) {
  ask_configured_once();
  Bytes large = command(submit, 9, 0, false, 500'000, {0x21, 1, 2, 0, 0xFFFF});
  large.resize(large.size() + 500'000, 0x55);
  bool open = true;
  int count = 0;
  for (; count < 5 && open; ++count) open = send(large);
  EXPECT_FALSE(open);
  EXPECT_EQ(count, 3) << "the first two are a megabyte";
}

TEST_F(Stranger, D7ATransferThatNoBufferHoldsIsTheEnd) {
  EXPECT_FALSE(send(command(submit, 1, 1, false, 0xFFFFFFFF)));
  connect_again();
  EXPECT_FALSE(send(command(submit, 1, 1, false, 1 << 20)));
  connect_again();
  EXPECT_TRUE(send(command(submit, 1, 1, true, 64)));
}

TEST_F(Stranger, D7UnlinkingWhatIsNotThereIsAnswered) {
  std::size_t answered = 0;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    ASSERT_TRUE(send(command(unlink_it, i, 0, false, 77)));
    answered += read_all();
  }
  EXPECT_EQ(answered, 3000 * header_size);
}

TEST_F(Stranger, D7ABoardKeepsNoMoreOfAFloodThanItNeeds) {
  board_.control(set_configuration, {}, now_);
  for (int i = 0; i < 3000; ++i) board_.control(set_control_line_state, {}, now_);
  EXPECT_THAT(board_.violations(), testing::SizeIs(sysboot::virtual_bench::Rom::most_remembered));
  replug(false);
  const std::string text = "version\n";
  for (int i = 0; i < 200'000; ++i)
    board_.bulk_out(1, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, now_);
  ASSERT_NE(board_.application(), nullptr);
  EXPECT_EQ(board_.application()->received().size(), 1U << 20);
  EXPECT_EQ(board_.bulk_in(0x81, 1 << 20).size(), 64U * 1024);
}

struct Garbage {
  std::mt19937 random;
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); }
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
    return out;
  }
  std::uint32_t number() {
    static constexpr std::uint32_t usual[] = {0,    1,     2,       18,         64,
                                              4096, 65535, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFF};
    return below(2) == 0 ? usual[below(std::size(usual))] : below(3000);
  }
  /// Nearly right, or not at all.
  Bytes next() {
    if (below(8) == 0) return bytes(below(300));
    sysboot::Setup setup{static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(below(16)),
                         static_cast<std::uint16_t>(number()), 0,
                         static_cast<std::uint16_t>(number())};
    if (below(2) == 0) setup.request_type = below(2) == 0 ? 0xA1 : 0x21;  // class: DFU
    const std::uint32_t length = number();
    const bool is_in = below(2) == 0;
    Bytes out =
        command(1 + below(2), below(40), below(4) == 0 ? below(20) : 0, is_in, length, setup);
    if (!is_in && length <= 70000) {
      const Bytes payload = bytes(length);
      out.insert(out.end(), payload.begin(), payload.end());
    }
    if (below(4) == 0) out[below(header_size)] ^= static_cast<std::uint8_t>(1 << below(8));
    if (below(10) == 0) out.resize(below(static_cast<std::uint32_t>(out.size()) + 1));
    return out;
  }
};

TEST_F(Stranger, D7GarbageHurtsNobody) {
  for (unsigned seed = 0; seed < 4000; ++seed) {
    Garbage garbage{std::mt19937(seed)};
    if (seed % 16 == 0 || board_.descriptors() == nullptr) replug(garbage.below(2) == 0);
    connect_again();
    if (garbage.below(2) == 0) ask_configured_once();
    for (int i = 0; i < 12 && board_.descriptors() != nullptr && send(garbage.next()); ++i) {
      if (garbage.below(2) == 0) read_all();
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  replug(true);
  connect_again();
  ::fcntl(kernel_, F_SETFL, ::fcntl(kernel_, F_GETFL) & ~O_NONBLOCK);
  EXPECT_EQ(ask(get_device_descriptor), 0) << "an honest host is served";
  EXPECT_EQ(ask(set_configuration), 0);
  EXPECT_EQ(ask(get_status), 0);
}

}  // namespace
}  // namespace virtual_board
