// SPDX-License-Identifier: GPL-3.0-or-later
// What ROMs of other chips do differently, one test for each that is known; tests/README.md lists
// them with their sources.
#include <tuple>

#include "chip/chip.hpp"
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using virtual_bench::FlashTimes;
using virtual_bench::rom_of;
using virtual_bench::RomSettings;

constexpr std::size_t kib = 1024;

class RomQuirks : public support::Bench {
 protected:
  void plug_in(RomSettings rom, std::vector<Fault> faults = {}) {
    BoardSettings settings;
    settings.rom = std::move(rom);
    settings.faults = std::move(faults);
    add_board(settings);
  }
  FlashResult flash_it() { return flash(job(), {}, image_, {}); }
  support::VirtualBoard& board() { return host_.board("1-1"); }

  void expect_flashed(const FlashResult& result) {
    EXPECT_TRUE(holds(board(), image_));
    ASSERT_TRUE(result.run);
    EXPECT_TRUE(result.run->board) << "and its application runs";
  }

  const Image image_ = image_of(program(40 * kib));
};

TEST_F(RomQuirks, H743StaysBusyAfterAnErase) {
  plug_in(rom_of("stm32h743"));
  expect_flashed(flash_it());
}

TEST_F(RomQuirks, H743IsErasedSectorBySector) {
  plug_in(rom_of("stm32h743"));
  const EraseResult result = erase(job(), {}, EraseAll{}, {});
  EXPECT_EQ(result.sectors.size(), 16U);
  EXPECT_FALSE(board().boots());
}

TEST_F(RomQuirks, BusyForEverIsOnlyClearedWhereTheRomIsKnownToNeedIt) {
  RomSettings rom;
  rom.answers_while_busy = rom.sticks_after_erase = true;
  plug_in(rom);
  EXPECT_ERROR(flash_it(), Errc::protocol, HasSubstr("stays busy (dfuDNBUSY)"));
}

TEST_F(RomQuirks, C5RefusesWhatItDoesNotNeed) {
  RomSettings rom;
  rom.alternates = {"@Internal Flash /0x08000000/64*08Kg"};
  rom.refuses_needless_requests = true;
  rom.program_unit = 16;
  plug_in(rom);
  expect_flashed(flash_it());
}

TEST_F(RomQuirks, G4TakesBlocksOf1024BytesOnly) {
  plug_in(rom_of("stm32g474"));
  expect_flashed(flash_it());
}

TEST_F(RomQuirks, L4StallsWhileErasingAndClaimsTooLittle) {
  RomSettings rom = rom_of("stm32l452");
  rom.erase_poll = milliseconds(2);
  plug_in(rom);
  expect_flashed(flash_it());
}

TEST_F(RomQuirks, F405ClaimsATenthOfASecondForErasingEverything) {
  RomSettings rom;
  rom.alternates.front() = "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg";
  rom.erase_poll = milliseconds(100);
  rom.answers_while_busy = true;
  rom.times.mass_erase = seconds(32);
  plug_in(rom);
  const TimePoint start = host_.now();
  std::ignore = erase(job(), {}, EraseAll{}, {});
  EXPECT_FALSE(board().boots());
  EXPECT_GT(host_.now() - start, seconds(32));
}

TEST_F(RomQuirks, F745HoldsAnswersBackForLong) {
  RomSettings rom;
  rom.alternates.front() = "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg";
  rom.other_poll = milliseconds(5);
  rom.erase_poll = milliseconds(5);
  rom.times.erase_16k = rom.times.erase_64k = rom.times.erase_128k = seconds(4);
  plug_in(rom);
  expect_flashed(flash_it());
}

RomSettings gd32() {
  RomSettings rom;
  rom.vendor = 0x28E9;
  rom.product_id = 0x0189;
  rom.serial = "3CBJ";
  rom.alternates = {"@Internal Flash  /0x08000000/512*002Kg",
                    "@Option Bytes  /0x1FFFF800/01*016 g"};
  rom.real_flash = "@Internal Flash  /0x08000000/128*001Kg";
  rom.leaves_at_once = true;
  return rom;
}

