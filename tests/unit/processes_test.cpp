// SPDX-License-Identifier: GPL-3.0-or-later
// Who holds a port: other processes that have a terminal of this test open.
#include "host/processes.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "support/process.hpp"

namespace sysboot {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class HeldPort : public testing::Test {
 protected:
  HeldPort() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(master_);
    ::unlockpt(master_);
    port_ = ::ptsname(master_);
  }
  ~HeldPort() override { ::close(master_); }

  /// A shell that has the port open, until it is told something.
  std::unique_ptr<support::Background> hold() const {
    auto holder = std::make_unique<support::Background>(
        std::vector<std::string>{"/bin/sh", "-c", "exec 3<" + port_ + "; echo held; read -r line"});
    holder->wait_for("held");
    return holder;
  }

  int master_;
  std::string port_;
};

TEST_F(HeldPort, IsNamedWithItsProcess) {
  EXPECT_THAT(processes_holding(port_), IsEmpty());
  EXPECT_EQ(held_by(port_), "");
  const auto holder = hold();
  const auto found = processes_holding(port_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].pid, holder->pid());
  EXPECT_EQ(held_by(port_),
            ", held by " + found[0].name + " (process " + std::to_string(holder->pid()) + ")");
  holder->say("enough");
  holder->join();
  EXPECT_THAT(processes_holding(port_), IsEmpty());
}

TEST_F(HeldPort, IsFoundByALinkToIt) {
  const auto holder = hold();
  const std::string link = "/tmp/held-port-" + std::to_string(::getpid());
  ASSERT_EQ(::symlink(port_.c_str(), link.c_str()), 0);
  EXPECT_THAT(processes_holding(link), SizeIs(1));
  ::unlink(link.c_str());
}

TEST_F(HeldPort, AllOfThemAreNamed) {
  const auto first = hold();
  const auto second = hold();
  EXPECT_THAT(processes_holding(port_), SizeIs(2));
  EXPECT_THAT(held_by(port_), testing::HasSubstr(") and "));
}

TEST_F(HeldPort, ByThisProcessIsNotByAnother) {
  const int own = ::open(port_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_THAT(processes_holding(port_), IsEmpty());
  ::close(own);
  EXPECT_THAT(processes_holding("/no/such/port"), IsEmpty());
}

}  // namespace
}  // namespace sysboot
