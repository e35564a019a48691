// SPDX-License-Identifier: GPL-3.0-or-later
// A whole board with an emulated chip on a virtual bus: firmware runs instruction by instruction,
// and the model of the ROM takes over when it jumps there, unless a ROM is there to run.
#pragma once

#include "emulator/rom/leave.hpp"
#include "emulator/usb/host.hpp"
#include "sysboot/virtual/board.hpp"

namespace emulator {

using sysboot::TimePoint;
using sysboot::virtual_bench::BoardSettings;
using sysboot::virtual_bench::BusBoard;
using sysboot::virtual_bench::VirtualBoard;

struct EmulatedBoardSettings {
  /// bounces and never_returns as on boards that are not emulated, unless machine.rom is given;
  /// what concerns the application is up to the firmware.
  BoardSettings board;
  MachineSettings machine;
  /// What the model of the ROM leaves to the application.
  Leave leave = Leave::clean;
  /// Time comes from outside and the machine may be too slow for it: then the board's own time
  /// falls behind.
  bool real_time = false;
};

class EmulatedBoard final : public BusBoard {
 public:
  /// Plugged in; power comes on with the first advance().
  explicit EmulatedBoard(EmulatedBoardSettings settings);
  /// An ELF file, or what else `stm32boot flash` takes. Errors: no_input, bad_image,
  /// image_does_not_fit.
  void load(const std::string& path);

  const sysboot::virtual_bench::Descriptors* descriptors() override;
  bool in_rom() const override { return state_ == State::rom || machine_.runs_rom(); }
  unsigned generation() const override { return host_.generation() + rom_.generation(); }
  void advance(TimePoint now) override;
  std::optional<TimePoint> next_event() const override;
  void unplug(TimePoint now) override;
  void plug_in(TimePoint now, bool boot0_held) override;
  /// Holds the button on PA0 for 1.2 s.
  void enter_rom(TimePoint now) override;
  void usb_reset(TimePoint now) override;
  TimePoint ready_at(TimePoint now) const override;
  Answer control(const Setup& setup, ByteView out, TimePoint now) override;
  bool takes_bulk(std::uint8_t endpoint) const override;
  void bulk_out(std::uint8_t endpoint, ByteView data, TimePoint now) override;
  Bytes bulk_in(std::uint8_t endpoint, std::size_t most) override;
  sysboot::virtual_bench::FlashMemory& flash() override;
  /// Of the program that jumped into the ROM, of the host that spoke to the ROM, and what the chip
  /// has to report.
  std::vector<std::string> violations() const override;

  void press_button(bool pressed) { machine_.chip().gpio('A').drive(0, !pressed); }
  /// A reset from outside, or by chance.
  void reset(ResetCause cause, TimePoint now);
  /// How often a program has jumped into the ROM since power came on.
  unsigned rom_entries() const { return rom_entries_; }

  Machine& machine() { return machine_; }
  const Machine& machine() const { return machine_; }
  UsbHost& host() { return host_; }

 private:
  enum class State { off, running, rom };

  TimePoint at(Time machine_time) const;
  TimePoint machine_time() const { return at(machine_.now()); }
  void set_machine_time(TimePoint now);
  void start(TimePoint now);
  void run_until(TimePoint now);
  void enter_rom_at(TimePoint now);
  void enter_rom_model(TimePoint now);
  void advance_rom(TimePoint now);
  void leave_rom_model(TimePoint now);
  void watch_rom();
  void poll_in(std::uint8_t endpoint);

  EmulatedBoardSettings settings_;
  Machine machine_;
  UsbHost host_;
  VirtualBoard rom_;  // while it is in the ROM; has the flash then
  State state_ = State::off;
  bool started_ = false;
  TimePoint epoch_{};  // when the machine's time was 0
  unsigned rom_entries_ = 0;
  bool layout_to_fit_ = false;
  bool rom_was_up_ = false;
  bool rom_resets_ = false;
  std::optional<std::uint32_t> leaves_to_;
  std::optional<TimePoint> bounces_at_;
  std::optional<UsbHost::Ticket> out_;  // a bulk transfer that the device has not taken yet
  struct In {
    std::optional<UsbHost::Ticket> ticket;
    Bytes received;
  };
  std::map<std::uint8_t, In> in_;  // by endpoint
  Alarm release_;                  // of the button
  std::vector<std::string> violations_;
};

}  // namespace emulator
