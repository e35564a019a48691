// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysfs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <string_view>

#include "dfuse/descriptors.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t hub_class = 0x09;
constexpr std::size_t device_descriptor_size = 18;

// What could be read: a device that goes away fails the read, which stream iterators would throw.
std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  std::array<char, 4096> part{};
  do {
    in.read(part.data(), part.size());
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
  } while (in);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

template <typename Number>
std::optional<Number> read_number(const fs::path& file, int base) {
  const std::string text = read_text(file);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The device descriptor, then each configuration as the device sent it; the first one counts.
std::optional<std::vector<UsbInterface>> read_interfaces(const fs::path& folder) {
  const std::string raw = read_text(folder / "descriptors");
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size());
  if (bytes.size() < device_descriptor_size) return std::nullopt;
  if (bytes.size() < device_descriptor_size + 4) return std::vector<UsbInterface>{};
  const ByteView configuration = bytes.subspan(device_descriptor_size);
  const auto length = static_cast<std::size_t>(configuration[2] | configuration[3] << 8);
  return interfaces_in(configuration.first(std::min(length, configuration.size())));
}

// "1-4.2"; not "usb1" (a root hub) nor "1-4.2:1.0" (an interface).
bool is_port_path(std::string_view name) {
  const std::size_t dash = name.find('-');
  return dash != std::string_view::npos && dash > 0 && dash + 1 < name.size() &&
         name.find_first_not_of("0123456789-.") == std::string_view::npos;
}

// Empty when the device went away while it was read, or is not all there yet: of what is read here
// the kernel makes the descriptors last, after the device file that opens it (device_add()).
std::optional<UsbDeviceInfo> read_device(const fs::path& folder) {
  const auto bus = read_number<unsigned>(folder / "busnum", 10);
  const auto address = read_number<unsigned>(folder / "devnum", 10);
  const auto vendor = read_number<std::uint16_t>(folder / "idVendor", 16);
  const auto product = read_number<std::uint16_t>(folder / "idProduct", 16);
  const auto release = read_number<std::uint16_t>(folder / "bcdDevice", 16);
  const auto interfaces = read_interfaces(folder);
  if (!bus || !address || !vendor || !product || !release || !interfaces) return std::nullopt;
  return UsbDeviceInfo{folder.filename().string(),
                       *bus,
                       *address,
                       *vendor,
                       *product,
                       *release,
                       read_text(folder / "manufacturer"),
                       read_text(folder / "product"),
                       read_text(folder / "serial"),
                       *interfaces};
}

// "1-4.2:1.0" is interface 0 of configuration 1 of the device at 1-4.2.
std::optional<SerialPortInfo> port_of_interface(std::string_view folder, const std::string& tty) {
  const std::size_t colon = folder.find(':');
  const std::size_t dot = folder.find('.', colon);
  if (dot == std::string_view::npos || !is_port_path(folder.substr(0, colon))) return std::nullopt;
  const std::string_view number = folder.substr(dot + 1);
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return SerialPortInfo{"/dev/" + tty, std::string(folder.substr(0, colon)), value};
}

// From where a tty's link leads: ".../usb1/1-4/1-4:1.0/tty/ttyACM0".
std::optional<SerialPortInfo> port_from_link(const fs::path& link, const std::string& tty) {
  for (const auto& folder : link) {
    if (auto port = port_of_interface(folder.native(), tty)) return port;
  }
  return std::nullopt;
}

template <typename Visit>
void for_each_entry(const fs::path& folder, Visit visit) {
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    visit(entry->path());
  }
}

}  // namespace

Sysfs::Sysfs(fs::path root) : root_(std::move(root)) {}

std::optional<std::string> Sysfs::unavailable() const {
  std::error_code code;
  const fs::path bus = root_ / "bus/usb/devices";
  if (fs::is_directory(bus, code)) return std::nullopt;
  return "this machine shows no USB bus: " + bus.string() + " does not exist";
}

const UsbDeviceInfo* Sysfs::device(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const auto known = known_.find(name);
  const auto address = read_number<unsigned>(folder / "devnum", 10);
  if (known != known_.end() && address == known->second.address) return &known->second;
  const auto info = read_device(folder);
  if (!info) return nullptr;
  return &(known_[name] = *info);
}

std::vector<UsbDeviceInfo> Sysfs::usb_devices() {
  std::vector<UsbDeviceInfo> devices;
  for_each_entry(root_ / "bus/usb/devices", [&](const fs::path& folder) {
    if (!is_port_path(folder.filename().string())) return;
    const UsbDeviceInfo* info = device(folder);
    if (info == nullptr) return;
    const bool is_hub =
        !info->interfaces.empty() && info->interfaces.front().class_code == hub_class;
    if (!is_hub) devices.push_back(*info);
  });
  std::sort(devices.begin(), devices.end(), [](const UsbDeviceInfo& a, const UsbDeviceInfo& b) {
    return a.port_path < b.port_path;
  });
  return devices;
}

bool Sysfs::has(const UsbDeviceInfo& device) const {
  const fs::path folder = root_ / "bus/usb/devices" / device.port_path;
  return read_number<unsigned>(folder / "devnum", 10) == device.address;
}

std::vector<SerialPortInfo> Sysfs::serial_ports() const {
  std::vector<SerialPortInfo> ports;
  for_each_entry(root_ / "class/tty", [&](const fs::path& entry) {
    std::error_code code;
    const fs::path link = fs::read_symlink(entry, code);
    if (code) return;
    if (const auto port = port_from_link(link, entry.filename().string())) ports.push_back(*port);
  });
  std::sort(ports.begin(), ports.end(),
            [](const SerialPortInfo& a, const SerialPortInfo& b) { return a.path < b.path; });
  return ports;
}

}  // namespace sysboot
