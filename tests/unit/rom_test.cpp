// SPDX-License-Identifier: GPL-3.0-or-later
// The ROM model against the table of ST's class code and AN3156: what each request does in each
// state; and against the ROM of the STM32F413 (V9.0), measured: its code, run on an emulated chip
// and sent the same requests as the model.
#include "sysboot/virtual/rom.hpp"

#include <gmock/gmock.h>

namespace sysboot::virtual_bench {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t flash_start = 0x08000000;

class RomModel : public testing::Test {
 protected:
  void SetUp() override { restart({}); }

  void restart(RomSettings settings) { rom_ = std::make_unique<Rom>(std::move(settings), flash_); }

  // Requests arrive as soon as the ROM stops saying NAK.
  Answer request(std::uint8_t number, std::uint16_t value, std::uint16_t length, Bytes out = {}) {
    now_ = std::max(now_, rom_->ready_at());
    const bool in = number == 2 || number == 3 || number == 5;
    return rom_->control({static_cast<std::uint8_t>(in ? 0xA1 : 0x21), number, value, 0, length},
                         out, now_);
  }
  Answer download(std::uint16_t block, Bytes data) {
    const auto length = static_cast<std::uint16_t>(data.size());
    return request(1, block, length, std::move(data));
  }
  Answer upload(std::uint16_t block, std::uint16_t length) { return request(2, block, length); }
  Bytes status() { return request(3, 0, 6).data; }
  DfuState state_after_status() { return static_cast<DfuState>(status().at(4)); }
  Answer clear_status() { return request(4, 0, 0); }
  Answer abort() { return request(6, 0, 0); }

  void to_idle() {
    clear_status();
    ASSERT_EQ(rom_->state(), DfuState::dfuIDLE);
  }
  // A whole command: DNLOAD, GETSTATUS (starts it), GETSTATUS (says how it went).
  Bytes command(Bytes bytes) {
    download(0, std::move(bytes));
    status();
    return status();
  }
  void set_address(std::uint32_t address) {
    command({0x21, static_cast<std::uint8_t>(address), static_cast<std::uint8_t>(address >> 8),
             static_cast<std::uint8_t>(address >> 16), static_cast<std::uint8_t>(address >> 24)});
  }

