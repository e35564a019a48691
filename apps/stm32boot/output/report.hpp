// SPDX-License-Identifier: GPL-3.0-or-later
// A file that gets a line for each board that was worked on, and keeps those of earlier runs.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "facts_value.hpp"

namespace stm32boot {

class Report {
 public:
  /// "….csv", with a line of the columns' names where it is new, or "….jsonl", an object a line.
  /// Errors: usage, for another extension; cannot_write_output, also where it is a table with other
  /// columns.
  Report(const std::vector<std::string>& columns, const std::string& file);

  /// An object with a member for each column. It is in the file when this comes back.
  /// Error: cannot_write_output.
  void add(const Facts& line);

 private:
  void write(const std::string& text);

  std::string file_;
  bool is_csv_;
  std::ofstream out_;
};

/// Now, in UTC: "2026-11-27T19:22:14Z".
std::string utc_time();

}  // namespace stm32boot
