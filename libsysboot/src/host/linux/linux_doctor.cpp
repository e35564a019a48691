// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/doctor_parts.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

#include "board/loader.hpp"
#include "core/ascii.hpp"
#include "kernel_log.hpp"
#include "udev_rules.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using Grade = Finding::Grade;

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

struct VirtualMachine {
  std::string_view vendor;  // begins /sys/class/dmi/id/sys_vendor
  const char* name;
  const char* remedy;
};
// A guest of the others cannot be given USB devices, or gets the whole controller.
constexpr std::array<VirtualMachine, 4> virtual_machines = {{
    {"innotek GmbH", "VirtualBox",
     "Settings > USB: a filter with vendor ID 0483 and no product ID, or one for each (0483:df11 "
     "is "
     "the bootloader)"},
    {"VMware", "VMware",
     "VM > Removable Devices: connect the bootloader (0483:df11), too, once while it is there, and "
     "have it connected to this machine from then on"},
    {"QEMU", "QEMU",
     "-device usb-host,vendorid=0x0483,productid=0xdf11 beside the one for the application, or "
     "hostbus and hostport, which take what is at the port"},
    {"Parallels", "Parallels",
     "Hardware > USB & Bluetooth: connect the bootloader (0483:df11), too, and keep that for new "
     "connections"},
}};

const VirtualMachine* virtual_machine(const fs::path& root) {
  const std::string vendor = first_line(root / "sys/class/dmi/id/sys_vendor");
  const auto* found = std::find_if(
      virtual_machines.begin(), virtual_machines.end(),
      [&](const VirtualMachine& machine) { return vendor.starts_with(machine.vendor); });
  return found == virtual_machines.end() ? nullptr : found;
}

Findings surroundings(const fs::path& root) {
  Findings findings;
  if (lower(first_line(root / "proc/version")).find("microsoft") != std::string::npos) {
    findings.push_back({Grade::note,
                        "WSL",
                        "a board that reboots is a new device, which Windows takes back",
                        {"usbipd bind --busid BUSID for the application, and once again while the "
                         "bootloader is there "
                         "(0483:df11), then usbipd attach --wsl --busid BUSID --auto-attach"}});
  }
  if (const auto machine = virtual_machine(root)) {
    findings.push_back({Grade::note,
                        "virtual machine",
                        std::string(machine->name) +
                            ": a board that reboots is a new device, which has to be passed "
                            "through, too",
                        {machine->remedy}});
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

// Of root, and of a user that is not known, too.
bool is_in_group(const fs::path& root, const std::string& name) {
  const auto user = own_ids(root, "Uid");
  if (user.size() < 2 || user[1] == "0") return true;
  auto groups = own_ids(root, "Groups");
  for (const std::string& id : own_ids(root, "Gid")) groups.push_back(id);
  std::ifstream in(root / "etc/group");
  for (std::string line; std::getline(in, line);) {
    const auto fields = words_of(line, ':');  // name, password, id, members
    if (fields.size() > 2 && fields[0] == name) return contains(groups, fields[2]);
  }
  return true;  // of a directory service
}

// Whom the rules let open the ROM's bootloader.
Findings bootloader_rules(const fs::path& root) {
  UdevVerdict verdict = apply_udev_rules(root, usb_udev_device(st_rom.vendor, st_rom.product));
  const auto good = [&](const char* by) -> Findings {
    return {{Grade::good, "udev rule", "the bootloader: " + verdict.set_in[by].string(), {}}};
  };
  const auto trouble = [&](const std::string& text) -> Findings {
    return {{Grade::trouble, "udev rule", text, remedies_for_forbidden_bootloader()}};
  };
  if (verdict.for_everybody()) return good("MODE");
  if (verdict.for_the_seat) return good("uaccess");
  if (verdict.for_the_group() && is_in_group(root, verdict.group)) return good("GROUP");
  if (verdict.for_the_group()) {
    return {{Grade::trouble,
             "udev rule",
             "only the group " + verdict.group + " may open the bootloader (" +
                 verdict.set_in["GROUP"].string() + "), and this user is not in it",
             {"sudo usermod -aG " + verdict.group + " $USER, then log out and in"}}};
  }
  if (verdict.too_late) {
    return trouble(verdict.set_in["uaccess"].string() +
                   " sets uaccess too late; its name must sort before 73-");
  }
  if (!verdict.discarded.empty()) {
    return trouble("udev takes no notice of " + verdict.discarded.front());
  }
  return {{::geteuid() == 0 ? Grade::note : Grade::trouble, "udev rule",
           "none lets users open the bootloader (0483:df11)", remedies_for_forbidden_bootloader()}};
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

// It asks for the property at the port and at the USB device.
std::optional<fs::path> ignored_by_modem_manager(const fs::path& root) {
  UdevDevice port = usb_udev_device(st_vendor, 0x5740);
  for (const UdevDevice& device : {port, UdevDevice{"tty", port.attributes, {}}}) {
    const UdevVerdict verdict = apply_udev_rules(root, device);
    const auto found = verdict.properties.find("ID_MM_DEVICE_IGNORE");
    if (found != verdict.properties.end() && found->second != "0")
      return verdict.set_in.at("ID_MM_DEVICE_IGNORE");
  }
  return std::nullopt;
}

Findings modem_manager(const fs::path& root) {
  if (!runs(root, "ModemManager")) return {};
  if (const auto file = ignored_by_modem_manager(root)) {
    return {{Grade::good, "ModemManager", "leaves boards alone: " + file->string(), {}}};
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

std::vector<std::string> remedies_for_forbidden_bootloader() {
  return {std::string("put into ") + rule_file + ":", udev_rule_for_loaders(), reload};
}

std::vector<std::string> remedies_for_forbidden_port() {
  return {"sudo usermod -aG dialout $USER, then log out and in"};
}

}  // namespace sysboot