TEST_F(RomQuirks, Gd32LeavesWithoutAnAnswer) {
  plug_in(gd32());
  expect_flashed(flash_it());
}

TEST_F(RomQuirks, Gd32HasTheFlashThatItsSerialNumberSays) {
  plug_in(gd32());
  const Image too_large = image_of(program(129 * kib));
  EXPECT_ERROR(flash(job(), {}, too_large, {}), Errc::image_does_not_fit,
               HasSubstr("0x08000000-0x0801FFFF"));
  expect_flashed(flash_it());
}

TEST_F(RomQuirks, Gd32WithItsSerialNumberInUtf8) {
  RomSettings rom = gd32();
  rom.raw_strings[3] = {6, 3, '3', 'C', '8', 'J'};
  rom.real_flash = "@Internal Flash  /0x08000000/64*001Kg";
  plug_in(rom);
  const Image too_large = image_of(program(65 * kib));
  EXPECT_ERROR(flash(job(), {}, too_large, {}), Errc::image_does_not_fit,
               HasSubstr("0x08000000-0x0800FFFF"));
  expect_flashed(flash_it());
}

// A program whose stack begins where every STM32 has RAM.
Bytes small_program(std::size_t size) {
  Bytes bytes = program(size);
  bytes[1] = 0x08;
  bytes[2] = 0x00;  // 0x20000800
  return bytes;
}

// Its data EEPROM is where other lines have flash.
TEST_F(RomQuirks, C5TheEepromOfAnL0IsNamed) {
  plug_in(rom_of("stm32l072"));
  Image image = image_of(small_program(kib));
  image.segments.push_back({0x08080000, {1, 2, 3, 4}});
  EXPECT_ERROR(flash(job(), {}, image, {}), Errc::image_does_not_fit,
               testing::HasSubstr("0x08080000 is in DATA Memory, which flash does not write"));
}

TEST_F(RomQuirks, L0ErasesToZero) {
  plug_in(rom_of("stm32l072"));
  Bytes data = small_program(40 * kib);
  std::fill(data.begin() + 8 * kib, data.begin() + 16 * kib, std::uint8_t{0xFF});
  std::fill(data.begin() + 20 * kib, data.begin() + 28 * kib, std::uint8_t{0x00});
  const Image image = image_of(data);
  std::ignore = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
  std::ignore = erase(job(), {}, EraseAll{}, {});
  EXPECT_FALSE(board().boots());
}

class F411Pipe : public RomQuirks, public testing::WithParamInterface<unsigned> {};

TEST_P(F411Pipe, AtAnyBlock) {
  plug_in({}, {{Fault::Action::stall, Fault::Point::write, GetParam()}});
  expect_flashed(flash_it());
}
INSTANTIATE_TEST_SUITE_P(Blocks, F411Pipe, testing::Range(1U, 22U));

TEST_F(RomQuirks, AWriteProtectedSectorIsNamed) {
  plug_in({});
  board().flash().write_protect(0x08008000);
  EXPECT_ERROR(flash_it(), Errc::mismatch, HasSubstr("0x08008000"));
}

TEST_F(RomQuirks, ReadProtectionIsNamed) {
  RomSettings rom;
  rom.read_protected = true;
  plug_in(rom);
  EXPECT_ERROR(flash_it(), Errc::read_protected, HasSubstr("read protection (RDP)"));
}

// STM32F413 ROM, measured: Set Address is refused already; others refuse what follows it.
class ReadProtected : public RomQuirks, public testing::WithParamInterface<bool> {};

