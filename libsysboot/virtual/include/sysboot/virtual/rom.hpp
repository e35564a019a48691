// SPDX-License-Identifier: GPL-3.0-or-later
// The DFU bootloader in the ROM of the STM32F411 (V2.2), as strict as the real one: states and
// answers of ST's class code, NAK while busy, silent write protection, leaving without a reset.
#pragma once

#include <optional>

#include "sysboot/chip.hpp"
#include "sysboot/device.hpp"
#include "sysboot/virtual/flash_memory.hpp"
#include "sysboot/virtual/usb_function.hpp"

namespace sysboot::virtual_bench {

/// What differs from ROM to ROM; the defaults are the F411's. Where nothing is known of the F411
/// itself they are those of the F413's V9.0, as measured on its code.
struct RomSettings {
  std::string chip;  ///< whose ROM it is, where somebody has named a part (chip.hpp)
  std::uint16_t vendor = 0x0483;
  std::uint16_t product_id = 0xDF11;
  std::uint16_t release = 0x2200;  ///< bcdDevice
  std::string product = "STM32  BOOTLOADER";
  std::string serial;
  std::uint16_t transfer_size = 2048;
  /// Names of the alternate settings; the first one with flash decides where erasing works.
  std::vector<std::string> alternates = {
      std::string(f411_flash),
      "@Option Bytes  /0x1FFFC000/01*016 e",
      "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
      "@Device Feature/0xFFFF0000/01*004 e",
  };
  std::string real_flash;       ///< what it is where its alternate setting's name is wrong
  bool read_protected = false;  ///< RDP level 1
  /// Refuses reading, writing and erasing only when read-protected, not Set Address (AN3156).
  bool takes_address_when_protected = false;
  /// Leaves all the same. The F413 says that it does, and stays.
  bool leaves_when_protected = false;
  /// Refuses to read past the end of flash. The F413 checks only where a read begins, and resets;
  /// it reads whole words.
  bool checks_end_of_reads = false;
  std::uint32_t system_memory = 0x1FFF0000;
  /// How much of system memory can be addressed: 0x7400 on the F413, below its bootloader id.
  std::uint32_t system_memory_size = 0x7800;
  /// RAM that hosts may address: the ROM's own is below it (AN2606; measured on the F413).
  std::uint32_t ram = 0x20003000;
  std::uint32_t ram_end = 0x20020000;
  /// Where a program's stack can be.
  std::vector<RamRange> stacks = {{0x20000000, 0x20020000}};
  std::uint32_t bootloader_id_at = 0x1FFF76DE;  ///< in system memory (AN2606)
  std::uint8_t bootloader_id = 0xD0;
  /// Where option bytes are, as many in each place: two of them on chips with two banks.
  std::vector<std::uint32_t> option_addresses = {0x1FFFC000};
  /// What the option byte memory reads, as an F411 leaves the factory (RM0383, section 3.6.1).
  Bytes option_bytes = {0xEF, 0xAA, 0x10, 0x55, 0xFF, 0xFF, 0xFF, 0xFF,
                        0xFF, 0x7F, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF};
  Bytes factory_option_bytes = option_bytes;  ///< what Read Unprotect makes of them
  /// Which of them is the level of read protection; none where nobody knows, and writing them does
  /// not change it.
  std::optional<std::size_t> protection_at = 1;
  bool knows_read_unprotect = true;  ///< the command 0x92
  bool starts_in_error = true;       ///< first GETSTATUS says dfuERROR, errFIRMWARE
  /// From its start to its USB pull-up; measured on the F413's.
  Duration pull_up = std::chrono::milliseconds(44);
  /// From its start to the reset that ends it where no crystal swings (measured likewise). It looks
  /// for one when the host has reset the bus for the first time, and answers nothing meanwhile.
  Duration gives_up_crystal = std::chrono::milliseconds(324);
  Duration erase_poll = std::chrono::milliseconds(100);  ///< claimed, whatever the operation takes
  Duration other_poll = std::chrono::milliseconds(104);
  bool stalls_while_busy = false;   ///< L4: refuses GETSTATUS instead of holding it back
  bool answers_while_busy = false;  ///< says dfuDNBUSY instead of holding it back
  bool never_finishes = false;      ///< stays in dfuDNBUSY for ever
  /// H743: says dfuDNBUSY after an erase that is done, until CLRSTATUS comes twice: errUNKNOWN,
  /// then dfuIDLE. Goes with answers_while_busy.
  bool sticks_after_erase = false;
  bool leaves_at_once = false;         ///< GD32: on the leave request itself, without GETSTATUS
  bool leaves_without_status = false;  ///< newer ROMs: gone before they answer the last GETSTATUS
  bool tells_functional_descriptor = false;  ///< by GET_DESCRIPTOR to the interface
  /// C5: refuses CLRSTATUS outside dfuERROR.
  bool refuses_needless_requests = false;
  /// Every so many GETSTATUS behind a DNLOAD are heard, and their answers stalled; 0: none. The
  /// F413's writes the STALL of the stage before late, and into a SETUP that comes within a
  /// microsecond: 9 of 1,810 transfers, each behind a DNLOAD of 4 bytes (measured).
  unsigned stalls_early_setup = 0;
  std::uint32_t program_unit = 1;  ///< see FlashMemory::become
  std::uint8_t erased_byte = 0xFF;
  /// Sectors of the layout that are erased at a time: GD32 and other clones name smaller ones than
  /// they have (see FlashMemory::erase_together).
  std::uint32_t erase_unit = 1;
  std::size_t status_length = 6;              ///< shorter ones break the protocol
  std::optional<Bytes> raw_configuration;     ///< sent instead of the right one
  std::map<std::uint8_t, Bytes> raw_strings;  ///< likewise
  FlashTimes times = FlashTimes::x8();
  unsigned supply_mv = 3300;  ///< VDD: what is programmed with less than the host claims is wrong
};

/// The memory that the name of an alternate setting tells of; none when it is not a layout.
std::optional<MemoryLayout> memory_named(const std::string& alternate);

class Rom : public UsbFunction {
 public:
  /// `flash` must outlive the ROM.
  Rom(RomSettings settings, FlashMemory& flash);

