// SPDX-License-Identifier: GPL-3.0-or-later
// Debian's fwupd reads a virtual board's bootloader as stm32boot does.
#include <regex>

#include "with_udev.hpp"

namespace {

using testing::HasSubstr;

// "0x08000000 16384 rew"
std::vector<std::string> sectors_of(const nlohmann::json& memory) {
  std::vector<std::string> sectors;
  for (const auto& part : memory.at("parts")) {
    unsigned long address = std::stoul(part.at("address").get<std::string>(), nullptr, 16);
    for (int left = part.at("sectors"); left > 0; --left) {
      const unsigned long size = part.at("sector_bytes");
      std::ostringstream out;
      out << "0x" << std::hex << std::setw(8) << std::setfill('0') << address << std::dec << ' '
          << size << ' ' << part.at("access").get<std::string>();
      sectors.push_back(out.str());
      address += size;
    }
  }
  return sectors;
}

std::vector<std::string> sectors_in(const std::string& text) {
  static const std::regex line(R"(Addr:(\w+), Size:(\w+), Caps:\w+ \[(.*)\])");
  static const std::map<std::string, std::string> access = {
      {"readable,writable,erasable", "rew"}, {"readable,writable", "r-w"}, {"readable", "r--"}};
  std::vector<std::string> sectors;
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
    sectors.push_back((*at)[1].str() + ' ' + std::to_string(std::stoul((*at)[2], nullptr, 16)) +
                      ' ' + access.at((*at)[3]));
  }
  return sectors;
}

class Fwupd : public WithUdev {
 protected:
  ~Fwupd() override { std::filesystem::remove("/run/lock/fwupdtool"); }
};

TEST_F(Fwupd, AgreesOnTheBootloader) {
  plug_in_and_settle({"mode=dfu"});
  for (const char* folder : {"/tmp/bus/cache", "/tmp/bus/state"}) {
    std::filesystem::create_directory(folder);
  }
  const auto done = support::run({"env", "HOME=/tmp/bus", "CACHE_DIRECTORY=/tmp/bus/cache",
                                  "STATE_DIRECTORY=/tmp/bus/state", "fwupdtool", "-vv",
                                  "--plugins=dfu", "get-devices"});
  EXPECT_EQ(done.exit, 0) << done.err;
  const std::string said = done.out + done.err;
  const std::size_t from = said.find("\nFuDfuDevice:\n");
  ASSERT_NE(from, std::string::npos) << said;
  const std::string device = said.substr(from);

  const auto info = result_of(stm32boot({"info", "--json"}));
  EXPECT_THAT(device, HasSubstr("Protocol:             com.st.dfuse\n"));
  EXPECT_THAT(device, HasSubstr("Vid:                  0x483\n  Pid:                  0xdf11\n"));
  EXPECT_EQ(info.at("id"), "0483:df11");
  EXPECT_THAT(device, HasSubstr("Serial:               " + info.at("serial").get<std::string>()));
  EXPECT_THAT(device, HasSubstr("VersionRaw:           0x00002200\n"));
  EXPECT_EQ(info.at("release"), "22.00");

  // It passes over every second memory, since interfaces without endpoints confuse it.
  std::vector<std::string> sectors;
  for (const auto& memory : info.at("memories")) {
    if (memory.at("alternate").get<int>() % 2 != 0) continue;
    EXPECT_THAT(device, HasSubstr("Name:             " + memory.at("name").get<std::string>()));
    for (const auto& sector : sectors_of(memory)) sectors.push_back(sector);
  }
  EXPECT_EQ(sectors_in(device), sectors);
}

}  // namespace
