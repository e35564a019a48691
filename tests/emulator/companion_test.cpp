// SPDX-License-Identifier: GPL-3.0-or-later
// The companion firmware, as it will be on the board, from its application into the ROM and back.
#include "companion.hpp"
#include "board/firmware.hpp"

namespace emulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using sysboot::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(Companion, IsOnTheBusSoonAfterPowerOn) {
  plug_in();
  ASSERT_THAT(host_.usb_devices(), testing::SizeIs(1)) << board_->host().failure();
  const auto device = host_.usb_devices().front();
  EXPECT_EQ(device.id(), "0483:5740");
  EXPECT_EQ(device.product_name, sysboot::companion_product);
  EXPECT_EQ(device.serial,
            sysboot::virtual_bench::serial_from_unique_id(BoardSettings().unique_id));
  EXPECT_EQ(host_.serial_ports().size(), 1U);
}

TEST_F(Companion, AnswersOnItsConsole) {
  plug_in();
  EXPECT_THAT(ask("version"), HasSubstr("stm32boot Black Pill 0.1.0\r\n"));
  EXPECT_THAT(ask("echo one two"), HasSubstr("\none two\r\n"));
  EXPECT_THAT(ask("uptime"), HasSubstr("started by power-on"));
}

class CompanionTrigger : public Companion, public testing::WithParamInterface<const char*> {};

