// SPDX-License-Identifier: GPL-3.0-or-later
// ELF files that GCC and GNU ld made, against what objcopy takes out of them.
#include "image/vector_table.hpp"
#include "judged.hpp"
#include "support/throws.hpp"
#include "sysboot/image_file.hpp"

namespace {

using judged::run;
using sysboot::Errc;
using sysboot::hex32;
using testing::HasSubstr;

std::string elf(const std::string& name) {
  return std::string(programs::firmware) + "/" + name + ".elf";
}

class ElfObjcopy : public testing::TestWithParam<const char*> {
 protected:
  support::TemporaryFolder folder_;
  std::string theirs_ = (folder_ / "theirs").string();
};
INSTANTIATE_TEST_SUITE_P(Firmware, ElfObjcopy,
                         testing::Values("plain", "with_bootloader", "header_in_segment"));

// Flash as it would be, were it erased to `erased` before.
sysboot::Bytes flash(const sysboot::Image& image, std::uint8_t erased) {
  sysboot::Bytes out(512 * 1024, erased);
  for (const auto& segment : image.segments) {
    std::copy(segment.data.begin(), segment.data.end(),
              out.begin() + (segment.address - 0x08000000));
  }
  return out;
}

// objcopy takes sections, a loader takes segments: only padding between sections may differ, which
// ld wrote as zeros.
TEST_P(ElfObjcopy, HexAndSRecordHoldTheSameProgram) {
  const sysboot::Image ours = sysboot::load_image(elf(GetParam()));
  EXPECT_EQ(ours.format, "elf");
  for (const char* format : {"ihex", "srec"}) {
    run({programs::arm_objcopy, "-O", format, elf(GetParam()), theirs_});
    const sysboot::Image theirs = sysboot::load_image(theirs_);
    EXPECT_EQ(flash(ours, 0), flash(theirs, 0)) << format;
    EXPECT_EQ(ours.start(), theirs.start()) << format;
    EXPECT_EQ(ours.segments.back().end(), theirs.segments.back().end()) << format;
    EXPECT_EQ(ours.entry, theirs.entry) << format;
  }
}

TEST_P(ElfObjcopy, RawBinaryIsTheSame) {
  const sysboot::Image ours = sysboot::load_image(elf(GetParam()));
  run({programs::arm_objcopy, "-O", "binary", elf(GetParam()), theirs_});
  const sysboot::Image theirs = sysboot::load_image(theirs_, ours.start());
  EXPECT_EQ(flash(ours, 0), flash(theirs, 0));
}

// The plain program, with p_paddr zeroed in all program headers (ELF 1.2, figure 2-1).
class WithoutAddresses : public testing::Test {
 protected:
  WithoutAddresses() {
    sysboot::Bytes content = support::read_file(elf("plain"));
    const std::size_t table = content[28] | content[29] << 8;
    for (std::size_t i = 0; i < content[44]; ++i) {
      std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(table + i * 32 + 12), 4, 0);
    }
    support::write_file(file_, content);
  }
  support::TemporaryFolder folder_;
  std::string file_ = (folder_ / "app.elf").string();
  std::string theirs_ = (folder_ / "theirs").string();
};

TEST(ElfFromGcc, CodeInitialisedDataAndSettingsAreStoredApart) {
  const sysboot::Image image = sysboot::load_image(elf("plain"));
  std::vector<std::string> starts;
  for (const auto& segment : image.segments) starts.push_back(hex32(segment.address));
  EXPECT_THAT(starts, testing::ElementsAre("0x08000000", "0x080000A0", "0x08060000"));
  EXPECT_EQ(vector_table_problem(image), std::nullopt);
}

// Without p_paddr bytes are where they are used, as objcopy has it.
TEST_F(WithoutAddresses, C5TheVirtualAddressesCount) {
  run({programs::arm_objcopy, "-O", "ihex", file_, theirs_});
  const sysboot::Image ours = sysboot::load_image(file_);
  const sysboot::Image theirs = sysboot::load_image(theirs_);
  std::vector<std::string> starts;
  for (const auto& segment : ours.segments) starts.push_back(hex32(segment.address));
  EXPECT_THAT(starts, testing::ElementsAre("0x08000000", "0x08060000", "0x20000000"));
  EXPECT_EQ(ours.segments.back(), theirs.segments.back());
  EXPECT_EQ(ours.start(), theirs.start());
}

TEST(ElfFromGcc, NothingInFrontOfTheProgramIsTouched) {
  EXPECT_EQ(hex32(sysboot::load_image(elf("header_in_segment")).start()), "0x08000200");
  EXPECT_EQ(hex32(sysboot::load_image(elf("with_bootloader")).start()), "0x08004000");
}

TEST(ElfFromGcc, OtherElfFilesAreRefused) {
  EXPECT_ERROR(sysboot::load_image(elf("big_endian")), Errc::bad_image,
               HasSubstr("is big-endian ELF"));
  EXPECT_ERROR(sysboot::load_image(elf("relocatable")), Errc::bad_image,
               HasSubstr("is ELF, but a relocatable object file, which is not linked yet"));
  EXPECT_ERROR(sysboot::load_image("/bin/true"), Errc::bad_image, HasSubstr("an STM32 program is"));
}

}  // namespace
