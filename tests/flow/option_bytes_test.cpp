// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/option_bytes.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

const Bytes factory = virtual_bench::RomSettings().option_bytes;

class OptionBytesFlow : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  OptionBytesWritten write_it(const Bytes& bytes) {
    return write_option_bytes(job(), {}, bytes, {});
  }
  static std::string meaning(const OptionBytes& options, std::string_view name) {
    for (const OptionField& field : options.fields) {
      if (field.name == name) return field.meaning;
    }
    return "none";
  }
};

TEST_F(OptionBytesFlow, ReadFromARunningBoard) {
  add_board();
  const OptionBytesRead result = read_option_bytes(job(), {}, {});
  ASSERT_THAT(result.now.areas, SizeIs(1));
  EXPECT_EQ(result.now.areas[0].address, 0x1FFFC000U);
  EXPECT_EQ(result.now.bytes, factory);
  EXPECT_THAT(result.now.fields, SizeIs(7));
  EXPECT_EQ(meaning(result.now, "RDP"), "level 0: no read protection");
  EXPECT_TRUE(result.visit.run && result.visit.run->board);
}

TEST_F(OptionBytesFlow, WrittenReadBackAndRunAgain) {
  add_board();
  Bytes wanted = factory;
  wanted[8] = 0xFD;  // sector 1
  const OptionBytesWritten result = write_it(wanted);
  EXPECT_EQ(result.before.bytes, factory);
  ASSERT_TRUE(result.after);
  EXPECT_EQ(result.after->bytes, wanted);
  EXPECT_EQ(meaning(*result.after, "nWRP"), "sector 1 is write-protected");
  ASSERT_TRUE(result.visit.run && result.visit.run->board);
  EXPECT_EQ(result.visit.run->board->mode, BoardMode::application);
}

TEST_F(OptionBytesFlow, TheyTakeEffect) {
  add_board();
  Bytes wanted = factory;
  wanted[8] = 0xFD;
  write_it(wanted);
  EXPECT_ERROR(flash(job(), {}, support::image_of(support::program(20 * 1024)), {}), Errc::mismatch,
               HasSubstr("0x08004000"));
}

// Its reset starts the application, which is brought into DFU mode once more.
TEST_F(OptionBytesFlow, ABoardThatWasInDfuModeIsThereAgain) {
  add_board(in_dfu_mode());
  Bytes wanted = factory;
  wanted[0] = 0xE3;  // BOR level 3
  const OptionBytesWritten result = write_it(wanted);
  ASSERT_TRUE(result.after);
  EXPECT_EQ(meaning(*result.after, "BOR_LEV"), "reset below 2.70 V");
  EXPECT_FALSE(result.visit.run);
  EXPECT_NE(host_.board("1-1").rom(), nullptr);
}

TEST_F(OptionBytesFlow, Level1CanNoLongerBeRead) {
  BoardSettings settings;
  settings.rom.leaves_when_protected = true;
  add_board(settings);
  Bytes wanted = factory;
  wanted[1] = 0x55;
  const OptionBytesWritten result = write_it(wanted);
  EXPECT_FALSE(result.after);
  EXPECT_ERROR(read_option_bytes(job(), {}, {}), Errc::read_protected, HasSubstr("errVENDOR"));
}

TEST_F(OptionBytesFlow, Level2IsRefused) {
  add_board(in_dfu_mode());
  Bytes wanted = factory;
  wanted[1] = 0xCC;
  EXPECT_ERROR(write_it(wanted), Errc::usage, HasSubstr("level 2"));
  EXPECT_EQ(host_.board("1-1").rom()->counts().writes, 0U);
}

// Which byte is RDP is not known of them.
TEST_F(OptionBytesFlow, Level2IsRefusedOnUnknownChips) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates.front() = "@Internal Flash  /0x08000000/256*02Kg";
  settings.rom.bootloader_id_at = 0x1FFF6FFE;
  settings.rom.bootloader_id = 0x92;
  add_board(settings);
  Bytes wanted = factory;
  wanted[4] = 0xCC;
  EXPECT_ERROR(write_it(wanted), Errc::usage, HasSubstr("may set read protection level 2"));
  EXPECT_EQ(host_.board("1-1").rom()->counts().writes, 0U);
  wanted[4] = 0xCD;
  EXPECT_EQ(write_it(wanted).after->bytes, wanted);
}

// Their complements, which the chip makes by itself, say nothing about what is asked for.
TEST_F(OptionBytesFlow, Level2IsRefusedOnAG4) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates = {"@Internal Flash   /0x08000000/256*02Kg",
                             "@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e"};
  settings.rom.bootloader_id_at = 0x1FFF6FFE;
  settings.rom.bootloader_id = 0xD5;
  settings.rom.option_addresses = {0x1FFF7800, 0x1FFFF800};
  settings.rom.option_bytes.clear();
  for (int i = 0; i < 12; ++i) {
    settings.rom.option_bytes.insert(settings.rom.option_bytes.end(),
                                     {0xAA, 0xF8, 0xEF, 0xFF, 0x55, 0x07, 0x10, 0x00});
  }
  Bytes wanted = settings.rom.option_bytes;
  add_board(settings);
  EXPECT_EQ(meaning(read_option_bytes(job(), {}, {}).now, "nSWBOOT0"), "the BOOT0 pin counts");
  for (const char complement : {char{0x55}, char{0x33}}) {
    wanted[0] = 0xCC;
    wanted[4] = static_cast<std::uint8_t>(complement);
    EXPECT_ERROR(write_it(wanted), Errc::usage, HasSubstr("level 2"));
  }
  EXPECT_EQ(host_.board("1-1").rom()->counts().writes, 0U);
}

