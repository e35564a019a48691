// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/state_files.hpp"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "host/posix/own_file.hpp"
#endif
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>

#include "host/own_files.hpp"
#include "support/temporary.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using testing::_;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

#ifndef _WIN32
/// Of the environment, until the end.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// Another process: does `work` and then nothing until the end of this.
class OtherProcess {
 public:
  explicit OtherProcess(const std::function<std::string()>& work) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::close(ends[0]);
      answer_and_wait(work(), ends[1]);
    }
    ::close(ends[1]);
    end_ = ends[0];
    for (char next = 0; ::read(end_, &next, 1) == 1 && next != '\n';) answer_ += next;
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  ~OtherProcess() {
    ::close(end_);
    ::waitpid(child_, nullptr, 0);
  }

  /// What `work` returned, which is one line.
  const std::string& answer() const { return answer_; }

 private:
  [[noreturn]] static void answer_and_wait(const std::string& answer, int end) {
    const std::string line = answer + "\n";
    if (::write(end, line.data(), line.size()) == static_cast<ssize_t>(line.size())) {
      char nothing = 0;
      [[maybe_unused]] const auto closed = ::read(end, &nothing, 1);
    }
    ::_exit(0);
  }

  pid_t child_ = -1;
  int end_ = -1;
  std::string answer_;
};
#else
/// There is no fork, and no need for it: a lock belongs to the opened file, not to the process.
class OtherProcess {
 public:
  explicit OtherProcess(const std::function<std::string()>& work) : answer_(work()) {}
  const std::string& answer() const { return answer_; }

 private:
  std::string answer_;
};
#endif

class State : public testing::Test {
 protected:
  std::filesystem::path record() const {
    return folder_ / (own_name("stm32boot-1-1") + ".rebooted");
  }
#ifndef _WIN32
  std::filesystem::path lock_of(uid_t user) const {
    return folder_ / ("stm32boot-1-1-" + std::to_string(user) + ".lock");
  }

  /// What it says when it has one of this kind on such a file, which it never gives back.
  static std::string lock_forever(const std::filesystem::path& file, short kind) {
    const int fd = ::open(file.c_str(), kind == F_RDLCK ? O_RDONLY : O_RDWR);
    struct flock whole {};
    whole.l_type = kind;
    return ::fcntl(fd, F_SETLK, &whole) == 0 ? "locked" : "not locked";
  }
#endif

  /// Why another process does not get the lock; empty if it does.
  std::string refusal_elsewhere(const std::string& port_path) {
    const auto ask = [&] {
      try {
        other_process_.lock(port_path);
        return std::string();
      } catch (const Error& error) {
        return fmt::format("{}: {}", to_string(error.code()), error.what());
      }
    };
    return OtherProcess(ask).answer();
  }

  bool is_locked_for_others(const std::string& port_path) const {
    const auto ask = [&] {
      return std::string(other_process_.is_locked_elsewhere(port_path) ? "locked" : "free");
    };
    return OtherProcess(ask).answer() == "locked";
  }

  support::TemporaryFolder folder_;
  StateFiles files_{folder_.path(), folder_.path()};
  StateFiles other_process_{folder_.path(), folder_.path()};
};

TEST_F(State, OneLockPerPortPath) {
  const auto lock = files_.lock("1-1");
  EXPECT_THAT(refusal_elsewhere("1-1"), AllOf(StartsWith("busy: "), HasSubstr("board 1-1"),
                                              HasSubstr("(process " + std::to_string(::getpid()))));
  EXPECT_FALSE(other_process_.is_locked("1-1")) << "that is for the threads of one process";
  EXPECT_NO_THROW(files_.lock("1-2"));
}

TEST_F(State, SaysWhetherAnotherProcessHoldsTheLock) {
  EXPECT_FALSE(files_.is_locked_elsewhere("1-1")) << "no file";
  auto lock = files_.lock("1-1");
  EXPECT_FALSE(files_.is_locked_elsewhere("1-1")) << "it is this one";
  EXPECT_TRUE(is_locked_for_others("1-1"));
  EXPECT_TRUE(is_locked_for_others("1-1")) << "asking changes nothing";
  EXPECT_FALSE(is_locked_for_others("1-1.2"));
  EXPECT_THAT(refusal_elsewhere("1-1"), HasSubstr("board 1-1"));
  lock.reset();
  EXPECT_FALSE(is_locked_for_others("1-1"));
  EXPECT_EQ(other_process_.lock("1-1")->weakness(), "");
}

TEST_F(State, OneThreadPerPortPath) {
  auto lock = files_.lock("1-1");
  EXPECT_TRUE(files_.is_locked("1-1"));
  EXPECT_ERROR(files_.lock("1-1"), Errc::busy,
               HasSubstr("this stm32boot is working on this board"));
  EXPECT_TRUE(files_.is_locked("1-1")) << "one who was refused takes nothing away";
  lock.reset();
  EXPECT_FALSE(files_.is_locked("1-1"));
  std::unique_ptr<BoardLock> theirs;
  const OtherProcess elsewhere([&] {
    theirs = other_process_.lock("1-1");
    return theirs->weakness();
  });
  EXPECT_EQ(elsewhere.answer(), "");
  EXPECT_ERROR(files_.lock("1-1"), Errc::busy, HasSubstr("another stm32boot"));
  EXPECT_FALSE(files_.is_locked("1-1")) << "another process does";
}

