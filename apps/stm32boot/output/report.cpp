// SPDX-License-Identifier: GPL-3.0-or-later
#include "report.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "facts.hpp"
#include "sysboot/file.hpp"
#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

using sysboot::Errc;
using sysboot::Error;

// RFC 4180.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

std::string field_of(const Facts& value) {
  if (const auto* text = std::get_if<std::string>(&value.value())) {
    return quoted(sysboot::printable(*text));
  }
  return std::holds_alternative<std::nullptr_t>(value.value()) ? "" : json_line(value);
}

}  // namespace

Report::Report(const std::vector<std::string>& columns, const std::string& file)
    : file_(file), is_csv_(file.ends_with(".csv")) {
  if (!is_csv_ && !file.ends_with(".jsonl")) {
    throw Error(Errc::usage, "a report is a .csv or a .jsonl file", sysboot::printable(file));
  }
  const std::string header = sysboot::joined(columns, ",");
  // No more than that: the file may be a device.
  std::string start(header.size() + 1, '\0');
  std::ifstream in(is_csv_ ? sysboot::to_path(file) : "", std::ios::binary);
  in.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(in.gcount()));
  if (!start.empty() && start != header + "\n") {
    throw Error(Errc::cannot_write_output, "is a table with other columns; it stays as it is",
                sysboot::printable(file));
  }
  out_.open(sysboot::to_path(file), std::ios::binary | std::ios::app);
  write(is_csv_ && start.empty() ? header + "\n" : "");
}

void Report::add(const Facts& line) {
  if (!is_csv_) return write(json_line(line) + "\n");
  std::vector<std::string> fields;
  for (const auto& member : std::get<Facts::Object>(line.value())) {
    fields.push_back(field_of(member.value));
  }
  write(sysboot::joined(fields, ",") + "\n");
}

void Report::write(const std::string& text) {
  out_ << text << std::flush;
  if (!out_) throw Error(Errc::cannot_write_output, "cannot be written", sysboot::printable(file_));
}

std::string utc_time() {
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%S}Z",
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

}  // namespace stm32boot
