// SPDX-License-Identifier: GPL-3.0-or-later
// What the emulator has to say about the firmware: things that the chip would not do, or that the
// emulator does not model.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "emulator/base/types.hpp"

namespace emulator {

enum class Finding {
  unmodelled,  ///< the chip may do something here, the emulator does not
  clock_off,   ///< a peripheral whose clock is off, or that is held in reset
  misuse,      ///< the reference manual forbids it
  fault,       ///< an instruction has caused a fault exception
  lockup,      ///< a fault while handling a fault: the CPU has stopped
  rom_entry,   ///< the ROM would not start properly from here
};
std::string_view to_string(Finding finding);

struct Report {
  Finding finding = Finding::unmodelled;
  Time at{};
  Address pc = 0;  ///< of the instruction; where the program stands when none is to blame
  std::string
      text;  ///< "unmodelled: write 0x00000040 to SPI1_CR1 (0x40013000) at 0x0800012C <main+0x1C>"
};

/// All reports of one machine. One whose finding is in `fatal` stops the machine.
class Reports {
 public:
  std::set<Finding> fatal = {Finding::unmodelled, Finding::clock_off, Finding::misuse,
                             Finding::lockup};
  /// A report whose text contains one of these is dropped: what a test knows and accepts.
  std::vector<std::string> tolerated;

  struct Place {
    Time at{};
    Address pc = 0;
    std::string name;  ///< "0x0800012C <main+0x1C>"
  };
  /// Only faults are told: while a ROM runs, which is made for more chips than this one.
  bool quiet = false;

  /// Who knows where the program stands.
  explicit Reports(std::function<Place()> place) : place_(std::move(place)) {}
  /// Called when a report stops the machine.
  std::function<void()> on_stop = [] {};
  /// Called with each report.
  std::function<void(const Report&)> on_report = [](const Report&) {};

  /// For firmware that was not written for the emulator: only a lockup stops the machine, a thing
  /// that happens again is not reported again, and from a hundred things on nothing is.
  void be_lenient();

  void add(Finding finding, const std::string& text);
  const std::vector<Report>& all() const { return all_; }
  /// The text of each.
  std::vector<std::string> texts() const;
  /// The report that stopped the machine.
  const Report* stopped_by() const { return stopped_ ? &all_[*stopped_] : nullptr; }
  /// Lets the machine go on.
  void go_on() { stopped_.reset(); }
  void clear();

 private:
  bool is_news(Finding finding, const std::string& text);

  std::function<Place()> place_;
  std::vector<Report> all_;
  std::optional<std::size_t> stopped_;
  bool lenient_ = false;
  std::set<std::string> told_;
};

}  // namespace emulator
