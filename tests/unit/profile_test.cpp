// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/trigger.hpp"

#include <algorithm>
#include <set>

#include "board/firmware.hpp"
#include "board/loader.hpp"
#include "support/throws.hpp"
#include "trigger/choose.hpp"

namespace sysboot {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

UsbDeviceInfo device(std::uint16_t vendor, std::uint16_t product, std::string name = "Something") {
  UsbDeviceInfo info;
  info.vendor = vendor;
  info.product = product;
  info.product_name = std::move(name);
  return info;
}

TEST(ProfileTable, NamesAreUnique) {
  std::set<std::string_view> names;
  for (const Profile& profile : profiles()) EXPECT_TRUE(names.insert(profile.name).second);
  EXPECT_EQ(names.size(), 17U);
}

TEST(ProfileTable, EachHasItsFirmware) {
  EXPECT_EQ(known_firmware().size(), profiles().size());
  for (const Profile& profile : profiles())
    EXPECT_EQ(firmware_named(profile.name).name, profile.name);
}

TEST(ProfileTable, EachRowIsComplete) {
  for (const Profile& profile : profiles()) {
    SCOPED_TRACE(std::string(profile.name));
    EXPECT_THAT(profile.what, Not(IsEmpty()));
    EXPECT_THAT(profile.ways, Not(IsEmpty()));
    EXPECT_THAT(profile.loaders, Not(IsEmpty()));
    for (const Way& way : profile.ways) {
      EXPECT_THAT(way.steps, Not(IsEmpty()));
      for (const Step& step : way.steps) {
        const auto* await = std::get_if<Await>(&step);
        if (await == nullptr) continue;
        EXPECT_THAT(await->meaning, Not(IsEmpty())) << "said when it does not come";
        EXPECT_GT(await->wait, Duration::zero());
      }
    }
  }
}

TEST(ProfileTable, EveryLoaderIsKnown) {
  for (const Profile& profile : profiles()) {
    for (const UsbId& id : profile.loaders) {
      EXPECT_NE(find_loader(device(id.vendor, id.product)), nullptr) << id.text();
    }
  }
}

TEST(ProfileTable, NoIdHasTwoOwners) {
  for (const Profile& owner : profiles()) {
    if (!firmware_named(owner.name).owns_ids) continue;
    for (const Profile& other : profiles()) {
      if (&other == &owner) continue;
      for (const UsbId& id : firmware_named(other.name).ids) {
        const auto& owned = firmware_named(owner.name).ids;
        EXPECT_EQ(std::count(owned.begin(), owned.end(), id), 0) << id.text();
      }
    }
  }
}

TEST(ProfileTable, WhatOthersToldIsNeverChosenByItself) {
  for (const Profile& profile : profiles()) {
    EXPECT_FALSE(profile.evidence == Evidence::third_party && firmware_named(profile.name).owns_ids)
        << profile.name;
  }
}

TEST(Recognise, WhatOnlyOneFirmwareShows) {
  EXPECT_EQ(recognise(device(0x1D50, 0x614E))->name, "klipper");
  EXPECT_EQ(recognise(device(0xF055, 0x9800))->name, "micropython");
  EXPECT_EQ(recognise(device(0x1EAF, 0x0004))->name, "maple");
  EXPECT_EQ(recognise(device(0xBBAA, 0xDDCC))->name, "panda");
  EXPECT_EQ(recognise(device(0x0483, 0x5740, "stm32boot Black Pill"))->name, "companion");
}

TEST(Recognise, NothingElse) {
  EXPECT_EQ(recognise(device(0x0483, 0x5740)), nullptr);
  EXPECT_EQ(recognise(device(0x239A, 0x805A)), nullptr);
  EXPECT_EQ(recognise(device(0x0483, 0xDF11)), nullptr);
}

TEST(FindProfile, SaysWhichThereAre) {
  EXPECT_EQ(find_profile("inav").name, "inav");
  EXPECT_ERROR(find_profile("ardupilot"), Errc::usage,
               AllOf(HasSubstr("unknown firmware 'ardupilot'"), HasSubstr("betaflight, inav")));
}

TEST(Flashable, MapleIsNot) {
  EXPECT_FALSE(find_profile("maple").is_flashable());
  EXPECT_TRUE(find_profile("klipper").is_flashable()) << "by its first loader";
}

}  // namespace
}  // namespace sysboot