  const Descriptors& descriptors() const override { return descriptors_; }
  TimePoint ready_at() const override;

  DfuState state() const { return state_; }
  /// Set once a leave is under way: where the program starts.
  std::optional<std::uint32_t> leaving() const { return leaving_; }
  /// Set once something ends in a system reset (option bytes, read unprotect).
  bool resetting() const { return resetting_; }

  /// Both outlive a reset.
  bool read_protected() const { return settings_.read_protected; }
  const Bytes& option_bytes() const { return settings_.option_bytes; }
  /// What hosts may address of it; outlives a leave, and a reset.
  const Bytes& ram() const { return memories_[ram_memory].content; }
  void load_ram(Bytes content) { memories_[ram_memory].content = std::move(content); }

  /// Operations begun so far; faults count by these.
  struct Counts {
    unsigned erases = 0;
    unsigned writes = 0;
    unsigned reads = 0;
    unsigned early_setups = 0;  ///< see stalls_early_setup
  };
  const Counts& counts() const { return counts_; }
  /// When the operation under way ends; none when there is none.
  std::optional<TimePoint> busy_until() const;
  /// When it resets by itself, whether it is asked or not; none when nothing that ends so is under
  /// way.
  std::optional<TimePoint> resets_at() const;
  void advance(TimePoint now) { settle(now); }
  /// Power is cut: what was under way is left half done.
  void power_off(TimePoint now);

  static constexpr std::size_t most_remembered = 1000;
  /// What the host did that a real ROM would not have accepted, or that spoils flash; the first
  /// `most_remembered`.
  /// See BusBoard.
  void forgive(bool on) { forgives_ = on; }
  const std::vector<std::string>& violations() const { return violations_; }

 protected:
  Answer class_request(const Setup& setup, ByteView out, TimePoint now) override;
  Answer interface_descriptor(const Setup& setup) override;
  std::size_t alternates() const override { return settings_.alternates.size(); }

 private:
  struct Memory {
    std::uint32_t address;
    Bytes content;
    bool writable;
  };
  struct Operation {
    enum class Kind {
      none,
      nothing,  // is accepted and changes nothing
      set_address,
      erase,
      mass_erase,
      write,
      read_unprotect,
      refused
    };
    Kind kind = Kind::none;
    std::uint32_t address = 0;
    Bytes data;
    std::optional<Sector> sector;
    TimePoint begin{};
    Duration takes{};
  };

  Answer download(const Setup& setup, ByteView out);
  Answer upload(const Setup& setup);
  Answer get_status(TimePoint now);
  Answer tell_status(TimePoint now);
  Answer status_answer(Duration poll) const;
  Answer clear_status();
  Answer abort();
  void remember(std::string violation);
  Answer violate(std::string what);
  Answer upload_past_the_end(std::uint32_t address, std::size_t length);
  void begin(TimePoint now);
  void settle(TimePoint now);
  void apply(double fraction);
  Operation operation_for(std::uint16_t block, const Bytes& data);
  Operation command(const Bytes& data);
  Operation set_address(std::uint32_t address);
  Operation write_to(std::uint32_t address, const Bytes& data);
  void add_memories();
  void add_named_memories();
  Memory* memory_at(std::uint32_t address, std::size_t length);
  std::size_t option_area_size() const;
  bool is_option_area(const Memory& memory) const;
  void load_options(const Memory& area);
  void refuse(Operation& operation, DfuStatusCode status, std::string violation);
  void choose_voltage_range(std::uint8_t number);
  bool is_supply_too_low() const { return settings_.supply_mv < needs_mv_; }
  void program(const Operation& write, double fraction);
  void fail(DfuStatusCode status);
  void make_descriptors();

  RomSettings settings_;
  FlashMemory& flash_;
  std::vector<Memory> memories_;
  static constexpr std::size_t ram_memory = 0;  // of memories_
  Descriptors descriptors_;
  DfuState state_ = DfuState::dfuIDLE;
  DfuStatusCode status_ = DfuStatusCode::ok;
  std::uint32_t pointer_ = flash_base_address;
  std::uint16_t block_ = 0;
  Bytes pending_;  // DNLOAD data that the next GETSTATUS will act upon
  unsigned downloads_ = 0;
  Operation operation_;
  DfuStatusCode refusal_ = DfuStatusCode::ok;
  std::optional<std::uint32_t> leaving_;
  bool resetting_ = false;
  bool stuck_ = false;  // see sticks_after_erase
  // By the voltage range that the host has chosen, until the next reset.
  FlashTimes times_;
  unsigned bytes_at_once_ = 1;
  unsigned needs_mv_ = 0;
  Counts counts_;
  std::vector<std::string> violations_;
  bool forgives_ = false;

  static constexpr std::uint32_t flash_base_address = 0x08000000;
};

}  // namespace sysboot::virtual_bench
