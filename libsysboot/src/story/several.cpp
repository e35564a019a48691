// SPDX-License-Identifier: GPL-3.0-or-later
// A thread for each board, and a queue of what they tell.
#include "sysboot/several.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "messages.hpp"

namespace sysboot {
namespace {

struct End {
  std::optional<Error> failure;
};

struct Message {
  std::size_t number;
  std::variant<Event, End> what;
};

NamedBoard named(Host& host, const Selector& selector) {
  try {
    NamedBoard found = named(find_board(host, selector));
    found.selector.port = selector.port;
    return found;
  } catch (const Error& error) {
    if (error.code() != Errc::no_board && error.code() != Errc::ambiguous_board) throw;
    return {selector.describe(), selector, {}};
  }
}

}  // namespace

NamedBoard named(const Board& board) {
  return {board.port_path(), {{}, board.port_path(), board.usb.serial}, board};
}

std::vector<NamedBoard> named(Host& host, const std::vector<Selector>& selectors) {
  std::vector<NamedBoard> boards;
  for (const Selector& selector : selectors) {
    NamedBoard board = named(host, selector);
    const auto same = std::find_if(boards.begin(), boards.end(), [&](const NamedBoard& other) {
      return other.name == board.name;
    });
    if (same != boards.end()) {
      const auto index = static_cast<std::size_t>(same - boards.begin());
      throw Error(Errc::usage, fmt::format("{} and {} name the same board",
                                           selectors[index].describe(), selector.describe()));
    }
    boards.push_back(std::move(board));
  }
  return boards;
}

void work_on_several(const Job& job, std::size_t count, const BoardWork& work,
                     const BoardObserver& observer, const BoardEnd& ended) {
  Queue<Message> queue;
  std::vector<std::function<void()>> tasks;
  for (std::size_t number = 0; number < count; ++number) {
    tasks.emplace_back([&, number] {
      const Job own{job.host, [&](const Event& event) { queue.push({number, event}); }, job.stop};
      queue.push({number, End{failure_of([&] { work(number, own); })}});
    });
  }
  job.host.run_all(std::move(tasks), [&] {
    for (std::size_t running = count; running > 0;) {
      const Message message = queue.pop();
      if (const auto* event = std::get_if<Event>(&message.what)) {
        observer(message.number, *event);
      } else {
        ended(message.number, std::get<End>(message.what).failure);
        --running;
      }
    }
  });
}

}  // namespace sysboot
