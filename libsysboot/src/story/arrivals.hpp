// SPDX-License-Identifier: GPL-3.0-or-later
// Which boards have been plugged in since they were last worked on.
#pragma once

#include <map>
#include <string>

#include "sysboot/each.hpp"

namespace sysboot {

class Arrivals {
 public:
  explicit Arrivals(const EachOptions& options) : options_(options) {}

  struct News {
    std::vector<Board> ready;        ///< in order of port path; until begin() takes them
    std::vector<Sighting> left_out;  ///< told once
  };
  [[nodiscard]] News look(Host& host);

  void begin(const std::string& port_path);
  /// `has_left`: whatever is there now has come since.
  void end(const std::string& port_path, bool has_left);

 private:
  enum class State { fresh, in_work, done };
  struct Visit {
    TimePoint since{};
    State state = State::fresh;
    std::optional<TimePoint> empty_since = {};
    std::string serial = {};  // of a board that is done, as it was seen first after that
    bool is_told = false;
  };

  void see(const UsbDeviceInfo& device, TimePoint now);
  void miss(const std::vector<UsbDeviceInfo>& present, TimePoint now);
  bool is_wanted(const std::string& port_path) const;
  bool is_ready(Host& host, const Board& board);
  Visit* fresh_visit(const std::string& port_path);

  const EachOptions& options_;
  std::map<std::string, Visit> visits_;  // by port path; of those that are not empty
};

}  // namespace sysboot
