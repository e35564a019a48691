// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual board whose power fails at a chosen moment: at a USB control transfer, or so far into
// an erase or into programming a block. It outlives the program that talks to it.
#pragma once

#include "sysboot/virtual/board.hpp"

namespace support {

using sysboot::TimePoint;
using sysboot::virtual_bench::Torn;
using sysboot::virtual_bench::VirtualBoard;

struct Cut {
  unsigned transfer = 0;           ///< the nth, from 1, since power came on
  std::optional<double> fraction;  ///< of the erase or programming that it begins; none: before it
  Torn torn = Torn::old;
  std::uint32_t seed = 1;
};

/// An erase or programming, as it was seen.
struct Work {
  unsigned transfer;  ///< that began it
  bool is_erase;
  std::uint32_t address;
  std::size_t bytes;
  TimePoint begin;
  TimePoint end;
};

/// What happens to a board while one program talks to it.
struct Story {
  unsigned transfers = 0;
  std::vector<Work> works;
  bool is_cut = false;
  TimePoint cut_at{};
};

/// `board` and `story` outlive it.
class CutBoard final : public sysboot::virtual_bench::BusBoard {
 public:
  /// Power comes on, without BOOT0 unless it is held.
  CutBoard(VirtualBoard& board, Story& story, std::optional<Cut> cut, bool boot0_held,
           TimePoint now)
      : board_(board), story_(story), cut_(cut) {
    board_.unplug(now);
    board_.plug_in(now, boot0_held);
    board_.settings().boot0_held = false;
  }

  const sysboot::virtual_bench::Descriptors* descriptors() override { return board_.descriptors(); }
  bool in_rom() const override { return board_.in_rom(); }
  unsigned generation() const override { return board_.generation(); }
  void advance(TimePoint now) override {
    if (cut_at_ && *cut_at_ <= now) fail(*cut_at_);
    board_.advance(now);
  }
  std::optional<TimePoint> next_event() const override {
    const auto next = board_.next_event();
    return cut_at_ ? std::min(next.value_or(*cut_at_), *cut_at_) : next;
  }
  void unplug(TimePoint now) override { board_.unplug(now); }
  void plug_in(TimePoint now, bool boot0_held) override { board_.plug_in(now, boot0_held); }
  void enter_rom(TimePoint now) override { board_.enter_rom(now); }
  void usb_reset(TimePoint now) override { board_.usb_reset(now); }
  TimePoint ready_at(TimePoint now) const override { return board_.ready_at(now); }
  sysboot::virtual_bench::Answer control(const sysboot::Setup& setup, sysboot::ByteView out,
                                         TimePoint now) override {
    ++story_.transfers;
    const bool is_it = cut_ && story_.transfers == cut_->transfer;
    if (is_it && !cut_->fraction) {
      fail(now);
      return {sysboot::TransferStatus::no_device, {}};
    }
    note_command(setup, out);
    const unsigned before = operations();
    auto answer = board_.control(setup, out, now);
    if (operations() != before) note_work(now);
    if (operations() != before && is_it) {
      const Work& work = story_.works.back();
      cut_at_ = work.begin + std::chrono::duration_cast<sysboot::Duration>((work.end - work.begin) *
                                                                           *cut_->fraction);
    }
    return answer;
  }
  void bulk_out(std::uint8_t endpoint, sysboot::ByteView data, TimePoint now) override {
    board_.bulk_out(endpoint, data, now);
  }
  sysboot::Bytes bulk_in(std::uint8_t endpoint, std::size_t most) override {
    return board_.bulk_in(endpoint, most);
  }
  sysboot::virtual_bench::FlashMemory& flash() override { return board_.flash(); }
  std::vector<std::string> violations() const override { return board_.violations(); }

 private:
  void fail(TimePoint now) {
    cut_at_.reset();
    board_.flash().tear(cut_->torn, cut_->seed);
    board_.unplug(now);
    story_.is_cut = true;
    story_.cut_at = now;
  }
  unsigned operations() {
    const auto* rom = board_.rom();
    return rom == nullptr ? 0 : rom->counts().erases + rom->counts().writes;
  }
  void note_command(const sysboot::Setup& setup, sysboot::ByteView out) {
    constexpr std::uint8_t class_out = 0x21;
    constexpr std::uint8_t dnload = 1;
    if (!board_.in_rom() || setup.request_type != class_out || setup.request != dnload) return;
    if (setup.value >= 2) {
      is_erase_ = false;
      length_ = out.size();
      address_ = pointer_ + (setup.value - 2U) * board_.settings().rom.transfer_size;
    } else if (out.size() == 5) {  // Set Address Pointer or Erase (AN3156)
      is_erase_ = out[0] == 0x41;
      pointer_ = out[1] | out[2] << 8U | out[3] << 16U | static_cast<std::uint32_t>(out[4]) << 24U;
      address_ = pointer_;
      if (const auto sector = board_.flash().layout().sector_at(address_)) length_ = sector->size;
    }
  }
  void note_work(TimePoint now) {
    const TimePoint end = board_.rom()->busy_until().value_or(now);
    story_.works.push_back({story_.transfers, is_erase_, address_, length_, now, end});
  }

  VirtualBoard& board_;
  Story& story_;
  std::optional<Cut> cut_;
  std::optional<TimePoint> cut_at_;
  bool is_erase_ = false;
  std::uint32_t pointer_ = 0x08000000;
  std::uint32_t address_ = 0;
  std::size_t length_ = 0;
};

}  // namespace support