TEST_P(ReadProtected, ShowsInWhateverIsAsked) {
  RomSettings rom;
  rom.read_protected = true;
  rom.takes_address_when_protected = GetParam();
  rom.leaves_when_protected = true;
  plug_in(rom);
  EXPECT_ERROR(flash_it(), Errc::read_protected, HasSubstr("read protection (RDP)"));
  EXPECT_ERROR(read(job(), {}, {}, {}), Errc::read_protected, HasSubstr("read protection (RDP)"));
  EXPECT_ERROR(read(job(), {}, {0x1FFFC000, {}}, {}), Errc::read_protected, HasSubstr("(RDP)"));
  EXPECT_ERROR(verify(job(), {}, image_, {}), Errc::read_protected, HasSubstr("(RDP)"));
  EXPECT_THAT(inspect(job(), {}, nullptr).unreadable.value_or(""), HasSubstr("(RDP)"));
  EXPECT_NE(board().application(), nullptr) << "it runs as before";
}
INSTANTIATE_TEST_SUITE_P(SetAddress, ReadProtected, testing::Bool(), [](const auto& each) {
  return std::string(each.param ? "Taken" : "Refused");
});

// STM32F413 ROM, measured: it stays in dfuMANIFEST-SYNC.
TEST_F(RomQuirks, 181AProtectedBoardThatStaysInDfuModeIsNotSaidToRun) {
  RomSettings rom;
  rom.read_protected = true;
  plug_in(rom);
  EXPECT_ERROR(flash_it(), Errc::read_protected, HasSubstr("read protection (RDP)"));
  EXPECT_THAT(notes(Note::Level::warning),
              Contains(AllOf(HasSubstr("starting its application again"),
                             HasSubstr("told to leave DFU mode, the device stays"))));
  ASSERT_NE(board().rom(), nullptr);
  EXPECT_ERROR(run(job(), {}, flash_base, {}), Errc::read_protected,
               HasSubstr("told to leave DFU mode, the device stays"));
  EXPECT_NE(board().rom(), nullptr);
}

// STM32F413 ROM, measured: it checks where a read begins and not where it ends.
class PastTheEnd : public RomQuirks {
 protected:
  void plug_in_with(const std::string& flash) {
    BoardSettings settings;
    settings.rom.alternates.front() = flash;
    settings.starts_in_rom = true;
    add_board(settings);
    end_ = board().flash().layout().sectors().back().end();
  }
  std::uint32_t before_end(std::uint32_t count) const {
    return static_cast<std::uint32_t>(end_ - count);
  }
  // The last bytes of flash are read in every way there is.
  void read_to_the_end() {
    const Bytes last = {1, 2, 3, 4, 5};
    board().flash().load(before_end(5), last);
    for (const std::uint32_t count : {1U, 2U, 3U, 5U}) {
      const Bytes seen = read(job(), {}, {before_end(count), count}, {}).content.data;
      EXPECT_EQ(seen, Bytes(last.end() - count, last.end()));
    }
    EXPECT_EQ(read(job(), {}, {}, {}).content.data.size(), end_ - flash_base);
    Image image = image_;
    image.segments.push_back({before_end(3), {3, 4, 5}});
    EXPECT_FALSE(inspect(job(), {}, &image).sectors.back().empty);
    EXPECT_TRUE(verify(job(), {}, image, {}).problem());
    FlashOptions options;
    options.stay = true;
    std::ignore = flash(job(), {}, image, options);
    EXPECT_FALSE(verify(job(), {}, image, {}).problem());
    EXPECT_EQ(board().flash().read(before_end(5), 1)[0], 1) << "kept, so read as well";
    std::ignore = erase(job(), {}, EraseAll{}, {});
    EXPECT_NE(board().rom(), nullptr);
    EXPECT_EQ(board().generation(), 1U) << "it was never reset";
  }

  std::uint64_t end_ = 0;
};

TEST_F(PastTheEnd, NothingIsReadOfAnF411) {
  plug_in_with(RomSettings().alternates.front());
  read_to_the_end();
}

TEST_F(PastTheEnd, NothingIsReadWhereTheEndIsNoMultipleOfABlock) {
  plug_in_with("@Internal Flash  /0x08000000/04*016Kg,03*001Kg");
  read_to_the_end();
}

