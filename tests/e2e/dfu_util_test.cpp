// SPDX-License-Identifier: GPL-3.0-or-later
// Every call of dfu-util that programs are known to make, given to dfu-util 0.11 and to stm32boot
// in its place, on the same board. Where what they do differs, the table says why.
#include "support/dfu_util_calls.hpp"

#include <regex>

#include "bus.hpp"

namespace {

using support::DfuUtilCall;
using sysboot::Bytes;
using testing::HasSubstr;

class DfuUtilOnTheBus : public Bus, public testing::WithParamInterface<DfuUtilCall> {
 protected:
  struct Outcome {
    support::Finished done;
    Bytes flash;
    Bytes read;  // into a file
    bool runs = false;
  };

  DfuUtilOnTheBus() {
    for (const auto& [name, content] : support::dfu_util_files()) {
      write_file("/tmp/bus/" + name, content);
    }
    holds_at_first_ = [](std::size_t) { return support::dfu_util_flash_before(); };
    allow_violations_ = true;  // dfu-util asks for what the ROM refuses
  }

  /// On a board that is as it was before, which takes a new one where something was changed.
  Outcome perform(Words command, const DfuUtilCall& call) {
    const bool changes_nothing = call.holds.empty() && !call.runs && call.why.empty();
    std::filesystem::remove("/tmp/bus/new");
    if (!boards_) plug_in({std::string("mode=dfu,times=none,serial=") + support::dfu_util_serial});
    for (const auto& word : support::filled(call.words, "/tmp/bus")) command.push_back(word);
    Outcome outcome;
    outcome.done = support::run(command);
    const bool is_left = outcome.done.exit == call.exit && call.runs && call.why.empty();
    if (is_left) await([&] { return is_running(); }, "the application");
    outcome.runs = is_running();
    outcome.flash = flash_of(0);
    outcome.read = read_file("/tmp/bus/new");
    if (!changes_nothing) unplug_all();
    return outcome;
  }

  bool is_running() {
    const auto board = at("1-1");
    return board && board->mode == sysboot::BoardMode::application;
  }

  // "Found DFU" and all that follows; the address on the bus differs from time to time.
  static std::vector<std::string> listed(const std::string& out) {
    const std::regex line("Found [^\n]*");
    std::vector<std::string> lines;
    for (std::sregex_iterator found(out.begin(), out.end(), line), end; found != end; ++found) {
      lines.push_back(std::regex_replace(found->str(), std::regex("devnum=[0-9]+"), "devnum"));
    }
    return lines;
  }
  static std::string last_percentage(const std::string& out) {
    const std::regex percentage("([0-9]+)%");
    std::string last;
    for (std::sregex_iterator found(out.begin(), out.end(), percentage), end; found != end;
         ++found) {
      last = (*found)[1];
    }
    return last;
  }
  static std::string first_line(const std::string& out) { return out.substr(0, out.find('\n')); }
  static bool says(const std::string& out, const std::string& what) {
    return out.find(what) != std::string::npos;
  }
};

TEST_P(DfuUtilOnTheBus, EndsAsWithDfuUtil) {
  const DfuUtilCall& call = GetParam();
  const Outcome its = perform({"dfu-util"}, call);
  const Outcome ours = perform({STM32BOOT, "dfu-util"}, call);
  const std::vector<int> exits = call.its_exits.empty() ? std::vector{call.exit} : call.its_exits;
  EXPECT_THAT(exits, testing::Contains(its.done.exit)) << its.done.out << its.done.err;
  EXPECT_EQ(ours.done.exit, call.exit) << ours.done.out << ours.done.err;
  EXPECT_EQ(listed(ours.done.out), listed(its.done.out));
  if (!its.done.out.empty() && !ours.done.out.empty()) {
    EXPECT_EQ(first_line(ours.done.out), first_line(its.done.out));
  }
  if (!call.why.empty()) return;
  EXPECT_EQ(ours.runs, its.runs);
  EXPECT_EQ(ours.runs, call.runs);
  EXPECT_TRUE(ours.flash == its.flash);
  EXPECT_TRUE(ours.read == its.read);
  if (call.exit != 0) return;
  if (!last_percentage(its.done.out).empty()) {
    EXPECT_EQ(last_percentage(ours.done.out), last_percentage(its.done.out));
  }
  for (const char* line : {"\nErase    done.\n", "\nDownload done.\n", "\nUpload done.\n",
                           "\nFile downloaded successfully\n"}) {
    if (says(its.done.out, line)) {
      EXPECT_THAT(ours.done.out, HasSubstr(line));
    }
  }
}

class InPlaceOfDfuUtil : public Bus {};

TEST_F(InPlaceOfDfuUtil, WithoutPermissionTheListIsEmptyAndSaysSo) {
  plug_in({"mode=dfu"});
  const auto list = as_nobody({"dfu-util", "-l"});
  EXPECT_EQ(list.exit, 0);
  EXPECT_THAT(list.out, testing::Not(HasSubstr("Found")));
  EXPECT_THAT(list.err, HasSubstr("cannot look into 1-1 0483:df11"));
  const auto flash = as_nobody({"dfu-util", "-a", "0", "-s", "0x08000000", "-D",
                                write_file("/tmp/bus/app.bin", support::program(4096))});
  EXPECT_EQ(flash.exit, 74) << flash.err;
  EXPECT_THAT(flash.err, HasSubstr("/etc/udev/rules.d/60-stm32boot.rules"));
}

TEST_F(InPlaceOfDfuUtil, OtherIdsAreForDfuUtilItself) {
  plug_in({"mode=dfu"});
  const auto done = stm32boot({"dfu-util", "-d", ",2341:035b", "-a", "0", "-U", "/tmp/bus/new"});
  EXPECT_EQ(done.exit, 74);
  EXPECT_THAT(done.out, HasSubstr("Weston Schmidt")) << "who wrote dfu-util";
}

TEST_F(InPlaceOfDfuUtil, FromTheApplicationToTheApplication) {
  plug_in({"times=none"});
  const auto app = support::program(20 * 1024 + 37, 7);
  const auto list = stm32boot({"dfu-util", "-l"});
  EXPECT_THAT(list.out, HasSubstr("Found DFU: [0483:df11] ver=2200, devnum="));
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
  const auto done = stm32boot({"dfu-util", "-d,0483:df11", "-a", "0", "-s", "0x08000000:leave",
                               "-D", write_file("/tmp/bus/app.bin", app)});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_TRUE(holds(0, app));
  EXPECT_EQ(at("1-1")->mode, sysboot::BoardMode::application);
}

TEST_F(InPlaceOfDfuUtil, WaitsForABoard) {
  const std::string file = write_file("/tmp/bus/app.bin", support::program(4096));
  support::Background waiting(
      {STM32BOOT, "dfu-util", "-w", "-a", "0", "-s", "0x08000000", "-D", file});
  waiting.wait_for("Waiting for device");
  plug_in({"mode=dfu,times=none"});
  EXPECT_EQ(waiting.join(), 0) << waiting.transcript();
  EXPECT_THAT(waiting.transcript(), HasSubstr("File downloaded successfully"));

  unplug_all();
  support::Background stopped({STM32BOOT, "dfu-util", "-w", "-s", ":leave"});
  stopped.wait_for("Waiting for device");
  stopped.signal(SIGINT);
  EXPECT_EQ(stopped.join(), 130);
}

INSTANTIATE_TEST_SUITE_P(Calls, DfuUtilOnTheBus, testing::ValuesIn(support::dfu_util_calls()),
                         support::name_of);

}  // namespace
