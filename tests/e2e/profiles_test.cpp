// SPDX-License-Identifier: GPL-3.0-or-later
// Boards that run other people's firmware, through the kernel's cdc-acm and tty: each profile on
// its own firmware, on builds that refuse, and on the wrong one. All wrong pairs are tried in
// memory.
#include "bus.hpp"

namespace {

using testing::AnyOf;
using testing::HasSubstr;

/// A board's firmware, the profile that it is asked by, and what that ends in.
struct Pair {
  const char* firmware;
  const char* profile;
  const char* result;
};

class OtherFirmware : public Bus {
 protected:
  void SetUp() override { controllers_ = 8; }

  void plug_in_all(const std::vector<Pair>& all) {
    Words specs;
    for (const Pair& pair : all) {
      specs.push_back(std::string("times=none,firmware=") + pair.firmware);
    }
    plug_in(specs);
  }
  static std::string name(const Pair& pair) {
    return std::string(pair.profile) + " on " + pair.firmware;
  }
  /// stm32boot on each of these boards, all at once: most of the time goes into waiting.
  std::vector<std::unique_ptr<support::Background>> on_each(const std::vector<Pair>& all,
                                                            const char* command) {
    std::vector<std::unique_ptr<support::Background>> running;
    for (std::size_t i = 0; i < all.size(); ++i) {
      Words words = {STM32BOOT, command, "--usb", path_of(i), "--firmware", all[i].profile};
      if (command == std::string("flash")) {
        words.insert(words.end(),
                     {"--json", write_file("/tmp/bus/" + std::to_string(i) + ".bin", image(i))});
      }
      running.push_back(std::make_unique<support::Background>(words));
    }
    return running;
  }
  static sysboot::Bytes image(std::size_t number) {
    return support::program(2048, static_cast<unsigned>(number));
  }

  /// Flashes each of these boards through the trigger `result`; its new application comes back.
  void expect_flashed(const std::vector<Pair>& all) {
    plug_in_all(all);
    const auto running = on_each(all, "flash");
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(name(all[i]));
      EXPECT_EQ(running[i]->join(), 0) << running[i]->transcript();
      const auto result = result_of(support::Finished{0, running[i]->transcript(), ""});
      ASSERT_TRUE(result.at("ok")) << result;
      EXPECT_EQ(result.at("enter").at("trigger"), all[i].result);
      EXPECT_EQ(result.at("run").at("device").at("usb"), path_of(i));
    }
    save();
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_TRUE(holds_saved(i, image(i))) << name(all[i]);
    }
    unplug_all();
  }

  /// Enters none of these boards, says `result`, and harms none.
  void expect_refused(const std::vector<Pair>& all) {
    plug_in_all(all);
    std::vector<unsigned> addresses;
    for (std::size_t i = 0; i < all.size(); ++i) addresses.push_back(at(path_of(i))->usb.address);
    const auto running = on_each(all, "enter");
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(name(all[i]));
      EXPECT_THAT(running[i]->join(), AnyOf(75, 64));
      EXPECT_THAT(running[i]->transcript(), HasSubstr(all[i].result));
      const auto after = at(path_of(i));
      ASSERT_TRUE(after);
      EXPECT_EQ(after->usb.address, addresses[i]) << "no reboot";
    }
    unplug_all();
  }
};

TEST_F(OtherFirmware, OfFlightControllersIsReplaced) {
  allow_harm_ = true;  // in some, the command line is the only way
  expect_flashed({{"betaflight", "betaflight", "betaflight msp"},
                  {"betaflight-2025", "betaflight", "betaflight msp"},
                  {"betaflight-3.2", "betaflight", "betaflight R"},
                  {"betaflight-cli", "betaflight", "betaflight open cli"},
                  {"betaflight-at32", "betaflight", "betaflight msp"},
                  {"inav", "inav", "inav cli"},
                  {"inav-cli", "inav", "inav open cli"}});
}

