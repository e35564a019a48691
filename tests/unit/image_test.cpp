// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/image.hpp"

#include <cstdlib>
#include <fstream>

#include "image/vector_table.hpp"
#include "support/temporary.hpp"
#include "support/throws.hpp"
#include "sysboot/image_file.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// A program of `size` bytes whose vector table is sound at `address`.
Bytes program(std::size_t size, std::uint32_t address = flash_base, std::uint32_t sp = 0x20020000) {
  Bytes bytes(size, 0x5A);
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
  };
  put(0, sp);
  put(4, address + 9);
  return bytes;
}

class ImageFile : public testing::Test {
 protected:
  fs::path write(const Bytes& content) {
    const fs::path file = folder_.path() / "app.bin";
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return file;
  }

  support::TemporaryFolder folder_;
};

TEST_F(ImageFile, RawBinaryGoesToTheStartOfFlash) {
  const Image image = load_image(write(program(101)));
  EXPECT_EQ(image.name, "app.bin");
  EXPECT_EQ(image.format, "bin");
  EXPECT_EQ(image.start(), 0x08000000U);
  EXPECT_EQ(image.size(), 101U);
  EXPECT_FALSE(image.made_for);
  EXPECT_EQ(vector_table_problem(image), std::nullopt);
}

TEST_F(ImageFile, RawBinaryGoesWhereItIsTold) {
  EXPECT_EQ(load_image(write(program(100)), 0x08004000).start(), 0x08004000U);
}

TEST_F(ImageFile, AddressMustBeAligned) {
  EXPECT_ERROR(load_image(write(program(100)), 0x08000002), Errc::usage,
               HasSubstr("address 0x08000002 is not a multiple of 4"));
}

TEST_F(ImageFile, AddressSpaceEndsAt32Bits) {
  EXPECT_EQ(load_image(write(program(16)), 0xFFFFFFF0).segments[0].end(), std::uint64_t{1} << 32);
  EXPECT_ERROR(load_image(write(program(17)), 0xFFFFFFF0), Errc::usage,
               HasSubstr("17 bytes at 0xFFFFFFF0 run past 0xFFFFFFFF"));
}

TEST_F(ImageFile, MissingFile) {
  EXPECT_ERROR(load_image(folder_.path() / "none.bin"), Errc::no_input,
               AllOf(HasSubstr("none.bin"), HasSubstr("no such file")));
}

TEST_F(ImageFile, Directory) {
  EXPECT_ERROR(load_image(folder_.path()), Errc::no_input, HasSubstr("is a directory"));
}

TEST_F(ImageFile, EmptyFile) {
  EXPECT_ERROR(load_image(write({})), Errc::bad_image, HasSubstr("is empty"));
}

TEST_F(ImageFile, FileOfAGigabyteIsRefusedUnread) {
  const fs::path file = write(program(8));
  fs::resize_file(file, 1ULL << 30);
  EXPECT_ERROR(load_image(file), Errc::bad_image, HasSubstr("has 1024 MiB, more than any STM32"));
}

#ifndef _WIN32  // no file is endless there
TEST_F(ImageFile, EndlessFileIsRefused) {
  EXPECT_ERROR(load_image("/dev/zero"), Errc::bad_image, HasSubstr("larger than 64 MiB"));
}
#endif

// A DFU suffix as dfu-suffix 0.11 writes it for -v 0483 -p df11, on the four bytes "abcd".
const Bytes suffixed = {'a',  'b',  'c', 'd', 0xFF, 0xFF, 0x11, 0xDF, 0x83, 0x04,
                        0x00, 0x01, 'U', 'F', 'D',  16,   0x18, 0xDB, 0x2E, 0x6A};

TEST_F(ImageFile, DfuSuffixIsTakenOff) {
  const Image image = load_image(write(suffixed));
  EXPECT_EQ(image.segments[0].data, (Bytes{'a', 'b', 'c', 'd'}));
  ASSERT_TRUE(image.made_for);
  EXPECT_EQ(image.made_for->first, 0x0483);
  EXPECT_EQ(image.made_for->second, 0xDF11);
}

TEST_F(ImageFile, DamagedFileWithDfuSuffixIsRefused) {
  Bytes damaged = suffixed;
  damaged[0] ^= 1;
  EXPECT_ERROR(load_image(write(damaged)), Errc::bad_image,
               AllOf(HasSubstr("CRC 0x6A2EDB18"), HasSubstr("but the file has")));
}

TEST_F(ImageFile, NothingButASuffix) {
  // Made by dfu-suffix from an empty file.
  const Bytes alone = {0xFF, 0xFF, 0x11, 0xDF, 0x83, 0x04, 0x00, 0x01,
                       'U',  'F',  'D',  16,   0x7C, 0xA4, 0x27, 0xBE};
  EXPECT_ERROR(load_image(write(alone)), Errc::bad_image, HasSubstr("nothing but a DFU suffix"));
}

