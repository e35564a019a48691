// SPDX-License-Identifier: GPL-3.0-or-later
// stm32boot-virtual-board as a server: what strangers on its socket, and whoever started it, can do
// to it. The board must be there for the next honest client.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <random>
#include <regex>

#include "cli.hpp"

namespace {

using support::Background;
using support::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The thread sanitizer keeps notes of every piece of memory, in the same process.
#ifdef __SANITIZE_THREAD__
constexpr long memory_per_kib = 4;
#else
constexpr long memory_per_kib = 1;
#endif

// As a client of USB/IP, byte by byte.
class Client {
 public:
  explicit Client(const std::string& port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  }
  Client(Client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), is_connected_(other.is_connected_) {}
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool is_connected() const { return is_connected_; }
  /// What was taken before it would have had to wait.
  std::size_t send(const std::string& data) const {
    const auto count = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  /// False at the end of the stream.
  bool take_what_is_there() const {
    std::array<char, 65536> chunk{};
    const auto count = ::recv(fd_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    return count > 0 || (count < 0 && errno == EAGAIN);
  }
  /// So many bytes, or fewer where the other side closed or was silent for so long.
  std::string receive(std::size_t size, int milliseconds = 30'000) const {
    std::string text(size, '\0');
    std::size_t at = 0;
    while (at < size) {
      pollfd item{fd_, POLLIN, 0};
      if (::poll(&item, 1, milliseconds) <= 0) break;
      const auto count = ::recv(fd_, &text[at], size - at, 0);
      if (count <= 0) break;
      at += static_cast<std::size_t>(count);
    }
    text.resize(at);
    return text;
  }

 private:
  int fd_;
  bool is_connected_ = false;
};

const std::string list_request("\x01\x11\x80\x05\0\0\0\0", 8);
const std::string get_descriptor(
    "\0\0\0\1"
    "\0\0\0\1"
    "\0\1\0\2"
    "\0\0\0\1"
    "\0\0\0\0"
    "\0\0\0\0"
    "\0\0\0\x12"
    "\0\0\0\0"
    "\0\0\0\0"
    "\0\0\0\0"
    "\x80\6\0\1\0\0\x12\0",
    48);

std::string import_request(std::string bus_id) {
  bus_id.resize(32);
  return std::string("\x01\x11\x80\x03\0\0\0\0", 8) + bus_id;
}

class VirtualBoardServer : public Cli {
 protected:
  void start(Words command = {VIRTUAL_BOARD, "--listen", "127.0.0.1:0"}) {
    server_ = std::make_unique<Background>(command);
    const std::string line = server_->wait_for("\"listening\"");
    std::smatch found;
    ASSERT_TRUE(std::regex_search(line, found, std::regex(":(\\d+)\"")));
    port_ = found[1];
  }

  void expect_to_end() {
    server_->signal(SIGTERM);
    EXPECT_EQ(server_->join(), 0) << server_->transcript();
  }
  void expect_to_list() {
    const Client client(port_);
    client.send(list_request);
    EXPECT_THAT(client.receive(12 + 312), AllOf(HasSubstr("1-1"), HasSubstr("\x04\x83")));
  }
  /// To whoever asks, though somebody else may hold the board.
  void expect_to_answer() {
    const Client client(port_);
    client.send(list_request);
    EXPECT_THAT(client.receive(8), HasSubstr(std::string("\x01\x11\0\x05", 4)));
  }
  void expect_to_serve() {
    const Client client(port_);
    client.send(import_request("1-1"));
    EXPECT_EQ(client.receive(8 + 312).size(), 320U) << "imported";
    client.send(get_descriptor);
    EXPECT_THAT(client.receive(48 + 18), HasSubstr("\x83\x04")) << "its device descriptor";
  }

  /// A line of /proc/PID/status, in KiB.
  long status(const std::string& name) const {
    std::ifstream in("/proc/" + std::to_string(server_->pid()) + "/status");
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
    }
    return -1;
  }
  /// Seconds that it has computed.
  double computed() const {
    std::ifstream in("/proc/" + std::to_string(server_->pid()) + "/stat");
    std::string word;
    for (int i = 1; i < 14; ++i) in >> word;
    long user = 0;
    long system = 0;
    in >> user >> system;
    return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

  std::unique_ptr<Background> server_;
  std::string port_;
};

std::string garbage(std::mt19937& random) {
  static const std::string known[] = {list_request, import_request("1-1"), import_request("9-9"),
                                      import_request(std::string(32, 'x')), get_descriptor};
  std::string out;
  for (auto i = random() % 6; i > 0; --i) {
    std::string piece = known[random() % std::size(known)];
    if (random() % 2 == 0) {
      piece[random() % piece.size()] = static_cast<char>(random());
    } else if (random() % 4 == 0) {
      piece.resize(random() % 5000);
      for (char& byte : piece) byte = static_cast<char>(random());
    }
    out += piece;
  }
  return out.substr(0, random() % 3 == 0 ? random() % (out.size() + 1) : out.size());
}

// Those who stay connected may hold the board meanwhile; once they have gone, it is free.
TEST_F(VirtualBoardServer, D7GarbageFromManyIsFollowedByAnHonestClient) {
  start();
  expect_to_serve();
  const long before = status("VmRSS");
  std::mt19937 random(7);
  std::vector<Client> open;
  for (int i = 0; i < 1000; ++i) {
    Client client(port_);
    ASSERT_TRUE(client.is_connected());
    client.send(garbage(random));
    if (random() % 4 == 0) open.push_back(std::move(client));  // and says nothing more
  }
  expect_to_answer();
  open.clear();
  expect_to_list();
  expect_to_serve();
  EXPECT_LT(status("VmRSS") - before, 32 * 1024 * memory_per_kib);
  expect_to_end();
}

TEST_F(VirtualBoardServer, D7AFloodThatIsNotReadEndsAtAMegabyteAndAtSigterm) {
  start();
  const Client client(port_);
  client.send(import_request("1-1"));
  ASSERT_EQ(client.receive(320).size(), 320U);
  const long before = status("VmRSS");
  std::string many;  // "unlink nothing" is answered at once
  for (int i = 0; i < 1000; ++i) many += std::string("\0\0\0\2", 4) + std::string(44, '\0');
  std::size_t sent = 0;
  for (int stuck = 0; stuck < 20;) {
    const std::size_t count = client.send(many.substr(sent % 48));
    sent += count;
    stuck = count == 0 ? stuck + 1 : 0;
    if (count == 0) expect_to_answer();  // which takes its time, and shows that it goes on
    ASSERT_LT(sent, 512U << 20) << "it takes all there is";
  }
  EXPECT_LT(status("VmRSS") - before, 8 * 1024 * memory_per_kib);
  expect_to_end();
}

// While its answers are read, there is always something for it to do.
TEST_F(VirtualBoardServer, D7AFloodThatIsReadEndsAtSigterm) {
  start();
  const Client client(port_);
  client.send(import_request("1-1"));
  ASSERT_EQ(client.receive(320).size(), 320U);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += std::string("\0\0\0\2", 4) + std::string(44, '\0');
  std::size_t sent = 0;
  std::size_t signalled_at = 0;
  while (client.take_what_is_there()) {  // until it hangs up
    sent += client.send(many.substr(sent % 48));
    if (signalled_at == 0 && sent > (1U << 20)) {
      server_->signal(SIGTERM);
      signalled_at = sent;
    }
    ASSERT_LT(sent, signalled_at + (256U << 20)) << "it does not end";
  }
  EXPECT_EQ(server_->join(), 0);
}

TEST_F(VirtualBoardServer, D7EndsThoughNobodyReadsWhatItTells) {
  start();
  for (int i = 0; i < 1500; ++i) server_->say("nonsense");  // more answers than the pipe holds
  for (bool answers = true; answers;) {
    const Client client(port_);
    client.send(list_request);
    answers = !client.receive(1, 300).empty();
  }
  server_->signal(SIGTERM);
  const auto process = static_cast<int>(::syscall(SYS_pidfd_open, server_->pid(), 0));
  pollfd ended{process, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 20'000), 1);
  ::close(process);
  EXPECT_EQ(server_->join(), 0);
}

TEST_F(VirtualBoardServer, D7WhatItTellsIsJson) {
  start();
  server_->say("say \"hello\"");
  const auto told = nlohmann::json::parse(server_->wait_for("\"error\""));
  EXPECT_THAT(std::string(told.at("text")), HasSubstr("\"hello\""));
}

TEST_F(VirtualBoardServer, D7OutOfDescriptorsItWaits) {
  // 0, 1, 2, for signals, and the listener: nobody can be let in. What was inherited is closed.
  start({"/bin/sh", "-c", R"(exec 3<&- 4<&-; ulimit -n 5; exec "$0" --listen 127.0.0.1:0)",
         VIRTUAL_BOARD});
  const Client client(port_);
  ASSERT_TRUE(client.is_connected()) << "by the kernel";
  client.send(list_request);
  const double before = computed();
  EXPECT_EQ(client.receive(1, 500), "") << "not by the program";
  EXPECT_LT(computed() - before, 0.2);
  expect_to_end();
}

TEST_F(VirtualBoardServer, D7ThoseWhoOnlyConnectDoNotKeepOthersOut) {
  start({"/bin/sh", "-c", R"(ulimit -n 16; exec "$0" --listen 127.0.0.1:0)", VIRTUAL_BOARD});
  std::vector<Client> silent;
  for (int i = 0; i < 40; ++i) silent.emplace_back(port_);
  expect_to_list();
  expect_to_serve();
  expect_to_end();
}

TEST_F(VirtualBoardServer, D7ARefusedImportIsAnsweredOnce) {
  start();
  const Client client(port_);
  client.send(import_request("9-9"));
  EXPECT_EQ(client.receive(100), std::string("\x01\x11\0\x03\0\0\0\1", 8));
}

TEST_F(VirtualBoardServer, D7AnAddressForOthersIsToldToHaveNoAuthentication) {
  start({VIRTUAL_BOARD, "--listen", "0.0.0.0:0"});
  server_->wait_for("no authentication");
  expect_to_end();
  start();
  expect_to_end();
  EXPECT_THAT(server_->transcript(), Not(HasSubstr("authentication")));
}

TEST_F(VirtualBoardServer, D7AFolderThatCannotBeWrittenIsAnError) {
  const Finished done =
      support::run({VIRTUAL_BOARD, "--listen", "127.0.0.1:0", "--flash-dir", path("none")});
  EXPECT_EQ(done.exit, 73);
  EXPECT_THAT(done.err, HasSubstr(path("none")));
}

TEST_F(VirtualBoardServer, D7AFolderThatIsGoneAtTheEndIsAnError) {
  std::filesystem::create_directory(path("flash"));
  start({VIRTUAL_BOARD, "--listen", "127.0.0.1:0", "--flash-dir", path("flash")});
  server_->say("save");
  server_->wait_for("\"saved\"");
  EXPECT_TRUE(std::filesystem::exists(path("flash/board-0.bin")));
  std::filesystem::remove_all(path("flash"));
  server_->say("save");
  server_->wait_for("\"error\"");
  server_->signal(SIGTERM);
  EXPECT_EQ(server_->join(), 73);
}

TEST_F(VirtualBoardServer, D7AFileThatIsNoFlashIsNotOverwritten) {
  file("board-0.bin", sysboot::Bytes(1000, 0x42));
  const Finished done =
      support::run({VIRTUAL_BOARD, "--listen", "127.0.0.1:0", "--flash-dir", path("")});
  EXPECT_EQ(done.exit, 66);
  EXPECT_THAT(done.err, HasSubstr("board-0.bin: is not the flash of a board, 524288 bytes"));
  EXPECT_EQ(std::filesystem::file_size(path("board-0.bin")), 1000U);
}

}  // namespace