  FlashMemory flash_{parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg")};
  std::unique_ptr<Rom> rom_;
  TimePoint now_{std::chrono::hours(1)};
};

TEST_F(RomModel, StartsInErrorFirmware) {
  EXPECT_THAT(status(), ElementsAre(10, 0, 0, 0, 10, 0)) << "as dfu-util ticket 140 shows an F411";
  EXPECT_EQ(clear_status().status, TransferStatus::ok);
  EXPECT_THAT(status(), ElementsAre(0, 0, 0, 0, 2, 0));
}

TEST_F(RomModel, ActsOnTheFirstStatusAndIsBusyUntilDone) {
  to_idle();
  download(0, {0x41, 0x00, 0x00, 0x00, 0x08});
  EXPECT_EQ(rom_->state(), DfuState::dfuDNLOAD_SYNC) << "nothing has happened yet";
  const TimePoint start = now_;
  EXPECT_THAT(status(), ElementsAre(0, 100, 0, 0, 4, 0)) << "busy; claims 100 ms for an erase";
  EXPECT_EQ(rom_->ready_at() - start, milliseconds(400)) << "a 16 KiB sector takes 0.4 s";
  EXPECT_THAT(status(), ElementsAre(0, 0, 0, 0, 5, 0));
}

// F413, measured: 9 of 1,810 transfers.
TEST_F(RomModel, 181AStatusThatComesTooEarlyIsHeardAndStalled) {
  RomSettings settings;
  settings.stalls_early_setup = 2;
  restart(settings);
  to_idle();
  set_address(flash_start);
  EXPECT_EQ(rom_->counts().early_setups, 0U);
  download(0, {0x41, 0x00, 0x00, 0x00, 0x08});
  EXPECT_EQ(request(3, 0, 6).status, TransferStatus::stall);
  EXPECT_EQ(rom_->state(), DfuState::dfuDNBUSY) << "it erases";
  EXPECT_EQ(state_after_status(), DfuState::dfuDNLOAD_IDLE);
  EXPECT_EQ(rom_->counts().early_setups, 1U);
  EXPECT_THAT(rom_->violations(), IsEmpty());
}

TEST_F(RomModel, ClaimsAnotherTimeForEverythingElse) {
  to_idle();
  download(0, {0x21, 0x00, 0x00, 0x00, 0x08});
  EXPECT_THAT(status(), ElementsAre(0, 104, 0, 0, 4, 0));
}

TEST_F(RomModel, AddressesBlocksByAConstantSize) {
  to_idle();
  set_address(flash_start);
  download(3, {0x11, 0x22});
  status();
  status();
  EXPECT_EQ(flash_.read(flash_start + 2048, 2)[0], 0x11);
}

TEST_F(RomModel, TakesSixteenMicrosecondsPerByte) {
  to_idle();
  set_address(flash_start);
  download(2, Bytes(2048, 0x00));
  const TimePoint start = now_;
  status();
  EXPECT_EQ(rom_->ready_at() - start, std::chrono::microseconds(2048 * 16));
}

TEST_F(RomModel, ProgrammingOnlyClearsBits) {
  to_idle();
  flash_.load(flash_start, Bytes{0xF0, 0xF0});
  set_address(flash_start);
  download(2, {0x0F, 0xF0});
  status();
  EXPECT_EQ(state_after_status(), DfuState::dfuDNLOAD_IDLE) << "the ROM does not notice";
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0x00);
  EXPECT_THAT(rom_->violations(), ElementsAre(HasSubstr("not erased")));
}

TEST_F(RomModel, WriteProtectedSectorsStayAsTheyAre) {
  to_idle();
  flash_.load(flash_start, Bytes{0x12});
  flash_.write_protect(flash_start);
  EXPECT_EQ(command({0x41, 0x00, 0x00, 0x00, 0x08}).at(4), 5) << "no error";
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0x12);
}

TEST_F(RomModel, UnknownAddressesAreErrTarget) {
  to_idle();
  EXPECT_THAT(command({0x21, 0x00, 0x00, 0x00, 0x30}), ElementsAre(1, 0, 0, 0, 10, 0));
  EXPECT_THAT(rom_->violations(), SizeIs(1));
}

TEST_F(RomModel, ReadProtectionIsErrVendor) {
  RomSettings settings;
  settings.read_protected = true;
  restart(settings);
  to_idle();
  EXPECT_THAT(command({0x41, 0x00, 0x00, 0x00, 0x08}), ElementsAre(11, 0, 0, 0, 10, 0));
  clear_status();
  EXPECT_EQ(upload(2, 16).status, TransferStatus::stall);
  EXPECT_THAT(status(), ElementsAre(11, 0, 0, 0, 10, 0));
}

// STM32F413 ROM, measured; betaflight-configurator expects it of all.
TEST_F(RomModel, ReadProtectionShowsAtSetAddress) {
  RomSettings settings;
  settings.read_protected = true;
  settings.leaves_when_protected = true;
  restart(settings);
  to_idle();
  EXPECT_THAT(command({0x21, 0x00, 0x40, 0x00, 0x08}), ElementsAre(11, 0, 0, 0, 10, 0));
  EXPECT_THAT(rom_->violations(), IsEmpty()) << "no host can know before";
  clear_status();
  download(2, {});
  status();
  EXPECT_EQ(rom_->leaving(), flash_start) << "the pointer stays where it was";

  settings.takes_address_when_protected = true;
  restart(settings);
  to_idle();
  EXPECT_THAT(command({0x21, 0x00, 0x40, 0x00, 0x08}), ElementsAre(0, 0, 0, 0, 5, 0));
  abort();
  EXPECT_EQ(upload(2, 16).status, TransferStatus::stall);
  EXPECT_THAT(status(), ElementsAre(11, 0, 0, 0, 10, 0));
}

