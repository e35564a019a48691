// SPDX-License-Identifier: GPL-3.0-or-later
// The companion firmware above guard: what it asks for, what it is told, and how it is flashed.
#include "companion.hpp"
#include "guarded.hpp"

namespace emulator {
namespace {

using std::chrono::milliseconds;
using sysboot::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;

class GuardedCompanion : public Companion {
 protected:
  /// Comes back when the board shows something on the bus.
  EmulatedBoard& plug_in_guarded(const std::string& store = "",
                                 EmulatedBoardSettings settings = {}) {
    return plug_in(image("guard-f411" + store + ".elf"),
                   application_in(image("blackpill-guarded" + store + ".elf")), settings);
  }
  EmulatedBoard& plug_in(const std::string& guard, const Bytes& program,
                         EmulatedBoardSettings settings = {}) {
    auto board = std::make_unique<EmulatedBoard>(std::move(settings));
    board->load(guard);
    if (!program.empty()) board->machine().load(application, program);
    board_ = board.get();
    host_.add_board("1-1", std::move(board));
    await_application(std::chrono::seconds(1));
    return *board_;
  }
  void press_reset() { board_->reset(ResetCause::pin, host_.now()); }
  void double_tap() {
    press_reset();
    wait(milliseconds(200));
    press_reset();
  }
  void leave_to(Address address) { EXPECT_TRUE(sysboot::run(job(), {}, address, {}).board); }
};

TEST_F(GuardedCompanion, RunsAsWithoutGuard) {
  plug_in_guarded();
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  EXPECT_THAT(ask("echo one two"), HasSubstr("\none two\r\n"));
  EXPECT_EQ(board_->rom_entries(), 0U);
}

TEST_F(GuardedCompanion, KnowsWhyItWasStarted) {
  plug_in_guarded();
  EXPECT_THAT(ask("uptime"), HasSubstr("started by power-on"));
  const std::pair<ResetCause, const char*> causes[] = {
      {ResetCause::pin, "started by the reset pin"},
      {ResetCause::software, "started by a software reset"},
      {ResetCause::iwdg, "started by a watchdog"},
      {ResetCause::wwdg, "started by a watchdog"},
      {ResetCause::low_power, "started by a low-power reset"},
      {ResetCause::brown_out, "started by power-on"},
  };
  for (const auto& [cause, said] : causes) {
    board_->reset(cause, host_.now());
    wait(milliseconds(10));
    ASSERT_TRUE(await_application());
    EXPECT_THAT(ask("uptime"), HasSubstr(said));
  }
}

class GuardedStore : public GuardedCompanion, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Each, GuardedStore, testing::Values("", "-stack-offset", "-rtc"),
                         [](const auto& instance) {
                           std::string name = "blackpill" + std::string(instance.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(GuardedStore, EveryWayIntoTheRomLeadsThroughGuard) {
  plug_in_guarded(GetParam());
  unsigned entries = 0;
  for (const Ask way : {Ask::line, Ask::touch, Ask::detach, Ask::button}) {
    ask_by(way);
    wait(milliseconds(20));
    ASSERT_TRUE(await_rom()) << name(way);
    EXPECT_EQ(board_->rom_entries(), ++entries);
    leave_to(0x08000000);
    ASSERT_TRUE(await_application()) << name(way);
    EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM's leave"));
    EXPECT_THAT(board_->machine().chip().rcc.peek(0x74), 0U);
  }
}

TEST_F(GuardedCompanion, IsFlashedAndRunsTheNewVersion) {
  plug_in_guarded();
  const auto result = flash("blackpill-guarded-next.elf");
  EXPECT_EQ(result.entered.outcome, Outcome::entered);
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0-next\r\n"));
  EXPECT_EQ(board_->rom_entries(), 1U);
  press_reset();
  wait(milliseconds(10));
  ASSERT_TRUE(await_application()) << "guard is still there";
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the reset pin"));
}

TEST_P(GuardedStore, ADoubleTapLeadsIntoTheRom) {
  plug_in_guarded(GetParam());
  double_tap();
  ASSERT_TRUE(await_rom());
  leave_to(0x08000000);
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM's leave"));
}

TEST_F(GuardedCompanion, AnApplicationThatTheRomStartsByItselfGoesThroughGuard) {
  plug_in_guarded();
  ASSERT_EQ(enter().outcome, Outcome::entered);
  leave_to(application);
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM's leave"));
}

TEST_F(GuardedCompanion, RetriesWhenTheRomMisjudgesTheCrystal) {
  EmulatedBoardSettings settings;
  settings.board.bounces = 2;
  plug_in_guarded("", settings);
  EXPECT_EQ(enter().outcome, Outcome::entered);
  EXPECT_EQ(board_->rom_entries(), 3U);
}

TEST_F(GuardedCompanion, IsToldOfARomThatAlwaysBounces) {
  EmulatedBoardSettings settings;
  settings.board.bounces = 3;
  plug_in_guarded("", settings);
  ask_by(Ask::line);
  wait(milliseconds(800));
  ASSERT_TRUE(await_application());
  EXPECT_EQ(board_->rom_entries(), 3U);
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM, which resets the chip"));
}

TEST_F(GuardedCompanion, AResetInTheRomStartsItAgain) {
  plug_in_guarded();
  ASSERT_EQ(enter().outcome, Outcome::entered);
  press_reset();
  wait(milliseconds(10));
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the reset pin"));
}

TEST_F(GuardedCompanion, ABoardWithGuardAloneIsFlashed) {
  plug_in(image("guard-f411.elf"), {});
  ASSERT_TRUE(await_rom());
  flash("blackpill-guarded.elf");
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
}

TEST_F(GuardedCompanion, AFlashThatBreaksOffComesUpInTheRomAndCompletes) {
  plug_in_guarded();
  ASSERT_EQ(enter().outcome, Outcome::entered);
  on_event_ = [&](const sysboot::Event& event) {
    const auto* begin = std::get_if<sysboot::StageBegin>(&event);
    if (begin != nullptr && begin->stage == sysboot::Stage::verify) throw std::runtime_error("cut");
    if (begin != nullptr && begin->stage == sysboot::Stage::write) {
      board_->unplug(host_.now());
      throw std::runtime_error("cut");
    }
  };
  EXPECT_ANY_THROW(flash("blackpill-guarded-next.elf"));
  on_event_ = nullptr;
  wait(milliseconds(10));
  board_->plug_in(host_.now(), false);
  ASSERT_TRUE(await_rom()) << "without BOOT0";
  EXPECT_EQ(board_->rom_entries(), 1U);
  flash("blackpill-guarded-next.elf");
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0-next\r\n"));
}

class GuardedConfirming : public GuardedCompanion {
 protected:
  static Bytes confirming() {
    return stamped(application_in(image("blackpill-guarded.elf")), true);
  }
  /// It crashes where it would confirm: once USB is up.
  static Bytes crashing() {
    Bytes program = application_in(image("blackpill-guarded.elf"));
    const Elf elf = read_elf(image("blackpill-guarded.elf"));
    const std::size_t at = elf.symbols.at("sysboot_confirm").address - application;
    program[at] = 0x00;  // UDF
    program[at + 1] = 0xDE;
    return program;
  }
};

TEST_F(GuardedConfirming, OneThatConfirmsIsNeverKeptBack) {
  plug_in(image("guard-f411.elf"), confirming());
  for (int n = 0; n < 10; ++n) {
    board_->reset(n % 2 == 0 ? ResetCause::software : ResetCause::iwdg, host_.now());
    wait(milliseconds(10));
    ASSERT_TRUE(await_application()) << n;
    wait(milliseconds(100));
  }
  EXPECT_EQ(board_->rom_entries(), 0U);
}

TEST_F(GuardedConfirming, OneThatCannotBeReachedIsRescued) {
  plug_in(image("guard-f411.elf"), confirming());
  wait(milliseconds(100));
  for (int n = 0; n < 3; ++n) {
    board_->reset(ResetCause::software, host_.now());
    wait(milliseconds(1));  // before USB is up
    ASSERT_EQ(board_->rom_entries(), 0U) << n;
  }
  board_->reset(ResetCause::software, host_.now());
  EXPECT_TRUE(await_rom());
}

TEST_F(GuardedConfirming, OneThatCrashesWhenUsbIsUpIsRescued) {
  allow_violations_ = true;  // the crash
  plug_in(image("guard-f411.elf"), stamped(crashing(), true));
  ASSERT_TRUE(await_rom(std::chrono::seconds(10)));
  allow_violations_ = true;
  flash("blackpill-guarded.elf");
  ASSERT_TRUE(await_application());
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
}

TEST_F(GuardedConfirming, OrHasItsDoubleTap) {
  allow_violations_ = true;  // the crash
  plug_in(image("guard-f411.elf"), crashing());
  wait(milliseconds(3210));
  ASSERT_EQ(board_->rom_entries(), 0U) << "it starts again and again";
  double_tap();
  EXPECT_TRUE(await_rom());
}

}  // namespace
}  // namespace emulator
