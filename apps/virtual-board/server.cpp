// SPDX-License-Identifier: GPL-3.0-or-later
#include "server.hpp"

#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "sysboot/device.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/text.hpp"
#include "vhci.hpp"

namespace virtual_board {
namespace {

using sysboot::Duration;
using sysboot::Errc;
using sysboot::Error;
using sysboot::TimePoint;
using sysboot::virtual_bench::BusBoard;
using sysboot::virtual_bench::VirtualBoard;

constexpr Duration vhci_retry = std::chrono::milliseconds(5);
constexpr Duration longest_nap = std::chrono::seconds(1);
constexpr Duration until_descriptors_are_free = std::chrono::milliseconds(200);
constexpr std::size_t most_strangers = 32;

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool lacks_descriptors() {
  return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
}

std::uint16_t word(const Bytes& bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

}  // namespace

struct Server::Seat {
  Seat(std::size_t the_number, std::unique_ptr<BusBoard> the_board, std::optional<unsigned> port)
      : number(the_number), owned(std::move(the_board)), board(*owned), vhci_port(port) {}

  std::size_t number;
  std::unique_ptr<BusBoard> owned;
  BusBoard& board;
  std::optional<unsigned> vhci_port;
  std::unique_ptr<UsbipSession> session;
  unsigned session_generation = 0;
  TimePoint try_again{};