TEST_P(CompanionTrigger, EntersTheRom) {
  plug_in();
  const auto result = enter(GetParam());
  EXPECT_EQ(result.outcome, Outcome::entered);
  EXPECT_EQ(result.fired, 1);
  EXPECT_EQ(host_.usb_devices().front().id(), "0483:df11");
  EXPECT_EQ(board_->rom_entries(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Each, CompanionTrigger,
                         testing::Values("auto", "touch-1200", "dfu-detach"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_F(Companion, EntersTheRomByItsConsole) {
  plug_in();
  EXPECT_THAT(ask("dfu"), HasSubstr("rebooting into the bootloader"));
  EXPECT_TRUE(await_rom());
}

TEST_F(Companion, EntersTheRomByItsButtonHeldForASecond) {
  plug_in();
  board_->press_button(true);
  wait(milliseconds(900));
  board_->press_button(false);
  wait(milliseconds(500));
  EXPECT_FALSE(board_->in_rom()) << "not long enough";
  board_->press_button(true);
  EXPECT_TRUE(await_rom());
  board_->press_button(false);
}

class CompanionStore : public Companion, public testing::WithParamInterface<const char*> {};

TEST_P(CompanionStore, IsFlashedAndRunsTheNewVersion) {
  plug_in(GetParam());
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
  const auto result = flash("blackpill-next.bin");
  EXPECT_EQ(result.entered.outcome, Outcome::entered);
  ASSERT_TRUE(result.run && result.run->board);
  EXPECT_EQ(result.run->board->ports.front().path, "/dev/ttyACM0");
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0-next\r\n"));
  EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM's leave"));
}

INSTANTIATE_TEST_SUITE_P(Each, CompanionStore,
                         testing::Values("blackpill.elf", "blackpill-stack-offset.elf",
                                         "blackpill-rtc.elf"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           name.resize(name.find('.'));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

class CompanionLeave : public Companion,
                       public testing::WithParamInterface<std::tuple<const char*, Leave>> {};

INSTANTIATE_TEST_SUITE_P(Each, CompanionLeave,
                         testing::Combine(testing::Values("", "-stack-offset", "-rtc"),
                                          testing::Values(Leave::clean, Leave::as_is)),
                         [](const auto& instance) {
                           std::string name = std::string("flag") + std::get<0>(instance.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name + (std::get<1>(instance.param) == Leave::clean ? "_clean"
                                                                                      : "_as_is");
                         });

// Twice: what has started so enters and leaves once more.
TEST_P(CompanionLeave, 181StartsAndIsFlashedAgain) {
  const auto [store, leave] = GetParam();
  EmulatedBoardSettings settings;
  settings.leave = leave;
  plug_in(std::string("blackpill") + store + ".elf", settings);
  const std::string own = std::string("blackpill") + store;
  for (const auto& program : {std::string("blackpill-next"), own}) {
    ASSERT_TRUE(flash(program + ".bin").run->board);
    EXPECT_THAT(ask("uptime"), HasSubstr("started by the ROM's leave"));
  }
  EXPECT_THAT(board_->violations(), testing::IsEmpty());
}

struct Rounds {
  const char* store;
  unsigned count;
};
void PrintTo(const Rounds& rounds, std::ostream* out) {
  *out << rounds.store;
}

class CompanionRounds : public Companion, public testing::WithParamInterface<Rounds> {};

// From one program to the other and back.
TEST_P(CompanionRounds, AllSucceed) {
  const std::string first = std::string("blackpill") + GetParam().store;
  plug_in(first + ".elf");
  for (unsigned round = 1; round <= GetParam().count; ++round) {
    const bool next = round % 2 == 1;
    flash(next ? "blackpill-next.bin" : first + ".bin");
    ASSERT_THAT(ask("version"), HasSubstr(next ? "0.1.0-next\r\n" : "0.1.0\r\n"));
    ASSERT_EQ(board_->rom_entries(), round);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, CompanionRounds,
                         testing::Values(Rounds{"", 200}, Rounds{"-stack-offset", 40},
                                         Rounds{"-rtc", 40}),
                         [](const auto& instance) {
                           std::string name = "blackpill" + std::string(instance.param.store);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// USB 2.0 7.1.7.3: hubs take 2.5 us for a disconnect; operating systems poll them more slowly.
TEST_F(Companion, DropsItsPullUpLongEnoughForEveryHub) {
  plug_in();
  send(*open(), "dfu\r");
  while (!board_->machine().chip().otg.detached_since()) wait(milliseconds(1));
  const Time since = *board_->machine().chip().otg.detached_since();
  ASSERT_TRUE(await_rom());
  EXPECT_GE(board_->machine().now() - since, milliseconds(20));
}

TEST_F(Companion, RetriesWhenTheRomMisjudgesTheCrystal) {
  EmulatedBoardSettings settings;
  settings.board.bounces = 2;
  plug_in("blackpill.elf", settings);
  EXPECT_EQ(enter().outcome, Outcome::entered);
  EXPECT_EQ(board_->rom_entries(), 3U);
}

TEST_F(Companion, StartsItsApplicationWhenTheRomBouncesForEver) {
  EmulatedBoardSettings settings;
  settings.board.bounces = 1000;
  plug_in("blackpill.elf", settings);
  send(*open(), "dfu\r");
  wait(milliseconds(500));
  ASSERT_TRUE(await_application());
  EXPECT_EQ(board_->rom_entries(), 3U);
  EXPECT_THAT(ask("uptime"), HasSubstr("the ROM, which resets the chip"));
}

// firmware/README.md has the table of what the LED says.
class CompanionLed : public Companion {
 protected:
  struct Light {
    unsigned blinks;   ///< in two seconds
    milliseconds lit;  ///< of them
  };
  Light watch() {
    constexpr milliseconds step(5);
    Light light{0, milliseconds(0)};
    bool before = led();
    for (milliseconds passed(0); passed < seconds(2); passed += step) {
      wait(step);
      if (led() && !before) ++light.blinks;
      if (led()) light.lit += step;
      before = led();
    }
    return light;
  }
  void expect(unsigned blinks, milliseconds lit) {
    const Light light = watch();
    EXPECT_EQ(light.blinks, blinks);
    EXPECT_NEAR(static_cast<double>(light.lit.count()), static_cast<double>(lit.count()), 20);
  }

 private:
  bool led() { return !board_->machine().chip().gpio('C').level(13); }
};

TEST_F(CompanionLed, BlinksOnceWhenReady) {
  plug_in();
  expect(1, milliseconds(125));
}

TEST_F(CompanionLed, IsDarkWhileTheHostSleeps) {
  plug_in();
  board_->host().suspend();
  wait(milliseconds(10));
  expect(0, milliseconds(0));
}

TEST_F(CompanionLed, BlinksAgainWhenTheHostWakesIt) {
  plug_in();
  board_->host().suspend();
  wait(milliseconds(10));
  board_->host().resume();
  wait(milliseconds(30));
  expect(1, milliseconds(125));
}

TEST_F(CompanionLed, IsLitBeforeItReboots) {
  plug_in();
  send(*open(), "dfu\r");
  wait(milliseconds(50));
  bool dark = false;
  for (int n = 0; n < 20; ++n) {
    dark = dark || board_->machine().chip().gpio('C').level(13);
    wait(milliseconds(2));
  }
  EXPECT_FALSE(board_->in_rom());
  EXPECT_FALSE(dark);
}

TEST_F(CompanionLed, BlinksTwiceWhenTheRomBounced) {
  EmulatedBoardSettings settings;
  settings.board.bounces = 1000;
  plug_in("blackpill.elf", settings);
  send(*open(), "dfu\r");
  wait(milliseconds(500));
  ASSERT_TRUE(await_application());
  expect(2, milliseconds(250));
}

TEST_F(CompanionLed, BlinksThreeTimesWithoutUsbWhenTheCrystalIsDead) {
  EmulatedBoardSettings settings;
  settings.machine.board.oscillators.hse_starts = false;
  plug_in("blackpill.elf", settings);
  EXPECT_EQ(board_->descriptors(), nullptr);
  expect(3, milliseconds(375));
  board_->press_button(true);
  wait(seconds(2));
  EXPECT_EQ(board_->rom_entries(), 1U) << "the button still works";
}

TEST_F(Companion, IsFlashedByTheSameCommandAfterTheCableWent) {
  EmulatedBoardSettings settings;
  settings.board.faults = {{sysboot::virtual_bench::Fault::Action::unplug,
                            sysboot::virtual_bench::Fault::Point::write, 2}};
  plug_in("blackpill.elf", settings);
  try {
    flash("blackpill-next.bin");
    ADD_FAILURE() << "nothing went wrong";
  } catch (const sysboot::Error& error) {
    EXPECT_EQ(error.code(), sysboot::Errc::board_gone) << error.what();
  }
  wait(seconds(5));
  EXPECT_EQ(board_->descriptors(), nullptr) << "it has no power";
  board_->plug_in(host_.now(), true);
  ASSERT_TRUE(await_rom());
  flash("blackpill-next.bin");
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0-next\r\n"));
}

TEST_F(Companion, ItsStackStaysWithinTheRoomThatTheLinkerScriptKeeps) {
  plug_in();
  Machine& machine = board_->machine();
  constexpr std::uint32_t untouched = 0xA5A5A5A5;
  const Address bottom = machine.symbol("_bss_end");
  const Address top = machine.symbol("_estack");
  for (Address at = bottom; at < machine.cpu().msp() - 512; at += 4) {
    machine.set_word(at, untouched);
  }
  for (const char* line : {"help", "version", "uptime", "echo one two", "nonsense"}) ask(line);
  board_->host().suspend();
  wait(milliseconds(100));
  board_->press_button(true);
  while (!board_->in_rom()) wait(milliseconds(1));
  constexpr Address rom_ram_end = 0x20003000;
  Address deepest = std::max(bottom, rom_ram_end);
  while (deepest < top && machine.word(deepest) == untouched) deepest += 4;
  EXPECT_GT(deepest, top - machine.symbol("_stack_size"));
}

// Requests that arrive when something else is going on.
TEST_F(Companion, ObeysWhileDataIsOnItsWay) {
  plug_in();
  const auto port = open();
  send(*port, "echo " + std::string(100, 'x') + "\rdfu\recho " + std::string(100, 'y') + "\r");
  EXPECT_TRUE(await_rom());
}

TEST_F(Companion, ObeysAHostThatDoesNotRead) {
  plug_in();
  const auto port = open();
  for (int i = 0; i < 20; ++i) {
    if (!board_->takes_bulk(1)) break;
    send(*port, "help\r");
  }
  while (!board_->takes_bulk(1)) wait(milliseconds(1));
  send(*port, "\rdfu\r");
  EXPECT_TRUE(await_rom());
}

TEST_F(Companion, ObeysItsButtonWhileSuspended) {
  plug_in();
  board_->host().suspend();
  wait(milliseconds(100));
  board_->press_button(true);
  EXPECT_TRUE(await_rom());
}

class CompanionAsked : public Companion, public testing::WithParamInterface<Ask> {};

INSTANTIATE_TEST_SUITE_P(Each, CompanionAsked,
                         testing::Values(Ask::line, Ask::touch, Ask::detach, Ask::button),
                         [](const auto& instance) { return name(instance.param); });

TEST_P(CompanionAsked, ObeysWhileAnAnswerIsOnItsWay) {
  plug_in();
  send(*open(), "echo " + std::string(100, 'x') + "\r");
  ask_by(GetParam());
  EXPECT_TRUE(await_rom());
}

TEST_P(CompanionAsked, ObeysAHostThatHasNotReadItsAnswers) {
  plug_in();
  const auto port = open();
  for (int n = 0; n < 5; ++n) send(*port, "help\r");
  ask_by(GetParam(), port.get());
  EXPECT_TRUE(await_rom());
}

class CompanionAskedTwice : public Companion,
                            public testing::WithParamInterface<std::tuple<Ask, Ask>> {};

INSTANTIATE_TEST_SUITE_P(
    Each, CompanionAskedTwice,
    testing::Combine(testing::Values(Ask::line, Ask::touch, Ask::detach, Ask::button),
                     testing::Values(Ask::line, Ask::touch, Ask::detach, Ask::button)),
    [](const auto& instance) {
      return name(std::get<0>(instance.param)) + "_" + name(std::get<1>(instance.param));
    });

// The second one comes while the first is being obeyed, and leads nowhere after the flash either.
TEST_P(CompanionAskedTwice, EntersTheRomOnce) {
  const auto [first, second] = GetParam();
  plug_in();
  ask_by(first);
  wait(milliseconds(first == Ask::button ? 1030 : 30));
  ASSERT_FALSE(board_->in_rom());
  ask_by(second);
  ASSERT_TRUE(await_rom());
  wait(seconds(2));
  EXPECT_EQ(board_->rom_entries(), 1U);
  flash("blackpill-next.bin");
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
  wait(seconds(2));
  EXPECT_FALSE(board_->in_rom());
  EXPECT_EQ(board_->rom_entries(), 1U);
}

// What hosts do to a device that stays: its answers go on.
TEST_F(Companion, GoesOnAfterItsHostHasSlept) {
  plug_in();
  board_->host().suspend();
  wait(milliseconds(100));
  board_->host().resume();
  wait(milliseconds(30));
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
  EXPECT_THAT(ask("uptime"), HasSubstr("started by power-on"));
}

TEST_F(Companion, StartsOverWithEveryConfiguration) {
  plug_in();
  request({0x00, 0x09, 1, 0, 0});
  request({0x00, 0x09, 0, 0, 0});
  request({0x00, 0x09, 1, 0, 0});
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
  ask("an odd number of packets");
  request({0x01, 0x0B, 0, 1, 0});  // SET_INTERFACE of the data interface
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
}

TEST_F(Companion, StallsOnAHaltedEndpointUntilThatIsCleared) {
  plug_in();
  ask("version");
  for (const std::uint8_t endpoint : {std::uint8_t{0x01}, std::uint8_t{0x81}}) {
    request({0x02, 0x03, 0, endpoint, 0});
    UsbHost::Transfer transfer;
    transfer.endpoint = endpoint;
    if (endpoint == 0x01) transfer.out = {'x'};
    transfer.length = 64;
    const auto ticket = board_->host().submit(transfer);
    wait(milliseconds(5));
    const auto answer = board_->host().take(ticket);
    ASSERT_TRUE(answer) << unsigned{endpoint};
    EXPECT_EQ(answer->status, TransferStatus::stall) << unsigned{endpoint};
    request({0x02, 0x01, 0, endpoint, 0});
    EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n")) << unsigned{endpoint};
  }
}

TEST_F(Companion, SurvivesAPortReset) {
  plug_in();
  board_->host().reset_port();
  wait(milliseconds(300));
  constexpr sysboot::Setup set_configuration{0x00, 0x09, 1, 0, 0};
  EXPECT_EQ(board_->control(set_configuration, {}, host_.now()).status, TransferStatus::ok);
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
}

}  // namespace
}  // namespace emulator
