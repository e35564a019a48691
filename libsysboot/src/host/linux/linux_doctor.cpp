// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/doctor_parts.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "kernel_log.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using Grade = Finding::Grade;

constexpr const char* bootloader_rule =
    R"(SUBSYSTEM=="usb", ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", MODE="0660", )"
    R"(GROUP="plugdev", TAG+="uaccess")";
constexpr const char* modem_manager_rule =
    R"(ATTRS{idVendor}=="0483", ATTRS{idProduct}=="5740", ENV{ID_MM_DEVICE_IGNORE}="1")";
constexpr const char* rule_file = "/etc/udev/rules.d/60-stm32boot.rules";
constexpr const char* reload = "sudo udevadm control --reload, then plug the board in again";

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Rule {
  fs::path file;
  std::string text;  // in lower case
};

// Lines of udev rules that have all these words. A file hides its namesake in a later folder.
std::vector<Rule> udev_rules(const fs::path& root, const std::vector<std::string_view>& words) {
  std::vector<Rule> rules;
  std::vector<fs::path> seen;
  for (const char* folder : {"etc/udev/rules.d", "run/udev/rules.d", "usr/local/lib/udev/rules.d",
                             "usr/lib/udev/rules.d", "lib/udev/rules.d"}) {
    for (const fs::path& file : entries(root / folder)) {
      if (file.extension() != ".rules") continue;
      if (std::find(seen.begin(), seen.end(), file.filename()) != seen.end()) continue;
      seen.push_back(file.filename());
      std::ifstream in(file);
      for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        const std::string text = lower(line);
        if (std::all_of(words.begin(), words.end(), [&](std::string_view word) {
              return text.find(word) != std::string::npos;
            })) {
          rules.push_back({file, text});
        }
      }
    }
  }
  return rules;
}

Findings surroundings(const fs::path& root) {
  Findings findings;
  if (lower(first_line(root / "proc/version")).find("microsoft") != std::string::npos) {
    findings.push_back(
        {Grade::note,
         "WSL",
         "a board that reboots is a new device, which Windows takes back",
         {"usbipd bind --busid BUSID, then usbipd attach --wsl --busid BUSID --auto-attach"}});
  }
  std::error_code code;
  if (fs::exists(root / ".dockerenv", code) || fs::exists(root / "run/.containerenv", code)) {
    findings.push_back(
        {Grade::note,
         "container",
         "a board that reboots is a new device, which --device does not let in",
         {"docker run -v /dev/bus/usb:/dev/bus/usb --device-cgroup-rule 'c 189:* rmw' "
          "--device-cgroup-rule 'c 166:* rmw' ..."}});
  }
  return findings;
}

// systemd's 73-seat-late.rules acts on the tag; what sets it later comes too late.
bool comes_too_late(const Rule& rule) {
  const bool sets_mode =
      rule.text.find("mode=") != std::string::npos || rule.text.find("mode:=") != std::string::npos;
  return !sets_mode && rule.text.find("uaccess") != std::string::npos &&
         rule.file.filename().string() >= "73-seat-late.rules";
}

Findings bootloader_rules(const fs::path& root) {
  const auto rules = udev_rules(root, {"0483", "df11"});
  const auto works =
      std::find_if(rules.begin(), rules.end(), [](const Rule& r) { return !comes_too_late(r); });
  if (works != rules.end()) {
    return {{Grade::good, "udev rule", "the bootloader: " + works->file.string(), {}}};
  }
  const std::vector<std::string> remedies = {std::string("put into ") + rule_file + ":",
                                             bootloader_rule, reload};
  if (!rules.empty()) {
    return {{Grade::trouble, "udev rule",
             rules.front().file.string() + " sets uaccess too late; its name must sort before 73-",
             remedies}};
  }
  return {{::geteuid() == 0 ? Grade::note : Grade::trouble, "udev rule",
           "none lets users open the bootloader (0483:df11)", remedies}};
}