  const char* mode() { return board.in_rom() ? "rom" : "application"; }
  std::string bus_id() const { return fmt::format("1-{}", number + 1); }
};

Server::Server(Tell tell) : tell_(std::move(tell)) {}
Server::~Server() = default;

TimePoint Server::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

void Server::add_board(sysboot::virtual_bench::BoardSettings settings,
                       std::optional<unsigned> vhci_port) {
  // Real boards differ in their unique ids.
  settings.unique_id[0] = static_cast<std::uint8_t>(settings.unique_id[0] + seats_.size());
  add_board(std::make_unique<VirtualBoard>(std::move(settings), now()), vhci_port);
}

void Server::add_board(std::unique_ptr<BusBoard> board, std::optional<unsigned> vhci_port) {
  seats_.push_back(std::make_unique<Seat>(seats_.size(), std::move(board), vhci_port));
}

bool Server::listen(const std::string& address) {
  listener_ = listen_on(address);
  tell_(fmt::format(R"({{"event":"listening","address":"{}"}})", address_of(listener_)));
  return is_loopback(listener_);
}

std::string Server::file_of(const Seat& seat) const {
  return fmt::format("{}/board-{}.bin", folder_, seat.number);
}

void Server::keep_flash_in(const std::string& folder) {
  folder_ = folder;
  for (auto& seat : seats_) {
    const std::string file = file_of(*seat);
    sysboot::require_writable(file);
    if (!std::filesystem::exists(file)) continue;
    Bytes content(seat->board.flash().content().size());
    std::ifstream in(file, std::ios::binary);
    in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
    const bool is_whole = in.good() && in.peek() == std::ifstream::traits_type::eof();
    if (!is_whole) {
      throw Error(Errc::no_input,
                  fmt::format("is not the flash of a board, {}; it stays as it is",
                              sysboot::counted(content.size(), "byte")),
                  file);
    }
    seat->board.flash().load(seat->board.flash().address(), content);
  }
}

void Server::save() const {
  if (folder_.empty()) return;
  for (const auto& seat : seats_) {
    sysboot::write_file(file_of(*seat), seat->board.flash().content());
  }
  tell_(R"({"event":"saved"})");
}

bool Server::command(const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  std::string option;
  std::size_t number = 0;
  words >> verb;
  if (verb.empty()) return true;
  if (verb == "quit") return false;
  if (verb == "save") {
    save();
    return true;
  }
  if (!(words >> number) || number >= seats_.size()) {
    throw Error(Errc::usage, "command '" + line + "' needs the number of a board");
  }
  words >> option;
  BusBoard& board = seats_[number]->board;
  if (verb == "unplug") {
    board.unplug(now());
  } else if (verb == "plug") {
    board.plug_in(now(), option == "boot0");
  } else if (verb == "enter") {
    board.enter_rom(now());
  } else if (verb == "swap") {
    to_swap_.push_back(number);  // not while its socket is being read
  } else {
    throw Error(Errc::usage, "unknown command '" + line + "'");
  }
  return true;
}

void Server::disconnect(Seat& seat) {
  seat.session.reset();
  tell_(fmt::format(R"({{"event":"detached","board":{}}})", seat.number));
}

void Server::connect(Seat& seat) {
  auto [ours, theirs] = socket_pair();
  const bool attached = attach_to_vhci(*seat.vhci_port, theirs);
  ::close(theirs);
  if (!attached) {
    seat.try_again = now() + vhci_retry;
    return;
  }
  seat.session = std::make_unique<UsbipSession>(seat.board, std::move(ours), wire_);
  seat.session_generation = seat.board.generation();
  tell_(fmt::format(R"({{"event":"attached","board":{},"mode":"{}"}})", seat.number, seat.mode()));
}

// Another board, which holds something else, in the same port.
void Server::swap_boards() {
  for (const std::size_t number : std::exchange(to_swap_, {})) {
    auto& seat = seats_[number];
    tell_what_went_wrong(*seat);
    if (seat->session) {
      seat->session->leave(now());
      disconnect(*seat);
    }
    sysboot::virtual_bench::BoardSettings settings;
    settings.unique_id[0] =
        static_cast<std::uint8_t>(settings.unique_id[0] + seats_.size() + number);
    seat = std::make_unique<Seat>(
        number, std::make_unique<VirtualBoard>(std::move(settings), now()), seat->vhci_port);
  }
}

void Server::tell_what_went_wrong(const Seat& seat) const {
  const auto tell = [&](std::string_view event, const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      tell_(fmt::format(R"({{"event":"{}","board":{},"text":{}}})", event, seat.number,
                        quoted(text)));
    }
  };
  tell("violation", seat.board.violations());
  tell("harm", seat.board.harm());
}

void Server::end_old_session(Seat& seat, TimePoint now) {
  if (!seat.session) return;
  const bool is_other =
      seat.board.descriptors() == nullptr || seat.board.generation() != seat.session_generation;
  if (is_other) seat.session->leave(now);
  if (!seat.session->socket().is_open()) disconnect(seat);
}

// One time for all that a round does: a look at the clock can cost more than the rest of it.
void Server::step(Seat& seat, TimePoint now) {
  seat.board.advance(now);
  // Before what waits for the board that was there reaches the one that is.
  end_old_session(seat, now);
  if (seat.session) {
    seat.session->work(now);
    seat.board.advance(now);
    end_old_session(seat, now);
  }
  const bool can_connect = !seat.session && seat.vhci_port && seat.board.descriptors() != nullptr &&
                           now >= seat.try_again;
  if (can_connect) connect(seat);
}

std::vector<Exported> Server::exported() const {
  std::vector<Exported> devices;
  for (const auto& seat : seats_) {
    const auto* present = seat->board.descriptors();
    if (seat->vhci_port || seat->session || present == nullptr) continue;
    const auto& descriptors = *present;
    Exported device;
    device.bus_id = seat->bus_id();
    device.device = static_cast<std::uint32_t>(seat->number + 1);
    device.info.vendor = word(descriptors.device, 8);
    device.info.product = word(descriptors.device, 10);
    device.info.release = word(descriptors.device, 12);
    device.info.interfaces = sysboot::interfaces_in(descriptors.configuration);
    device.device_class = descriptors.device[4];
    devices.push_back(std::move(device));
  }
  return devices;
}

// Who only connects must not keep others out: the oldest has to go for the next.
void Server::admit() {
  Socket socket = accept_from(listener_);
  const bool is_full = socket.is_open() ? strangers_.size() >= most_strangers : lacks_descriptors();
  if (is_full && !strangers_.empty()) {
    strangers_.pop_front();
  } else if (is_full) {
    admits_again_ = now() + until_descriptors_are_free;  // who waits there would keep us busy
  }
  if (socket.is_open()) strangers_.push_back(std::move(socket));
}

// A connection asks for the list, or takes one board and keeps the connection for its transfers.
void Server::handshake(Socket& socket) {
  const auto request = parse_request(socket.received().view());
  if (!request) {
    if (socket.received().size() >= request_size) socket.close();
    return;
  }
  const auto devices = exported();
  if (*request == Request::list) {
    socket.send(list_answer(devices));
    socket.close();
    return;
  }
  if (socket.received().size() < request_size + bus_id_size) return;
  const ByteView bytes = socket.received().view();
  const auto* text = reinterpret_cast<const char*>(bytes.data() + request_size);
  const std::string bus_id(text, ::strnlen(text, bus_id_size));
  const auto device = std::find_if(devices.begin(), devices.end(),
                                   [&](const Exported& d) { return d.bus_id == bus_id; });
  socket.send(import_answer(device == devices.end() ? nullptr : &*device));
  if (device == devices.end()) {
    socket.close();
    return;
  }
  socket.received().pop(request_size + bus_id_size);
  Seat& seat = *seats_[device->device - 1];
  seat.session_generation = seat.board.generation();
  seat.session = std::make_unique<UsbipSession>(seat.board, std::move(socket), wire_);
  tell_(fmt::format(R"({{"event":"attached","board":{},"mode":"{}"}})", seat.number, seat.mode()));
}

Duration Server::until_next() const {
  const TimePoint begin = now();
  TimePoint next = begin + longest_nap;
  for (const auto& seat : seats_) {
    if (const auto event = seat->board.next_event()) next = std::min(next, *event);
    if (seat->session) {
      if (const auto due = seat->session->next_due(begin)) next = std::min(next, *due);
    } else if (seat->vhci_port && seat->board.descriptors() != nullptr) {
      next = std::min(next, seat->try_again);
    }
  }
  return std::max(next - begin, Duration::zero());
}

// Sleeps until something arrives or is due, then reads what arrived.
void Server::wait(int commands_fd, int stop_fd) {
  std::vector<pollfd> items;
  std::vector<std::function<void(short)>> actions;
  const auto add = [&](int fd, short events, std::function<void(short)> action) {
    items.push_back({fd, events, 0});
    actions.push_back(std::move(action));
  };
  const auto add_socket = [&](Socket& socket) {
    const int events =
        (socket.wants_to_read() ? POLLIN : 0) | (socket.wants_to_write() ? POLLOUT : 0);
    add(socket.fd(), static_cast<short>(events), [&socket](short ready) {
      if ((ready & POLLOUT) != 0) socket.flush();
      if (socket.is_open() && (ready & POLLIN) != 0) socket.receive();
      if ((ready & (POLLHUP | POLLERR)) != 0) socket.close();
    });
  };
  add(stop_fd, POLLIN, [&](short) { quit_ = true; });
  if (commands_open_) add(commands_fd, POLLIN, [&](short) { read_commands(commands_fd); });
  for (auto& socket : strangers_) add_socket(socket);
  for (auto& seat : seats_) {
    if (seat->session) add_socket(seat->session->socket());
  }
  if (listener_.is_open() && now() >= admits_again_) {
    add(listener_.fd(), POLLIN, [&](short) { admit(); });  // last: it takes strangers away
  }
  const auto nap = until_next();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(nap);
  const timespec timeout{static_cast<std::time_t>(seconds.count()),
                         static_cast<long>((nap - seconds).count()) * 1000};
  if (::ppoll(items.data(), items.size(), &timeout, nullptr) <= 0) return;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].revents != 0) actions[i](items[i].revents);
  }
}

void Server::read_commands(int fd) {
  std::array<char, 512> chunk{};
  const ssize_t count = ::read(fd, chunk.data(), chunk.size());
  if (count <= 0) {
    commands_open_ = false;  // no more commands; the boards stay
    return;
  }
  commands_.append(chunk.data(), static_cast<std::size_t>(count));
  for (auto end = commands_.find('\n'); end != std::string::npos; end = commands_.find('\n')) {
    const std::string line = commands_.substr(0, end);
    commands_.erase(0, end + 1);
    try {
      quit_ = !command(line) || quit_;
    } catch (const Error& error) {
      tell_(fmt::format(R"({{"event":"error","text":{}}})", quoted(error.what())));
    }
  }
}

void Server::run(int commands_fd, int stop_fd) {
  while (!quit_) {
    swap_boards();
    const TimePoint begin = now();
    for (auto& seat : seats_) step(*seat, begin);
    for (auto& socket : strangers_) {
      if (socket.is_open()) handshake(socket);
    }
    std::erase_if(strangers_, [](const Socket& socket) { return !socket.is_open(); });
    wait(commands_fd, stop_fd);
  }
  for (const auto& seat : seats_) tell_what_went_wrong(*seat);
  save();
}

}  // namespace virtual_board