TEST_F(RomModel, UploadsFromIdleOnly) {
  to_idle();
  set_address(flash_start);
  EXPECT_EQ(upload(2, 16).status, TransferStatus::stall) << "in dfuDNLOAD-IDLE";
  abort();
  EXPECT_EQ(upload(2, 16).data, Bytes(16, 0xFF));
  EXPECT_EQ(rom_->state(), DfuState::dfuUPLOAD_IDLE);
  EXPECT_EQ(upload(3, 16).status, TransferStatus::ok);
  EXPECT_EQ(download(0, {0x21, 0, 0, 0, 8}).status, TransferStatus::stall) << "in dfuUPLOAD-IDLE";
}

TEST_F(RomModel, RefusesToUploadBlockOne) {
  to_idle();
  EXPECT_EQ(upload(1, 16).status, TransferStatus::stall);
  EXPECT_THAT(rom_->violations(), SizeIs(1));
}

// STM32F413 ROM, measured; G4 and others take no more than they say.
TEST_F(RomModel, LongTransfersAreTakenAndCountAsViolations) {
  to_idle();
  EXPECT_THAT(upload(2, 2049).data, SizeIs(2049));
  EXPECT_THAT(upload(2, 4096).data, SizeIs(4096));
  abort();
  EXPECT_EQ(download(2, Bytes(2049)).status, TransferStatus::ok);
  EXPECT_THAT(rom_->violations(),
              ElementsAre("UPLOAD of 2049 bytes", "UPLOAD of 4096 bytes", "DNLOAD of 2049 bytes"));
}

// STM32F413 ROM, measured.
TEST_F(RomModel, TakesADownloadToBlockOneAndDoesNothing) {
  to_idle();
  set_address(flash_start);
  EXPECT_EQ(download(1, {0, 0}).status, TransferStatus::ok);
  status();
  EXPECT_THAT(status(), ElementsAre(0, 0, 0, 0, 5, 0));
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0xFF);
  EXPECT_THAT(rom_->violations(), ElementsAre("DNLOAD to block 1"));
}

// STM32F413 ROM, measured.
TEST_F(RomModel, TakesTwoCommandsThatAreNoneAndDoesNothing) {
  to_idle();
  flash_.load(flash_start, Bytes{0x12});
  for (const Bytes& bytes : std::vector<Bytes>{{0x00}, {0x41, 0x00, 0x00}}) {
    EXPECT_THAT(command(bytes), ElementsAre(0, 0, 0, 0, 5, 0));
  }
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0x12);
  EXPECT_THAT(rom_->violations(), SizeIs(2));
  EXPECT_THAT(command({0x00, 0x00}), ElementsAre(15, 0, 0, 0, 10, 0)) << "errSTALLEDPKT";
}

// STM32F413 ROM, measured.
TEST_F(RomModel, RefusesDetach) {
  to_idle();
  set_address(flash_start);
  EXPECT_EQ(request(0, 1000, 0).status, TransferStatus::stall);
  EXPECT_EQ(rom_->state(), DfuState::dfuDNLOAD_IDLE);
}

// STM32F413 ROM, measured.
TEST_F(RomModel, RefusesVendorRequests) {
  to_idle();
  EXPECT_EQ(rom_->control({0xC0, 1, 0, 0, 4}, {}, now_).status, TransferStatus::stall);
  EXPECT_EQ(rom_->state(), DfuState::dfuIDLE) << "it was no DNLOAD";
  EXPECT_THAT(rom_->violations(), ElementsAre("request of type 0xC0"));
}

// STM32F413 ROM, measured.
TEST_F(RomModel, TakesNoDownloadBeforeTheStatusOfTheLast) {
  to_idle();
  download(0, {0x21, 0x00, 0x40, 0x00, 0x08});
  EXPECT_EQ(download(0, {0x41}).status, TransferStatus::timeout);
  status();
  EXPECT_EQ(state_after_status(), DfuState::dfuDNLOAD_IDLE) << "the first one was carried out";
  EXPECT_EQ(rom_->counts().erases, 0U);
}

