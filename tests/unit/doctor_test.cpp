// SPDX-License-Identifier: GPL-3.0-or-later
// What doctor makes of a machine: files of a made-up one, and boards on the virtual bench.
#include "sysboot/doctor.hpp"

#include <unistd.h>

#include <fstream>

#include "support/bench.hpp"
#include "support/temporary.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using Grade = Finding::Grade;
using support::BoardSettings;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Doctor : public support::Bench {
 protected:
  void put(const fs::path& file, const std::string& content) {
    fs::create_directories((root() / file).parent_path());
    std::ofstream(root() / file) << content;
  }
  fs::path root() const { return folder_.path(); }

  std::vector<Finding> about(const std::string& subject) {
    auto findings = examine(host_, root());
    std::erase_if(findings, [&](const Finding& finding) { return finding.subject != subject; });
    return findings;
  }
  static testing::Matcher<Finding> finding(Grade grade, const std::string& text) {
    return AllOf(Field(&Finding::grade, grade), Field(&Finding::text, HasSubstr(text)));
  }

  const std::string rule_ =
      "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"0483\", ATTR{idProduct}==\"DF11\", "
      "TAG+=\"uaccess\"\n";

 private:
  support::TemporaryFolder folder_;
};

TEST_F(Doctor, AHealthyMachineHasNoTrouble) {
  add_board();
  put("etc/udev/rules.d/60-stm32boot.rules", rule_);
  put("dev/kmsg", "");
  EXPECT_THAT(examine(host_, root()), Each(Field(&Finding::grade, Grade::good)));
}

TEST_F(Doctor, WithoutARuleTheRemedyIsTheRule) {
  put("etc/udev/rules.d/60-stm32boot.rules", "# " + rule_);
  const auto findings = about("udev rule");
  const Grade grade = geteuid() == 0 ? Grade::note : Grade::trouble;  // root needs none
  ASSERT_THAT(findings, testing::ElementsAre(finding(grade, "none lets users open")));
  EXPECT_THAT(findings[0].remedies, Contains(HasSubstr("ATTR{idProduct}==\"df11\"")));
}

TEST_F(Doctor, ARuleThatComesTooLateIsNone) {
  put("lib/udev/rules.d/99-dfu.rules", rule_);
  EXPECT_THAT(about("udev rule"), Contains(finding(Grade::trouble, "too late")));
}

TEST_F(Doctor, ARuleThatIsHiddenIsNone) {
  put("lib/udev/rules.d/60-dfu.rules", rule_);
  put("etc/udev/rules.d/60-dfu.rules", "");
  EXPECT_THAT(about("udev rule"), Contains(Field(&Finding::text, HasSubstr("none lets users"))));
}

TEST_F(Doctor, TheGroupOfSerialPortsIsAskedForBeforeABoardIsThere) {
  put("etc/debian_version", "12.7\n");
  put("etc/group", "root:x:0:\nuucp:x:10:\ndialout:x:20:anna\nanna:x:1000:\n");
  EXPECT_THAT(about("group"), IsEmpty()) << "who asks is not known";
  put("proc/self/status",
      "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\n"
      "Groups:\t27 1000 \n");
  EXPECT_THAT(about("group"), Contains(finding(Grade::note, "this user is not in dialout")));
  EXPECT_THAT(about("group").at(0).remedies, Contains(HasSubstr("usermod -aG dialout")));
  put("proc/self/status",
      "Uid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\t1000\t1000\n"
      "Groups:\t20 27 1000 \n");
  EXPECT_THAT(about("group"), Contains(finding(Grade::good, "this user is in dialout")));
  put("proc/self/status", "Uid:\t1000\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t0 \n");
  EXPECT_THAT(about("group"), IsEmpty()) << "root needs none";
}

TEST_F(Doctor, TheGroupIsCalledUucpElsewhere) {
  put("etc/group", "uucp:x:986:\n");
  put("proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nGroups:\t1000 \n");
  EXPECT_THAT(about("group"), Contains(finding(Grade::note, "this user is not in uucp")));
}