TEST_F(State, LockEndsWithItsHolder) {
  files_.lock("1-1").reset();
  EXPECT_NO_THROW(files_.lock("1-1"));
}

TEST_F(State, WorksWithoutAFolderForLocks) {
  StateFiles nowhere("/nonexistent", "/nonexistent");
  EXPECT_THAT(nowhere.lock("1-1")->weakness(), HasSubstr("stm32boot-1-1"));
  EXPECT_EQ(files_.lock("1-1")->weakness(), "") << "and this one keeps others off";
}

TEST_F(State, D6ARecordThatCannotBeKeptIsAnError) {
  StateFiles nowhere("/nonexistent", "/nonexistent");
  EXPECT_ERROR(nowhere.remember({"1-1", "S", {"/dev/ttyACM0"}}), Errc::cannot_write_output,
               AllOf(HasSubstr("stm32boot-1-1"), HasSubstr("cannot be written: ")));
  EXPECT_THAT(nowhere.records(), IsEmpty());
  std::ofstream(folder_.path() / "file") << "no folder";
  const StateFiles in_a_file(folder_.path() / "file", folder_.path() / "file");
  EXPECT_ERROR(in_a_file.remember({"1-1", "S", {}}), Errc::cannot_write_output,
               HasSubstr("cannot be written: "));
  EXPECT_THAT(in_a_file.records(), IsEmpty());
}

TEST_F(State, D6GarbageInARecordIsLeftOut) {
  files_.remember({"1-1", "A", {}});
  const std::string garbage("\0\xff\x1b[2J\nport\nserial B\nport /dev/ttyACM0\nport ", 40);
  std::ofstream(record(), std::ios::binary) << garbage;
  const auto records = files_.records();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].serial, "B");
  std::ofstream(record(), std::ios::binary) << std::string(1024 * 1024, 'x');
  EXPECT_THAT(files_.records(), SizeIs(1));
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

TEST_F(State, B2KeepsTheDeviceThatCameUp) {
  files_.remember({"1-1", "A", {"/dev/ttyACM0"}, DeviceIdentity{3, 17, "STM32 FxSTM32"}});
  files_.remember({"1-2", "B", {"/dev/ttyACM1"}, DeviceIdentity{3, 18, ""}});
  files_.remember({"1-3", "C", {"/dev/ttyACM2"}});
  auto records = files_.records();
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.port_path < b.port_path; });
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[0].bootloader, (DeviceIdentity{3, 17, "STM32 FxSTM32"}));
  EXPECT_EQ(records[1].bootloader, (DeviceIdentity{3, 18, ""}));
  EXPECT_EQ(records[2].bootloader, std::nullopt);
  EXPECT_LT(records[2].age, std::chrono::minutes(1));
}

TEST_F(State, B2ReadsRecordsOfEarlierVersionsAndKnowsTheirAge) {
  const auto file = record();
  std::ofstream(file, std::ios::binary) << "serial A\nport /dev/ttyACM0\n";
  std::filesystem::last_write_time(file,
                                   std::filesystem::last_write_time(file) - std::chrono::hours(1));
  const auto records = files_.records();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].serial, "A");
  EXPECT_EQ(records[0].bootloader, std::nullopt);
  EXPECT_GT(records[0].age, std::chrono::minutes(59));
}

TEST_F(State, B2ADeviceThatCannotBeReadVoidsItsRecord) {
  for (const char* device : {"", "3", "3 x A", "x 3 A", "3 17", "-1 99999999999 A"}) {
    std::ofstream(record()) << "serial A\nport /dev/ttyACM0\ndevice " << device << '\n';
    EXPECT_THAT(files_.records(), IsEmpty()) << device;
  }
}

TEST_F(State, ReplacesWhatItKnewOfAPortPath) {
  files_.remember({"1-1", "A", {"/dev/ttyACM0"}});
  files_.remember({"1-1", "B", {"/dev/ttyACM1"}});
  ASSERT_THAT(files_.records(), SizeIs(1));
  EXPECT_EQ(files_.records()[0].serial, "B");
}

TEST_F(State, ASerialNumberCannotForgeLines) {
  files_.remember({"1-1",
                   "A\nport /dev/ttyACM9",
                   {"/dev/ttyACM0"},
                   DeviceIdentity{1, 2, "B\nport /dev/ttyACM8"}});
  EXPECT_THAT(files_.records()[0].ports, ElementsAre("/dev/ttyACM0"));
}

#ifndef _WIN32  // has no FIFOs and no users in one folder; links need a right that users do not
                // have
