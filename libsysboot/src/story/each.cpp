// SPDX-License-Identifier: GPL-3.0-or-later
// One task watches the bus, and the others wait for it to give them a board.
#include "sysboot/each.hpp"

#include <exception>

#include "arrivals.hpp"
#include "messages.hpp"
#include "sysboot/trigger.hpp"

namespace sysboot {
namespace {

constexpr Duration look_every = std::chrono::milliseconds(100);
constexpr Duration ask_for_work_every = std::chrono::milliseconds(50);

struct Begun {
  NamedBoard board;
};
struct Ended {
  std::optional<Error> failure;
};
struct TaskOver {
  std::optional<Error> failure;
};
struct Message {
  std::size_t number;
  std::variant<Begun, Event, Ended, Sighting, TaskOver> what;
};

struct Assignment {
  std::size_t number;
  NamedBoard board;
};

// What watcher and workers share.
class Bench {
 public:
  Bench(const Job& job, const EachOptions& options) : job_(job), options_(options) {}

  bool is_over() {
    const std::lock_guard lock(mutex_);
    return is_over_locked();
  }

  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }

  /// Hands out what is ready. Returns what is left out.
  std::vector<Sighting> look() {
    const std::lock_guard lock(mutex_);
    auto news = arrivals_.look(job_.host);
    for (const Board& board : news.ready) {
      if (!has_room()) break;
      arrivals_.begin(board.port_path());
      waiting_.push_back({begun_++, named(board)});
      ++in_work_;
    }
    return std::move(news.left_out);
  }

  std::optional<Assignment> take() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || is_over_locked()) return std::nullopt;
    Assignment mine = std::move(waiting_.front());
    waiting_.pop_front();
    return mine;
  }

  void end(const NamedBoard& board, const std::optional<Error>& failure) {
    const bool is_there = board_at(job_.host, board.name).has_value();
    const bool has_left = failure && (failure->code() == Errc::board_gone || !is_there);
    const std::lock_guard lock(mutex_);
    arrivals_.end(board.name, has_left);
    --in_work_;
    if (!failure) ++done_;
  }

 private:
  bool is_over_locked() const {
    const bool is_stopped = job_.stop != nullptr && *job_.stop;
    return is_closed_ || is_stopped || (options_.count > 0 && done_ >= options_.count);
  }

  bool has_room() const {
    return in_work_ < options_.at_once &&
           (options_.count == 0 || done_ + in_work_ < options_.count);
  }

  const Job& job_;
  const EachOptions& options_;
  std::mutex mutex_;
  Arrivals arrivals_{options_};
  std::deque<Assignment> waiting_;
  std::size_t begun_ = 0;
  std::size_t in_work_ = 0;  // those that wait included
  std::size_t done_ = 0;
  bool is_closed_ = false;
};

class Each {
 public:
  Each(const Job& job, const EachOptions& options, const EachWork& work)
      : job_(job), work_(work), bench_(job, options) {}

  void watch() {
    while (!bench_.is_over()) {
      for (Sighting& seen : bench_.look()) queue_.push({0, std::move(seen)});
      job_.host.wait_for_change(job_.host.now() + look_every);
    }
  }

  void work() {
    while (!bench_.is_over()) {
      if (const auto mine = bench_.take()) {
        work_on(*mine);
      } else {
        job_.host.sleep(ask_for_work_every);
      }
    }
  }

  std::function<void()> task(void (Each::*part)()) {
    return [this, part] {
      const auto failure = failure_of([&] { (this->*part)(); });
      if (failure) bench_.close();
      queue_.push({0, TaskOver{failure}});
    };
  }

  /// Until all tasks are over. Whatever is thrown meanwhile must not leave them alone.
  void tell(const EachObserver& observer, std::size_t tasks) {
    std::exception_ptr thrown;
    while (tasks > 0) {
      const Message message = queue_.pop();
      if (std::holds_alternative<TaskOver>(message.what)) --tasks;
      if (thrown) continue;
      try {
        tell(observer, message);
      } catch (...) {
        thrown = std::current_exception();
        bench_.close();
      }
    }
    if (thrown) std::rethrow_exception(thrown);
  }

 private:
  void work_on(const Assignment& mine) {
    queue_.push({mine.number, Begun{mine.board}});
    const Job own{job_.host,
                  [&](const Event& event) {
                    queue_.push({mine.number, event});
                  },
                  job_.stop};
    const auto failure = failure_of([&] { work_(mine.number, mine.board, own); });
    queue_.push({mine.number, Ended{failure}});
    bench_.end(mine.board, failure);
  }

  void tell(const EachObserver& observer, const Message& message) {
    if (const auto* begun = std::get_if<Begun>(&message.what)) {
      observer.begun(message.number, begun->board);
    } else if (const auto* event = std::get_if<Event>(&message.what)) {
      observer.told(message.number, *event);
    } else if (const auto* ended = std::get_if<Ended>(&message.what)) {
      if (!observer.ended(message.number, ended->failure)) bench_.close();
    } else if (const auto* seen = std::get_if<Sighting>(&message.what)) {
      observer.left_out(*seen);
    } else if (const auto& failure = std::get<TaskOver>(message.what).failure) {
      throw *failure;
    }
  }

  const Job& job_;
  const EachWork& work_;
  Bench bench_;
  Queue<Message> queue_;
};

}  // namespace

void work_on_each(const Job& job, const EachOptions& options, const EachWork& work,
                  const EachObserver& observer) {
  check_trigger(options.trigger);
  if (const auto reason = job.host.usb_unavailable()) throw Error(Errc::no_board, *reason);
  Each each(job, options, work);
  std::vector<std::function<void()>> tasks = {each.task(&Each::watch)};
  while (tasks.size() <= options.at_once) tasks.push_back(each.task(&Each::work));
  const std::size_t count = tasks.size();
  job.host.run_all(std::move(tasks), [&] { each.tell(observer, count); });
}

}  // namespace sysboot
