// SPDX-License-Identifier: GPL-3.0-or-later
// Programs in RAM: loaded, proved, started, and flash as it was.
#include "sysboot/ram.hpp"

#include <tuple>

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Fault;
using support::image_of;
using support::program;
using support::VirtualBoard;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t in_ram = 0x20004000;

class Ram : public support::Bench {
 protected:
  static Image image(std::uint32_t address = in_ram, std::size_t size = 5000) {
    return image_of(program(size, 3, address), address);
  }
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  static BoardSettings with_flash(const std::string& layout) {
    BoardSettings settings;
    settings.rom.alternates.front() = "@Internal Flash  /0x08000000/" + layout;
    return settings;
  }
  VirtualBoard& add(BoardSettings settings = {}) {
    VirtualBoard& board = add_board(std::move(settings));
    before_.assign(board.flash().content().begin(), board.flash().content().end());
    return board;
  }
  VirtualBoard& board() { return host_.board("1-1"); }
  bool ram_holds(const Image& image) {
    const Segment& segment = image.segments.front();
    const auto first = board().ram().begin() + (segment.address - board().settings().rom.ram);
    return std::equal(segment.data.begin(), segment.data.end(), first);
  }
  void expect_flash_untouched() {
    EXPECT_EQ(Bytes(board().flash().content().begin(), board().flash().content().end()), before_);
  }
  RamRun run(const Image& image, const RamRunOptions& options = {}) {
    return run_in_ram(job(), {}, image, options);
  }
  // Refused, and the board goes on as it was.
  void expect_refused(const Image& image, Errc code, const testing::Matcher<std::string>& text,
                      const RamRunOptions& options = {}) {
    EXPECT_ERROR(run(image, options), code, text);
    EXPECT_NE(board().application(), nullptr);
    EXPECT_EQ(board().started_at(), flash_base);
    expect_flash_untouched();
  }

  Bytes before_;
};

TEST_F(Ram, 182LoadsProvesAndStarts) {
  add();
  const RamRun result = run(image());
  EXPECT_EQ(result.entered.outcome, Outcome::entered);
  EXPECT_EQ(result.address, in_ram);
  EXPECT_EQ(result.bytes, 5000U);
  EXPECT_EQ(result.restarts, 0);
  EXPECT_EQ(result.problem(), std::nullopt);
  ASSERT_TRUE(result.run.board);
  EXPECT_EQ(result.run.board->mode, BoardMode::application);
  EXPECT_EQ(board().started_at(), in_ram);
  EXPECT_TRUE(ram_holds(image()));
  expect_flash_untouched();
  EXPECT_THAT(stages(),
              ElementsAre(Stage::find, Stage::enter, Stage::write, Stage::verify, Stage::run));
  EXPECT_THAT(notes(Note::Level::warning), IsEmpty());
}

TEST_F(Ram, 182ABoardInDfuModeIsUsedAsItIs) {
  add(in_dfu_mode());
  EXPECT_EQ(run(image()).entered.outcome, Outcome::already);
  EXPECT_EQ(board().started_at(), in_ram);
}

TEST_F(Ram, 182NothingIsErasedOrProgrammed) {
  add(in_dfu_mode());
  std::optional<virtual_bench::Rom::Counts> counts;
  const TimePoint start = host_.now();
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::run) counts = board().rom()->counts();
  };
  const RamRun result = run(image(in_ram, 65536));
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->erases, 0U);
  EXPECT_EQ(counts->writes, 32U) << "blocks of 2048 bytes";
  EXPECT_LT(host_.now() - start - result.run.took, std::chrono::milliseconds(500));
}

TEST_F(Ram, 182SeveralPartsOfAnyLengthAreLoaded) {
  add();
  Image parts = image();
  parts.segments.push_back({0x2000A001, Bytes{1}});
  parts.segments.push_back({0x2000B000, program(2049)});
  const RamRun result = run(parts);
  EXPECT_EQ(result.bytes, 5000U + 1 + 2049);
  for (const Segment& segment : parts.segments) {
    EXPECT_TRUE(ram_holds(image_of(segment.data, segment.address)));
  }
}

TEST_F(Ram, 182TheRomsOwnRamIsNotTouched) {
  add();
  EXPECT_EQ(run(image(0x20003000)).problem(), std::nullopt);
  board().enter_rom(host_.now());
  host_.sleep(std::chrono::seconds(2));
  ASSERT_TRUE(board().in_rom());
  EXPECT_ERROR(run(image(0x20002E00)), Errc::image_does_not_fit,
               AllOf(HasSubstr("0x20002E00 is outside 0x20003000-0x2001FFFF"),
                     HasSubstr("STM32F411xE (bootloader id 0xD0)")));
}

TEST_F(Ram, 182NothingGoesOverTheEndOfRam) {
  add();
  expect_refused(image(0x2001F000), Errc::image_does_not_fit, HasSubstr("0x20020000 is outside"));
  EXPECT_EQ(run(image(0x2001F000, 4096)).problem(), std::nullopt);
}

