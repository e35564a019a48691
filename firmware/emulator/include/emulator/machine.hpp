// SPDX-License-Identifier: GPL-3.0-or-later
// An STM32F411CE that runs firmware in virtual time: CPU, memory, peripherals and resets. What the
// ROM bootloader does is not in here; see emulator/rom/entry.hpp. A dump of one can run in it.
#pragma once

#include "emulator/base/elf.hpp"
#include "emulator/chip/chip.hpp"
#include "emulator/chip/model.hpp"

namespace emulator {

constexpr Address system_memory_base = 0x1FFF0000;
constexpr Address system_memory_end = 0x1FFF7800;
constexpr std::uint32_t rom_ram_size = 0x3000;  ///< RAM of the ROM's own (AN2606 table 83)

struct MachineSettings {
  ChipModel model = f411;
  /// System memory of a chip, to be executed. Empty: the machine stops where it would be.
  Bytes rom;
  BoardWiring board;
  OptionBytes options;
  std::array<std::uint8_t, 12> unique_id = {0x37, 0x00, 0x2F, 0x00, 0x0A, 0x51,
                                            0x34, 0x37, 0x31, 0x33, 0x36, 0x32};
  std::uint32_t seed = 1;  ///< of what RAM and registers hold when nobody has set them
  bool boot0 = false;      ///< the BOOT0 pin is high
};

class Machine final : private CpuSurroundings, private CoreMemory {
 public:
  /// Without power.
  explicit Machine(const MachineSettings& settings = {});
  virtual ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Puts a program into flash or RAM, and takes its symbols.
  void load(const Elf& elf);
  void load_elf(const std::string& path) { load(read_elf(path)); }
  void load(Address address, ByteView content);

  /// Power comes on: RAM holds noise.
  void power_on();
  void reset(ResetCause cause);

  /// Lets time pass up to then, or until something stops the machine: is_stopped(), in_rom().
  void run_until(Time end);
  void run_for(Time duration) { run_until(now() + duration); }
  /// Executes so many instructions one by one; exceptions are taken in between.
  void step(unsigned instructions = 1);
  /// Runs up to the function there, or what else is jumped to. False when that did not happen in
  /// time.
  bool run_to(Address address, Time within = std::chrono::seconds(1));
  bool run_to(const std::string& function, Time within = std::chrono::seconds(1));

  Time now() const { return clock_.now(); }
  /// A report has stopped it.
  bool is_stopped() const { return reports_.stopped_by() != nullptr; }
  /// The program has jumped into system memory, or a reset has led there.
  bool in_rom() const { return in_rom_; }
  bool entered_rom_by_reset() const { return entered_by_reset_; }
  /// Goes on in the ROM that the settings name, until that starts a program or resets.
  void run_rom();
  bool runs_rom() const { return runs_rom_; }
  /// Between WFI and the next interrupt.
  bool is_asleep() const { return sleep_ != Sleep::none; }
  /// When something will happen by itself, if not before: now, unless it sleeps.
  Time next_event() const;

  /// The ROM hands over without a reset: the CPU starts in the vector table at `address`, with VTOR
  /// 0 and everything else as it is.
  void leave_rom(Address address);

  Address symbol(const std::string& name) const;
  const Symbols& symbols() const { return symbols_; }
  std::uint32_t word(Address address) const;
  void set_word(Address address, std::uint32_t value);
  std::span<std::uint8_t> ram() { return ram_; }
  ByteView ram() const { return ram_; }

  MachineSettings& settings() { return settings_; }
  sysboot::virtual_bench::FlashMemory& flash() { return flash_; }
  const sysboot::virtual_bench::FlashMemory& flash() const { return flash_; }
  /// Somebody else has changed flash.
  void flash_changed();
  Reports& reports() { return reports_; }
  const Reports& reports() const { return reports_; }
  Scheduler& scheduler() { return scheduler_; }
  Clock& clock() { return clock_; }
  Cpu& cpu() { return cpu_; }
  const Cpu& cpu() const { return cpu_; }
  Core& core() { return core_; }
  const Core& core() const { return core_; }
  Exceptions& exceptions() { return exceptions_; }
  const Exceptions& exceptions() const { return exceptions_; }
  Chip& chip() { return chip_; }
  const Chip& chip() const { return chip_; }
  UsbDevicePort& usb() { return chip_.otg; }
  /// Fills with noise, of which there is always more.
  void randomise(std::span<std::uint8_t> bytes);

 private:
  enum class Sleep { none, until_interrupt, until_event };
  enum class How { freely, stepping };

  // CpuSurroundings
  std::uint32_t read_io(Address address, unsigned size) override;
  void write_io(Address address, unsigned size, std::uint32_t value) override;
  void write_read_only(Address address, unsigned size, std::uint32_t value) override;
  void send_event() override { core_.event = true; }
  bool interrupt_due() override { return core_.may_take(); }
  // CoreMemory
  std::optional<std::uint32_t> load(Address address) override;
  bool store(Address address, std::uint32_t value) override;

  void map_memory();
  void remap(BootMemory memory);
  void map_at_0(BootMemory memory);
  void map_system_memory();
  void set_runs_rom(bool runs);
  bool is_outside_rom() const;
  void fill_system_memory();
  void fill_options(std::size_t offset, std::uint16_t value);
  Reports::Place place() const;
  void request_reset(ResetCause cause);
  void request_core_reset();
  void reset_core();
  void boot();
  bool prepare(Time end);
  void act_on(Stop stop);
  void act_on_fetch_fault();
  void fall_asleep(Sleep sleep);
  void pass_time(Time end);
  void stop_soon();
  bool may_go_on() const;
  std::span<const std::uint8_t> memory_at(Address address) const;

  MachineSettings settings_;
  sysboot::virtual_bench::FlashMemory flash_;
  Bytes flash_at_0_;  // a copy, because Unicorn must not see the same memory twice
  Bytes ram_;
  Bytes system_;  // system memory, OTP, unique id
  Bytes system_at_0_;
  Bytes options_;  // as they read
  Clock clock_;
  Scheduler scheduler_;
  Exceptions exceptions_;
  Reports reports_;
  Wiring wiring_;
  Cpu cpu_;
  Core core_;
  Chip chip_;
  Symbols symbols_;
  std::uint32_t noise_;
  BootMemory memory_at_0_ = BootMemory::flash;
  bool powered_ = false;
  bool in_rom_ = false;
  bool runs_rom_ = false;
  bool entered_by_reset_ = false;
  bool booted_from_rom_ = false;
  struct Change {
    Address begin = ~0U;
    Address end = 0;
  };
  Change flash_change_;  // that the CPU does not know of yet
  Sleep sleep_ = Sleep::none;
  std::optional<ResetCause> wanted_reset_;
  bool core_reset_wanted_ = false;
  struct Access {
    Address address;
    bool is_store;
  };
  std::optional<Access> access_;  // by the program, under way
};

}  // namespace emulator
