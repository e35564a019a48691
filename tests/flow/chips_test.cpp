// SPDX-License-Identifier: GPL-3.0-or-later
// Each chip of the table through all that is done with a board.
#include "chip/chip.hpp"
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/unlock.hpp"
#include "sysboot/virtual/chip.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Fault;
using support::image_of;
using testing::HasSubstr;

class EachChip : public support::Bench, public testing::WithParamInterface<std::string> {
 protected:
  EachChip() {
    host_.give_up_at = host_.now() + std::chrono::hours(1);  // 16 sectors of 128 KiB at 4 s each
  }
  // The id byte is looked for where each chip with such a flash has its own.
  void TearDown() override {
    std::vector<std::string> looks;
    for (const std::uint32_t address : bootloader_id_addresses(board().flash().layout())) {
      looks.push_back("1-1: Set Address " + hex32(address));
    }
    for (const std::string& violation : host_.violations()) {
      EXPECT_TRUE(allow_violations_ || std::ranges::count(looks, violation) > 0) << violation;
    }
  }
  BoardSettings settings() {
    BoardSettings settings;
    settings.rom = virtual_bench::rom_of(GetParam());
    return settings;
  }
  support::VirtualBoard& board() { return host_.board("1-1"); }
  static const RomFacts& facts() {
    const auto& all = known_chips();
    return *std::find_if(all.begin(), all.end(), [](const Chip& chip) {
              return chip.rom != nullptr && chip.rom->name == GetParam();
            })->rom;
  }
  // Its stack is where this chip has RAM.
  Image application(std::size_t size, unsigned seed = 1) {
    Bytes data = support::program(size, seed);
    const std::uint32_t stack = board().settings().rom.stacks.front().end;
    for (std::size_t i = 0; i < 4; ++i) data[i] = static_cast<std::uint8_t>(stack >> 8 * i);
    return image_of(data);
  }
  bool is_empty() {
    const std::uint8_t erased = board().settings().rom.erased_byte;
    return std::ranges::count(board().flash().content(), erased) ==
           static_cast<std::ptrdiff_t>(board().flash().content().size());
  }
  void flash_it(const Image& image) {
    const FlashResult result = flash(job(), {}, image, {});
    EXPECT_TRUE(holds(board(), image));
    EXPECT_EQ(result.bytes_verified, image.size());
    EXPECT_TRUE(result.run && result.run->board);
    EXPECT_TRUE(board().application() != nullptr && board().boots());
  }
  void power_cycle() {
    board().unplug(host_.now());
    host_.sleep(std::chrono::seconds(1));
    board().plug_in(host_.now(), !board().boots());
    host_.sleep(std::chrono::seconds(2));
    board().settings().boot0_held = false;
  }
};

constexpr std::size_t size = 20 * 1024 + 3;

TEST_P(EachChip, 183IsFlashedVerifiedReadAndErased) {
  add_board(settings());
  const Image image = application(size);
  flash_it(image);
  EXPECT_FALSE(verify(job(), {}, image, {}).problem());
  const Bytes seen = read(job(), {}, {}, {}).content.data;
  EXPECT_TRUE(std::ranges::equal(seen, board().flash().content()));
  EXPECT_EQ(flash(job(), {}, image, {}).sectors_erased, 0U) << "it is there already";
  std::ignore = erase(job(), {}, EraseSectors{{{0, 1}}}, {});
  EXPECT_FALSE(board().boots());
  EXPECT_TRUE(verify(job(), {}, image, {}).problem());
  std::ignore = erase(job(), {}, EraseAll{}, {});
  EXPECT_TRUE(is_empty());
  flash_it(image);
}

TEST_P(EachChip, 183IsFlashedAgainAfterPowerFailed) {
  add_board(settings());
  const Image image = application(size);
  unsigned writes = 0;
  on_event_ = [&](const Event& event) {
    const auto* begin = std::get_if<StageBegin>(&event);
    if (begin != nullptr && begin->stage == Stage::run) writes = board().rom()->counts().writes;
  };
  flash_it(image);
  on_event_ = nullptr;
  for (const Fault& fault : {Fault{Fault::Action::unplug, Fault::Point::erase, 1},
                             {Fault::Action::unplug, Fault::Point::write, 1},
                             {Fault::Action::unplug, Fault::Point::write, writes / 2},
                             {Fault::Action::unplug, Fault::Point::write, writes}}) {
    board().flash().load(flash_base, application(size, 2).segments.front().data);
    board().settings().faults = {fault};
    EXPECT_ERROR(flash(job(), {}, image, {}), Errc::board_gone, HasSubstr("left the bus"));
    power_cycle();
    flash_it(image);
  }
}

TEST_P(EachChip, 183IsUnlocked) {
  BoardSettings locked = settings();
  locked.rom.read_protected = true;
  locked.boot0_held = locked.starts_in_rom = true;
  add_board(locked);
  UnlockOptions options;
  options.confirm = [](const UnlockLoss&) { return true; };
  if (facts().has(Quirk::has_no_read_unprotect)) {
    allow_violations_ = true;  // nobody knows before
    EXPECT_ERROR(unlock(job(), {}, options), Errc::protocol, HasSubstr("lifting the read"));
    return;
  }
  const UnlockResult result = unlock(job(), {}, options);
  EXPECT_TRUE(result.unlocked);
  EXPECT_EQ(result.bytes_read, board().flash().content().size());
  EXPECT_TRUE(is_empty());
  const Image image = application(size);
  std::ignore = flash(job(), {}, image, {});
  EXPECT_TRUE(holds(board(), image));
}

// What people see of it, and what follows for this host.
TEST_P(EachChip, 183IsTakenForWhatItIs) {
  add_board(settings());
  const Inspection seen = inspect(job(), {}, nullptr);
  const auto& all = known_chips();
  const auto chip =
      std::find_if(all.begin(), all.end(), [&](const Chip& each) { return each.rom == &facts(); });
  EXPECT_THAT(seen.chip.lines, testing::Contains(chip->line));
  EXPECT_NE(seen.chip.bootloader_id, 0) << "of those whose id nobody knows";
  const auto& rom = board().settings().rom;
  EXPECT_EQ(seen.transfer_size, rom.transfer_size);
  EXPECT_EQ(seen.memories.size(), rom.alternates.size());
  for (const AltSetting& memory : seen.memories) EXPECT_EQ(memory.problem, "") << memory.name;
  EXPECT_LE(rom.program_unit, program_unit(seen.flash));
  EXPECT_EQ(rom.erased_byte, erased_byte(seen.flash));
}

INSTANTIATE_TEST_SUITE_P(Table, EachChip, testing::ValuesIn(virtual_bench::chip_names()),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace sysboot
