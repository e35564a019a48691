// SPDX-License-Identifier: GPL-3.0-or-later
// The DfuSe session: how it opens, waits, and meets devices that are not what they should be.
#include "dfuse/session.hpp"

#include <tuple>

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::BoardSettings;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::HasSubstr;
using virtual_bench::Descriptors;
using virtual_bench::RomSettings;

constexpr std::uint32_t flash_start = 0x08000000;

class Session : public support::Bench {
 protected:
  void plug_in(RomSettings rom = {}) {
    BoardSettings settings;
    settings.starts_in_rom = true;
    settings.rom = std::move(rom);
    add_board(settings);
  }
  DfuseSession open() { return DfuseSession::open(job(), find_board(host_, {})); }
  Error open_fails() {
    allow_violations_ = true;
    return support::error_from([&] { open(); });
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
  // A raw request, as a session before ours may have made it.
  void request(std::uint8_t number, std::uint16_t block, Bytes data) {
    const auto device = host_.open_usb(host_.usb_devices().front());
    const auto length = static_cast<std::uint16_t>(data.size());
    const bool in = number == 2 || number == 3;
    device->control({static_cast<std::uint8_t>(in ? 0xA1 : 0x21), number, block, 0, length}, data,
                    seconds(5));
  }
  virtual_bench::FlashMemory board_flash_{parse_layout("@Internal Flash  /0x08000000/04*016Kg")};

  // How many transfers `action` takes.
  std::uint64_t transfers(const std::function<void()>& action) {
    const auto before = host_.control_transfers;
    action();
    return host_.control_transfers - before;
  }
};

TEST_F(Session, KnowsTheDevice) {
  plug_in();
  DfuseSession dfu = open();
  EXPECT_EQ(dfu.block_size(), 2048U);
  EXPECT_EQ(dfu.layout().size(), 512U * 1024);
  EXPECT_EQ(dfu.alternates().size(), 4U);
  EXPECT_EQ(dfu.alternates()[1].name, "@Option Bytes  /0x1FFFC000/01*016 e");
}

TEST_F(Session, NamesBehindThatOfFlashAreReadWhenTheyAreAskedFor) {
  plug_in();
  DfuseSession dfu = open();
  EXPECT_EQ(transfers([&] { dfu.alternates(); }), 3U);
  EXPECT_EQ(transfers([&] { dfu.alternates(); }), 0U);
}

TEST_F(Session, NamesMayBeReadBetweenTheBlocksOfARange) {
  plug_in();
  DfuseSession dfu = open();
  Bytes block(2048);
  dfu.read_block(flash_start, block, 4 * block.size());
  EXPECT_EQ(dfu.alternates().size(), 4U);
  EXPECT_LE(transfers([&] { dfu.read_block(flash_start + 2048, block); }), 1U) << "no Set Address";
}

TEST_F(Session, RecoversFromEveryStateAnEarlierSessionLeft) {
  allow_violations_ = true;  // the earlier one's
  plug_in();
  open();  // dfuIDLE
  EXPECT_NO_THROW(open());
  open().write_block(flash_start + 0x4000, Bytes(2048, 0));  // dfuDNLOAD-IDLE
  EXPECT_NO_THROW(open());
  Bytes out(2048);
  open().read_block(flash_start, out);  // dfuUPLOAD-IDLE
  EXPECT_NO_THROW(open());
  board().rom()->control({0xA1, 2, 1, 0, 64}, {}, host_.now());  // UPLOAD of block 1
  ASSERT_EQ(board().rom()->state(), static_cast<DfuState>(15));
  EXPECT_NO_THROW(open());
  EXPECT_EQ(board().rom()->state(), DfuState::dfuIDLE);
}

TEST_F(Session, NeverStartsWhatAnEarlierSessionLeftPending) {
  plug_in();
  open();
  request(1, 0, {0x41, 0x00, 0x00, 0x00, 0x08});  // killed between DNLOAD and GETSTATUS
  ASSERT_EQ(board().rom()->state(), DfuState::dfuDNLOAD_SYNC);
  open();
  EXPECT_TRUE(board().boots()) << "nothing was erased";
}

TEST_F(Session, NeverLeavesBecauseAnEarlierSessionWantedTo) {
  plug_in();
  open();
  request(1, 2, {});  // killed between the leave request and GETSTATUS
  ASSERT_EQ(board().rom()->state(), DfuState::dfuMANIFEST_SYNC);
  open();
  host_.sleep(seconds(1));
  ASSERT_TRUE(board().in_rom());
  EXPECT_EQ(board().rom()->state(), DfuState::dfuIDLE);
}

TEST_F(Session, WaitsForAnEraseThatAnEarlierSessionStarted) {
  plug_in();
  open();
  request(1, 0, {0x41, 0x00, 0x00, 0x06, 0x08});
  request(3, 0, Bytes(6));
  EXPECT_NO_THROW(open());
  EXPECT_EQ(board().rom()->state(), DfuState::dfuIDLE);
}

TEST_F(Session, OneSetAddressForAWholeRun) {
  plug_in();
  DfuseSession dfu = open();
  const auto write = [&](std::uint32_t address, std::size_t size) {
    return transfers([&] { dfu.write_block(address, Bytes(size, 0)); });
  };
  EXPECT_EQ(write(flash_start + 0x4000, 2048), 6U)
      << "address and block: DNLOAD and two GETSTATUS each";
  EXPECT_EQ(write(flash_start + 0x4800, 2048), 3U);
  EXPECT_EQ(write(flash_start + 0x5000, 2048), 3U);
  EXPECT_EQ(write(flash_start + 0x5800, 100), 6U) << "a short block has its own address";
  EXPECT_EQ(write(flash_start + 0x8000, 2048), 6U) << "somewhere else";
}

TEST_F(Session, ReadingARunIsOneTransferABlock) {
  plug_in();
  DfuseSession dfu = open();
  Bytes out(2048);
  EXPECT_EQ(transfers([&] { dfu.read_block(flash_start, out); }), 5U)
      << "Set Address (3), ABORT, UPLOAD";
  EXPECT_EQ(transfers([&] { dfu.read_block(flash_start + 2048, out); }), 1U);
  EXPECT_EQ(transfers([&] { dfu.read_block(flash_start + 4096, out); }), 1U);
}

TEST_F(Session, NeverSleepsThroughAPollTimeout) {
  plug_in();
  DfuseSession dfu = open();
  const TimePoint start = host_.now();
  dfu.write_block(flash_start + 0x4000, Bytes(2048, 0));
  EXPECT_LT(host_.now() - start, milliseconds(40))
      << "33 ms of programming; the ROM claims 2 * 104";
}

TEST_F(Session, BusyMayBeAStall) {
  RomSettings rom;
  rom.stalls_while_busy = true;
  plug_in(rom);
  DfuseSession dfu = open();
  dfu.erase(*dfu.layout().sector_at(flash_start + 0x4000));
  dfu.write_block(flash_start + 0x4000, Bytes(2048, 0));
  EXPECT_EQ(board().flash().read(flash_start + 0x4000, 1)[0], 0);
}

TEST_F(Session, BusyMayBeAnAnswer) {
  RomSettings rom;
  rom.answers_while_busy = true;
  plug_in(rom);
  DfuseSession dfu = open();
  const auto count = transfers([&] { dfu.erase(*dfu.layout().sector_at(flash_start + 0x4000)); });
  EXPECT_LT(count, 12U) << "asked early once, then as often as the device claims";
}

TEST_F(Session, ClaimsOfHoursAreNotBelieved) {
  RomSettings rom;
  rom.erase_poll = milliseconds(0xFFFFFF);
  rom.stalls_while_busy = true;
  plug_in(rom);
  DfuseSession dfu = open();
  const TimePoint start = host_.now();
  EXPECT_ERROR(dfu.erase(*dfu.layout().sector_at(flash_start)), Errc::protocol,
               HasSubstr("stays busy"));
  EXPECT_LE(host_.now() - start, operation_budget(16 * 1024) + milliseconds(1100));
}

TEST_F(Session, BusyForEverEndsAtTheBudget) {
  RomSettings rom;
  rom.never_finishes = true;
  plug_in(rom);
  DfuseSession dfu = open();
  const TimePoint start = host_.now();
  EXPECT_ERROR(dfu.erase(*dfu.layout().sector_at(flash_start)), Errc::usb_io,
               AllOf(HasSubstr("erasing the 16 KiB sector at 0x08000000"), HasSubstr("timeout")));
  EXPECT_LE(host_.now() - start, operation_budget(16 * 1024) + seconds(1));
}

TEST_F(Session, AnsweringBusyForEverEndsAtTheBudget) {
  RomSettings rom;
  rom.never_finishes = true;
  rom.answers_while_busy = true;
  rom.other_poll = Duration::zero();
  plug_in(rom);
  DfuseSession dfu = open();
  EXPECT_ERROR(dfu.erase(*dfu.layout().sector_at(flash_start)), Errc::protocol,
               HasSubstr("stays busy (dfuDNBUSY)"));
}

TEST_F(Session, ShortStatusAnswersAreAnError) {
  RomSettings rom;
  rom.status_length = 4;
  plug_in(rom);
  EXPECT_ERROR(throw open_fails(), Errc::usb_io, HasSubstr("bringing the device to dfuIDLE"));
}

TEST_F(Session, ErrorStatusIsToldAndCleared) {
  plug_in();
  allow_violations_ = true;
  DfuseSession dfu = open();
  Bytes out(16);
  EXPECT_ERROR(
      dfu.read_block(0x30000000, out), Errc::protocol,
      AllOf(HasSubstr("setting the address pointer to 0x30000000"), HasSubstr("errTARGET")));
  EXPECT_NO_THROW(dfu.read_block(flash_start, out)) << "and it works on";
}

TEST_F(Session, TransferSizesOutOfReason) {
  for (const std::uint16_t size : std::initializer_list<std::uint16_t>{0, 1, 31}) {
    support::VirtualHost other;
    BoardSettings settings;
    settings.starts_in_rom = true;
    settings.rom.transfer_size = size;
    other.add_board("1-1", settings);
    EXPECT_ERROR(DfuseSession::open({other}, find_board(other, {})), Errc::protocol,
                 HasSubstr("claims a transfer size of " + std::to_string(size) + " bytes"));
  }
}

TEST_F(Session, TransferSizesBeyondTheHostSetTheAddressForEachBlock) {
  RomSettings rom;
  rom.transfer_size = 65535;
  plug_in(rom);
  const Image image = image_of(program(20 * 1024));
  std::ignore = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
  EXPECT_EQ(DfuseSession::open({host_}, *enter(job(), {}, {}).board).block_size(), 4096U);
}

TEST_F(Session, RomsWithSmallTransfers) {
  RomSettings rom;
  rom.transfer_size = 1024;
  plug_in(rom);
  const Image image = image_of(program(20 * 1024 + 3));
  std::ignore = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(Session, PlainDfuIsNotDfuSe) {
  RomSettings rom;
  Bytes configuration = virtual_bench::Rom({}, board_flash_).descriptors().configuration;
  configuration[configuration.size() - 2] = 0x10;
  rom.raw_configuration = configuration;
  plug_in(rom);
  EXPECT_ERROR(throw open_fails(), Errc::protocol,
               AllOf(HasSubstr("DFU 1.10"), HasSubstr("not ST's DfuSe")));
}

TEST_F(Session, NoFunctionalDescriptor) {
  RomSettings rom;
  Bytes configuration = virtual_bench::Rom({}, board_flash_).descriptors().configuration;
  configuration.resize(configuration.size() - 9);
  configuration[2] = static_cast<std::uint8_t>(configuration.size());
  rom.raw_configuration = configuration;
  plug_in(rom);
  EXPECT_ERROR(throw open_fails(), Errc::protocol, HasSubstr("no DFU functional descriptor"));
}

TEST_F(Session, BrokenConfiguration) {
  RomSettings rom;
  Bytes configuration = virtual_bench::Rom({}, board_flash_).descriptors().configuration;
  configuration[18] = 0;  // the second interface descriptor has no length
  rom.raw_configuration = configuration;
  plug_in(rom);
  EXPECT_ERROR(throw open_fails(), Errc::protocol, HasSubstr("broken at byte 18"));
}

TEST_F(Session, HostileNames) {
  RomSettings rom;
  rom.raw_strings[4] = {6, 3, 0x00, 0xD8, '@', 0};                         // broken UTF-16
  rom.raw_strings[5] = Descriptors::string("@Flash/0x08000000/0*1Kg");     // no sectors
  rom.raw_strings[6] = Descriptors::string("@Flash/0x08000000/1*4096Mg");  // 4 GiB
  rom.raw_strings[7] = {255, 3};                                           // promises much
  plug_in(rom);
  EXPECT_ERROR(throw open_fails(), Errc::protocol,
               AllOf(HasSubstr("no alternate setting holds the internal flash"),
                     HasSubstr("alt 0: "), HasSubstr("alt 1: "), HasSubstr("sector count of 0"),
                     HasSubstr("runs past 0xFFFFFFFF"), HasSubstr("alt 3: ")));
}

TEST_F(Session, NamesThatCannotBeRead) {
  RomSettings rom;
  rom.alternates.resize(1);
  rom.raw_strings[0] = {4, 2, 9, 4};  // no list of languages
  rom.raw_strings[4] = {};
  plug_in(rom);
  EXPECT_ERROR(throw open_fails(), Errc::protocol, HasSubstr("alt 0: memory layout \"\""));
}

TEST_F(Session, WaitsForPermissionsThatUdevIsStillSetting) {
  plug_in();
  host_.refuse("1-1", Error(Errc::not_permitted, "cannot open"), host_.now() + milliseconds(500));
  EXPECT_NO_THROW(open());
}

TEST_F(Session, WaitsForAnotherProgramThatLooksAtNewDevices) {
  plug_in();
  host_.refuse("1-1", Error(Errc::busy, "held by fwupd"), host_.now() + seconds(3));
  EXPECT_NO_THROW(open());
}

TEST_F(Session, WaitsForADriverThatTheSystemIsStillStarting) {
  plug_in();
  host_.refuse("1-1", Error(Errc::no_driver, "no driver"), host_.now() + milliseconds(500));
  EXPECT_NO_THROW(open());
}

TEST_F(Session, DoesNotWaitForPermissionsForEver) {
  plug_in();
  host_.refuse("1-1", Error(Errc::not_permitted, "cannot open 0483:df11"));
  const TimePoint start = host_.now();
  EXPECT_ERROR(open(), Errc::not_permitted, HasSubstr("cannot open 0483:df11"));
  EXPECT_LT(host_.now() - start, seconds(3));
}

TEST_F(Session, EveryTransferIsTold) {
  plug_in();
  open();
  const auto transfers = std::count_if(events_.begin(), events_.end(), [](const Event& event) {
    return std::holds_alternative<Transfer>(event);
  });
  EXPECT_EQ(transfers, 3) << "GETSTATE, CLRSTATUS, GETSTATUS";
}

}  // namespace
}  // namespace sysboot
