// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "usbfs.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

bool has_open(const fs::path& process, const fs::path& file) {
  std::error_code code;
  for (fs::directory_iterator entry(process / "fd", code), end; !code && entry != end;
       entry.increment(code)) {
    std::error_code ignored;
    if (fs::read_symlink(entry->path(), ignored) == file) return true;
  }
  return false;
}

std::string name_of(const fs::path& process) {
  std::ifstream in(process / "comm");
  std::string name;
  std::getline(in, name);
  return name;
}

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<Process> processes_holding(const std::string& file) {
  std::error_code code;
  const fs::path wanted = fs::canonical(file, code);
  std::vector<Process> found;
  if (code) return found;
  for (fs::directory_iterator entry("/proc", code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (!is_number(name) || std::stoi(name) == getpid()) continue;
    if (has_open(entry->path(), wanted)) found.push_back({std::stoi(name), name_of(entry->path())});
  }
  return found;
}

std::string held_by(const UsbDeviceInfo& device) {
  return held_by(usbfs_path(device));
}

}  // namespace sysboot
