// SPDX-License-Identifier: GPL-3.0-or-later
// What of an image is for internal flash, and what the rest of it is for.
#include "image/memories.hpp"

#include "files.hpp"
#include "image/wrapped.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using namespace files;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Image image_of(std::vector<Segment> segments) {
  Image image;
  image.name = "app.hex";
  image.segments = std::move(segments);
  return image;
}
const Segment program{0x08000000, {1, 2, 3, 4}};

TEST(Memories, C5CoverTheAddressSpace) {
  std::uint64_t end = 0;
  for (const Memory& memory : memories()) {
    EXPECT_EQ(memory.first, end) << memory.name;
    EXPECT_GT(memory.end, memory.first) << memory.name;
    EXPECT_EQ(&memory_at(memory.first), &memory);
    EXPECT_EQ(&memory_at(static_cast<std::uint32_t>(memory.end - 1)), &memory);
    end = memory.end;
  }
  EXPECT_EQ(end, std::uint64_t{1} << 32);
}

TEST(Memories, C5AreWhatReferenceManualsSay) {
  for (const auto& [address, name] : std::vector<std::pair<std::uint32_t, std::string>>{
           {0x00000000, "ITCM RAM"},
           {0x00200000, "ITCM alias of flash"},
           {0x10000000, "CCM RAM"},
           {0x1FF80000, "option bytes (STM32L0"},
           {0x1FFEC000, "option bytes (STM32F42x"},
           {0x1FFF7800, "OTP (STM32F2, F4)"},
           {0x1FFFC000, "option bytes (STM32F2, F4)"},
           {0x1FFFF800, "option bytes (STM32F0, F1, F3"},
           {0x52002020, "option bytes among them (STM32H7)"},
           {0xC0000000, "SDRAM"},
           {0x90000000, "QSPI"}}) {
    EXPECT_THAT(std::string(memory_at(address).name), HasSubstr(name)) << hex32(address);
    EXPECT_EQ(memory_at(address).kind, MemoryKind::other) << hex32(address);
  }
  for (const std::uint32_t ram :
       {0x20000000U, 0x24000000U, 0x30000000U, 0x38000000U, 0x34000000U}) {
    EXPECT_EQ(memory_at(ram).kind, MemoryKind::ram) << hex32(ram);
  }
}

// No flash of a part may be missed: what is refused here cannot be forced.
TEST(Memories, C5AllInternalFlashCounts) {
  for (const std::uint32_t flash : {0x08000000U, 0x081FFFFCU, 0x08100000U, 0x083FFFFCU, 0x0C000000U,
                                    0x0C3FFFFCU, 0x08080000U}) {
    EXPECT_NO_THROW(require_flash_addresses(image_of({{flash, {1, 2, 3, 4}}}))) << hex32(flash);
  }
}

TEST(ForFlash, C5LeavesAPlainImageAlone) {
  const Image image = for_flash(image_of({program, {0x08010000, {5}}}), false);
  EXPECT_THAT(image.segments, ElementsAre(program, Segment{0x08010000, {5}}));
  EXPECT_THAT(image.notes, IsEmpty());
}

TEST(ForFlash, C5LeavesOutRamAndSaysSo) {
  const Image image =
      for_flash(image_of({program, {0x20000000, counting(16)}, {0x20010000, counting(8)}}), false);
  EXPECT_THAT(image.segments, ElementsAre(program));
  EXPECT_THAT(image.notes, ElementsAre("left out: 24 bytes at 0x20000000, RAM"));
}