// The F413's ROM does not let its id be read, and layouts are of several chips.
TEST_F(Ram, 182WithoutTheIdEachChipThatItMayBeHasToTakeIt) {
  BoardSettings settings;
  settings.rom.system_memory_size = 0x7400;
  add(settings);
  allow_violations_ = true;  // asking for the id
  expect_refused(image(0x20003000), Errc::image_does_not_fit,
                 AllOf(HasSubstr("0x20003000 is outside 0x20004000-0x20017FFF"),
                       HasSubstr("STM32F401xE or"), HasSubstr("(by the layout of its flash)")));
  expect_refused(image(0x20017000), Errc::image_does_not_fit, HasSubstr("0x20018000 is outside"));
  EXPECT_EQ(run(image()).problem(), std::nullopt);
}

TEST_F(Ram, 182TheIdIsOnlyAskedForWhereItMatters) {
  BoardSettings settings;
  settings.rom.system_memory_size = 0x7400;
  add(settings);
  Image any = image();
  any.segments.front().data[2] = 0x01;  // 0x20010000, where each of them has RAM
  EXPECT_EQ(run(any).problem(), std::nullopt);
}

TEST_F(Ram, 182ChipsOfWhichNothingIsKnownAreLeftAlone) {
  add(with_flash("16*128Kg"));
  RamRunOptions forced;
  forced.run.force = true;
  expect_refused(image(), Errc::image_does_not_fit,
                 AllOf(HasSubstr("the chip is STM32H743/750"), HasSubstr("F2, F4 and F7")), forced);
}

TEST_F(Ram, 182EachChipTakesItOrKeepsItsApplication) {
  allow_violations_ = true;  // asking for the id, where each chip with such a flash has it
  Image any = image();
  any.segments.front().data[2] = 0x01;  // 0x20010000, where each of F2, F4 and F7 has RAM
  std::size_t taken = 0;
  for (const std::string& name : virtual_bench::chip_names()) {
    BoardSettings settings;
    settings.rom = virtual_bench::rom_of(name);
    settings.unique_id[11] = static_cast<std::uint8_t>(taken);
    const std::string path = "1-" + name;
    const VirtualBoard& one = add_board(settings, path);
    const bool is_known = name.find("f2") == 5 || name.find("f4") == 5 || name.find("f7") == 5;
    std::optional<Errc> problem;
    try {
      EXPECT_TRUE(run_in_ram(job(), {"", path, ""}, any, {}).run.board) << name;
      ++taken;
    } catch (const Error& error) {
      problem = error.code();
    }
    EXPECT_EQ(problem, is_known ? std::nullopt : std::optional(Errc::image_does_not_fit)) << name;
    EXPECT_EQ(one.started_at(), is_known ? in_ram : flash_base) << name;
    host_.board(path).unplug(host_.now());
  }
  EXPECT_GT(taken, 3U);
}

TEST_F(Ram, 182ClonesAreLeftAlone) {
  BoardSettings settings = in_dfu_mode();
  settings.rom.vendor = 0x28E9;
  settings.rom.product_id = 0x0189;
  settings.rom.serial = "3CJ";
  add(settings);
  EXPECT_ERROR(run(image()), Errc::image_does_not_fit,
               AllOf(HasSubstr("the bootloader is 28e9:0189"), HasSubstr("0483:df11")));
}

TEST_F(Ram, 182WhatIsNotForRamIsRefusedBeforeTheBoardIsTouched) {
  add();
  expect_refused(image(flash_base), Errc::image_does_not_fit, HasSubstr("internal flash"));
  expect_refused(image(0x10000000), Errc::image_does_not_fit, HasSubstr("CCM RAM"));
  expect_refused(image(in_ram + 4), Errc::bad_image, HasSubstr("multiple of 512"));
  RamRunOptions forced;
  forced.run.force = true;
  expect_refused(image(in_ram + 2), Errc::usage, HasSubstr("multiple of 4"), forced);
  EXPECT_EQ(board().generation(), 1U);
  EXPECT_THAT(stages(), IsEmpty());
}

TEST_F(Ram, 182AStackThatIsNotInTheChipsRamIsRefusedUnlessForced) {
  add();
  Image other = image();
  other.segments.front().data[2] = 0x03;  // 0x20030000
  expect_refused(other, Errc::made_for_another, HasSubstr("0x20030000, the initial stack pointer"));
  RamRunOptions forced;
  forced.run.force = true;
  const RamRun result = run(other, forced);
  EXPECT_EQ(result.problem()->code(), Errc::application_missing) << "it does not start";
  expect_flash_untouched();
}

TEST_F(Ram, 182AFileForAnotherDeviceIsRefused) {
  add();
  Image other = image();
  other.made_for = {0x28E9, 0x0189};
  expect_refused(other, Errc::made_for_another, HasSubstr("28e9:0189"));
  EXPECT_EQ(board().generation(), 1U) << "its firmware is known to reboot into another ROM";
}