TEST_F(OtherFirmware, WithAnInterpreterIsReplaced) {
  expect_flashed({{"micropython", "micropython", "micropython repl"},
                  {"micropython-old", "micropython", "micropython repl"},
                  {"circuitpython", "circuitpython", "touch-1200"},
                  {"circuitpython-no-touch", "circuitpython", "circuitpython repl"},
                  {"espruino", "espruino", "espruino console"},
                  {"flipper", "flipper", "flipper cli"}});
}

TEST_F(OtherFirmware, OfMachinesAndInstrumentsIsReplaced) {
  expect_flashed({{"klipper", "klipper", "touch-1200"},
                  {"grblhal", "grblhal", "grblhal $DFU"},
                  {"nanovna", "nanovna", "nanovna reset dfu"},
                  {"tinysa", "tinysa", "tinysa reset dfu"},
                  {"rusefi", "rusefi", "rusefi command"},
                  {"speeduino", "speeduino", "speeduino command"},
                  {"speeduino-old", "speeduino", "speeduino command"}});
}

TEST_F(OtherFirmware, AskedThroughUsbOrByTheTouchIsReplaced) {
  expect_flashed({{"panda", "panda", "panda request"},
                  {"candlelight", "dfu-runtime", "dfu-detach"},
                  {"touch", "touch-1200", "touch-1200"}});
}

TEST_F(OtherFirmware, WithALoaderOfItsOwnLandsThere) {
  const std::vector<Pair> all = {{"klipper-katapult", "klipper", "1d50:6177"},
                                 {"klipper-hid", "klipper", "1209:beba"},
                                 {"maple", "maple", "1eaf:0003"}};
  plug_in_all(all);
  const auto running = on_each(all, "enter");
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(name(all[i]));
    EXPECT_EQ(running[i]->join(), 0) << running[i]->transcript();
    ASSERT_TRUE(at(path_of(i)));
    EXPECT_EQ(at(path_of(i))->usb.id(), all[i].result);
  }
}

TEST_F(OtherFirmware, ThatRefusesIsHeard) {
  expect_refused({{"betaflight-armed", "betaflight", "betaflight msp: it is armed"},
                  {"inav-armed", "inav", "inav cli: it is armed"},
                  {"espruino-old", "espruino", "this Espruino has no E.rebootToDFU"},
                  {"grblhal-without", "grblhal", "it said \"error:20\""},
                  {"tinysa-ultra", "tinysa", "a tinySA Ultra has no command for DFU mode"},
                  {"tinysa-ultra", "nanovna", "a tinySA Ultra has no command for DFU mode"},
                  {"micropython-without", "micropython", "NameError"},
                  {"panda-release", "panda", "it refused the request"}});
}

TEST_F(OtherFirmware, IsLeftAloneByAWrongProfile) {
  expect_refused({{"nanovna", "betaflight", "ignored betaflight msp"},
                  {"betaflight", "inav", "the right answer to MSP_FC_VARIANT did not come"},
                  {"flipper", "micropython", "the raw REPL did not come"},
                  {"nanovna", "tinysa", "\"tinySA_\" as its version did not come"},
                  {"grblhal", "klipper", "ignored touch-1200"},
                  {"speeduino", "rusefi", "ignored rusefi command"},
                  {"flipper", "maple", "ignored maple 1EAF"},
                  {"micropython", "circuitpython", "runs micropython, not circuitpython"}});
}

// The tests above would see it.
TEST_F(OtherFirmware, ThatIsHarmedIsTold) {
  allow_harm_ = true;
  plug_in_all({{"betaflight-3.2", "", ""}});
  const auto done = stm32boot({"enter", "--tries", "1", "--text", "$M<\\x01\\x44\\x01\\x44"});
  EXPECT_EQ(done.exit, 75) << done.err;
  boards_->say("quit");
  boards_->wait_for(R"({"event":"harm","board":0,"text":"plain reboot"})");
}

}  // namespace