// STM32F413 ROM, measured.
TEST_F(RomModel, 181ChoosingAnAlternateSettingKeepsTheState) {
  const sysboot::Setup choose{0x01, 11, 1, 0, 0};
  EXPECT_EQ(rom_->control(choose, {}, now_).status, TransferStatus::ok);
  EXPECT_THAT(status(), ElementsAre(10, 0, 0, 0, 10, 0)) << "as dfu-util sees it on an F401";
  to_idle();
  set_address(flash_start);
  EXPECT_EQ(rom_->state(), DfuState::dfuDNLOAD_IDLE);
  EXPECT_EQ(rom_->control(choose, {}, now_).status, TransferStatus::ok);
  EXPECT_EQ(rom_->state(), DfuState::dfuDNLOAD_IDLE);
}

// STM32F413 ROM, measured.
TEST_F(RomModel, 181AnUploadOfBlockOneLeadsToAStateThatOnlyClearStatusEnds) {
  constexpr auto state_15 = static_cast<DfuState>(15);
  to_idle();
  EXPECT_EQ(upload(1, 64).status, TransferStatus::stall);
  EXPECT_THAT(status(), ElementsAre(0, 0, 0, 0, 15, 0));
  EXPECT_EQ(abort().status, TransferStatus::ok);
  EXPECT_EQ(rom_->state(), state_15);
  EXPECT_EQ(download(0, {0x00}).status, TransferStatus::timeout) << "nobody takes its data";
  EXPECT_EQ(rom_->state(), state_15);
  clear_status();
  EXPECT_THAT(status(), ElementsAre(0x0E, 0, 0, 0, 10, 0));
  to_idle();
}

// STM32F413 ROM, measured: it fills its FIFO with words.
TEST_F(RomModel, 181TheLastBytesOfFlashAreReadInWholeWords) {
  to_idle();
  set_address(flash_start + 512 * 1024 - 4);
  abort();
  EXPECT_EQ(upload(2, 1).status, TransferStatus::ok);
  EXPECT_FALSE(rom_->resetting());
  abort();
  set_address(flash_start + 512 * 1024 - 1);
  abort();
  EXPECT_EQ(upload(2, 1).status, TransferStatus::io_error);
  EXPECT_TRUE(rom_->resetting());
}

// STM32F413 ROM, measured: the unique id is behind the OTP, nothing is behind RAM.
TEST_F(RomModel, 181ReadsGoOnPastTheEndOfWhatIsNoFlash) {
  to_idle();
  set_address(0x1FFFC008);
  abort();
  EXPECT_THAT(upload(2, 64).data, SizeIs(64));
  EXPECT_EQ(rom_->state(), DfuState::dfuUPLOAD_IDLE);
  EXPECT_THAT(rom_->violations(), testing::Contains(HasSubstr("UPLOAD of 64 bytes at 0x1FFFC008")));
  abort();
  set_address(0x2001FFF0);
  abort();
  EXPECT_EQ(upload(2, 64).status, TransferStatus::io_error);
  EXPECT_TRUE(rom_->resetting());
}

// STM32F413 ROM, measured.
TEST_F(RomModel, 181StaysWhenItIsReadProtected) {
  RomSettings settings;
  settings.read_protected = true;
  restart(settings);
  to_idle();
  download(0, {});
  EXPECT_THAT(status(), ElementsAre(0, 0, 0, 0, 6, 0));
  EXPECT_EQ(rom_->leaving(), std::nullopt);
  abort();
  EXPECT_EQ(rom_->state(), DfuState::dfuIDLE);
  settings.leaves_when_protected = true;
  restart(settings);
  to_idle();
  download(0, {});
  status();
  EXPECT_EQ(rom_->leaving(), flash_start);
}

