// SPDX-License-Identifier: GPL-3.0-or-later
// A request that is wrong for any board is refused before one is looked for.
#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/option_bytes.hpp"
#include "sysboot/several.hpp"
#include "sysboot/unlock.hpp"

namespace sysboot {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Request : public support::Bench {
 protected:
  // In DFU mode no trigger would be chosen, so that its name would not matter.
  void SetUp() override {
    support::BoardSettings settings;
    settings.starts_in_rom = true;
    add_board(settings);
  }

  void expect_refused(const std::function<void()>& story, const std::string& says) {
    SCOPED_TRACE(says);
    EXPECT_ERROR(story(), Errc::usage, HasSubstr(says));
    EXPECT_THAT(stages(), IsEmpty()) << "not even looked for";
    EXPECT_EQ(host_.control_transfers, 0U);
  }

  // Each story that takes a board into DFU mode.
  void expect_refused_everywhere(const EnterOptions& options, const std::string& says) {
    const Selector any;
    const VisitOptions visit{options, {}, false};
    FlashOptions flashing;
    flashing.enter = options;
    EraseOptions erasing;
    erasing.enter = options;
    UnlockOptions unlocking;
    unlocking.visit = visit;
    expect_refused([&] { return flash(job(), any, image_, flashing); }, says);
    expect_refused([&] { return dry_run(job(), any, image_, flashing); }, says);
    expect_refused([&] { return verify(job(), any, image_, visit); }, says);
    expect_refused([&] { return read(job(), any, {}, visit); }, says);
    expect_refused([&] { return erase(job(), any, EraseAll{}, erasing); }, says);
    expect_refused([&] { return unlock(job(), any, unlocking); }, says);
    expect_refused([&] { return read_option_bytes(job(), any, visit); }, says);
    expect_refused([&] { return write_option_bytes(job(), any, Bytes(16), visit); }, says);
  }

  const Image image_ = support::image_of(support::program(2000));
};

TEST_F(Request, B4ATriggerThatDoesNothing) {
  EnterOptions options;
  options.trigger.ways = {Way{"magic", {}}};
  expect_refused_everywhere(options, "trigger magic does nothing");
  expect_refused([&] { return enter(job(), {}, options); }, "trigger magic does nothing");
  expect_refused([&] { return all_boards(host_, options.trigger); }, "trigger magic does nothing");
}

TEST_F(Request, AFirmwareAndWaysOfOnesOwn) {
  EnterOptions options;
  options.trigger = {"klipper", {touch_1200()}};
  expect_refused_everywhere(options, "a firmware and ways");
  expect_refused([&] { return enter(job(), {}, options); }, "a firmware and ways");
  expect_refused([&] { return all_boards(host_, options.trigger); }, "a firmware and ways");
}

TEST_F(Request, B4AFirmwareThatDoesNotExist) {
  EnterOptions options;
  options.trigger.firmware = "ardupilot";
  expect_refused_everywhere(options, "unknown firmware 'ardupilot'");
  expect_refused([&] { return enter(job(), {}, options); }, "unknown firmware 'ardupilot'");
}

TEST_F(Request, B4TheTriggerTextWithoutAText) {
  EnterOptions options;
  options.trigger.ways = {send_text({})};
  expect_refused_everywhere(options, "needs a text");
  expect_refused([&] { return enter(job(), {}, options); }, "needs a text");
}

TEST_F(Request, B4NoTries) {
  EnterOptions options;
  options.tries = 0;
  expect_refused_everywhere(options, "0 tries");
  expect_refused([&] { return enter(job(), {}, options); }, "0 tries");
}

TEST_F(Request, B4AFirmwareThatCanOnlyBeEntered) {
  EnterOptions options;
  options.trigger.firmware = "maple";
  expect_refused_everywhere(options, "maple reboots into 1eaf:0003");
  EXPECT_EQ(enter(job(), {}, options).outcome, Outcome::already);
}

TEST_F(Request, B4ThirtyTwoBitsAtATimeAreAlwaysVerified) {
  FlashOptions flashing;
  flashing.x32 = true;
  flashing.verify = false;
  expect_refused([&] { return flash(job(), {}, image_, flashing); }, "always verified");
  expect_refused([&] { return dry_run(job(), {}, image_, flashing); }, "always verified");
  EraseOptions erasing;
  erasing.x32 = true;
  erasing.verify = false;
  expect_refused([&] { return erase(job(), {}, EraseAll{}, erasing); }, "always verified");
}

TEST_F(Request, B4RangesThatNoDeviceHas) {
  expect_refused([&] { return read(job(), {}, {{}, 0}, {}); }, "length of 0");
  expect_refused([&] { return read(job(), {}, {0xFFFFFF00, 257}, {}); }, "run past 0xFFFFFFFF");
  expect_refused([&] { return read(job(), {}, {{}, std::uint64_t{1} << 40}, {}); }, "run past");
  expect_refused([&] { return erase(job(), {}, EraseRange{0x08000000, 0}, {}); }, "length of 0");
  expect_refused(
      [&] {
        return erase(job(), {}, EraseRange{0x08000004, 0xFFFFFFFF}, {});
      },
      "run past");
  expect_refused([&] { return erase(job(), {}, EraseSectors{}, {}); }, "no sector");
  expect_refused([&] { return erase(job(), {}, EraseSectors{{{3, 2}}}, {}); }, "behind the last");
  expect_refused([&] { return run(job(), {}, 0x08000002, {}); }, "not a multiple of 4");
  expect_refused([&] { return write_option_bytes(job(), {}, {}, {}); }, "no option bytes");
}

TEST_F(Request, B4RangesThatADeviceMayHaveAreLeftToIt) {
  EXPECT_ERROR(read(job(), {}, {0xFFFFFF00, 256}, {}), Errc::usage,
               HasSubstr("none of the device's memories"));
}

}  // namespace
}  // namespace sysboot