// STM32F413 ROM, measured: its system memory can be addressed up to 0x1FFF73FF only.
class HiddenId : public RomQuirks {
 protected:
  HiddenId() {
    allow_violations_ = true;  // the id is looked for where chips with this flash have theirs
    BoardSettings settings;
    settings.rom.system_memory_size = 0x7400;
    settings.starts_in_rom = true;
    add_board(settings);
  }
};

TEST_F(HiddenId, TheChipIsGuessedByItsLayoutWhichIsSaid) {
  const Inspection seen = inspect(job(), {}, nullptr);
  EXPECT_FALSE(seen.chip.bootloader_id);
  EXPECT_THAT(seen.chip.lines, testing::Contains("STM32F411xE"));
  EXPECT_FALSE(seen.chip.certain());
  EXPECT_THAT(seen.chip.describe(),
              AllOf(HasSubstr("STM32F411xE or "), HasSubstr(" (by the layout of its flash)")));
}

TEST_F(HiddenId, AnImageThatMayFitIsFlashed) {
  Image image = image_;
  image.segments.front().data[2] = 0x04;  // 0x20040000 is above the RAM of an F411, not of an F412
  image.uf2_family = 0x53B80F00;          // STM32F7
  std::ignore = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
}

TEST_F(HiddenId, AStackThatNoChipWithThisLayoutHasIsRefused) {
  Image image = image_;
  image.segments.front().data[3] = 0x24;
  EXPECT_ERROR(flash(job(), {}, image, {}), Errc::made_for_another,
               AllOf(HasSubstr("not in the RAM of"), HasSubstr("(by the layout of its flash)")));
}

using NamedRom = std::pair<std::string, RomSettings>;

RomSettings with_flash(const char* flash, std::uint16_t transfer_size, std::uint32_t unit) {
  RomSettings rom;
  rom.alternates = {flash};
  rom.transfer_size = transfer_size;
  rom.program_unit = unit;
  return rom;
}

// Those of the table, and others as devices showed them in public logs.
std::vector<NamedRom> roms() {
  std::vector<NamedRom> all = {
      {"C5", with_flash("@Internal Flash /0x08000000/64*08Kg", 1024, 16)},
      {"GD32VF103", with_flash("@Internal Flash  /0x08000000/512*002Kg", 2048, 4)},
      {"mboot", with_flash("@Internal Flash  /0x08000000/256*04Kg", 2048, 1)}};
  for (const std::string& chip : virtual_bench::chip_names()) all.emplace_back(chip, rom_of(chip));
  return all;
}

class Layouts : public support::Bench, public testing::WithParamInterface<NamedRom> {
 protected:
  Layouts() {
    BoardSettings settings;
    settings.rom = GetParam().second;
    settings.rom.times = FlashTimes::none();
    add_board(settings);
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
};

TEST_P(Layouts, TakesAnImageThatFillsIt) {
  const Image image = image_of(small_program(board().flash().layout().size()));
  const FlashResult result = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
  EXPECT_EQ(result.bytes_verified, image.size());
}

TEST_P(Layouts, TakesAnImageWithGapsAndLeavesTheOtherSectorsAlone) {
  const auto sectors = board().flash().layout().sectors();
  ASSERT_GT(sectors.size(), 3U);
  const Sector& middle = sectors[sectors.size() / 2];
  const Sector& last = sectors.back();
  const Bytes precious(16, 0xA5);
  board().flash().load(sectors[sectors.size() / 2 + 1].address, precious);
  Image image = image_of(small_program(std::min<std::size_t>(sectors.front().size, 100)));
  image.segments.push_back({middle.address + 32, Bytes(40, 0x11)});
  image.segments.push_back({static_cast<std::uint32_t>(last.end() - 5), Bytes(5, 0x22)});
  const FlashResult result = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
  EXPECT_EQ(result.sectors_erased, 3U);
  const auto kept = board().flash().read(sectors[sectors.size() / 2 + 1].address, 16);
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), precious.begin()));
}

INSTANTIATE_TEST_SUITE_P(Chips, Layouts, testing::ValuesIn(roms()), [](const auto& each) {
  std::string name = each.param.first;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace sysboot