// STM32F413 ROM, measured: 1 and 5 bytes are commands, any other number does nothing.
TEST_F(RomModel, 181AnEraseOfAnOddLengthDoesNothing) {
  for (const std::size_t length : {2U, 3U, 4U, 6U, 64U}) {
    restart({});
    to_idle();
    Bytes bytes = {0x41, 0x00, 0x00, 0x00, 0x08};
    bytes.resize(length);
    EXPECT_THAT(command(bytes), ElementsAre(0, 0, 0, 0, 5, 0)) << length;
    EXPECT_EQ(rom_->counts().erases, 0U);
  }
}

// STM32F413 ROM, measured.
TEST_F(RomModel, 181StringEightIsThereAndOfNoUse) {
  const sysboot::Setup eight{0x80, 6, 0x0308, 0x0409, 255};
  EXPECT_EQ(rom_->control(eight, {}, now_).data, Bytes(255, 0));
  const sysboot::Setup interface_status{0x81, 0, 0, 0, 2};
  EXPECT_THAT(rom_->control(interface_status, {}, now_).data, ElementsAre(0, 0));
}

// Measured on the F413: the ROM's own RAM is below 0x20003000.
TEST_F(RomModel, 182AddressesRamFromWhereItsOwnEnds) {
  to_idle();
  set_address(0x20003000);
  EXPECT_EQ(rom_->state(), DfuState::dfuDNLOAD_IDLE);
  EXPECT_THAT(rom_->violations(), IsEmpty());
  set_address(0x20002FFC);
  EXPECT_EQ(rom_->state(), DfuState::dfuERROR);
  EXPECT_EQ(status().at(0), 0x01) << "errTARGET";
}

// Measured on the F413: downloads of 2048, 64, 7 bytes and one, and block numbers that count on.
TEST_F(RomModel, 182TakesDownloadsOfAnyLengthToRamAndReadsThemBack) {
  to_idle();
  set_address(0x20004000);
  Bytes whole(2048);
  for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = static_cast<std::uint8_t>(i ^ i >> 8);
  const std::vector<Bytes> blocks = {whole, Bytes(64, 0x40), Bytes(7, 0x07), Bytes(1, 0x01)};
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    download(static_cast<std::uint16_t>(2 + i), blocks[i]);
    const TimePoint start = now_;
    EXPECT_EQ(state_after_status(), DfuState::dfuDNBUSY);
    EXPECT_EQ(state_after_status(), DfuState::dfuDNLOAD_IDLE);
    EXPECT_EQ(now_, start) << "nothing is programmed";
  }
  EXPECT_THAT(rom_->violations(), ElementsAre("DNLOAD of 1 byte")) << "2 at least (AN3156)";
  abort();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto size = static_cast<std::uint16_t>(blocks[i].size());
    EXPECT_EQ(upload(static_cast<std::uint16_t>(2 + i), size).data, blocks[i]);
  }
  EXPECT_EQ(rom_->counts().erases, 0U);
}

TEST_F(RomModel, 182LeavesToRam) {
  to_idle();
  set_address(0x20004000);
  download(2, {});
  EXPECT_EQ(state_after_status(), DfuState::dfuMANIFEST);
  EXPECT_EQ(rom_->leaving(), 0x20004000U);
}

// STM32F413 ROM, measured: only the start of a read is checked, the rest is a bus fault.
TEST_F(RomModel, ReadingPastTheEndOfFlashResets) {
  to_idle();
  set_address(0x0807FFF0);
  abort();
  EXPECT_THAT(upload(2, 16).data, SizeIs(16));
  EXPECT_FALSE(rom_->resetting());
  EXPECT_EQ(upload(2, 17).status, TransferStatus::io_error);
  EXPECT_TRUE(rom_->resetting());
  EXPECT_EQ(request(3, 0, 6).status, TransferStatus::no_device);
  EXPECT_THAT(rom_->violations(), ElementsAre("UPLOAD of 17 bytes at 0x0807FFF0"));
}

TEST_F(RomModel, ReadingPastTheEndIsRefusedWhereTheEndIsChecked) {
  RomSettings settings;
  settings.checks_end_of_reads = true;
  restart(settings);
  to_idle();
  set_address(0x0807FFF0);
  abort();
  EXPECT_EQ(upload(2, 17).status, TransferStatus::stall);
  EXPECT_THAT(status(), ElementsAre(1, 0, 0, 0, 10, 0)) << "errTARGET";
  EXPECT_FALSE(rom_->resetting());
}

