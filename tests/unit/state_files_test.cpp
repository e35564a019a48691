// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/state_files.hpp"

#include <unistd.h>

#include <fstream>

#include "support/temporary.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class State : public testing::Test {
 protected:
  support::TemporaryFolder folder_;
  StateFiles files_{folder_.path(), folder_.path()};
};

TEST_F(State, OneLockPerPortPath) {
  const auto lock = files_.lock("1-1");
  EXPECT_ERROR(files_.lock("1-1"), Errc::busy,
               AllOf(HasSubstr("board 1-1"), HasSubstr("(process " + std::to_string(::getpid()))));
  EXPECT_NO_THROW(files_.lock("1-2"));
}

TEST_F(State, LockEndsWithItsHolder) {
  files_.lock("1-1").reset();
  EXPECT_NO_THROW(files_.lock("1-1"));
}

TEST_F(State, WorksWithoutAFolderForLocks) {
  const StateFiles nowhere("/nonexistent", "/nonexistent");
  EXPECT_NO_THROW(nowhere.lock("1-1"));
  EXPECT_NO_THROW(nowhere.remember({"1-1", "S", {"/dev/ttyACM0"}}));
  EXPECT_THAT(nowhere.records(), IsEmpty());
}

TEST_F(State, RemembersReboots) {
  files_.remember({"1-4.2", "326533683734", {"/dev/ttyACM0", "/dev/serial/by-id/usb 1"}});
  files_.remember({"1-1", "", {}});
  files_.forget("1-1");
  const auto records = files_.records();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].port_path, "1-4.2");
  EXPECT_EQ(records[0].serial, "326533683734");
  EXPECT_THAT(records[0].ports, ElementsAre("/dev/ttyACM0", "/dev/serial/by-id/usb 1"));
}

TEST_F(State, ReplacesWhatItKnewOfAPortPath) {
  files_.remember({"1-1", "A", {"/dev/ttyACM0"}});
  files_.remember({"1-1", "B", {"/dev/ttyACM1"}});
  ASSERT_THAT(files_.records(), SizeIs(1));
  EXPECT_EQ(files_.records()[0].serial, "B");
}

TEST_F(State, ASerialNumberCannotForgeLines) {
  files_.remember({"1-1", "A\nport /dev/ttyACM9", {"/dev/ttyACM0"}});
  EXPECT_THAT(files_.records()[0].ports, ElementsAre("/dev/ttyACM0"));
}

#ifndef _WIN32  // links need a right that users do not have
TEST_F(State, FollowsNoLinks) {
  std::ofstream(folder_.path() / "precious") << "kept";
  std::filesystem::create_symlink("precious", folder_.path() / "stm32boot-1-1.rebooted");
  files_.remember({"1-1", "A", {"/dev/ttyACM0"}});
  EXPECT_THAT(files_.records(), IsEmpty());
  std::string content;
  std::ifstream(folder_.path() / "precious") >> content;
  EXPECT_EQ(content, "kept");
}
#endif

}  // namespace
}  // namespace sysboot