TEST_F(State, FollowsNoLinks) {
  std::ofstream(folder_.path() / "precious") << "kept";
  std::filesystem::create_symlink("precious", record());
  EXPECT_ERROR(files_.remember({"1-1", "A", {"/dev/ttyACM0"}}), Errc::cannot_write_output, _);
  EXPECT_THAT(files_.records(), IsEmpty());
  std::string content;
  std::ifstream(folder_.path() / "precious") >> content;
  EXPECT_EQ(content, "kept");
}

TEST_F(State, D6WhatIsNoRegularFileBlocksNobody) {
  ASSERT_EQ(::mkfifo(lock_of(::geteuid()).c_str(), 0666), 0);
  EXPECT_THAT(files_.lock("1-1")->weakness(), HasSubstr("it is no regular file"));
  std::filesystem::remove(lock_of(::geteuid()));
  std::filesystem::create_symlink("precious", lock_of(::geteuid()));
  EXPECT_NE(files_.lock("1-1")->weakness(), "");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "precious"));
  std::filesystem::remove(lock_of(::geteuid()));
  ASSERT_EQ(::mkfifo(record().c_str(), 0666), 0);
  EXPECT_ERROR(files_.remember({"1-1", "A", {}}), Errc::cannot_write_output, _);
  EXPECT_THAT(files_.records(), IsEmpty());
}

TEST_F(State, D6NothingWithAnotherNameIsOverwritten) {
  std::ofstream(folder_.path() / "precious") << "kept";
  std::filesystem::create_hard_link(folder_.path() / "precious", lock_of(::geteuid()));
  std::filesystem::create_hard_link(folder_.path() / "precious", record());
  EXPECT_THAT(files_.lock("1-1")->weakness(), HasSubstr("it has other names"));
  EXPECT_ERROR(files_.remember({"1-1", "A", {}}), Errc::cannot_write_output, _);
  std::string content;
  std::ifstream(folder_.path() / "precious") >> content;
  EXPECT_EQ(content, "kept");
}

// Anybody who can read a file can share a lock on it, for as long as he likes.
TEST_F(State, D6ASharedLockBlocksNobody) {
  files_.lock("1-1").reset();
  const OtherProcess stranger([&] { return lock_forever(lock_of(::geteuid()), F_RDLCK); });
  ASSERT_EQ(stranger.answer(), "locked");
  const auto lock = files_.lock("1-1");
  EXPECT_EQ(lock->weakness(), "");
  EXPECT_THAT(refusal_elsewhere("1-1"), HasSubstr("(process "));
}

TEST_F(State, D6TheLockOfAnotherUserCounts) {
  const uid_t another = ::geteuid() + 4711;
  std::ofstream(lock_of(another)) << "123\n";
  const OtherProcess taken([&] { return lock_forever(lock_of(another), F_WRLCK); });
  ASSERT_EQ(taken.answer(), "locked");
  EXPECT_EQ(files_.lock("1-1")->weakness(), "") << "it names a user that it does not belong to";
  if (::chown(lock_of(another).c_str(), another, static_cast<gid_t>(-1)) == 0) {  // as root
    EXPECT_ERROR(files_.lock("1-1"), Errc::busy,
                 HasSubstr("another stm32boot (process 123 of user " + std::to_string(another)));
    EXPECT_TRUE(files_.is_locked_elsewhere("1-1"));
    EXPECT_NO_THROW(files_.lock("1-2"));
  }
}

TEST_F(State, RecordsGoToTheFirstFolderThatIsThisUsers) {
  const auto make = [&](const char* name) {
    std::filesystem::create_directory(folder_.path() / name);
    return folder_.path() / name;
  };
  const auto best = make("best");
  const auto second = make("second");
  std::filesystem::path of_another = "/";
  if (::geteuid() == 0) {
    of_another = make("of another");
    ASSERT_EQ(::chown(of_another.c_str(), 4711, static_cast<gid_t>(-1)), 0);
  }
  std::ofstream(folder_.path() / "file") << "no folder";
  EXPECT_EQ(first_own_folder({best, second}), best);
  EXPECT_EQ(first_own_folder({"", "/nonexistent", folder_.path() / "file", of_another, second}),
            second);
  EXPECT_EQ(first_own_folder({of_another}), std::nullopt);
  EXPECT_EQ(first_own_folder({}), std::nullopt);
}

// sudo and some programs keep the TMPDIR of somebody else.
TEST_F(State, FoldersDoNotGoByTmpdir) {
  const Variable temporary("TMPDIR", folder_.path().string());
  EXPECT_NE(shared_folder(), folder_.path());
  const Variable none("XDG_RUNTIME_DIR", "/nonexistent");
  EXPECT_NE(own_folder(), folder_.path());
#ifdef __linux__
  EXPECT_EQ(own_folder(), shared_folder());
#endif
  const Variable runtime("XDG_RUNTIME_DIR", folder_.path().string());
  EXPECT_EQ(own_folder(), folder_.path());
}

TEST_F(State, D6OthersCanAskForALockAndNotChangeIt) {
  const ::mode_t before = ::umask(0077);
  const auto lock = files_.lock("1-1");
  ::umask(before);
  struct stat info {};
  ASSERT_EQ(::stat(lock_of(::geteuid()).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0644U);
}
#endif

}  // namespace
}  // namespace sysboot