TEST_F(RomModel, ListsItsCommands) {
  to_idle();
  EXPECT_THAT(upload(0, 2048).data, ElementsAre(0x00, 0x21, 0x41, 0x92));
}

TEST_F(RomModel, ClearStatusOutsideErrorMakesOne) {
  to_idle();
  clear_status();
  EXPECT_THAT(status(), ElementsAre(14, 0, 0, 0, 10, 0)) << "errUNKNOWN";
  EXPECT_THAT(rom_->violations(), ElementsAre(HasSubstr("CLRSTATUS in dfuIDLE")));
}

TEST_F(RomModel, AbortDropsAPendingCommand) {
  to_idle();
  flash_.load(flash_start, Bytes{0x12});
  download(0, {0x41, 0x00, 0x00, 0x00, 0x08});
  abort();
  EXPECT_EQ(state_after_status(), DfuState::dfuIDLE);
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0x12);
}

TEST_F(RomModel, AbortDoesNotHelpInError) {
  abort();
  EXPECT_EQ(rom_->state(), DfuState::dfuERROR);
}

TEST_F(RomModel, MassErase) {
  to_idle();
  flash_.load(flash_start + 300 * 1024, Bytes{0x12});
  command({0x41});
  EXPECT_EQ(flash_.read(flash_start + 300 * 1024, 1)[0], 0xFF);
}

TEST_F(RomModel, MassEraseStopsAtWriteProtection) {
  to_idle();
  flash_.load(flash_start, Bytes{0x12});
  flash_.write_protect(flash_start + 300 * 1024);
  EXPECT_EQ(command({0x41}).at(4), 5) << "no error";
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0x12);
}

TEST_F(RomModel, LeavesOnStatusToWhereThePointerStands) {
  to_idle();
  set_address(flash_start + 0x4000);
  download(2, {});
  EXPECT_FALSE(rom_->leaving());
  EXPECT_THAT(status(), ElementsAre(0, 1, 0, 0, 7, 0)) << "dfuMANIFEST";
  EXPECT_EQ(rom_->leaving(), flash_start + 0x4000);
  EXPECT_EQ(request(3, 0, 6).status, TransferStatus::no_device) << "STM32F413 ROM, measured";
}

TEST_F(RomModel, ReadsItsIdByteAndOptionBytes) {
  to_idle();
  set_address(0x1FFF76DE);
  abort();
  EXPECT_EQ(upload(2, 2).data.front(), 0xD0) << "AN2606: V13.0 of the F411";
  set_address(0x1FFFC000);
  EXPECT_THAT(rom_->violations(), SizeIs(1)) << "DNLOAD in dfuUPLOAD-IDLE";
}

// STM32F413 ROM, measured.
TEST_F(RomModel, MayHideTheEndOfSystemMemoryAndItsIdByte) {
  RomSettings settings;
  settings.system_memory_size = 0x7400;
  restart(settings);
  to_idle();
  EXPECT_THAT(command({0x21, 0xFF, 0x73, 0xFF, 0x1F}), ElementsAre(0, 0, 0, 0, 5, 0));
  EXPECT_THAT(command({0x21, 0xDE, 0x76, 0xFF, 0x1F}), ElementsAre(1, 0, 0, 0, 10, 0));
}

TEST_F(RomModel, OptionBytesEndInAReset) {
  to_idle();
  set_address(0x1FFFC000);
  download(2, Bytes(16, 0xAA));
  status();
  status();
  EXPECT_TRUE(rom_->resetting());
}