std::vector<std::string> words_of(std::string text, char separator) {
  std::replace(text.begin(), text.end(), separator, ' ');
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// What /proc says of this process: "Groups" has "20 46 1000", "Uid" and "Gid" have the real, the
// effective and two more.
std::vector<std::string> own_ids(const fs::path& root, const std::string& what) {
  std::ifstream in(root / "proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(what + ":")) return words_of(line.substr(what.size() + 1), '\t');
  }
  return {};
}

bool contains(const std::vector<std::string>& all, const std::string& wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

// Whom serial ports belong to: Debian calls that group dialout, Arch uucp. Says so before a board
// is there; a port that is there is tried.
Findings group_membership(const fs::path& root) {
  const auto user = own_ids(root, "Uid");
  if (user.size() < 2 || user[1] == "0") return {};
  auto groups = own_ids(root, "Groups");
  for (const std::string& id : own_ids(root, "Gid")) groups.push_back(id);
  std::ifstream in(root / "etc/group");
  for (std::string line; std::getline(in, line);) {
    const auto fields = words_of(line, ':');  // name, password, id, members
    if (fields.size() < 3 || (fields[0] != "dialout" && fields[0] != "uucp")) continue;
    const std::string& name = fields[0];
    if (contains(groups, fields[2])) {
      return {{Grade::good, "group", "this user is in " + name + ", as serial ports need", {}}};
    }
    if (name == "uucp" && fs::exists(root / "etc/debian_version")) continue;
    return {{Grade::note,
             "group",
             "this user is not in " + name + ", which serial ports belong to",
             {"sudo usermod -aG " + name + " $USER, then log out and in"}}};
  }
  return {};
}

bool runs(const fs::path& root, std::string_view program) {
  const auto processes = entries(root / "proc");
  return std::any_of(processes.begin(), processes.end(), [&](const fs::path& process) {
    return first_line(process / "comm") == program;
  });
}

Findings modem_manager(const fs::path& root) {
  if (!runs(root, "ModemManager")) return {};
  const auto rules = udev_rules(root, {"id_mm_device_ignore", "0483"});
  if (!rules.empty()) {
    return {
        {Grade::good, "ModemManager", "leaves boards alone: " + rules.front().file.string(), {}}};
  }
  return {{Grade::note,
           "ModemManager",
           "runs, and may hold a new serial port for some seconds",
           {std::string("put into ") + rule_file + ":", modem_manager_rule, reload}}};
}

// A driver other than usbfs's has to let go of the interface before anyone can talk to it.
std::optional<std::string> foreign_driver(const fs::path& root, const std::string& port_path) {
  std::error_code code;
  const fs::path driver =
      fs::read_symlink(root / "sys/bus/usb/devices" / (port_path + ":1.0") / "driver", code);
  if (code || driver.filename() == "usbfs") return std::nullopt;
  return driver.filename().string();
}

}  // namespace

Findings examine_machine(const fs::path& root) {
  Findings all;
  for (const Findings& part :
       {surroundings(root), bootloader_rules(root), group_membership(root), modem_manager(root)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::optional<Finding> driver_trouble(const fs::path& root, const std::string& port_path) {
  const auto driver = foreign_driver(root, port_path);
  if (!driver) return std::nullopt;
  return Finding{Grade::trouble,
                 "board " + port_path,
                 "in DFU mode, but the driver " + *driver + " holds it",
                 {"sudo rmmod " + *driver}};
}

Findings failed_enumerations(const fs::path& root) {
  const KernelLog log = read_kernel_log(root / "dev/kmsg");
  if (!log.readable) {
    return {{Grade::note,
             "kernel log",
             "cannot be read; failed enumerations would show there",
             {"sudo stm32boot doctor"}}};
  }
  Findings findings;
  for (const auto& failure : log.failures) {
    findings.push_back({Grade::trouble, "USB port " + failure.port_path,
                        "the kernel could not enumerate what is there: " + failure.text,
                        causes_of_failed_enumeration()});
  }
  return findings;
}

std::vector<std::string> remedies_without_bus() {
  return {"in a container: docker run -v /dev/bus/usb:/dev/bus/usb ..."};
}

std::vector<std::string> remedies_for_forbidden_port() {
  return {"sudo usermod -aG dialout $USER, then log out and in"};
}

}  // namespace sysboot