TEST_F(Doctor, OneDeviceIsOne) {
  add_board();
  EXPECT_THAT(about("USB"), Contains(Field(&Finding::text, "1 device on the bus")));
}

TEST_F(Doctor, ModemManagerIsNamedUntilItIsToldToStayAway) {
  put("proc/812/comm", "ModemManager\n");
  EXPECT_THAT(about("ModemManager"), Contains(finding(Grade::note, "may hold a new serial port")));
  put("etc/udev/rules.d/60-stm32boot.rules",
      "ATTRS{idVendor}==\"0483\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n");
  EXPECT_THAT(about("ModemManager"), Contains(finding(Grade::good, "leaves boards alone")));
}

TEST_F(Doctor, WslAndContainersAreTold) {
  EXPECT_THAT(about("WSL"), IsEmpty());
  put("proc/version", "Linux version 5.15.90.1-microsoft-standard-WSL2\n");
  EXPECT_THAT(about("WSL").at(0).remedies, Contains(HasSubstr("--auto-attach")));
  EXPECT_THAT(about("container"), IsEmpty());
  put(".dockerenv", "");
  EXPECT_THAT(about("container").at(0).remedies, Contains(HasSubstr("c 189:* rmw")));
}

TEST_F(Doctor, APortThatIsForbiddenIsTrouble) {
  add_board();
  host_.refuse("/dev/ttyACM0", Error(Errc::not_permitted, "no"), TimePoint::max());
  EXPECT_THAT(about("port /dev/ttyACM0"), Contains(finding(Grade::trouble, "may not open it")));
}

TEST_F(Doctor, ABootloaderThatIsForbiddenOrHeldIsTrouble) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings, "1-4");
  EXPECT_THAT(about("board 1-4"), Contains(finding(Grade::good, "can be opened")));
  fs::create_directories(root() / "sys/bus/usb/devices/1-4:1.0");
  fs::create_symlink("../../../../bus/usb/drivers/stub",
                     root() / "sys/bus/usb/devices/1-4:1.0/driver");
  EXPECT_THAT(about("board 1-4"), Contains(finding(Grade::trouble, "driver stub holds it")));
  host_.refuse("1-4", Error(Errc::not_permitted, "no"), TimePoint::max());
  EXPECT_THAT(about("board 1-4"), Contains(finding(Grade::trouble, "may not open it")));
}

TEST_F(Doctor, FailedEnumerationsAreTakenFromTheKernelsLog) {
  put("dev/kmsg",
      "6,901,5000000,-;usb 1-4: new full-speed USB device number 7 using xhci_hcd\n"
      "3,902,5100000,-;usb 1-4: device descriptor read/64, error -71\n"
      " SUBSYSTEM=usb\n"
      "3,903,5200000,-;usb 1-2-port3: unable to enumerate USB device\n"
      "3,904,5300000,-;usb usb2-port1: unable to enumerate USB device\n"
      "3,905,5400000,-;usb 1-9: device not accepting address 9, error -32\n"
      "6,906,5500000,-;usb 1-9: New USB device found, idVendor=0483, idProduct=df11\n"
      "6,907,5600000,-;cdc_acm 1-9:1.0: ttyACM0: USB ACM device\n");
  EXPECT_THAT(about("USB port 1-4"),
              Contains(finding(Grade::trouble, "device descriptor read/64, error -71")));
  EXPECT_THAT(about("USB port 1-4").at(0).remedies, Contains(HasSubstr("PA10")));
  EXPECT_THAT(about("USB port 1-2.3"), Not(IsEmpty()));
  EXPECT_THAT(about("USB port 2-1"), Not(IsEmpty()));
  EXPECT_THAT(about("USB port 1-9"), IsEmpty()) << "came up after all";
}

TEST_F(Doctor, ALogThatCannotBeReadIsANote) {
  EXPECT_THAT(about("kernel log"), Contains(finding(Grade::note, "cannot be read")));
}

}  // namespace
}  // namespace sysboot
