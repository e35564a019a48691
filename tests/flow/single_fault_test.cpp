// SPDX-License-Identifier: GPL-3.0-or-later
// The stories beside flash (see every_fault_test.cpp), with every single thing going wrong at every
// step: a transfer that fails in passing changes nothing, anything else is said, and a board that
// was only looked at gets its application back.
#include <tuple>

#include <fmt/core.h>

#include "support/bench.hpp"
#include "support/mishap.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/option_bytes.hpp"
#include "sysboot/ram.hpp"
#include "sysboot/unlock.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::Mishap;
using support::MishapHost;
using support::program;
using support::Step;
using support::VirtualBoard;
using support::VirtualHost;
using support::Wrong;
using testing::Each;

constexpr std::size_t kib = 1024;
// As in every_fault_test.cpp, and erasing everything has 70 s.
constexpr Duration deadline = std::chrono::seconds(140);

const Image& image() {
  static const Image the_image = image_of(program(20 * kib));
  return the_image;
}

// Small, because each case reads and erases all of it.
BoardSettings running() {
  BoardSettings settings;
  settings.rom.alternates.front() = "@Internal Flash  /0x08000000/04*016Kg";
  settings.rom.times.mass_erase = std::chrono::seconds(2);
  return settings;
}
BoardSettings in_dfu_mode() {
  BoardSettings settings = running();
  settings.starts_in_rom = true;
  return settings;
}
BoardSettings known_chip() {
  return {};
}
BoardSettings locked_with_boot0() {
  BoardSettings settings = in_dfu_mode();
  settings.boot0_held = true;
  settings.rom.read_protected = true;
  return settings;
}
Bytes wanted_options() {
  Bytes bytes = virtual_bench::RomSettings().option_bytes;
  bytes[8] = 0xFD;
  return bytes;
}

void read_all(const Job& job, VirtualBoard& board) {
  const ReadResult result = read(job, {}, {flash_base, 20 * kib}, {});
  const auto seen = board.flash().read(flash_base, 20 * kib);
  EXPECT_EQ(result.content.data, Bytes(seen.begin(), seen.end()));
}
void verify_it(const Job& job, VirtualBoard& /*board*/) {
  EXPECT_TRUE(verify(job, {}, image(), {}).differences.empty());
}
void find_the_difference(const Job& job, VirtualBoard& /*board*/) {
  Image other = image();
  other.segments.front().data.back() ^= 1;
  EXPECT_EQ(verify(job, {}, other, {}).differences.size(), 1U);
}
void inspect_it(const Job& job, VirtualBoard& /*board*/) {
  const Inspection seen = inspect(job, {}, &image());
  ASSERT_EQ(seen.sectors.size(), 4U);
  EXPECT_TRUE(seen.sectors[1].matches);
  EXPECT_TRUE(seen.sectors[3].empty);
}
void read_options(const Job& job, VirtualBoard& /*board*/) {
  EXPECT_EQ(read_option_bytes(job, {}, {}).now.bytes, virtual_bench::RomSettings().option_bytes);
}
void write_options(const Job& job, VirtualBoard& board) {
  const OptionBytesWritten result = write_option_bytes(job, {}, wanted_options(), {});
  EXPECT_EQ(result.after->bytes, wanted_options());
  EXPECT_EQ(board.settings().rom.option_bytes, wanted_options());
}
void erase_two(const Job& job, VirtualBoard& board) {
  std::ignore = erase(job, {}, EraseSectors{{{0, 1}}}, {});
  EXPECT_THAT(board.flash().read(flash_base, 32 * kib), Each(0xFF));
}
void erase_all(const Job& job, VirtualBoard& board) {
  std::ignore = erase(job, {}, EraseAll{}, {});
  EXPECT_THAT(board.flash().content(), Each(0xFF));
}
void run_it(const Job& job, VirtualBoard& board) {
  const bool is_back = run(job, {}, flash_base, {}).board.has_value();
  EXPECT_EQ(is_back, board.application() != nullptr);
}
void load_and_run(const Job& job, VirtualBoard& board) {
  constexpr std::uint32_t address = 0x20004000;
  const Image loaded = image_of(program(5 * kib, 2, address), address);
  const RamRun result = run_in_ram(job, {}, loaded, {});
  const auto& data = loaded.segments.front().data;
  const auto seen = board.ram().begin() + (address - board.settings().rom.ram);
  const bool runs = board.application() != nullptr && board.started_at() == address;
  EXPECT_EQ(result.run.board.has_value(), runs);
  const bool is_loaded = std::equal(data.begin(), data.end(), seen);
  EXPECT_TRUE(is_loaded || !runs) << "a false success";
  EXPECT_TRUE(std::equal(image().segments.front().data.begin(), image().segments.front().data.end(),
                         board.flash().content().begin()));
}
void unlock_it(const Job& job, VirtualBoard& board) {
  UnlockOptions options;
  options.confirm = [](const UnlockLoss&) { return true; };
  EXPECT_TRUE(unlock(job, {}, options).unlocked);
  EXPECT_FALSE(board.settings().rom.read_protected);
  EXPECT_THAT(board.flash().content(), Each(0xFF));
}

