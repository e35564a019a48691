// SPDX-License-Identifier: GPL-3.0-or-later
#include "state_files.hpp"

#include <fmt/core.h>

#include <sstream>

#include "own_files.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view record_suffix = ".rebooted";

constexpr std::string_view prefix = "stm32boot-";

std::string lock_name(const std::string& port_path) {
  return std::string(prefix) + port_path;
}

std::string record_file(const std::string& port_path) {
  return own_name(lock_name(port_path)) + std::string(record_suffix);
}

bool is_one_line(const std::string& text) {
  return text.find('\n') == std::string::npos;
}

// "device BUS ADDRESS SERIAL"
std::optional<DeviceIdentity> device_in(const std::string& text) {
  std::istringstream in(text);
  DeviceIdentity device;
  if (!(in >> device.bus >> device.address) || in.get() != ' ') return std::nullopt;
  std::getline(in, device.serial);
  return device;
}

// What is no line of a record is left out. None when a device in it cannot be read: without that it
// would mean more than it may. Records of earlier versions have none.
std::optional<RebootRecord> parse(const std::string& port_path, const std::string& content) {
  RebootRecord record;
  record.port_path = port_path;
  std::istringstream in(content);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("serial ")) record.serial = line.substr(7);
    if (line.starts_with("port ")) record.ports.push_back(line.substr(5));
    if (!line.starts_with("device ")) continue;
    record.bootloader = device_in(line.substr(7));
    if (!record.bootloader) return std::nullopt;
  }
  return record;
}

Duration age_of(const fs::path& file) {
  std::error_code code;
  const auto written = fs::last_write_time(file, code);
  if (code) return Duration::max();
  return std::chrono::duration_cast<Duration>(fs::file_time_type::clock::now() - written);
}

}  // namespace

StateFiles::StateFiles(fs::path shared, fs::path own)
    : shared_(std::move(shared)), own_(std::move(own)) {}

StateFiles StateFiles::usual() {
  return {shared_folder(), own_folder()};
}

class StateFiles::Lock : public BoardLock {
 public:
  Lock(StateFiles& files, const std::string& port_path) : files_(files), port_path_(port_path) {
    const std::lock_guard guard(files_.mutex_);
    if (files_.locked_.insert(port_path_).second) return;
    throw Error(Errc::busy, "this stm32boot is working on this board already",
                "board " + port_path);
  }
  ~Lock() override {
    file_.reset();
    const std::lock_guard guard(files_.mutex_);
    files_.locked_.erase(port_path_);
  }

  std::string weakness() const override { return file_->weakness(); }

  void take_file() {
    FileLock lock = lock_file(files_.shared_, lock_name(port_path_));
    file_ = std::move(lock.held);
    if (file_) return;
    throw Error(Errc::busy,
                fmt::format("another stm32boot{} is working on this board",
                            lock.holder.empty() ? std::string() : " (" + lock.holder + ")"),
                "board " + port_path_);
  }

 private:
  StateFiles& files_;
  std::string port_path_;
  std::unique_ptr<BoardLock> file_;
};

std::unique_ptr<BoardLock> StateFiles::lock(const std::string& port_path) {
  auto lock = std::make_unique<Lock>(*this, port_path);
  lock->take_file();
  return lock;
}

bool StateFiles::is_locked(const std::string& port_path) const {
  const std::lock_guard guard(mutex_);
  return locked_.contains(port_path);
}

bool StateFiles::is_locked_elsewhere(const std::string& port_path) const {
  return !is_locked(port_path) && is_file_locked(shared_, lock_name(port_path));
}

void StateFiles::remember(const RebootRecord& record) const {
  std::string content = fmt::format("serial {}\n", printable(record.serial));
  for (const auto& port : record.ports) {
    if (is_one_line(port)) content += fmt::format("port {}\n", port);
  }
  if (const auto& device = record.bootloader) {
    content +=
        fmt::format("device {} {} {}\n", device->bus, device->address, printable(device->serial));
  }
  write_own_file(own_ / record_file(record.port_path), content);
}

void StateFiles::forget(const std::string& port_path) const {
  std::error_code code;
  fs::remove(own_ / record_file(port_path), code);
}

std::vector<RebootRecord> StateFiles::records() const {
  std::vector<RebootRecord> records;
  const std::string ending = own_name("") + std::string(record_suffix);
  std::error_code code;
  for (fs::directory_iterator entry(own_, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = to_text(entry->path().filename());
    if (!name.starts_with(prefix) || !name.ends_with(ending)) continue;
    const std::size_t around = prefix.size() + ending.size();
    if (name.size() <= around) continue;
    const auto content = read_own_file(entry->path());
    if (!content) continue;
    auto record = parse(name.substr(prefix.size(), name.size() - around), *content);
    if (!record) continue;
    record->age = age_of(entry->path());
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace sysboot