TEST(ForFlash, C5NamesOtherMemoriesAndLeavesThemOutWhenAsked) {
  for (const std::uint32_t address :
       {0x1FFFC000U, 0x52002020U, 0x90000000U, 0x1FFF7800U, 0x10000000U, 0x00000000U}) {
    std::vector<Segment> segments = {program, {address, counting(16)}};
    if (address < program.address) std::swap(segments[0], segments[1]);
    const Image image = image_of(segments);
    EXPECT_ERROR(for_flash(image, false), Errc::not_only_flash,
                 AllOf(HasSubstr("app.hex: has 16 bytes at " + hex32(address) + ", "),
                       HasSubstr(std::string(memory_at(address).name)),
                       HasSubstr("beside what is for internal flash")));
    const Image rest = for_flash(image, true);
    EXPECT_THAT(rest.segments, ElementsAre(program));
    EXPECT_THAT(rest.notes, ElementsAre(HasSubstr("left out: 16 bytes at " + hex32(address))));
  }
}

TEST(ForFlash, B4NothingForFlashIsAnErrorInAnyCase) {
  for (const std::uint32_t address : {0U, 0x10000000U, 0x20000000U, 0x90000000U, 0x00200000U}) {
    for (const bool only_flash : {false, true}) {
      EXPECT_ERROR(for_flash(image_of({{address, {1}}}), only_flash), Errc::image_does_not_fit,
                   AllOf(HasSubstr("app.hex: goes to " + hex32(address) + ", which is " +
                                   std::string(memory_at(address).name)),
                         HasSubstr("internal flash is at 0x08000000")));
    }
  }
}

TEST(ForFlash, C5CutsWhatReachesFromOneMemoryIntoAnother) {
  const Image across = image_of({{0x07FFFFFE, {9, 9, 1, 2}}});
  EXPECT_ERROR(for_flash(across, false), Errc::not_only_flash, HasSubstr("2 bytes at 0x07FFFFFE"));
  EXPECT_THAT(for_flash(across, true).segments, ElementsAre(Segment{0x08000000, {1, 2}}));
  EXPECT_ERROR(require_flash_addresses(image_of({{0x09FFFFFE, {1, 2, 9, 9}}})),
               Errc::image_does_not_fit, HasSubstr("0x0A000000 is RAM, no internal flash"));
}

Bytes mcuboot_header(std::uint16_t header_size = 0x200) {
  Bytes header = files::long_word(0x96F3B83D) + Bytes(4) + files::word(header_size);
  header.resize(64);
  return header;
}

TEST(Wrapped, C5McubootImagesAreToldByTheirHeader) {
  EXPECT_TRUE(is_mcuboot_image(mcuboot_header()));
  EXPECT_FALSE(is_mcuboot_image(mcuboot_header(16))) << "smaller than a header";
  EXPECT_FALSE(is_mcuboot_image(ByteView(mcuboot_header()).first(31)));
  EXPECT_FALSE(is_mcuboot_image(counting(64)));
  EXPECT_THAT(for_flash(image_of({{0x08020000, mcuboot_header()}}), false).notes,
              ElementsAre(HasSubstr("is an MCUboot image: the chip does not start it")));
  EXPECT_THAT(for_flash(image_of({program, {0x08020000, mcuboot_header()}}), false).notes,
              IsEmpty())
      << "with its bootloader";
}

// The last 12 bytes of stm32wb5x_FUS_fw.bin, and of the stacks.
TEST(Wrapped, C5WirelessFirmwareIsToldByItsSignature) {
  for (const Bytes& end :
       {Bytes{0x40, 0x57, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x20, 0x5E, 0x2C, 0xA1, 0xD3},
        Bytes{0x40, 0x57, 0xFF, 0xFF, 0x45, 0x00, 0x11, 0x22, 0x5E, 0x2C, 0xA1, 0xD3}}) {
    EXPECT_TRUE(is_wireless_firmware(Bytes(1000, 0x5A) + end));
    EXPECT_FALSE(is_wireless_firmware(Bytes(91, 0x5A) + end)) << "too short";
    EXPECT_FALSE(is_wireless_firmware(Bytes(1000, 0x5A) + end + Bytes{0}));
  }
  EXPECT_FALSE(is_wireless_firmware(Bytes(1000, 0x5E)));
}

}  // namespace
}  // namespace sysboot