class TwoBanks : public OptionBytesFlow {
 protected:
  TwoBanks() {
    BoardSettings settings;
    settings.rom.alternates = {
        "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg",
        "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e"};
    settings.rom.option_addresses = {0x1FFFC000, 0x1FFEC000};
    settings.rom.option_bytes[9] = 0x0F;
    settings.rom.option_bytes.resize(32, 0xFF);
    factory_ = settings.rom.option_bytes;
    add_board(settings);
  }
  unsigned resets() { return host_.board("1-1").generation(); }

  Bytes factory_;
};

TEST_F(TwoBanks, BothAreRead) {
  const OptionBytes now = read_option_bytes(job(), {}, {}).now;
  ASSERT_THAT(now.areas, SizeIs(2));
  EXPECT_EQ(now.areas[1].address, 0x1FFEC000U);
  EXPECT_EQ(now.bytes, factory_);
  EXPECT_EQ(meaning(now, "nWRP_bank2"), "no sector is write-protected");
}

TEST_F(TwoBanks, BothAreWritten) {
  Bytes wanted = factory_;
  wanted[0] = 0xE3;   // BOR level 3
  wanted[24] = 0xFD;  // sector 13
  const OptionBytesWritten result = write_it(wanted);
  ASSERT_TRUE(result.after);
  EXPECT_EQ(result.after->bytes, wanted);
  EXPECT_TRUE(result.visit.run && result.visit.run->board);
  const std::uint32_t sector_13 = 0x08104000;
  EXPECT_ERROR(
      flash(job(), {}, support::image_of(support::program(1024, 1, sector_13), sector_13), {}),
      Errc::mismatch, HasSubstr("0x08104008"));
}

TEST_F(TwoBanks, OnlyWhatDiffersIsWritten) {
  Bytes wanted = factory_;
  wanted[24] = 0xFD;
  const unsigned before = resets();
  write_it(wanted);
  EXPECT_EQ(resets() - before, 4U) << "ROM, application after the reset, ROM, application";
}

// The other way round, the second area could no longer be written.
TEST_F(TwoBanks, ReadProtectionComesLast) {
  host_.board("1-1").settings().rom.leaves_when_protected = true;
  Bytes wanted = factory_;
  wanted[1] = 0x55;
  wanted[24] = 0xFD;
  EXPECT_FALSE(write_it(wanted).after);
  EXPECT_EQ(host_.board("1-1").settings().rom.option_bytes, wanted);
}

TEST_F(TwoBanks, HalfOfThemIsTooFew) {
  EXPECT_ERROR(write_it(Bytes(16, 0xFF)), Errc::usage,
               HasSubstr("16 option bytes given, but the device has 32"));
}

TEST_F(OptionBytesFlow, AWrongNumberOfBytesIsRefused) {
  add_board(in_dfu_mode());
  EXPECT_ERROR(write_it(Bytes(15)), Errc::usage,
               HasSubstr("15 option bytes given, but the device has 16"));
  EXPECT_EQ(host_.board("1-1").rom()->counts().writes, 0U);
}

TEST_F(OptionBytesFlow, WhatTheDeviceDidNotKeepIsTold) {
  auto& board = add_board();
  int entered = 0;
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::enter || ++entered != 2) return;
    board.settings().rom.option_bytes = factory;  // before they are read back
  };
  Bytes wanted = factory;
  wanted[8] = 0xFD;
  EXPECT_ERROR(write_it(wanted), Errc::mismatch, HasSubstr("first at 0x1FFFC008\n  expected "));
  EXPECT_EQ(entered, 2);
}

TEST_F(OptionBytesFlow, ABoardThatDoesNotComeBack) {
  auto& board = add_board(in_dfu_mode());
  board.flash().load(0x08000000, Bytes(8, 0xFF));  // no application, no trigger
  EXPECT_ERROR(write_it(factory), Errc::not_proved,
               AllOf(HasSubstr("were sent, and not read back"),
                     HasSubstr("reset, and did not come back within 10.0 s")));
}

// What another board holds proves nothing.
TEST_F(OptionBytesFlow, A3AnotherBoardInItsPlaceIsNotTakenForIt) {
  for (const std::string port_path : {"1-1", "1-2"}) {
    BoardSettings settings = in_dfu_mode();
    settings.boot0_held = port_path == "1-2";  // comes back in DFU mode at once
    settings.application.serial = "no part of an id";
    auto& board = add_board(settings, port_path);
    Bytes wanted = factory;
    wanted[8] = 0xFD;
    board.settings().rom.serial = "ANOTHER";  // what the ROM shows from the reset on
    EXPECT_ERROR(write_option_bytes(job(), {"", port_path, ""}, wanted, {}), Errc::board_gone,
                 HasSubstr("serial number ANOTHER"));
  }
}

TEST_F(OptionBytesFlow, ADeviceWithoutAny) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.alternates.resize(1);
  add_board(settings);
  EXPECT_ERROR(read_option_bytes(job(), {}, {}), Errc::protocol,
               HasSubstr("offers no option bytes"));
}

}  // namespace
}  // namespace sysboot
