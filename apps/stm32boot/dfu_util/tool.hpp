// SPDX-License-Identifier: GPL-3.0-or-later
// One run in dfu-util's place, from the file to the board.
#pragma once

#include "settings.hpp"
#include "sysboot/image.hpp"
#include "transcript.hpp"
#include "words.hpp"

namespace stm32boot::dfu_util {

class Tool {
 public:
  /// `given`: the words as they came, for dfu-util itself.
  Tool(const std::vector<std::string>& given, Words words, const Settings& settings,
       Context& context);
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;
  ~Tool() = default;

  /// The exit code. Errors: those of the library.
  int run();
  /// dfu-util's first lines, unless they have been printed.
  void introduce();
  /// Ends what it wrote to standard output. Error: cannot_write_output, when not all of it could
  /// be.
  void end_output();

 private:
  // write.cpp
  sysboot::Image load();
  int download(const sysboot::Board& board, sysboot::Image image);
  int command(const sysboot::Board& board);
  sysboot::Image for_internal_flash(const sysboot::Image& image);
  int flash(const sysboot::Board& board, const sysboot::Image& image,
            const sysboot::FlashOptions& options);
  int write_option_bytes(const sysboot::Board& board, const sysboot::Image& image);
  bool is_for_flash() const;
  void check_ids(const sysboot::Image& image, const sysboot::Board& board) const;
  bool is_forced(const sysboot::Image& image);
  void erase_all(const sysboot::Board& board);
  void unprotect(const sysboot::Board& board);

  int list();
  int work();
  int detach(const sysboot::Board& board);
  int upload(const sysboot::Board& board);

  void check_output() const;
  Target look(bool has_our_file);
  Target await_target();
  int hand_over_for(const Target& target) const;
  sysboot::Board enter(const sysboot::Board& board);
  std::vector<sysboot::DfuInterface> interfaces_of(const sysboot::Board& board);
  bool leaves() const { return words_.reset || (words_.dfuse && words_.dfuse->leave); }
  int end(const std::optional<sysboot::RunResult>& run);
  int leave(const sysboot::Board& board, std::uint32_t address);

  // On standard error.
  void say(const std::string& text);
  void warn(const std::string& text);
  static sysboot::Selector selector_of(const sysboot::Board& board) {
    return {{}, board.port_path(), {}};
  }
  sysboot::Job job();
  sysboot::VisitOptions visit() const;

  const std::vector<std::string>& given_;
  Words words_;
  const Settings& settings_;
  Context& context_;
  Transcript transcript_;
  bool is_introduced_ = false;
};

}  // namespace stm32boot::dfu_util