struct Story {
  const char* name;
  BoardSettings (*settings)();
  void (*tell)(const Job&, VirtualBoard&);
  /// Only looks: whatever happens, the application runs afterwards.
  bool gives_back = true;
  /// A command that ends in a reset, and is not simply sent again.
  bool resets = false;
};

// The board holds the image, in the application or not.
class Rig {
 public:
  explicit Rig(const Story& story) : story_(story) {
    host.add_board("1-1", story.settings());
    board().flash().load(flash_base, image().segments.front().data);
  }
  void tell(Host& seen) { story_.tell({seen, {}, &stop_}, board()); }
  VirtualBoard& board() { return host.board("1-1"); }

  VirtualHost host;

 private:
  const Story& story_;
  std::atomic<bool> stop_ = false;
};

bool is_transient(Wrong wrong) {
  return wrong == Wrong::stall || wrong == Wrong::timeout || wrong == Wrong::io_error ||
         wrong == Wrong::lost_answer || wrong == Wrong::lost_answer_error;
}

// What reads wrong cannot be told from flash that is wrong.
bool is_tried(Wrong wrong) {
  return wrong != Wrong::read_bit && wrong != Wrong::stale_read;
}

bool is_expected(Errc code) {
  const std::set<Errc> expected = {
      Errc::board_gone, Errc::usb_io,        Errc::serial_io, Errc::protocol, Errc::mismatch,
      Errc::ignored,    Errc::lost,          Errc::bounced,   Errc::no_board, Errc::busy,
      Errc::no_driver,  Errc::not_permitted, Errc::not_proved};
  return expected.contains(code);
}

class SingleFault : public testing::TestWithParam<Story> {
 protected:
  static std::vector<Step> steps_of_a_good_run() {
    Rig rig(GetParam());
    MishapHost host(rig.host, std::nullopt);
    rig.tell(host);
    return host.steps();
  }

  // Until it is open, it cannot be asked to leave.
  static std::size_t first_command(const std::vector<Step>& steps) {
    const auto found = std::find_if(steps.begin(), steps.end(), [](const Step& step) {
      return step.setup && step.setup->request_type == 0x21 && step.setup->request == 1;
    });
    return static_cast<std::size_t>(found - steps.begin());
  }

  void go_wrong(const Mishap& mishap, const Step& step, bool is_open) {
    Rig rig(GetParam());
    rig.host.give_up_at = rig.host.now() + deadline;
    MishapHost host(rig.host, mishap);
    const bool passes = step.setup && is_transient(mishap.wrong);
    const bool can_leave = is_open && mishap.wrong != Wrong::unplug && mishap.wrong != Wrong::stuck;
    ++cases_;
    try {
      rig.tell(host);
      ++succeeded_;
    } catch (const Error& error) {
      EXPECT_TRUE(is_expected(error.code())) << error.what();
      EXPECT_FALSE(passes && !GetParam().resets) << "not survived: " << error.what();
    }
    if (can_leave && GetParam().gives_back) {
      EXPECT_NE(rig.board().application(), nullptr) << "its application is not back";
    }
  }

  std::size_t cases_ = 0;
  std::size_t succeeded_ = 0;
};

TEST_P(SingleFault, D5IsSurvivedOrSaid) {
  const auto steps = steps_of_a_good_run();
  const std::size_t open = first_command(steps);
  ASSERT_GT(steps.size(), open) << "nothing is asked of the device";
  for (std::size_t at = 0; at < steps.size(); ++at) {
    for (const Wrong wrong : steps[at].possible()) {
      if (!is_tried(wrong)) continue;
      for (unsigned state = 0; state <= (wrong == Wrong::state ? 11U : 0U); ++state) {
        const Mishap mishap{at, wrong, static_cast<DfuState>(state)};
        SCOPED_TRACE(fmt::format("step {} of {} ({}): {} {}", at, steps.size(),
                                 steps[at].describe(), support::to_string(wrong),
                                 wrong == Wrong::state ? to_string(mishap.state) : ""));
        go_wrong(mishap, steps[at], at >= open);
      }
    }
  }
  RecordProperty("cases", static_cast<int>(cases_));
  RecordProperty("succeeded_all_the_same", static_cast<int>(succeeded_));
  EXPECT_GT(succeeded_, cases_ / 4) << "most of these can be survived at once";
}

INSTANTIATE_TEST_SUITE_P(
    Stories, SingleFault,
    testing::Values(
        Story{"read", running, read_all}, Story{"verify", running, verify_it},
        Story{"differs", running, find_the_difference}, Story{"options", running, read_options},
        Story{"info", in_dfu_mode, inspect_it, false}, Story{"erase", running, erase_two, false},
        Story{"eraseall", running, erase_all, false}, Story{"run", in_dfu_mode, run_it, false},
        Story{"runinram", known_chip, load_and_run, false},
        Story{"writeoptions", running, write_options, false, true},
        Story{"unlock", locked_with_boot0, unlock_it, false, true}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace sysboot
