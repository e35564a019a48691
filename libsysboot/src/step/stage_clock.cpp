// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage_clock.hpp"

#include <fmt/core.h>

namespace sysboot {

StageClock::StageClock(const Job& job, Stage stage, std::uint64_t total, std::string text,
                       StageFacts facts)
    : job_(job), stage_(stage), start_(job.host.now()) {
  job.tell(StageBegin{stage, total, std::move(text), std::move(facts)});
}

void StageClock::add(std::uint64_t bytes) {
  done_ += bytes;
  job_.tell(StageProgress{stage_, done_});
}

Duration StageClock::stop() {
  if (!took_) took_ = job_.host.now() - start_;
  return *took_;
}

void StageClock::end(std::string text, StageFacts facts) {
  job_.tell(StageEnd{stage_, done_, stop(), std::move(text), std::move(facts)});
}

void StageClock::end() {
  end(rate_text(done_, stop()));
}

std::string rate_text(std::uint64_t bytes, Duration took) {
  if (took <= Duration::zero()) return human_size(bytes);
  const double seconds = std::chrono::duration<double>(took).count();
  return fmt::format("{}, {:.0f} KiB/s", human_size(bytes),
                     static_cast<double>(bytes) / 1024.0 / seconds);
}

}  // namespace sysboot
