// SPDX-License-Identifier: GPL-3.0-or-later
// Runs suites one after the other in the same machine: each must leave that as it has found it.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;

/// What there is that a suite could leave behind, in words.
using Footprint = std::set<std::string>;

void add_files(Footprint& all, const fs::path& folder) {
  std::error_code ignored;  // some go away meanwhile
  for (auto at = fs::recursive_directory_iterator(folder, ignored);
       at != fs::recursive_directory_iterator(); at.increment(ignored)) {
    if (at->path() == "/run/out") at.disable_recursion_pending();  // the machine's way out
    all.insert(at->path());
  }
}

void add_usb_devices(Footprint& all) {
  for (const auto& device : fs::directory_iterator("/sys/bus/usb/devices")) {
    all.insert("USB device " + device.path().filename().string());
  }
}

void add_processes(Footprint& all) {
  for (const auto& process : fs::directory_iterator("/proc")) {
    std::string command;
    std::ifstream(process.path() / "cmdline") >> command;  // the kernel's own have none
    std::replace(command.begin(), command.end(), '\0', ' ');
    if (!command.empty())
      all.insert("process " + process.path().filename().string() + ", " + command);
  }
}

void add_mounts(Footprint& all) {
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) all.insert("mount " + line);
}

Footprint footprint() {
  Footprint all;
  for (const char* folder : {"/tmp", "/run", "/dev"}) add_files(all, folder);
  add_usb_devices(all);
  add_processes(all);
  add_mounts(all);
  return all;
}

Footprint difference(const Footprint& of, const Footprint& without) {
  Footprint rest;
  std::set_difference(of.begin(), of.end(), without.begin(), without.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

class LeavesNothingBehind : public testing::EmptyTestEventListener {
  void OnTestSuiteStart(const testing::TestSuite& /*suite*/) override { before_ = footprint(); }

  // The kernel and udevd take a moment to clear away what has ended.
  void OnTestSuiteEnd(const testing::TestSuite& suite) override {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    Footprint after = footprint();
    while (after != before_ && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      after = footprint();
    }
    EXPECT_THAT(difference(after, before_), testing::IsEmpty())
        << "left behind by " << suite.name() << ", so that the next suite finds it";
    EXPECT_THAT(difference(before_, after), testing::IsEmpty())
        << "taken away by " << suite.name() << ", so that the next suite lacks it";
  }

  Footprint before_;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  testing::UnitTest::GetInstance()->listeners().Append(new LeavesNothingBehind);
  return RUN_ALL_TESTS();
}
