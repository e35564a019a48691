// SPDX-License-Identifier: GPL-3.0-or-later
// `chips`, as users see it.
#include <set>
#include <sstream>

#include "cli.hpp"

namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class ChipsCommand : public Cli {
 protected:
  static nlohmann::json items() {
    return nlohmann::json::parse(stm32boot({"chips", "--json"}).out).at("items");
  }
  static nlohmann::json item(const std::string& name) {
    const auto all = items();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& each) { return each["name"] == name; });
    return found == all.end() ? nlohmann::json() : *found;
  }
};

TEST_F(ChipsCommand, 183IsATable) {
  const auto done = stm32boot({"chips"});
  EXPECT_EQ(done.exit, 0);
  EXPECT_THAT(done.out,
              AllOf(StartsWith("CHIP         STM32              FLASH    UNIT  RAM"),
                    HasSubstr("\nstm32f413    F413/423xH         1.5 MiB  1     320 KiB  r      "
                              "2048 m  100/104 m\n"),
                    HasSubstr("\n-            F411xC             256 KiB  1     128 KiB  -      "
                              "-       -\n"),
                    HasSubstr("\nstm32h743    H743/750           2 MiB    32    128 KiB  r      "
                              "1024 r  -\n"),
                    HasSubstr("leaves without an answer (r)")));
}

TEST_F(ChipsCommand, 183EachFactSaysHowWellItIsKnownAndFromWhere) {
  const auto f413 = item("stm32f413");
  EXPECT_EQ(f413.at("transfer_size").at("known"), "measured");
  EXPECT_EQ(f413.at("transfer_size").at("value"), 2048);
  EXPECT_EQ(f413.at("memories").at("known"), "reported");
  EXPECT_EQ(f413.at("bootloader_ids").at("value"), nlohmann::json({"0x90"}));
  const auto h743 = item("stm32h743");
  EXPECT_EQ(h743.at("program_unit"),
            nlohmann::json({{"known", "documented"}, {"value", 32}, {"source", "RM0433"}}));
  EXPECT_EQ(h743.at("erase_poll_ms"), nlohmann::json({{"known", "unknown"}}));
  EXPECT_THAT(h743.at("quirks"),
              Contains(testing::ResultOf([](const auto& quirk) { return quirk.at("value"); },
                                         "leaves without an answer")));
}

TEST_F(ChipsCommand, 183ItsLinesAreNoLongerThan80) {
  std::istringstream lines(stm32boot({"chips"}).out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

// Two ROMs of a part are one row.
TEST_F(ChipsCommand, 183EachPartIsThereOnce) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& each : items()) {
    EXPECT_TRUE(seen.emplace(each.at("line"), each.at("flash").at("value")).second) << each;
  }
  EXPECT_EQ(item("stm32f405").at("bootloader_ids").at("value"), nlohmann::json({"0x31", "0x91"}));
}

TEST_F(ChipsCommand, 183EachNameIsAVirtualBoard) {
  for (const auto& each : items()) {
    const std::string name = each.at("name");
    if (name.empty()) continue;
    EXPECT_EQ(with_boards({"chip=" + name}, {"list"}).exit, 0) << name;
  }
}

}  // namespace
