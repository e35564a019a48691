// SPDX-License-Identifier: GPL-3.0-or-later
#include "image/ram_program.hpp"

#include "support/throws.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint32_t in_ram = 0x20004000;

void put_word(Bytes& bytes, std::size_t at, std::uint32_t word) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(word >> 8 * i);
}

Image program(std::uint32_t address = in_ram, std::uint32_t stack = 0x20020000,
              std::uint32_t reset_at = 9) {
  Bytes bytes(1024);
  put_word(bytes, 0, stack);
  put_word(bytes, 4, address + reset_at);
  return {"app.elf", "elf", {{address, std::move(bytes)}}};
}

Image with(Image image, std::uint32_t address, std::size_t size) {
  image.segments.push_back({address, Bytes(size, 0x55)});
  return image;
}

Error refusal(const Image& image, bool force = false) {
  return support::error_from([&] { require_ram_program(image, force); });
}

TEST(RamProgram, 182AProgramInRamIsOne) {
  EXPECT_NO_THROW(require_ram_program(program(), false));
  EXPECT_NO_THROW(require_ram_program(with(program(), 0x20008001, 3), false));
}

TEST(RamProgram, 182WhatIsForFlashIsFlashed) {
  const Error flash = refusal(program(0x08000000), true);
  EXPECT_EQ(flash.code(), Errc::image_does_not_fit);
  EXPECT_EQ(flash.remedy(), "flash");
  EXPECT_EQ(flash.text(),
            "has 1 KiB at 0x08000000, which is internal flash; only what is in RAM as a whole is "
            "loaded there");
  Image mixed = with(program(0x08000000), 0x20004000, 16);
  EXPECT_THAT(refusal(mixed).text(), HasSubstr("internal flash, beside what is in RAM;"));
  EXPECT_EQ(refusal(mixed).remedy(), "flash");
}

TEST(RamProgram, 182OtherMemoriesAreNotLoaded) {
  const Error ccm = refusal(with(program(), 0x10000000, 16), true);
  EXPECT_EQ(ccm.code(), Errc::image_does_not_fit);
  EXPECT_THAT(ccm.text(), HasSubstr("16 bytes at 0x10000000, which is CCM RAM or SRAM2"));
  EXPECT_EQ(ccm.remedy(), "");
}

TEST(RamProgram, 182ItBeginsWithAVectorTable) {
  const auto refused = [](const Image& image, const std::string& why) {
    EXPECT_NO_THROW(require_ram_program(image, true));
    const Error error = refusal(image);
    EXPECT_EQ(error.code(), Errc::bad_image);
    EXPECT_TRUE(error.can_be_forced());
    EXPECT_THAT(error.text(), AllOf(HasSubstr("this is no program for RAM: "), HasSubstr(why)));
  };
  refused(program(in_ram + 256), "its address 0x20004100 is not a multiple of 512");
  refused(program(in_ram, 0x08000000), "first word 0x08000000, the initial stack pointer");
  refused(program(in_ram, 0x20020000, 8), "second word 0x20004008, the reset vector, is even");
  refused(program(in_ram, 0x20020000, 1025), "0x20004401, the reset vector, points outside");
  refused(program(in_ram, 0x20020000, 0x08000001 - in_ram), "0x08000001, the reset vector");
  refused(with({"app.elf", "elf", {{in_ram, Bytes(4)}}}, 0x20008000, 8), "12 bytes cannot begin");
  EXPECT_NO_THROW(require_ram_program(program(in_ram, 0x20020000, 1023), false));
}

TEST(RamProgram, 182ARawBinaryHasToSayWhereItGoes) {
  Image raw = program();
  raw.format = "bin";
  raw.segments.front().address = flash_base;
  raw.is_address_assumed = true;
  const Error error = refusal(raw, true);
  EXPECT_EQ(error.code(), Errc::usage);
  EXPECT_EQ(error.remedy(), "app.elf");
  EXPECT_THAT(error.text(), HasSubstr("its reset vector is 0x20004009"));
  put_word(raw.segments.front().data, 4, 0x08000009);
  EXPECT_EQ(refusal(raw).remedy(), "flash") << "linked for flash";
}

TEST(RamProgram, 182TheFilesEntryIsNotedWhereItDiffers) {
  Image image = program();
  EXPECT_EQ(entry_problem(image), std::nullopt);
  image.entry = in_ram + 9;
  EXPECT_EQ(entry_problem(image), std::nullopt);
  image.entry = in_ram + 8;
  EXPECT_EQ(entry_problem(image), std::nullopt) << "without the Thumb bit";
  image.entry = in_ram + 0x101;
  EXPECT_EQ(entry_problem(image),
            "app.elf says that it starts at 0x20004101; started is what its vector table says, "
            "0x20004009");
}

TEST(RamProgram, 182IsSentInWholeWords) {
  const Image image = {
      "app.elf", "elf", {{0x20004001, {1, 2, 3, 4, 5}}, {0x20004007, {7}}, {0x20004010, {8}}}};
  EXPECT_THAT(ram_words(image), ElementsAre(Segment{0x20004000, {0, 1, 2, 3, 4, 5, 0, 7}},
                                            Segment{0x20004010, {8, 0, 0, 0}}));
}

}  // namespace
}  // namespace sysboot
