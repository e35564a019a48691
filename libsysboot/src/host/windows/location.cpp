// SPDX-License-Identifier: GPL-3.0-or-later
#include "location.hpp"

#include <algorithm>
#include <charconv>

namespace sysboot {
namespace {

constexpr std::string_view root_hub = "#USBROOT(";
constexpr std::string_view port = "#USB(";

template <typename Number>
std::optional<Number> number_after(std::string_view text, std::string_view mark, int base) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const char* begin = text.data() + at + mark.size();
  Number value{};
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value, base);
  if (error != std::errc{} || end == begin) return std::nullopt;
  return value;
}

// "4.2"
std::string ports_in(std::string_view location) {
  std::string ports;
  for (std::size_t at = location.find(port); at != std::string_view::npos;
       at = location.find(port, at + 1)) {
    const auto number = number_after<unsigned>(location.substr(at), port, 10);
    if (!number) continue;
    if (!ports.empty()) ports += '.';
    ports += std::to_string(*number);
  }
  return ports;
}

}  // namespace

std::optional<std::string> port_path_of(std::string_view location,
                                        const std::vector<std::string>& controllers) {
  const std::string_view controller = location.substr(0, location.find(root_hub));
  const auto found = std::find(controllers.begin(), controllers.end(), controller);
  const std::string ports = ports_in(location);
  if (found == controllers.end() || ports.empty()) return std::nullopt;
  return std::to_string(found - controllers.begin() + 1) + "-" + ports;
}

std::optional<InstanceId> parse_instance_id(std::string_view id) {
  if (!id.starts_with("USB\\")) return std::nullopt;
  const auto vendor = number_after<std::uint16_t>(id, "VID_", 16);
  const auto product = number_after<std::uint16_t>(id, "PID_", 16);
  if (!vendor || !product) return std::nullopt;
  InstanceId parsed{*vendor, *product, number_after<int>(id, "&MI_", 16), {}};
  const std::string_view last = id.substr(id.rfind('\\') + 1);
  if (last.find('&') == std::string_view::npos) parsed.serial = last;
  return parsed;
}

bool has_failed(const InstanceId& id) {
  return id.vendor == 0 && id.product != 0;
}

}  // namespace sysboot
