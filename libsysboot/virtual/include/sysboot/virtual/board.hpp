// SPDX-License-Identifier: GPL-3.0-or-later
// A whole board on a USB port: application, ROM and flash, and how it goes from one to the other.
#pragma once

#include <array>
#include <memory>

#include "sysboot/virtual/application.hpp"
#include "sysboot/virtual/bus_board.hpp"
#include "sysboot/virtual/other_loader.hpp"
#include "sysboot/virtual/rom.hpp"

namespace sysboot::virtual_bench {

/// Something that goes wrong once, at a certain point of the work in DFU mode.
struct Fault {
  enum class Action { stall, timeout, io_error, nak, unplug };
  enum class Point {
    transfer,  ///< the nth control transfer since the ROM started
    erase,     ///< while the nth erase is under way
    write,     ///< while the nth block is being programmed
    read,      ///< at the nth UPLOAD of data
  };
  Action action = Action::stall;
  Point point = Point::transfer;
  unsigned nth = 1;

  bool operator==(const Fault&) const = default;
};

struct BoardSettings {
  ApplicationSettings application;
  RomSettings rom;
  std::optional<LoaderSettings> loader;  ///< what the application reboots into instead of the ROM
  std::array<std::uint8_t, 12> unique_id = {0x37, 0x00, 0x2F, 0x00, 0x0A, 0x51,
                                            0x34, 0x37, 0x31, 0x33, 0x36, 0x32};
  int bounces = 0;  ///< how often the ROM finds no crystal and resets into the application
  bool never_returns = false;  ///< the ROM comes up, but its USB is dead
  bool boot0_held = false;     ///< every reset ends in the ROM
  bool starts_in_rom = false;
  bool guarded = false;  ///< by guard in its first sector (guard.hpp)
  std::vector<Fault> faults;
  /// How long the application's pull-up is off before it resets.
  Duration disconnect = std::chrono::milliseconds(20);
  /// From its start to its pull-up.
  Duration application_start = std::chrono::milliseconds(60);
  /// From a pull-up to a device that can be spoken to. USB 2.0, as Linux goes about it: 100 ms
  /// until the contacts have settled (7.1.7.3), two resets of 50 ms, and 10 ms behind each of them,
  /// the first request and Set Address (7.1.7.5, 9.2.6.3). Zero where a host outside does it.
  Duration enumeration = std::chrono::milliseconds(240);
};

/// Serial number that ROM and companion firmware make from the unique id (see identity.hpp).
std::string serial_from_unique_id(const std::array<std::uint8_t, 12>& id);

/// A program that boots at `address` and does nothing: a vector table and some filler.
Bytes stub_application(std::uint32_t address = 0x08000000, std::uint32_t stack = 0x20020000);

/// Does flash hold a program that starts? An F411 does not check for an empty flash; it just hangs.
bool boots(const FlashMemory& flash, std::uint32_t address = 0x08000000,
           const std::vector<RamRange>& stacks = RomSettings().stacks);

class VirtualBoard : public BusBoard {
 public:
  /// Plugged in at `now`; holds stub_application() in flash, above guard if it is guarded.
  VirtualBoard(BoardSettings settings, TimePoint now);

  FlashMemory& flash() override { return flash_; }
  const FlashMemory& flash() const { return flash_; }
  BoardSettings& settings() { return settings_; }

  /// What answers on the bus now; none while it reboots, is unplugged or is dead.
  UsbFunction* function();
  const Descriptors* descriptors() override;
  bool in_rom() const override { return rom_ != nullptr; }
  Rom* rom() { return rom_.get(); }
  Application* application() { return application_.get(); }
  unsigned generation() const override { return generation_; }
  /// RAM that a host may address (RomSettings), as the ROM found or left it.
  Bytes& ram() { return ram_; }
  /// Where the application was started that runs: at the start of flash after a reset, elsewhere,
  /// RAM included, after a leave.
  std::uint32_t started_at() const { return started_at_; }

  void advance(TimePoint now) override;
  std::optional<TimePoint> next_event() const override;

  void unplug(TimePoint now) override;
  /// Power returns: it comes up in the ROM with BOOT0 held, else in its application, if it has one,
  /// or in what guard starts.
  void plug_in(TimePoint now, bool boot0_held) override;
  void enter_rom(TimePoint now) override;
  void usb_reset(TimePoint now) override;
  /// Does a reset without BOOT0 start anything?
  bool boots() const {
    return virtual_bench::boots(flash_, flash_.address(), settings_.rom.stacks);
  }

  void forgive(bool on) override { forgives_ = on; }
  TimePoint ready_at(TimePoint now) const override;
  /// status no_device, timeout and io_error come from faults.
  Answer control(const Setup& setup, ByteView out, TimePoint now) override;
  void bulk_out(std::uint8_t endpoint, ByteView data, TimePoint now) override;
  Bytes bulk_in(std::uint8_t endpoint, std::size_t most) override;

  /// Of the ROM that runs and all before it.
  std::vector<std::string> violations() const override;
  /// Of the applications so far (see Console).
  std::vector<std::string> harm() const override;
  void forget_violations();

 private:
  enum class Mode { application, rom, loader };
  struct Scheduled {
    TimePoint at;
    Mode mode;
  };

  void attach(Mode mode);
  void detach();
  void keep_options();
  void leave_bus(TimePoint now);
  bool is_program(std::uint32_t address) const;
  std::optional<Mode> reset_starts() const;
  void boot(TimePoint now);
  void schedule(TimePoint pull_up, Mode mode);
  void bounce(TimePoint start);
  Duration bounce_on_guard(bool is_request);
  void act_on_requests(TimePoint now);
  Answer rom_control(const Setup& setup, ByteView out, TimePoint now);
  void arm_operation_faults(const Rom::Counts& before, TimePoint now);
  std::optional<Fault::Action> take_fault(Fault::Point point, unsigned nth);
  Answer fault_answer(Fault::Action action, TimePoint now);

  BoardSettings settings_;
  FlashMemory flash_;
  Bytes ram_;
  std::uint32_t started_at_ = 0x08000000;
  std::unique_ptr<Application> application_;
  std::unique_ptr<Rom> rom_;
  std::unique_ptr<OtherLoader> loader_;
  unsigned generation_ = 0;
  unsigned transfers_ = 0;               // control transfers since the ROM started
  std::optional<Scheduled> appears_;     // what comes up next, and when
  std::optional<TimePoint> bounces_at_;  // a ROM that answers nothing resets then
  std::optional<TimePoint>
      leaves_bus_at_;                      // the request to leave has been answered; any moment now
  std::optional<TimePoint> unplugged_at_;  // by a fault
  std::optional<Fault::Action> next_transfer_;
  bool forgives_ = false;
  TimePoint nak_until_{};
  std::vector<std::string> old_violations_;
  std::vector<std::string> old_harm_;
};

}  // namespace sysboot::virtual_bench
