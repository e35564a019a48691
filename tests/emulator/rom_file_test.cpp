// SPDX-License-Identifier: GPL-3.0-or-later
// ROMs that come in a file. The ones here are made up: what a real one does, rom_comparison shows.
#include "emulator/rom/file.hpp"

#include <fstream>

#include "emulator/board.hpp"
#include "support.hpp"
#include "support/temporary.hpp"
#include "support/throws.hpp"
#include "sysboot/error.hpp"

namespace emulator {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Address mark_at = 0x20003000;
constexpr std::uint32_t mark = 0x600D;

void put_code(Bytes& memory, std::size_t offset, std::initializer_list<unsigned> halfwords) {
  for (const unsigned halfword : halfwords) {
    memory[offset++] = static_cast<std::uint8_t>(halfword);
    memory[offset++] = static_cast<std::uint8_t>(halfword >> 8);
  }
}

// Leaves its mark, looks at a peripheral that is not there, and starts what is in flash.
Bytes small_rom() {
  Bytes rom(0x7800, 0xFF);
  put_word(rom, 0, 0x20002D40);
  put_word(rom, 4, 0x1FFF0101);
  put_code(rom, 0x100,
           {0x4803,          // ldr r0, =mark_at
            0x4904,          // ldr r1, =mark
            0x6001,          // str r1, [r0]
            0x4A04, 0x6812,  // ldr r2, =CAN1; ldr r2, [r2]
            0x4B04, 0x685B,  // ldr r3, =0x08000000; ldr r3, [r3, #4]
            0x4718});        // bx r3
  put_word(rom, 0x110, mark_at);
  put_word(rom, 0x114, mark);
  put_word(rom, 0x118, 0x40006400);
  put_word(rom, 0x11C, flash_base);
  return rom;
}

TEST(RomFile, 181RunsInsteadOfTheModelAndStartsTheApplication) {
  EmulatedBoardSettings settings;
  settings.machine.rom = small_rom();
  settings.board.starts_in_rom = true;
  EmulatedBoard board(settings);
  board.flash().load(flash_base, sysboot::virtual_bench::stub_application());
  board.advance(sysboot::TimePoint{std::chrono::milliseconds(1)});
  board.advance(sysboot::TimePoint{std::chrono::milliseconds(5)});
  EXPECT_EQ(board.machine().word(mark_at), mark);
  EXPECT_FALSE(board.in_rom()) << "it has left";
  EXPECT_EQ(board.machine().cpu().pc(), flash_base + 8);
  EXPECT_THAT(board.violations(), IsEmpty()) << "what a ROM looks for on other chips";
}

// And what the program before has left behind is told as ever.
TEST(RomFile, 181EachJumpIntoItIsNoticed) {
  MachineSettings settings;
  settings.rom = small_rom();
  put_code(settings.rom, 0x10E, {0xE7FE});  // b .
  Bench bench("rom_entry", 9, settings);
  bench.machine.set_word(mark_at, 0);
  bench.machine.run_for(milliseconds(20));
  ASSERT_TRUE(bench.machine.in_rom());
  EXPECT_EQ(bench.machine.word(mark_at), 0U) << "not yet";
  bench.machine.run_rom();
  EXPECT_TRUE(bench.machine.runs_rom());
  bench.machine.run_for(milliseconds(1));
  EXPECT_TRUE(bench.machine.runs_rom());
  EXPECT_EQ(bench.machine.word(mark_at), mark);
  bench.machine.reset(ResetCause::pin);
  EXPECT_FALSE(bench.machine.runs_rom());
  bench.machine.run_for(milliseconds(20));
  EXPECT_TRUE(bench.machine.in_rom()) << "again";
}

TEST(RomFile, 183RunsInTheChipThatItIsFor) {
  EmulatedBoardSettings settings;
  settings.machine.rom = small_rom();
  settings.board.rom.chip = "stm32f413";
  EXPECT_ERROR(EmulatedBoard(settings), sysboot::Errc::usage,
               HasSubstr("the ROM runs in an stm32f411, and its chip is to be an stm32f413"));
  settings.machine.model = f413;
  EXPECT_EQ(EmulatedBoard(settings).machine().flash().content().size(), 1536U * 1024);
}

// Erases the first sector and leaves as its mark how often it has asked whether that is done.
Bytes erasing_rom() {
  Bytes rom = small_rom();
  put_code(rom, 0x100,
           {0x4807,          // ldr r0, =FLASH
            0x4908, 0x6041,  // ldr r1, =key 1; str r1, [r0, #KEYR]
            0x4908, 0x6041,  // ldr r1, =key 2; str r1, [r0, #KEYR]
            0x4908, 0x6101,  // ldr r1, =SER | STRT; str r1, [r0, #CR]
            0x2200,          // movs r2, #0
            0x68C1, 0x3201,  // ldr r1, [r0, #SR]; adds r2, #1
            0x03C9, 0xD4FB,  // lsls r1, #15; bmi to the ldr, while BSY is set
            0x4805, 0x6002,  // ldr r0, =mark_at; str r2, [r0]
            0xE7FE});        // b .
  put_word(rom, 0x120, 0x40023C00);
  put_word(rom, 0x124, 0x45670123);
  put_word(rom, 0x128, 0xCDEF89AB);
  put_word(rom, 0x12C, 0x00010002);
  put_word(rom, 0x130, mark_at);
  return rom;
}

// DS-F411 table 45: 16 KiB take 0.4 s with 8 bits at a time. A thousand slices of a millisecond,
// not a million questions.
TEST(RomFile, 181TimePassesWhileItAsksWhetherFlashIsBusy) {
  EmulatedBoardSettings settings;
  settings.machine.rom = erasing_rom();
  settings.board.starts_in_rom = true;
  EmulatedBoard board(settings);
  const auto run_to = [&](int ms) {
    board.advance(sysboot::TimePoint{std::chrono::milliseconds(ms)});
  };
  run_to(0);
  board.machine().set_word(mark_at, 0);
  run_to(399);
  EXPECT_EQ(board.machine().word(mark_at), 0U) << "not yet";
  run_to(410);
  EXPECT_GE(board.machine().word(mark_at), 1U);
  EXPECT_LE(board.machine().word(mark_at), 1000U);
}

class RomFileOnDisk : public testing::Test {
 protected:
  std::string write(const Bytes& content) {
    const auto path = folder_.path() / "rom.bin";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path.string();
  }

