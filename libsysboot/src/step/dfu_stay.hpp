// SPDX-License-Identifier: GPL-3.0-or-later
// A stay in DFU mode: the frame of every story, from finding the board to leaving it.
#pragma once

#include "dfuse/session.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"
#include "sysboot/flash.hpp"

namespace sysboot {

/// Holds the board's locks and an open session. Errors from the stay on name the board.
class DfuStay {
 public:
  using Work = std::function<void(DfuseSession&)>;

  /// Finds the board, locks it, brings it into DFU mode and opens a session. `check` hears of the
  /// board that was found before anything is done to it. Errors: those of check_way_into_dfuse,
  /// find, `check`, enter_board, EnterResult::require, require_dfuse and open_session.
  DfuStay(const Job& job, const Selector& selector, const VisitOptions& how,
          const std::function<void(const Board&)>& check = {});
  /// For a board that was found already.
  DfuStay(const Job& job, const Board& found, const Selector& selector, const VisitOptions& how,
          const std::function<void(const Board&)>& check = {});

  DfuseSession& dfu() { return *dfu_; }
  const Board& board() const { return board_; }  ///< in DFU mode
  const EnterResult& entered() const { return entered_; }
  Duration took() const { return job_.host.now() - start_; }  ///< until now

  /// When the work fails and `is_unchanged` says that the device is as it was, or the device is
  /// read-protected and cannot be anything else, a board whose application was stopped for it gets
  /// it back; not after Ctrl-C, and not when it has left. What goes wrong then is only noted, as
  /// the error is what the user has to know. The session is used up then.
  void work(const Work& work, const std::function<bool()>& is_unchanged);
  /// Work that changes nothing, and is done again as a whole when a transfer fails in passing.
  void look(const Work& work);
  /// Whatever else: only its errors name the board.
  template <typename Step>
  auto named(const Step& step) const -> decltype(step()) {
    try {
      return step();
    } catch (const Error& error) {
      throw error.at("board " + entered_.board->port_path());
    }
  }

  /// The end of the stay: leaves and follows. The session is used up then.
  RunResult leave(std::uint32_t address);
  /// The end of the stay: an application that was running before is started again (start_again).
  Visit leave_as_found();

  /// For requests after which the board resets: each needs a session of its own. open() closes the
  /// one before; enter_again() takes what came back into DFU mode, and opens none. Error:
  /// board_gone, when that is another board.
  void open();
  void close() { dfu_.reset(); }
  void enter_again(const Board& back);

 private:
  EnterResult enter(const Board& board);  // and keeps the locks
  bool ends_in_application() const;
  void restore_application();

  const Job& job_;
  Selector selector_;
  VisitOptions how_;
  TimePoint start_;
  Locks locks_;
  EnterResult entered_;
  Board board_;
  std::optional<DfuseSession> dfu_;
};

}  // namespace sysboot
