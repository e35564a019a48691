// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/image.hpp"

#include <algorithm>

#include "files.hpp"
#include "support/files.hpp"
#include "support/temporary.hpp"
#include "support/throws.hpp"
#include "sysboot/image_file.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using namespace files;
using support::read_file;
using support::TemporaryFolder;
using support::write_file;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Image sample() {
  Image image;
  image.name = "app";
  image.segments = {{0x08000000, counting(40)}, {0x08010000, counting(3, 7)}};
  return image;
}

TEST(Image, FilesAreRecognizedByTheirContent) {
  for (const ImageFormat& format : image_formats()) {
    if (!format.can_be_written || format.name == "bin") continue;
    const TemporaryFolder folder;
    save_image(folder / "lies.bin", sample(), format.name);
    const Image image = load_image(folder / "lies.bin");
    EXPECT_EQ(image.format, format.name);
    EXPECT_EQ(image.name, "lies.bin");
    EXPECT_EQ(image.start(), 0x08000000U);
  }
}

TEST(Image, WhatNoFormatRecognizesIsARawBinary) {
  const auto format = [](std::string_view text) { return parse_image(files::view(text)).format; };
  EXPECT_EQ(format("DfuS"), "bin");
  EXPECT_EQ(format("\x7F"
                   "EL"),
            "bin");
  EXPECT_EQ(format(":"), "bin");
  EXPECT_EQ(format(":x\n"), "bin");
  EXPECT_EQ(format(":00\x01\n"), "bin");
  EXPECT_EQ(format("S1130000\x80"), "bin");
  EXPECT_EQ(format("UF2\nxxx\x01"), "bin");
  EXPECT_EQ(format("S"), "bin");
  EXPECT_EQ(format("Sx"), "bin");
  EXPECT_EQ(format("\n\n"), "bin");
}

TEST(Image, FormatsThatCarryAddressesRefuseOne) {
  EXPECT_ERROR(parse_image(encode_image(sample(), "hex"), 0x08000000), Errc::usage,
               HasSubstr("is Intel HEX, which says itself where it goes"));
}

TEST(Image, ADfuSuffixIsTakenOffAnything) {
  const Image image = parse_image(with_suffix(encode_image(sample(), "hex"), 0x0100, 1, 2));
  EXPECT_EQ(image.format, "hex");
  EXPECT_EQ(image.segments, sample().segments);
  EXPECT_EQ(image.made_for, (std::pair<std::uint16_t, std::uint16_t>(1, 2)));
  const Bytes raw = encode_image(sample(), "bin");
  EXPECT_EQ(parse_image(with_suffix(raw, 0x0100)).segments, parse_image(raw).segments);
  EXPECT_ERROR(parse_image(with_suffix({}, 0x0100)), Errc::bad_image,
               HasSubstr("holds nothing but a DFU suffix"));
}

TEST(Image, ErrorsNameTheFileAndTheLine) {
  const TemporaryFolder folder;
  write_file(folder / "app.hex", files::view(":0100000000FE\n"));
  EXPECT_ERROR(load_image(folder / "app.hex"), Errc::bad_image,
               HasSubstr("app.hex: line 1: says checksum 0xFE, but its bytes have 0xFF"));
}

TEST(Formats, GoWithFileNames) {
  EXPECT_EQ(image_format_of("a/b.HEX"), "hex");
  EXPECT_EQ(image_format_of("app.s19"), "srec");
  EXPECT_EQ(image_format_of("app.axf"), "elf");
  EXPECT_EQ(image_format_of("v1.0.dfu"), "dfu");
  EXPECT_EQ(image_format_of("app.tar"), std::nullopt);
  EXPECT_EQ(image_format_of("hex"), std::nullopt);
  EXPECT_EQ(image_format_of(".hex"), std::nullopt) << "a name, no extension";
}

TEST(Encoding, GapsOfARawBinaryReadAsErasedFlash) {
  Image image;
  image.segments = {{0x08000000, {1}}, {0x08000003, {2}}};
  EXPECT_EQ(encode_image(image, "bin"), (Bytes{1, 0xFF, 0xFF, 2}));
}

TEST(Encoding, ARawBinaryOfGapsIsRefused) {
  Image image;
  image.segments = {{0x08000000, {1}}, {0x1FFFC000, {2}}};
  EXPECT_ERROR(encode_image(image, "bin"), Errc::bad_image,
               HasSubstr("0x08000000-0x1FFFC000 would be a raw binary of 384.0 MiB, of which 384.0 "
                         "MiB are gaps (limit 64 MiB)"));
}

