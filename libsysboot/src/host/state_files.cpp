// SPDX-License-Identifier: GPL-3.0-or-later
#include "state_files.hpp"

#include <fmt/format.h>

#include <fstream>

#include "own_files.hpp"
#include "sysboot/error.hpp"
#include "sysboot/path.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view record_suffix = ".rebooted";

bool is_one_line(const std::string& text) {
  return text.find('\n') == std::string::npos;
}

}  // namespace

StateFiles::StateFiles(fs::path shared, fs::path own)
    : shared_(std::move(shared)), own_(std::move(own)) {}

StateFiles StateFiles::usual() {
  return {shared_folder(), own_folder()};
}

std::unique_ptr<BoardLock> StateFiles::lock(const std::string& port_path) const {
  FileLock lock = lock_file(shared_ / ("stm32boot-" + port_path + ".lock"));
  if (lock.held) return std::move(lock.held);
  throw Error(Errc::busy,
              fmt::format("another stm32boot{} is working on this board",
                          lock.holder.empty() ? std::string() : " (process " + lock.holder + ")"),
              "board " + port_path);
}

void StateFiles::remember(const RebootRecord& record) const {
  const fs::path file = own_ / ("stm32boot-" + record.port_path + std::string(record_suffix));
  if (fs::exists(fs::symlink_status(file)) && !is_own_file(file)) return;
  std::ofstream out(file, std::ios::trunc);
  out << "serial " << printable(record.serial) << '\n';
  for (const auto& port : record.ports) {
    if (is_one_line(port)) out << "port " << port << '\n';
  }
}

void StateFiles::forget(const std::string& port_path) const {
  std::error_code code;
  fs::remove(own_ / ("stm32boot-" + port_path + std::string(record_suffix)), code);
}

std::vector<RebootRecord> StateFiles::records() const {
  std::vector<RebootRecord> records;
  constexpr std::string_view prefix = "stm32boot-";
  std::error_code code;
  for (fs::directory_iterator entry(own_, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = to_text(entry->path().filename());
    if (!name.starts_with(prefix) || !name.ends_with(record_suffix)) continue;
    if (!is_own_file(entry->path())) continue;
    RebootRecord record;
    record.port_path =
        name.substr(prefix.size(), name.size() - prefix.size() - record_suffix.size());
    std::ifstream in(entry->path());
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("serial ")) record.serial = line.substr(7);
      if (line.starts_with("port ")) record.ports.push_back(line.substr(5));
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace sysboot
