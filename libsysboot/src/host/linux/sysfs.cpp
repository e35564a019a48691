// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysfs.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "dfuse/descriptors.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t hub_class = 0x09;
constexpr std::size_t device_descriptor_size = 18;

// All of it, as far as it can be read: the files of a device that goes away fail.
std::string text_in(const Descriptor& file) {
  std::string text;
  std::array<char, 4096> part;
  ssize_t count = 0;
  do {
    count = ::pread(file.get(), part.data(), part.size(), static_cast<off_t>(text.size()));
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  } while (count == static_cast<ssize_t>(part.size()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
  return text;
}

Descriptor open_file(const fs::path& file) {
  return Descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
}

std::string read_text(const fs::path& file) {
  return text_in(open_file(file));
}

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename Number>
std::optional<Number> read_number(const fs::path& file, int base) {
  return number_in<Number>(read_text(file), base);
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
std::optional<UsbDeviceInfo> read_device(const fs::path& folder, unsigned address) {
  const auto bus = read_number<unsigned>(folder / "busnum", 10);
  const auto vendor = read_number<std::uint16_t>(folder / "idVendor", 16);
  const auto product = read_number<std::uint16_t>(folder / "idProduct", 16);
  const auto release = read_number<std::uint16_t>(folder / "bcdDevice", 16);
  const auto interfaces = read_interfaces(folder);
  if (!bus || !vendor || !product || !release || !interfaces) return std::nullopt;
  return UsbDeviceInfo{folder.filename().string(),
                       *bus,
                       address,
                       *vendor,
                       *product,
                       *release,
                       read_text(folder / "manufacturer"),
                       read_text(folder / "product"),
                       read_text(folder / "serial"),
                       *interfaces};
}

// "tty1": there are 64 of them, and a look at ports is to be quick.
bool is_virtual_console(std::string_view name) {
  return name.size() > 3 && name.starts_with("tty") && name[3] >= '0' && name[3] <= '9';
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
std::optional<SerialPortInfo> port_from_link(std::string_view link, const std::string& tty) {
  while (!link.empty()) {
    const std::string_view folder = link.substr(0, link.find('/'));
    if (auto port = port_of_interface(folder, tty)) return port;
    link.remove_prefix(std::min(folder.size() + 1, link.size()));
  }
  return std::nullopt;
}

class Folder {
 public:
  explicit Folder(const fs::path& path) : folder_(::opendir(path.c_str())) {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (folder_ != nullptr) ::closedir(folder_);
  }

  /// The next name in it; null at its end.
  const char* next() {
    const dirent* entry = folder_ == nullptr ? nullptr : ::readdir(folder_);
    return entry == nullptr ? nullptr : entry->d_name;
  }

  /// Where one of its names leads, if it is a link.
  std::string_view link(const char* name) {
    const ssize_t length = ::readlinkat(::dirfd(folder_), name, link_.data(), link_.size());
    return {link_.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
  }

 private:
  DIR* folder_;
  std::array<char, 4096> link_;
};

}  // namespace

Sysfs::Sysfs(fs::path root) : root_(std::move(root)) {}

std::optional<std::string> Sysfs::unavailable() const {
  std::error_code code;
  const fs::path bus = root_ / "bus/usb/devices";
  if (fs::is_directory(bus, code)) return std::nullopt;
  return "this machine shows no USB bus: " + bus.string() + " does not exist";
}

// The file of its address is kept open, as opening it is what costs most of a look; when a device
// has left, reading its files fails, whatever else is at its port by then.
const UsbDeviceInfo* Sysfs::device(const std::string& name) {
  Known& known = known_[name];
  known.look = look_;
  const auto address = [&] { return number_in<unsigned>(text_in(known.devnum), 10); };
  if (known.info && address() == known.info->address) return &*known.info;
  const fs::path folder = root_ / "bus/usb/devices" / name;
  known.info.reset();
  known.devnum = open_file(folder / "devnum");
  if (const auto now = address()) known.info = read_device(folder, *now);
  return known.info ? &*known.info : nullptr;
}

std::vector<UsbDeviceInfo> Sysfs::usb_devices() {
  std::vector<UsbDeviceInfo> devices;
  ++look_;
  Folder folder(root_ / "bus/usb/devices");
  while (const char* name = folder.next()) {
    if (!is_port_path(name)) continue;
    const UsbDeviceInfo* info = device(name);
    if (info == nullptr) continue;
    const bool is_hub =
        !info->interfaces.empty() && info->interfaces.front().class_code == hub_class;
    if (!is_hub) devices.push_back(*info);
  }
  std::erase_if(known_, [&](const auto& known) { return known.second.look != look_; });
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
  Folder folder(root_ / "class/tty");
  while (const char* name = folder.next()) {
    if (is_virtual_console(name)) continue;
    if (const auto port = port_from_link(folder.link(name), name)) ports.push_back(*port);
  }
  std::sort(ports.begin(), ports.end(),
            [](const SerialPortInfo& a, const SerialPortInfo& b) { return a.path < b.path; });
  return ports;
}

}  // namespace sysboot