TEST(Encoding, NeedsDataAndAFormatThatExists) {
  EXPECT_ERROR(encode_image({}, "bin"), Errc::bad_image, HasSubstr("holds no data"));
  EXPECT_ERROR(encode_image(sample(), "xls\x1b"), Errc::usage,
               HasSubstr("there is no image format 'xls?'"));
  Image image;
  image.segments = {{0, Bytes(64 * 1024 * 1024 + 1)}};
  EXPECT_ERROR(encode_image(image, "hex"), Errc::bad_image, HasSubstr("limit 64 MiB"));
}

TEST(Saving, ReplacesTheFileAndLeavesNothingElse) {
  const TemporaryFolder folder;
  write_file(folder / "out.bin", counting(1000));
#ifndef _WIN32  // knows read-only and nothing else
  fs::permissions(folder / "out.bin", fs::perms::owner_all);
#endif
  save_image(folder / "out.bin", parse_image(counting(3)), "bin");
  EXPECT_EQ(read_file(folder / "out.bin"), counting(3));
#ifndef _WIN32
  EXPECT_EQ(fs::status(folder / "out.bin").permissions(), fs::perms::owner_all);
#endif
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

#ifndef _WIN32  // links need a right that users do not have
TEST(Saving, FollowsSymbolicLinks) {
  const TemporaryFolder folder;
  write_file(folder / "real.bin", counting(1));
  fs::create_symlink("real.bin", folder / "link.bin");
  save_image(folder / "link.bin", parse_image(counting(3)), "bin");
  EXPECT_TRUE(fs::is_symlink(folder / "link.bin"));
  EXPECT_EQ(read_file(folder / "real.bin"), counting(3));
}

TEST(Saving, D6ALinkToNothingIsNamed) {
  const TemporaryFolder folder;
  fs::create_symlink("none.bin", folder / "link.bin");
  EXPECT_ERROR(save_image(folder / "link.bin", parse_image(counting(3)), "bin"),
               Errc::cannot_write_output, HasSubstr("it is a link to a file that does not exist"));
}
#endif

TEST(Saving, D6NamesAsLongAsTheyCanBe) {
  const TemporaryFolder folder;
  const std::string name = std::string(251, 'x') + ".bin";
  save_image(folder / name, parse_image(counting(3)), "bin");
  EXPECT_EQ(read_file(folder / name), counting(3));
}

TEST(Saving, KeepsWhatWasThereWhenItFails) {
  const TemporaryFolder folder;
  const Image image = parse_image(counting(3));
  write_file(folder / "out.bin", counting(5));
  EXPECT_ERROR(save_image(folder / "out.bin", image, "elf"), Errc::usage, HasSubstr("ELF"));
  EXPECT_EQ(read_file(folder / "out.bin"), counting(5));
  EXPECT_ERROR(save_image(folder / "none" / "out.bin", image, "bin"), Errc::cannot_write_output,
               HasSubstr("out.bin: cannot be written: No such file or directory"));
  EXPECT_ERROR(save_image(folder.path(), image, "bin"), Errc::cannot_write_output,
               HasSubstr("it is no regular file"));
#ifndef _WIN32  // devices are no files there
  EXPECT_ERROR(save_image("/dev/null", image, "bin"), Errc::cannot_write_output,
               HasSubstr("/dev/null: cannot be written: it is no regular file"));
#endif
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

#ifndef _WIN32  // devices are no files there
TEST(Saving, ADeviceWithoutRoomIsAnError) {
  const TemporaryFolder folder;
  fs::create_symlink("/dev/full", folder / "full.bin");
  EXPECT_ERROR(save_image(folder / "full.bin", sample(), "bin"), Errc::cannot_write_output,
               HasSubstr("it is no regular file"));
}
#endif

// Each format, and back: nothing is lost that the format can hold.
TEST(RoundTrip, KeepsSegmentsAndEntry) {
  Image image = sample();
  image.entry = 0x08000021;
  for (const char* format : {"hex", "srec"}) {
    const Image back = parse_image(encode_image(image, format));
    EXPECT_EQ(back.segments, image.segments) << format;
    EXPECT_EQ(back.entry, image.entry) << format;
  }
  image.made_for = {0x1209, 0xDB42};
  image.other_targets = {{3, "Feature", {{0xFFFF0000, counting(4)}}}};
  const Image back = parse_image(encode_image(image, "dfu"));
  EXPECT_EQ(back.segments, image.segments);
  EXPECT_EQ(back.made_for, image.made_for);
  EXPECT_EQ(back.other_targets, image.other_targets);
}

}  // namespace
}  // namespace sysboot