 private:
  support::TemporaryFolder folder_;
};

TEST_F(RomFileOnDisk, 181MayLackItsLastBytesAndNamesTheChip) {
  Bytes rom = small_rom();
  rom.resize(rom.size() - 1);
  const std::string path = write(rom);
  MachineSettings settings;
  use_rom(settings, path);
  EXPECT_EQ(settings.rom, small_rom());
  EXPECT_EQ(settings.model.name, f411.name);
  use_rom(settings, "f413:" + path);
  EXPECT_EQ(settings.model.ram_size, 320U * 1024);
  Machine machine(settings);
  EXPECT_EQ(machine.flash().content().size(), 1536U * 1024);
  EXPECT_EQ(machine.ram().size(), 320U * 1024);
}

TEST_F(RomFileOnDisk, 181WhatIsNoRomIsRefusedByName) {
  MachineSettings settings;
  const auto refusal = [&](const std::string& file) {
    try {
      use_rom(settings, file);
    } catch (const sysboot::Error& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  EXPECT_THAT(refusal("/no/such/file"), HasSubstr("/no/such/file cannot be read"));
  EXPECT_THAT(refusal(write(Bytes(1000, 0xFF))), HasSubstr("is no dump of 0x1FFF0000"));
  EXPECT_THAT(refusal(write(Bytes(0x7800, 0xFF))), HasSubstr("is no dump")) << "no reset vector";
}

// The F413's V9.0 has its own sizes in it, as operands of comparisons and as words.
TEST(RomFitting, 181ChangesTheSizesOfTheF413AndNothingElse) {
  Bytes rom(0x7800, 0x11);
  const std::pair<std::size_t, std::uint32_t> of_f413[] = {
      {0x3A90, 0x1FC0F5B1}, {0x3AA0, 0x2F9AF5B1}, {0x0AB0, 0x2004FFFC}, {0x3E74, 0x2004FFFC}};
  for (const auto& [offset, word] : of_f413) put_word(rom, offset, word);
  Bytes other = rom;
  fit_to_f411(rom);
  EXPECT_EQ(word_at(rom, 0x3A90), 0x2F00F5B1U) << "CMP R1, #0x80000";
  EXPECT_EQ(word_at(rom, 0x3AA0), 0x3FE8F5B1U) << "CMP R1, #0x1D000";
  EXPECT_EQ(word_at(rom, 0x0AB0), 0x2001FFFCU);
  EXPECT_EQ(word_at(rom, 0x3E74), 0x2001FFFCU);
  put_word(other, 0x3E74, 0);
  const Bytes before = other;
  fit_to_f411(other);
  EXPECT_EQ(other, before) << "another ROM";
}

TEST(RomFitting, 181FindsTheLayoutInRam) {
  const std::string text = "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,011*128Kg";
  Bytes ram(0x1000, 0xA5);
  EXPECT_FALSE(fit_layout_to_f411(ram));
  for (std::size_t i = 0; i < text.size(); ++i) {
    ram[0x101 + 2 * i] = static_cast<std::uint8_t>(text[i]);
    ram[0x102 + 2 * i] = 0;
  }
  EXPECT_TRUE(fit_layout_to_f411(ram));
  std::string found;
  for (std::size_t i = 0; i < text.size(); ++i) found += static_cast<char>(ram[0x101 + 2 * i]);
  EXPECT_EQ(found, "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,003*128Kg");
}

// RM0383 table 11.
TEST(OptionBytesAsTheyRead, 181HaveTheirComplementsBehindThem) {
  Machine machine;
  machine.power_on();
  EXPECT_EQ(machine.word(0x1FFFC000), 0x5510AAEFU);
  EXPECT_EQ(machine.word(0x1FFFC008), 0x80007FFFU);
}

// Nothing runs without a clock, and time passes all the same.
TEST(StoppedClock, 181TimeGoesOnWithoutCycles) {
  Clock clock;
  Scheduler scheduler(clock);
  clock.set_frequency(1'000'000);
  clock.cycles += 1000;
  clock.set_frequency(0);
  EXPECT_EQ(clock.now(), milliseconds(1));
  const Cycles before = clock.cycles;
  EXPECT_GT(clock.cycle_at(milliseconds(2)), before + 1'000'000'000) << "it does not get there";
  clock.skip_to(milliseconds(5));
  EXPECT_EQ(clock.now(), milliseconds(5));
  clock.set_frequency(1'000'000);
  clock.cycles += 1000;
  EXPECT_EQ(clock.now(), milliseconds(6));
}

}  // namespace
}  // namespace emulator