// AN2606 table 4, DS-F411 table 45.
class VoltageRanges : public RomModel {
 protected:
  // The answer to what is written to Device Feature memory.
  Bytes choose(Bytes bytes) {
    set_address(0xFFFF0000);
    return write(2, std::move(bytes));
  }
  Bytes write(std::uint16_t block, Bytes bytes) {
    download(block, std::move(bytes));
    status();
    return status();
  }
  Duration time_of_block() {
    set_address(flash_start);
    download(2, Bytes(2048, 0x00));
    return time_of_status();
  }
  Duration time_of_erase() {
    download(0, {0x41, 0x00, 0x00, 0x00, 0x08});
    return time_of_status();
  }
  Duration time_of_status() {
    const TimePoint start = now_;
    status();
    const Duration took = rom_->ready_at() - start;
    status();
    return took;
  }
};

TEST_F(VoltageRanges, HowLongThingsTake) {
  to_idle();
  const std::chrono::microseconds byte(16);
  EXPECT_EQ(time_of_erase(), milliseconds(400));
  EXPECT_EQ(time_of_block(), 2048 * byte);
  for (const std::uint8_t middle : {std::uint8_t{1}, std::uint8_t{2}}) {
    choose({middle, 0xFF, 0xFF, 0xFF});
    EXPECT_EQ(time_of_erase(), milliseconds(300));
    EXPECT_EQ(time_of_block(), 1024 * byte);
  }
  choose({3, 0xFF});
  EXPECT_EQ(time_of_erase(), milliseconds(250));
  EXPECT_EQ(time_of_block(), 512 * byte);
  choose({0, 0xFF, 0xFF, 0xFF});
  EXPECT_EQ(time_of_erase(), milliseconds(400)) << "and back";
}

TEST_F(VoltageRanges, ReadsWhatWasChosen) {
  to_idle();
  choose({3, 0xFF, 0xFF, 0xFF});
  set_address(0xFFFF0000);
  abort();
  EXPECT_THAT(upload(2, 4).data, ElementsAre(3, 0xFF, 0xFF, 0xFF));
}

// STM32F413 ROM, measured. What the fifth range does without 9 V is not known: here nothing.
TEST_F(VoltageRanges, 181OnlyTheFirstByteCounts) {
  for (const Bytes& bytes : std::vector<Bytes>{{3, 0}, {3, 0xFF, 0xFF, 0xFE}, {4, 0xFF}}) {
    restart({});
    to_idle();
    EXPECT_THAT(choose(bytes), ElementsAre(0, 0, 0, 0, 5, 0));
    const bool is_fifth = bytes[0] == 4;
    EXPECT_THAT(rom_->violations(),
                ElementsAre(HasSubstr(is_fifth ? "9 V at VPP" : "no voltage range")));
    EXPECT_EQ(time_of_erase(), milliseconds(is_fifth ? 400 : 250));
    set_address(0xFFFF0000);
    abort();
    EXPECT_THAT(upload(2, 4).data, ElementsAre(bytes[0], 0xFF, 0xFF, 0xFF));
  }
}

// STM32F413 ROM, measured.
TEST_F(VoltageRanges, IgnoresWhatIsNoRange) {
  to_idle();
  choose({3, 0xFF, 0xFF, 0xFF});
  EXPECT_THAT(choose({9, 0xFF, 0xFF, 0xFF}), ElementsAre(0, 0, 0, 0, 5, 0));
  EXPECT_THAT(rom_->violations(), ElementsAre(HasSubstr("no voltage range")));
  set_address(0xFFFF0000);
  abort();
  EXPECT_THAT(upload(2, 4).data, ElementsAre(3, 0xFF, 0xFF, 0xFF));
}

TEST_F(VoltageRanges, WordsMustBeAligned) {
  to_idle();
  choose({3, 0xFF, 0xFF, 0xFF});
  set_address(flash_start + 2);
  EXPECT_THAT(write(2, Bytes(4, 0)), ElementsAre(1, 0, 0, 0, 10, 0));
  clear_status();
  set_address(flash_start);
  EXPECT_THAT(write(2, Bytes(6, 0)), ElementsAre(1, 0, 0, 0, 10, 0));
  EXPECT_THAT(rom_->violations(), SizeIs(2));
}

