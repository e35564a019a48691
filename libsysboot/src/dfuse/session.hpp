// SPDX-License-Identifier: GPL-3.0-or-later
// A session with a DfuSe bootloader: the STM32 ROM, and what speaks like it.
#pragma once

#include "descriptors.hpp"
#include "sysboot/board.hpp"
#include "sysboot/device.hpp"
#include "sysboot/job.hpp"

namespace sysboot {

/// What the device says of itself, besides its memories.
struct DfuseDescription {
  UsbDeviceInfo usb;
  std::uint8_t interface_number = 0;
  DfuFunctional functional;
};

/// Opened and in dfuIDLE. Reads and writes are remembered by place, so that consecutive full blocks
/// need one Set Address in all (AN3156: address = pointer + (wBlockNum - 2) * wTransferSize).
///
/// Waiting: an operation starts on the first GETSTATUS. The second is asked at once; ROMs NAK it
/// until they are done, whatever poll timeout they claim. A stall while busy means busy: from then
/// on the session is patient and sleeps the claimed time. Nothing waits past its budget
/// (operation_budget), but for a second in which whoever was stopped meanwhile asks once more.
///
/// Errors of every member: board_gone, usb_io (the transfer failed; recover() may help), protocol
/// (the device answered with an error status or in a state it must not be in), read_protected.
class DfuseSession {
 public:
  /// Opens the board, which is in DFU mode, and brings it to dfuIDLE, whatever state an earlier
  /// session left it in. Selects the alternate setting that holds the internal flash. Waits up to 2
  /// s for device permissions and 5 s for another program to let go, both usual just after
  /// enumeration. Errors besides those above: not_permitted, no_driver, busy.
  static DfuseSession open(const Job& job, const Board& board);

  DfuseSession(DfuseSession&&) noexcept;
  ~DfuseSession();

  const DfuseDescription& description() const;
  /// All of the device's memories. Those that nobody asked for yet are read now.
  const std::vector<AltSetting>& alternates();
  /// Layout of the selected alternate setting.
  const MemoryLayout& layout() const;
  /// The most that one write_block or read_block takes: wTransferSize, or what the host can carry.
  std::uint32_t block_size() const;

  void erase(const Sector& sector);
  void mass_erase();
  /// `next` is what will be written right behind it, if anything: the device may get it before this
  /// block is done, and with it whatever error that leads to.
  void write_block(std::uint32_t address, ByteView data, ByteView next = {});
  /// So many bytes behind it will be read next, if nothing comes in between; the device may be
  /// asked for them already.
  void read_block(std::uint32_t address, std::span<std::uint8_t> out, std::uint64_t ahead = 0);

  /// Starts the program whose vector table is at `address`. Whatever the device answers to the
  /// request itself is fine: many ROMs are gone before they answer. The caller checks what comes
  /// up.
  void leave(std::uint32_t address);

  /// After usb_io: back to dfuIDLE, nothing remembered.
  void recover();

  /// From here on layout() is that of another memory: an index into alternates(), one that has a
  /// layout.
  void select(std::size_t alternate);
  std::size_t selected() const;
  /// Index of the internal flash, which was selected first.
  std::size_t flash() const;
  /// Writes option bytes of the selected memory, an area as a whole. The device
  /// programs them and resets (AN3156, section 5.2); returns when it has left the bus, or when it
  /// answers that it is done.
  void write_option_bytes(std::uint32_t address, ByteView data);
  /// Read Unprotect: a protected device erases its flash and RAM, lifts the protection and resets
  /// (AN3156, section 5.4). Returns when it has left the bus.
  void read_unprotect();

 private:
  struct State;
  explicit DfuseSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The most time an operation on so many bytes of flash may take before the device counts as stuck.
/// 4 s for a 128 KiB sector is the datasheet's maximum (DS-F411 table 45, x8); twice that for other
/// lines' sake, and never less than 5 s, which is dfu-util's own limit.
Duration operation_budget(std::uint64_t flash_bytes);
/// Mass erase: 32 s on an F405 (dfu-util), 16 s on an F411 (DS-F411 table 45); 70 s covers 2 MiB
/// parts.
inline constexpr Duration mass_erase_budget = std::chrono::seconds(70);

}  // namespace sysboot
