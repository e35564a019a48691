// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/board_spec.hpp"

#include "support/throws.hpp"

namespace sysboot::virtual_bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(BoardSpec, NothingIsABlackPill) {
  const BoardSettings board = parse_board_spec("");
  EXPECT_EQ(board.application.product_name, "stm32boot Black Pill");
  EXPECT_TRUE(board.application.obeys_touch);
  EXPECT_FALSE(board.starts_in_rom);
}

TEST(BoardSpec, Everything) {
  const BoardSettings board = parse_board_spec(
      "product=My "
      "Board,serial=S1,id=1d50:614e,line=,no-touch,detach,bounces=2,lost,mode=dfu,boot0,guard,"
      "times=none,rom-serial=STM32,rdp,supply=2400,erase-unit=4,fault=unplug@write:3,fault=stall@"
      "transfer:120");
  EXPECT_EQ(board.application.product_name, "My Board");
  EXPECT_EQ(board.application.serial, "S1");
  EXPECT_EQ(board.application.vendor, 0x1D50);
  EXPECT_EQ(board.application.product, 0x614E);
  EXPECT_EQ(board.application.reboot_line, "");
  EXPECT_FALSE(board.application.obeys_touch);
  EXPECT_TRUE(board.application.has_dfu_runtime);
  EXPECT_EQ(board.bounces, 2);
  EXPECT_TRUE(board.never_returns);
  EXPECT_TRUE(board.starts_in_rom);
  EXPECT_TRUE(board.boot0_held);
  EXPECT_TRUE(board.guarded);
  EXPECT_EQ(board.rom.times.program, Duration::zero());
  EXPECT_EQ(board.rom.serial, "STM32");
  EXPECT_TRUE(board.rom.read_protected);
  EXPECT_EQ(board.rom.supply_mv, 2400U);
  EXPECT_EQ(board.rom.erase_unit, 4U);
  EXPECT_THAT(board.faults, ElementsAre(Fault{Fault::Action::unplug, Fault::Point::write, 3},
                                        Fault{Fault::Action::stall, Fault::Point::transfer, 120}));
}

TEST(BoardSpec, OtherPeoplesFirmware) {
  const BoardSettings board = parse_board_spec("firmware=klipper-katapult,bounces=1");
  EXPECT_EQ(board.application.vendor, 0x1D50);
  EXPECT_EQ(board.loader->product, 0x6177);
  EXPECT_EQ(board.bounces, 1);
  EXPECT_ERROR(parse_board_spec("firmware=windows"), Errc::usage,
               HasSubstr("unknown firmware 'windows'; there are betaflight, "));
}

TEST(BoardSpec, 183AnotherChip) {
  const RomSettings rom = parse_board_spec("firmware=klipper,chip=stm32h743,times=none").rom;
  EXPECT_THAT(rom.alternates, ElementsAre("@Internal Flash   /0x08000000/16*128Kg",
                                          "@Option Bytes   /0x5200201C/01*128 e"));
  EXPECT_EQ(rom.release, 0x0200);
  EXPECT_EQ(rom.transfer_size, 1024);
  EXPECT_EQ(rom.program_unit, 32U);
  EXPECT_TRUE(rom.sticks_after_erase);
  EXPECT_THAT(rom.option_addresses, ElementsAre(0x5200201CU));
  EXPECT_EQ(rom.option_bytes.size(), 128U);
  EXPECT_EQ(rom.times, FlashTimes::none());
  EXPECT_ERROR(parse_board_spec("chip=stm32f999"), Errc::usage,
               HasSubstr("unknown chip 'stm32f999'; there are stm32c071, "));
}

TEST(BoardSpec, 183TheF411OfTheTableIsTheOneOfAlways) {
  const RomSettings always;
  const RomSettings rom = parse_board_spec("chip=stm32f411").rom;
  EXPECT_EQ(rom.alternates, always.alternates);
  EXPECT_EQ(rom.product, always.product);
  EXPECT_EQ(rom.release, always.release);
  EXPECT_EQ(rom.transfer_size, always.transfer_size);
  EXPECT_EQ(rom.option_addresses, always.option_addresses);
  EXPECT_EQ(rom.option_bytes, always.option_bytes);
  EXPECT_EQ(rom.protection_at, always.protection_at);
  EXPECT_EQ(rom.starts_in_error, always.starts_in_error);
  EXPECT_EQ(rom.erase_poll, always.erase_poll);
  EXPECT_EQ(rom.other_poll, always.other_poll);
  EXPECT_EQ(rom.bootloader_id_at, always.bootloader_id_at);
  EXPECT_EQ(rom.bootloader_id, always.bootloader_id);
  EXPECT_EQ(rom.ram, always.ram);
  EXPECT_EQ(rom.ram_end, always.ram_end);
  EXPECT_EQ(rom.times, always.times);
}

TEST(BoardSpec, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"bouncy", "bounces=two", "bounces=", "mode=ram", "times=fast", "erase-unit=0",
        "erase-unit=9", "id=0483", "fault=unplug", "fault=unplug@write", "fault=melt@write:1",
        "fault=stall@sleep:1", "fault=stall@write:x"}) {
    SCOPED_TRACE(text);
    EXPECT_ERROR(parse_board_spec(text), Errc::usage, HasSubstr("is not understood"));
  }
}

}  // namespace
}  // namespace sysboot::virtual_bench