TEST_F(VoltageRanges, AResetForgetsThem) {
  to_idle();
  choose({3, 0xFF, 0xFF, 0xFF});
  restart({});
  to_idle();
  EXPECT_EQ(time_of_erase(), milliseconds(400));
}

TEST_F(VoltageRanges, TooLittleSupplySpoilsWhatIsDone) {
  RomSettings settings;
  settings.supply_mv = 2500;
  restart(settings);
  to_idle();
  time_of_block();
  EXPECT_THAT(rom_->violations(), IsEmpty()) << "single bytes are fine";
  choose({3, 0xFF, 0xFF, 0xFF});
  time_of_erase();
  EXPECT_EQ(flash_.read(flash_start + 2047, 1)[0], 0xFF);
  EXPECT_THAT(rom_->violations(), ElementsAre(HasSubstr("with 2500 mV")));
  time_of_block();
  EXPECT_EQ(flash_.read(flash_start + 2047, 1)[0], 0xFF) << "not 0";
}

TEST_F(VoltageRanges, AreOfRomsThatSaySo) {
  RomSettings settings;
  settings.alternates.pop_back();
  restart(settings);
  to_idle();
  EXPECT_THAT(command({0x21, 0x00, 0x00, 0xFF, 0xFF}), ElementsAre(1, 0, 0, 0, 10, 0));
}

TEST_F(RomModel, PowerCutLeavesAnEraseHalfDone) {
  to_idle();
  flash_.load(flash_start, Bytes(16 * 1024, 0x00));
  download(0, {0x41, 0x00, 0x00, 0x00, 0x08});
  status();
  rom_->power_off(now_ + milliseconds(200));
  EXPECT_EQ(flash_.read(flash_start, 1)[0], 0xFF);
  EXPECT_EQ(flash_.read(flash_start + 16 * 1024 - 1, 1)[0], 0x00);
}

TEST_F(RomModel, AnswersStandardRequests) {
  const sysboot::Setup device{0x80, 6, 0x0100, 0, 64};
  EXPECT_THAT(rom_->control(device, {}, now_).data, SizeIs(18));
  const sysboot::Setup some{0x80, 6, 0x0200, 0, 9};
  EXPECT_THAT(rom_->control(some, {}, now_).data, SizeIs(9)) << "cut to what was asked for";
  const sysboot::Setup none{0x80, 6, 0x0309, 0x0409, 255};
  EXPECT_EQ(rom_->control(none, {}, now_).status, TransferStatus::stall);
  const sysboot::Setup beyond{0x01, 11, 4, 0, 0};
  EXPECT_EQ(rom_->control(beyond, {}, now_).status, TransferStatus::stall) << "alternate setting 4";
  EXPECT_THAT(rom_->violations(), IsEmpty());
}

// STM32F413 ROM, measured: the configuration has it, asking for it alone is refused.
TEST_F(RomModel, TheFunctionalDescriptorAloneIsRefused) {
  const sysboot::Setup functional{0x81, 6, 0x2100, 0, 9};
  EXPECT_EQ(rom_->control(functional, {}, now_).status, TransferStatus::stall);
  RomSettings settings;
  settings.tells_functional_descriptor = true;
  restart(settings);
  EXPECT_THAT(rom_->control(functional, {}, now_).data, SizeIs(9));
}

// GD32 and other clones; aligned, whichever of them is named.
TEST(FlashMemoryTest, A1ErasesSeveralSectorsTogether) {
  FlashMemory flash(parse_layout("@Internal Flash  /0x08000000/08*001Kg"));
  flash.erase_together(4);
  flash.write_protect(0x08001800);
  flash.load(0x08000000, Bytes(8 * 1024, 0x11));
  flash.erase(*flash.layout().sector_at(0x08001400));
  std::string left;
  for (unsigned i = 0; i < 8; ++i) {
    left += flash.read(0x08000000 + 1024 * i, 1)[0] == 0xFF ? '.' : '#';
  }
  EXPECT_EQ(left, "####..#.");
}

}  // namespace
}  // namespace sysboot::virtual_bench
