// SPDX-License-Identifier: GPL-3.0-or-later
// The real udevd with the rules that packages install: what an ordinary user may do then, and
// without them.
#include "with_udev.hpp"

namespace {

namespace fs = std::filesystem;
using support::program;
using testing::AllOf;
using testing::HasSubstr;

// /etc is read-only in the virtual machine; udevd reads this folder as well.
constexpr const char* rules = "/run/udev/rules.d/60-stm32boot.rules";
// Debian's dfu-util brings a rule for the bootloader; an empty file of that name hides it.
constexpr const char* no_rules_of_dfu_util = "/run/udev/rules.d/60-dfu-util.rules";

auto for_the_seat_not_for_modem_manager() {
  return AllOf(HasSubstr(":uaccess:"), HasSubstr("ID_MM_DEVICE_IGNORE=1\n"));
}

class Udev : public WithUdev {
 protected:
  void SetUp() override {
    fs::remove(rules);
    fs::remove(no_rules_of_dfu_util);
  }

  static void install_rules(const std::string& text) {
    std::ofstream(rules) << text;
    udevadm({"control", "--reload"});
  }
  static std::string packaged_rules() {
    std::ifstream in(UDEV_RULES);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static support::Finished as_user(const std::string& groups, const Words& words) {
    Words command = {"setpriv", "--reuid=65534", "--regid=65534", "--groups=" + groups,
                     program_for_everyone()};
    command.insert(command.end(), words.begin(), words.end());
    return support::run(command);
  }

  static std::string app_file() { return write_file("/tmp/bus/app.bin", program(20 * 1024)); }

  static std::string properties(const std::string& of) {
    return udevadm({"info", "--query=property", of});
  }

  // "root plugdev 660"
  std::string access(const std::string& port_path) {
    const auto device = at(port_path)->usb;
    const auto node =
        udevadm({"info", "--query=name", "--path=/sys/bus/usb/devices/" + device.port_path});
    return support::run({"stat", "-c", "%U %G %a", "/dev/" + node.substr(0, node.find('\n'))}).out;
  }
};

TEST_F(Udev, WithoutTheRuleItIsExit77AndTheHintMendsIt) {
  plug_in_and_settle({"mode=dfu,times=none"});
  const auto refused = as_user("dialout,plugdev", {"flash", app_file()});
  EXPECT_EQ(refused.exit, 77);
  const std::size_t from = refused.err.find("SUBSYSTEM==");
  ASSERT_NE(from, std::string::npos) << refused.err;

  install_rules(refused.err.substr(from, refused.err.find('\n', from) - from) + '\n');
  boards_->say("unplug 0");
  await([this] { return !at("1-1"); }, "an empty port");
  boards_->say("plug 0 boot0");
  await([this] { return at("1-1").has_value(); }, "the board on the bus again");
  const auto done = as_user("dialout,plugdev", {"flash", app_file()});
  EXPECT_EQ(done.exit, 0) << done.err;
}

TEST_F(Udev, WithTheRuleAnOrdinaryUserFlashes) {
  install_rules(packaged_rules());
  plug_in_and_settle({"times=none,detach"});
  EXPECT_EQ(access("1-1"), "root plugdev 660\n");
  EXPECT_THAT(properties("--path=/sys/bus/usb/devices/1-1"), for_the_seat_not_for_modem_manager());
  EXPECT_THAT(properties("--name=/dev/ttyACM0"), for_the_seat_not_for_modem_manager());
  const auto done = as_user("dialout,plugdev", {"flash", app_file()});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("flashed and verified"));
  EXPECT_THAT(done.err, HasSubstr("(dfu-detach)")) << "which needs the device, not only its port";
}

TEST_F(Udev, WithTheRuleTheBootloaderIsForItsGroupAndTheSeat) {
  install_rules(packaged_rules());
  plug_in_and_settle({"mode=dfu,times=none"});
  EXPECT_EQ(access("1-1"), "root plugdev 660\n");
  EXPECT_THAT(properties("--path=/sys/bus/usb/devices/1-1"), HasSubstr(":uaccess:"));
  EXPECT_EQ(as_user("dialout", {"run"}).exit, 77) << "who is not in the group may not";
}

// What doctor says of a rule, and what this user may do then, are the same.
TEST_F(Udev, C6DoctorJudgesRulesAsUdevDoes) {
  const std::string ids = R"(ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", )";
  const std::string usb = R"(SUBSYSTEM=="usb", )" + ids;
  const std::pair<std::string, bool> cases[] = {
      {usb + R"(MODE="0666")", true},
      {usb + R"(GROUP="plugdev")", true},
      {R"(SUBSYSTEM=="usb" ATTRS{idVendor}=="0483"  ATTRS{idProduct}=="3748|df11" MODE:="666")",
       true},
      {usb + " \\\n# in between\n  GROUP=\"plugdev\", MODE=\"0660\"", true},
      {R"(ENV{DEVTYPE}=="usb_device", ENV{ID_VENDOR_ID}=="0483", ENV{ID_MODEL_ID}=="df*", MODE="666")",
       true},
      {usb + R"(MODE="0664")", false},
      {R"(SUBSYSTEM=="usb", GOTO="end")"
       "\n" +
           ids + "MODE=\"0666\"\nLABEL=\"end\"",
       false},
      {R"(SUBSYSTEM="usb", )" + ids + R"(MODE="0666")", false},
      {usb + R"(MOD="0666")", false},
      {usb + R"(MODE=="0666")", false},
      {usb + R"(MODE="0666)", false},
      {usb + R"(MODE=0666)", false},
      {usb + R"(MODE{x}="0666")", false},
      {R"(SUBSYSTEM=="usb", ATTR{idVendor}=="0483", ATTR{idProduct}=="DF11", MODE="0666")", false},
      {usb + R"(GROUP="nosuchgroup", MODE="0660")", false},
  };
  std::ofstream(no_rules_of_dfu_util).close();
  plug_in_and_settle({"mode=dfu,times=none"});
  for (const auto& [rule, opens] : cases) {
    install_rules(rule + '\n');
    boards_->say("unplug 0");
    await([this] { return !at("1-1"); }, "an empty port");
    boards_->say("plug 0 boot0");
    await([this] { return at("1-1").has_value(); }, "the board on the bus again");
    udevadm({"settle", "--timeout=30"});
    const auto doctor = result_of(as_user("plugdev", {"doctor", "--json"})).at("items");
    std::map<std::string, std::string> grades;
    for (const auto& finding : doctor) grades[finding.at("subject")] = finding.at("grade");
    EXPECT_EQ(grades["board 1-1"], opens ? "good" : "trouble") << rule << access("1-1");
    EXPECT_EQ(grades["udev rule"], opens ? "good" : "trouble") << rule << doctor.dump(1);
  }
}

}  // namespace
