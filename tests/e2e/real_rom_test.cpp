// SPDX-License-Identifier: GPL-3.0-or-later
// A ROM that STM32BOOT_ROM names, on an emulated chip, under the real kernel: dfu-util must find no
// difference between it and the model, and stm32boot works with it. Where none is named, that is
// said.
#include <cstdlib>
#include <regex>

#include "emulated.hpp"

namespace {

using sysboot::Bytes;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class RealRom : public Emulated {
 protected:
  static bool is_there() {
    const char* file = std::getenv("STM32BOOT_ROM");
    return file != nullptr && *file != '\0';
  }
  static void SetUpTestSuite() {
    if (!is_there()) std::cout << "not compared with a real ROM: STM32BOOT_ROM names none\n";
  }
  void use_real_rom() { virtual_board_ = {EMULATED_VIRTUAL_BOARD}; }
  /// Its code is executed in a machine that is emulated itself, which takes seconds until it shows.
  static support::Finished patiently(Words words) {
    words.insert(words.end(), {"--timeout", "60"});
    return stm32boot(words);
  }
};

/// What comes of a call of dfu-util.
struct Outcome {
  support::Finished done;
  Bytes flash;
  Bytes read;  // into a file
};

class DfuUtilOnRealRom : public RealRom {
 protected:
  // Behind the companion, something to be read and to be kept. DETACH is what the ROM refuses.
  DfuUtilOnRealRom() {
    allow_violations_ = true;
    holds_at_first_ = [](std::size_t) {
      Bytes flash(512 * 1024, 0xFF);
      const Bytes companion = read_file(image("blackpill.bin"));
      std::copy(companion.begin(), companion.end(), flash.begin());
      for (std::size_t i = 0x10000; i < 0x14000; ++i) {
        flash[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
      }
      return flash;
    };
  }

  /// One call after the other, on the same board, which runs its application after the last one.
  std::vector<Outcome> perform(const std::vector<Words>& calls, const std::string& spec) {
    plug_in_companion("mode=dfu" + spec);
    std::vector<Outcome> outcomes;
    for (const Words& call : calls) {
      std::filesystem::remove("/tmp/bus/new");
      Words command = {"dfu-util"};
      command.insert(command.end(), call.begin(), call.end());
      Outcome outcome;
      outcome.done = support::run(command);
      outcome.flash = flash_of(0);
      outcome.read = read_file("/tmp/bus/new");
      outcomes.push_back(outcome);
    }
    await_application();
    EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
    unplug_all();
    return outcomes;
  }

  // Its address on the bus differs from time to time, as does how often it draws a bar; and a
  // layout that was made for the F413 has a digit more.
  static std::string comparable(std::string out) {
    out = std::regex_replace(out, std::regex("devnum=[0-9]+"), "devnum");
    out = std::regex_replace(out, std::regex("[^\n]*\r"), "");
    return std::regex_replace(out, std::regex(",0*3\\*128Kg"), ",3*128Kg");
  }
};

TEST_F(DfuUtilOnRealRom, 181FindsNoDifferenceToTheModel) {
  if (!is_there()) return;
  const std::string next = image("blackpill-next.bin");
  const std::string read = "/tmp/bus/new";
  const std::vector<Words> calls = {
      {"-l"},
      {"-a", "0", "-s", "0x08010000:0x4000", "-U", read},
      {"-a", "0", "-s", "0x08010000:5001", "-U", read},
      {"-a", "1", "-s", "0x1FFFC000", "-U", read},
      {"-a", "2", "-s", "0x1FFF7800", "-U", read},
      {"-e", "-d", "0483:df11"},
      {"-a", "0", "-s", "0x08020000", "-D", next},
      {"-R", "-a", "0", "-s", "0x08000000", "-D", next},
      {"-a", "0", "-s", "0x08000000:7492", "-U", read},
      {"-a", "0", "-s", "0x08000000:leave", "-D", next},
  };
  // An F413's has another serial number than an F411's (identity.hpp).
  const auto model = perform(calls, ",rom-serial=326533723734");
  use_real_rom();
  const auto real = perform(calls, "");
  for (std::size_t i = 0; i < calls.size(); ++i) {
    SCOPED_TRACE(testing::PrintToString(calls[i]));
    EXPECT_EQ(real[i].done.exit, model[i].done.exit);
    EXPECT_EQ(comparable(real[i].done.out), comparable(model[i].done.out));
    EXPECT_EQ(comparable(real[i].done.err), comparable(model[i].done.err));
    EXPECT_TRUE(real[i].flash == model[i].flash);
    EXPECT_TRUE(real[i].read == model[i].read);
  }
}

TEST_F(RealRom, 181Stm32bootFlashesReadsAndRuns) {
  if (!is_there()) return;
  use_real_rom();
  plug_in_companion();
  const std::string next = image("blackpill-next.bin");
  const auto flashed = patiently({"flash", next});
  ASSERT_EQ(flashed.exit, 0) << flashed.err;
  EXPECT_THAT(ask("version"), HasSubstr("0.1.0-next\r\n"));
  const auto same = patiently({"--json", "flash", next, "--stay"});
  ASSERT_EQ(same.exit, 0) << same.err;
  EXPECT_EQ(result_of(same).at("sectors_erased"), 0);
  const auto read = patiently({"read", "--length", "4096", "/tmp/bus/new.bin", "--stay"});
  EXPECT_EQ(read.exit, 0) << read.err;
  Bytes start = read_file(next);
  start.resize(4096);
  EXPECT_TRUE(read_file("/tmp/bus/new.bin") == start);
  const auto faster = patiently({"flash", "--full", "--x32", image("blackpill.bin")});
  EXPECT_EQ(faster.exit, 0) << faster.err;
  EXPECT_THAT(ask("version"), HasSubstr("Black Pill 0.1.0\r\n"));
}

}  // namespace
