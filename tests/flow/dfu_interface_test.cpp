// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/dfu_interface.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace {

using support::BoardSettings;
using sysboot::DfuInterface;
using sysboot::Errc;

class DfuInterfaces : public support::Bench {
 protected:
  std::vector<DfuInterface> of(BoardSettings settings) {
    add_board(std::move(settings));
    host_.sleep(std::chrono::seconds(1));
    return sysboot::dfu_interfaces(host_, sysboot::board_at(host_, "1-1").value().usb);
  }
};

TEST_F(DfuInterfaces, AreTheMemoriesOfTheRom) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  const auto found = of(settings);
  ASSERT_EQ(found.size(), 4U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].configuration, 1);
    EXPECT_EQ(found[i].interface.alternate, i);
    EXPECT_TRUE(found[i].interface.is_dfu_mode());
    EXPECT_EQ(found[i].name, settings.rom.alternates[i]);
  }
}

TEST_F(DfuInterfaces, AreThoseOfAnApplication) {
  BoardSettings settings;
  settings.application.has_dfu_runtime = true;
  const auto found = of(settings);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found.front().interface.is_dfu_runtime());
}

TEST_F(DfuInterfaces, AreNoneOfAnApplicationWithoutAny) {
  EXPECT_THAT(of({}), testing::IsEmpty());
}

TEST_F(DfuInterfaces, HaveNoNameThatTheDeviceDoesNotTell) {
  BoardSettings settings;
  settings.starts_in_rom = true;
  settings.rom.raw_strings[4] = {};
  const auto found = of(settings);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].name, "");
}

}  // namespace