Image image_of(Bytes data, std::uint32_t address = flash_base) {
  return {"app.bin", "bin", {{address, std::move(data)}}, {}};
}

std::string problem_of(const Image& image) {
  return vector_table_problem(image).value_or("none");
}

TEST(VectorTable, C2AcceptsEveryPlaceOfAStack) {
  for (const std::uint32_t sp :
       {0x20000400U, 0x20020000U, 0x2001FFF8U, 0x10010000U, 0x24080000U, 0x20270000U, 0x30048000U,
        0x38010000U, 0x2001FFFFU, 0x20001002U,               // old linker scripts: the core ignores
                                                             // the two low bits
        0x00004000U, 0x00010000U, 0x00040000U,               // ITCM of F7, H74x, H72x
        0x300A0000U, 0x302F0000U,                            // SRAM of H5 and U5 for secure code
        0x28004000U, 0x38004000U,                            // SRAM4 of U5
        0x40025000U, 0x38801000U, 0x40037400U, 0x50036C00U,  // backup SRAM
        0x60100000U, 0x68100000U, 0x90800000U, 0xC0800000U, 0xD0800000U,  // external RAM
        0x24400000U, 0x34100000U}) {                                      // N6
    EXPECT_EQ(problem_of(image_of(program(64, flash_base, sp))), "none") << hex32(sp);
  }
}

TEST(VectorTable, RefusesAStackOutsideRam) {
  for (const std::uint32_t sp :
       {0U, 3U, 0xFFFFFFFFU, 0x20000000U, 0x20000003U, 0x08000000U, 0x08020000U, 0x1FFFFFFCU,
        0x20400004U, 0x40000000U, 0x40021000U, 0xA0000004U, 0xE000ED00U, 0x96F3B83DU}) {
    EXPECT_THAT(problem_of(image_of(program(64, flash_base, sp))),
                HasSubstr("first word " + hex32(sp)))
        << "its end is the end of RAM at most, and its start would leave no room";
  }
}

TEST(VectorTable, RefusesAResetVectorThatIsNoThumbCode) {
  EXPECT_THAT(problem_of(image_of(program(64, flash_base - 1))), HasSubstr("is even"));
}

TEST(VectorTable, C2FlashHasSeveralAddresses) {
  EXPECT_EQ(problem_of(image_of(program(64, 0x00200000))), "none") << "ITCM bus of the F7";
  EXPECT_EQ(problem_of(image_of(program(64, 0x0C000000))), "none") << "secure code";
  EXPECT_EQ(problem_of(image_of(program(64, 0x0C004000), 0x0C004000)), "none");
  EXPECT_THAT(problem_of(image_of(program(64, 0x00200040))), HasSubstr("points outside"));
}

TEST(VectorTable, C1SaysWhyAResetVectorIsOutsideTheImage) {
  EXPECT_THAT(problem_of(image_of(program(64, 0x08004000))),
              HasSubstr("which goes to 0x08000000-0x0800003F: it is linked for another address"));
  for (const std::uint32_t base : {0x00000000U, 0x00004000U, 0x10000000U, 0x20000000U}) {
    EXPECT_THAT(problem_of(image_of(program(64, base))), HasSubstr("is not in flash"))
        << "program for another maker's chip, or for RAM";
  }
}

TEST(VectorTable, RefusesAResetVectorOutsideTheImage) {
  EXPECT_THAT(problem_of(image_of(program(64, 0x08004000))), HasSubstr("points outside the image"))
      << "linked for another address";
  EXPECT_THAT(problem_of(image_of(program(8))), HasSubstr("points outside the image"))
      << "one byte behind its end";
}

TEST(VectorTable, RefusesWhatIsTooShort) {
  EXPECT_THAT(problem_of(image_of(Bytes(7, 0x20))), HasSubstr("7 bytes cannot hold"));
}

TEST(VectorTable, NeedsAnAlignedAddress) {
  EXPECT_THAT(problem_of(image_of(program(64, 0x08000040), 0x08000040)),
              HasSubstr("0x08000040 is not a multiple of 128"));
  EXPECT_EQ(problem_of(image_of(program(64, 0x08000080), 0x08000080)), "none");
}

TEST(VectorTable, TextIsNoProgram) {
  const std::string text = ":020000040800F2\n:1000000000000220";
  EXPECT_THAT(problem_of(image_of(Bytes(text.begin(), text.end()))),
              HasSubstr("initial stack pointer"));
}

}  // namespace
}  // namespace sysboot
