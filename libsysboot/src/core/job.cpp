// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/job.hpp"

#include <algorithm>

#include "sysboot/error.hpp"

namespace sysboot {

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::find: return "find";
    case Stage::enter: return "enter";
    case Stage::compare: return "compare";
    case Stage::erase: return "erase";
    case Stage::write: return "write";
    case Stage::verify: return "verify";
    case Stage::read: return "read";
    case Stage::commit: return "commit";
    case Stage::run: return "run";
  }
  return "unknown";
}

void Job::tell(const Event& event) const {
  if (observer) observer(event);
}

void Job::note(Note::Level level, std::string text) const {
  tell(Note{level, std::move(text)});
}

void Job::check_stop() const {
  if (stop != nullptr && *stop) throw Error(Errc::interrupted, "stopped on request");
}

bool Job::wait_until(TimePoint deadline, const std::function<bool()>& done) const {
  for (;;) {
    // A look at the bus can take seconds, while a device is set up: the last one begins in time to
    // see all that happened until the deadline.
    const bool is_last = host.now() >= deadline;
    if (done()) return true;
    check_stop();
    if (is_last) return false;
    host.wait_for_change(deadline);
  }
}

}  // namespace sysboot