TEST_F(Ram, 182AnEntryThatIsNotTheResetVectorIsNoted) {
  add();
  Image odd = image();
  odd.entry = in_ram + 0x201;
  std::ignore = run(odd);
  EXPECT_THAT(notes(Note::Level::warning), ElementsAre(HasSubstr("starts at 0x20004201")));
}

TEST_F(Ram, 182AWrongByteIsFoundAndTheApplicationIsBack) {
  add();
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin == nullptr || begin->stage != Stage::verify) return;
    Bytes spoilt = board().rom()->ram();
    spoilt[in_ram + 4999 - board().settings().rom.ram] ^= 1;
    board().rom()->load_ram(spoilt);
  };
  expect_refused(image(), Errc::mismatch, HasSubstr("RAM differs from the image at 0x20005387"));
}

TEST_F(Ram, 182AReadProtectedBoardGetsItsApplicationBack) {
  BoardSettings settings;
  settings.rom.read_protected = true;
  settings.rom.leaves_when_protected = true;
  add(settings);
  expect_refused(image(), Errc::read_protected, HasSubstr("errVENDOR"));
}

TEST_F(Ram, 182ATransferThatFailsInPassingIsTriedAgain) {
  for (const auto point : {Fault::Point::write, Fault::Point::read}) {
    BoardSettings settings;
    settings.faults = {{Fault::Action::io_error, point, 2}};
    const bool writes = point == Fault::Point::write;
    VirtualBoard& one = add_board(settings, writes ? "1-1" : "1-2");
    const RamRun result = run_in_ram(job(), {"", writes ? "1-1" : "1-2", ""}, image(), {});
    EXPECT_EQ(result.restarts, 1);
    EXPECT_EQ(result.problem(), std::nullopt);
    EXPECT_EQ(one.started_at(), in_ram);
  }
}

TEST_F(Ram, 185HidesWhatTheHostTakesToBeginATransfer) {
  const Image large = image(in_ram, 100 * 1024);
  const auto time_on = [&](const std::string& port_path) {
    add_board(in_dfu_mode(), port_path);
    const TimePoint start = host_.now();
    std::ignore = run_in_ram(job(), {"", port_path, ""}, large, {});
    return host_.now() - start;
  };
  const Duration at_once = time_on("1-1");
  host_.wire.turn_around = std::chrono::milliseconds(1);
  const Duration waiting = time_on("1-2");
  // 50 blocks that are written with three transfers each, and read with one.
  EXPECT_LE(waiting - at_once, std::chrono::milliseconds(90));
}

TEST_F(Ram, 182StoppedInTheMiddleItStaysInDfuMode) {
  add();
  on_event_ = [&](const Event& event) {
    if (std::holds_alternative<StageProgress>(event)) stop_ = true;
  };
  EXPECT_ERROR(run(image()), Errc::interrupted, HasSubstr("board 1-1"));
  EXPECT_TRUE(board().in_rom());
  EXPECT_EQ(stages().back(), Stage::write) << "at once";
}

TEST_F(Ram, 182WhatDoesNotComeBackIsSaid) {
  const Bytes before = add().ram();
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::run)
      board().rom()->load_ram(Bytes(before.size()));
  };
  const RamRun result = run(image());
  EXPECT_TRUE(result.run.left);
  EXPECT_EQ(result.problem()->code(), Errc::application_missing);
}

TEST_F(Ram, 182ADryRunLeavesTheBoardAsItWas) {
  add();
  const RamDryRun asked = dry_run_in_ram(job(), {}, image(), {});
  ASSERT_TRUE(asked.visit && asked.visit->run);
  EXPECT_TRUE(asked.visit->run->board);
  EXPECT_EQ(board().started_at(), flash_base);
  EXPECT_FALSE(ram_holds(image()));
  EXPECT_ERROR(dry_run_in_ram(job(), {}, image(0x20002E00), {}), Errc::image_does_not_fit,
               HasSubstr("board 1-1"));
  EXPECT_NE(board().application(), nullptr);
}

TEST_F(Ram, 182ADryRunWithoutABoardAssumesAnF411) {
  RamRunOptions options;
  const RamDryRun none = dry_run_in_ram(job(), {}, image(0x20003000), options);
  EXPECT_FALSE(none.board || none.visit);
  EXPECT_ERROR(dry_run_in_ram(job(), {}, image(0x2001F000), options), Errc::image_does_not_fit,
               HasSubstr("0x20020000 is outside"));
  add();
  options.enter.may_reboot = false;
  const RamDryRun left_alone = dry_run_in_ram(job(), {}, image(), options);
  EXPECT_TRUE(left_alone.board);
  EXPECT_FALSE(left_alone.visit);
  EXPECT_EQ(board().generation(), 1U);
}

}  // namespace
}  // namespace sysboot
