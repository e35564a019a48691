// SPDX-License-Identifier: GPL-3.0-or-later
// The address that programs made by GCC are linked for, told from their bytes alone.
#include "image/link_address.hpp"

#include <filesystem>
#include <iostream>

#include "image/vector_table.hpp"
#include "judged.hpp"
#include "sysboot/image_file.hpp"

namespace {

using sysboot::hex32;

struct Linked {
  std::string name;
  std::uint32_t address = 0;  // as all of flash is named
  sysboot::Bytes bytes;
};

std::uint32_t in_flash(std::uint32_t address) {
  return 0x08000000 | (address & 0x001FFFFF);
}

std::vector<Linked> programs_linked() {
  std::vector<Linked> all;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(programs::firmware) + "/linked")) {
    if (entry.path().extension() != ".elf") continue;
    const sysboot::Image image = sysboot::load_image(entry.path());
    all.push_back({entry.path().stem().string(), in_flash(image.start()),
                   sysboot::encode_image(image, "bin")});
  }
  return all;
}

// At least so many of a hundred are recognised; there are more (see the output). A tenth has no
// handlers at all.
constexpr std::size_t hundredths = 60;

TEST(LinkAddress, C1NoProgramThatGoesWhereItIsLinkedForIsDoubted) {
  const std::vector<Linked> programs = programs_linked();
  EXPECT_GE(programs.size(), 60U);
  std::size_t recognised = 0;
  for (const Linked& program : programs) {
    const sysboot::Image image = sysboot::parse_image(program.bytes, program.address);
    EXPECT_EQ(linked_elsewhere(image), std::nullopt) << program.name;
    EXPECT_EQ(vector_table_problem(image), std::nullopt) << program.name;
    if (link_address(image)) ++recognised;
  }
  std::cout << recognised << " of " << programs.size() << " recognised where they are linked for\n";
  EXPECT_GE(recognised * 100, programs.size() * hundredths);
}

TEST(LinkAddress, C1OnesThatGoElsewhereAreSentWhereTheyAreLinkedFor) {
  std::size_t all = 0;
  std::size_t recognised = 0;
  for (const Linked& program : programs_linked()) {
    for (const std::uint32_t goes_to : {0x08000000U, 0x08004000U, 0x08010000U}) {
      if (goes_to == program.address) continue;
      ++all;
      const auto found = linked_elsewhere(sysboot::parse_image(program.bytes, goes_to));
      if (!found) continue;
      ++recognised;
      EXPECT_EQ(hex32(*found), hex32(program.address)) << program.name << " at " << hex32(goes_to);
    }
  }
  std::cout << recognised << " of " << all << " recognised where they are not linked for\n";
  EXPECT_GE(recognised * 100, all * hundredths);
}

// objcopy --change-addresses moves what a file says, and leaves the code as it is.
TEST(LinkAddress, C1AddressesThatWereChangedAfterLinkingAreFound) {
  support::TemporaryFolder folder;
  const std::string moved = (folder / "moved").string();
  for (const char* format : {"ihex", "srec", "elf32-littlearm"}) {
    judged::run({programs::arm_objcopy, "-O", format, "--change-addresses", "0x6000",
                 std::string(programs::firmware) + "/linked/1-1.elf", moved});
    const sysboot::Image image = sysboot::load_image(moved);
    const sysboot::Image before =
        sysboot::load_image(std::string(programs::firmware) + "/linked/1-1.elf");
    EXPECT_EQ(image.start(), before.start() + 0x6000) << format;
    EXPECT_EQ(linked_elsewhere(image), in_flash(before.start())) << format;
    EXPECT_EQ(linked_elsewhere(before), std::nullopt) << format;
  }
}

}  // namespace
