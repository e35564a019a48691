// SPDX-License-Identifier: GPL-3.0-or-later
// What doctor makes of a machine: files of a made-up one, and boards on the virtual bench.
#include "sysboot/doctor.hpp"

#include <unistd.h>

#include <fstream>

#include "board/loader.hpp"
#include "host/linux/udev_rules.hpp"
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
      "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"0483\", ATTR{idProduct}==\"df11\", "
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
  EXPECT_THAT(findings[0].remedies, Contains(udev_rule_for_loaders()));
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

// The real udevd judges the same in e2e's Udev suite.
TEST_F(Doctor, C6ARuleIsAsGoodAsUdevFindsIt) {
  const std::string ids = R"(ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", )";
  const std::string usb = R"(SUBSYSTEM=="usb", )" + ids;
  const std::pair<std::string, std::pair<Grade, const char*>> cases[] = {
      {usb + R"(MODE="0666")", {Grade::good, "60-dfu.rules"}},
      {R"(SUBSYSTEM=="usb" ATTRS{idVendor}=="0483"  ATTRS{idProduct}=="3748|df11" MODE:="666")",
       {Grade::good, "60-dfu.rules"}},
      {"  # a comment\n" + usb + " \\\n# in between\n  GROUP=\"plugdev\", MODE=\"0660\"",
       {Grade::good, "60-dfu.rules"}},
      {R"(ENV{DEVTYPE}=="usb_device", ENV{ID_VENDOR_ID}=="0483", ENV{ID_MODEL_ID}=="df*", MODE="666")",
       {Grade::good, "60-dfu.rules"}},
      {R"(SUBSYSTEM!="usb", GOTO="end")"
       "\n" +
           ids + "GROUP=\"plugdev\"\nLABEL=\"end\"",
       {Grade::good, "60-dfu.rules"}},
      {usb + R"(MODE="0664")", {Grade::trouble, "none lets users"}},
      {usb + R"(ATTR{product}=="STM32 BOOTLOADER", MODE="0666")", {Grade::good, "60-dfu.rules"}},
      {R"(SUBSYSTEM=="usb", GOTO="end")"
       "\n" +
           ids + "MODE=\"0666\"\nLABEL=\"end\"",
       {Grade::trouble, "none lets users"}},
      {usb + "MODE=\"0666\"\n" + usb + R"(MODE="0600")", {Grade::trouble, "none lets users"}},
      {R"(SUBSYSTEM="usb", )" + ids + R"(MODE="0666")",
       {Grade::trouble, "60-dfu.rules:1: SUBSYSTEM cannot be used with ="}},
      {usb + R"(MOD="0666")", {Grade::trouble, "60-dfu.rules:1: unknown key MOD"}},
      {usb + R"(MODE=="0666")", {Grade::trouble, "60-dfu.rules:1: MODE cannot be used with =="}},
      {usb + R"(MODE="0666)", {Grade::trouble, "60-dfu.rules:1: no value in quotes after MODE"}},
      {usb + R"(MODE=0666)", {Grade::trouble, "60-dfu.rules:1: no value in quotes after MODE"}},
      {usb + R"(MODE{x}="0666")", {Grade::trouble, "60-dfu.rules:1: MODE takes no braces"}},
      {R"(SUBSYSTEM=="usb", ATTR=="0483", ATTR{idProduct}=="df11", MODE="0666")",
       {Grade::trouble, "60-dfu.rules:1: ATTR needs a name in braces"}},
      {R"(SUBSYSTEM=="usb", ATTR{idVendor}=="0483", ATTR{idProduct}=="DF11", MODE="0666")",
       {Grade::trouble, "60-dfu.rules:1: idProduct is df11, which is not equal to DF11"}},
      {usb + R"(GROUP="nosuchgroup", MODE="0660")",
       {Grade::trouble, "60-dfu.rules:1: there is no group nosuchgroup"}},
  };
  put("etc/group", "root:x:0:\nplugdev:x:46:anna\n");
  for (const auto& [rule, expected] : cases) {
    put("etc/udev/rules.d/60-dfu.rules", rule + "\n");
    const bool is_note = geteuid() == 0 && std::string(expected.second) == "none lets users";
    EXPECT_THAT(about("udev rule"), testing::ElementsAre(finding(
                                        is_note ? Grade::note : expected.first, expected.second)))
        << rule;
  }
}

TEST_F(Doctor, C6AFileThatUdevDoesNotReadIsNone) {
  put("etc/udev/rules.d/60-dfu.rule", rule_);
  put("etc/udev/rules.d/60-dfu.rules.bak", rule_);
  EXPECT_THAT(about("udev rule"), Contains(Field(&Finding::text, HasSubstr("none lets users"))));
}

TEST_F(Doctor, C6AGroupThatThisUserIsNotInIsTold) {
  put("etc/group", "plugdev:x:46:anna\n");
  put("etc/udev/rules.d/60-dfu.rules",
      R"(SUBSYSTEM=="usb", ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", GROUP="plugdev")");
  put("proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nGroups:\t20 1000 \n");
  const auto findings = about("udev rule");
  ASSERT_THAT(findings, testing::ElementsAre(finding(Grade::trouble, "only the group plugdev")));
  EXPECT_THAT(findings[0].remedies, Contains(HasSubstr("usermod -aG plugdev")));
  put("proc/self/status", "Uid:\t1000\t1000\t1000\t1000\nGroups:\t46 1000 \n");
  EXPECT_THAT(about("udev rule"), testing::ElementsAre(finding(Grade::good, "60-dfu.rules")));
}

TEST(UdevRules, C6ThoseOfThePackagesOpenEveryLoaderThatCanBeFlashed) {
  support::TemporaryFolder root;
  fs::create_directories(root.path() / "lib/udev/rules.d");
  fs::create_directories(root.path() / "etc");
  std::ofstream(root.path() / "etc/group") << "plugdev:x:46:\n";
  fs::copy_file(UDEV_RULES, root.path() / "lib/udev/rules.d/60-stm32boot.rules");
  for (const Loader& loader : known_loaders()) {
    const auto verdict =
        apply_udev_rules(root.path(), usb_udev_device(loader.id.vendor, loader.id.product));
    EXPECT_EQ(verdict.for_the_seat, loader.is_dfuse) << loader.name;
    EXPECT_EQ(verdict.for_the_group(), loader.is_dfuse) << loader.name;
    EXPECT_FALSE(verdict.for_everybody()) << loader.name;
    EXPECT_THAT(verdict.discarded, IsEmpty());
  }
}

TEST_F(Doctor, C6VirtualMachinesAreToldThatTheBootloaderIsAnotherDevice) {
  put("sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
  EXPECT_THAT(about("virtual machine"), IsEmpty());
  for (const auto& [vendor, name] : {std::pair{"innotek GmbH", "VirtualBox"},
                                     {"VMware, Inc.", "VMware"},
                                     {"QEMU", "QEMU"},
                                     {"Parallels International GmbH.", "Parallels"}}) {
    put("sys/class/dmi/id/sys_vendor", std::string(vendor) + "\n");
    EXPECT_THAT(about("virtual machine"), Contains(finding(Grade::note, name)));
  }
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
  EXPECT_THAT(about("WSL").at(0).remedies,
              Contains(AllOf(HasSubstr("--auto-attach"), HasSubstr("0483:df11"))));
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
