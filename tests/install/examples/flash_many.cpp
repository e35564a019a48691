// SPDX-License-Identifier: GPL-3.0-or-later
// Flashes all boards that are connected at the same time, such as in production: one that fails
// does not stop the others, and each is told by its USB port.
//   usage: flash_many IMAGE
#include <iostream>
#include <sysboot/sysboot.hpp>

int main(int count, char** words) try {
  if (count < 2) throw sysboot::Error(sysboot::Errc::usage, "usage: flash_many IMAGE");
  const sysboot::Image image = sysboot::load_image(words[1]);
  sysboot::check_image(image, false);

  const auto host = sysboot::system_host();
  const sysboot::Job job{*host};
  const sysboot::FlashOptions options;
  std::vector<sysboot::NamedBoard> boards;
  for (const auto& board : sysboot::all_boards(*host, options.enter.trigger).taken) {
    boards.push_back(sysboot::named(board));
  }

  bool all_done = !boards.empty();
  sysboot::work_on_several(
      job, boards.size(),
      // In a thread of its own for each board; what it throws comes out below.
      [&](std::size_t number, const sysboot::Job& its_job) {
        const auto result = sysboot::flash(its_job, boards[number].selector, image, options);
        if (const auto problem = result.problem()) throw *problem;
      },
      // In this thread: what any of them tells.
      [&](std::size_t number, const sysboot::Event& event) {
        const auto* note = std::get_if<sysboot::Note>(&event);
        if (note == nullptr || note->level == sysboot::Note::Level::debug) return;
        std::cout << boards[number].name << ": " << note->text << '\n';
      },
      [&](std::size_t number, const std::optional<sysboot::Error>& failure) {
        std::cout << boards[number].name << ": " << (failure ? failure->what() : "flashed") << '\n';
        all_done = all_done && !failure;
      });
  if (boards.empty()) std::cout << "no boards found\n";
  return all_done ? 0 : 1;
} catch (const sysboot::Error& error) {
  std::cerr << "error (" << to_string(error.code()) << "): " << error.what() << '\n';
  return 1;
}
