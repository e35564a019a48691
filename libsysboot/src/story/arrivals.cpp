// SPDX-License-Identifier: GPL-3.0-or-later
#include "arrivals.hpp"

#include <algorithm>

#include "board/identity.hpp"

namespace sysboot {
namespace {

// Whichever of them is its application's.
bool is_another(const std::string& serial, const std::string& before) {
  return match_serials(serial, before) == SerialMatch::different &&
         match_serials(before, serial) == SerialMatch::different;
}

bool is_among(const std::vector<UsbDeviceInfo>& devices, const std::string& port_path) {
  return std::any_of(devices.begin(), devices.end(),
                     [&](const UsbDeviceInfo& device) { return device.port_path == port_path; });
}

bool may_be_opened(Host& host, const Board& board) {
  if (board.mode != BoardMode::application) return host.may_open(board.usb);
  if (board.ports.empty()) return board.usb.dfu_runtime() && host.may_open(board.usb);
  return std::all_of(board.ports.begin(), board.ports.end(),
                     [&](const SerialPortInfo& port) { return host.may_open(port); });
}

}  // namespace

Arrivals::News Arrivals::look(Host& host) {
  const TimePoint now = host.now();
  const auto present = host.usb_devices();
  for (const UsbDeviceInfo& device : present) see(device, now);
  miss(present, now);
  News news;
  AllBoards all = all_boards(host, options_.trigger);
  for (Board& board : all.taken) {
    if (is_ready(host, board)) news.ready.push_back(std::move(board));
  }
  for (Sighting& seen : all.left_out) {
    Visit* visit = seen.board ? fresh_visit(seen.board->port_path()) : nullptr;
    if (visit == nullptr || visit->is_told || now - visit->since < plugged_in_after) continue;
    visit->is_told = true;
    news.left_out.push_back(std::move(seen));
  }
  return news;
}

void Arrivals::see(const UsbDeviceInfo& device, TimePoint now) {
  Visit& visit = visits_.try_emplace(device.port_path, Visit{now}).first->second;
  if (visit.state != State::done) return;
  visit.empty_since.reset();
  if (visit.serial.empty()) visit.serial = device.serial;
  if (is_another(device.serial, visit.serial)) visit = Visit{now};
}

void Arrivals::miss(const std::vector<UsbDeviceInfo>& present, TimePoint now) {
  for (auto& [port_path, visit] : visits_) {
    if (visit.state == State::in_work || is_among(present, port_path)) continue;
    if (!visit.empty_since) visit.empty_since = now;
  }
  std::erase_if(visits_, [&](const auto& entry) {
    const Visit& visit = entry.second;
    if (!visit.empty_since) return false;
    return visit.state == State::fresh || now - *visit.empty_since >= unplugged_after;
  });
}

bool Arrivals::is_wanted(const std::string& port_path) const {
  const auto& wanted = options_.port_paths;
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), port_path) != wanted.end();
}

Arrivals::Visit* Arrivals::fresh_visit(const std::string& port_path) {
  const auto found = visits_.find(port_path);
  if (found == visits_.end() || found->second.state != State::fresh) return nullptr;
  return is_wanted(port_path) ? &found->second : nullptr;
}

bool Arrivals::is_ready(Host& host, const Board& board) {
  const Visit* visit = fresh_visit(board.port_path());
  if (visit == nullptr || host.is_locked_elsewhere(board.port_path())) return false;
  return may_be_opened(host, board) || host.now() - visit->since >= plugged_in_after;
}

void Arrivals::begin(const std::string& port_path) {
  visits_[port_path].state = State::in_work;
}

void Arrivals::end(const std::string& port_path, bool has_left) {
  if (has_left) {
    visits_.erase(port_path);
  } else {
    visits_[port_path] = Visit{{}, State::done};
  }
}

}  // namespace sysboot
