// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are no firmware, and firmware that is not taken for one of them.
#include "image/foreign.hpp"

#include <cstring>

#include "files.hpp"
#include "support/files.hpp"
#include "support/temporary.hpp"
#include "support/throws.hpp"
#include "sysboot/image_file.hpp"

namespace sysboot {
namespace {

using namespace files;
using namespace std::string_view_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Foreign {
  std::string_view start;
  const char* name;
};

// Beginnings as the programs named write them.
const std::vector<Foreign>& samples() {
  static const std::vector<Foreign> all = {
      {"PK\x03\x04\x14\x00\x00\x00\x08\x00"sv, "a ZIP archive"},
      {"PK\x05\x06\x00\x00\x00\x00\x00\x00"sv, "an empty ZIP archive"},
      {"\x1F\x8B\x08\x08\x00\x00\x00\x00\x00\x03"sv, "a gzip file"},
      {"\xFD\x37zXZ\x00\x00\x04\xE6\xD6"sv, "an xz file"},
      {"BZh91AY&SY\x00"sv, "a bzip2 file"},
      {"7z\xBC\xAF\x27\x1C\x00\x04"sv, "a 7z archive"},
      {"Rar!\x1A\x07\x01\x00"sv, "a RAR archive"},
      {"\x28\xB5\x2F\xFD\x04\x58\x00\x00"sv, "a Zstandard file"},
      {"!<arch>\ndebian-binary   "sv, "an archive of object files, or a Debian package"},
      {"%PDF-1.7\n%\xE2\xE3\xCF\xD3"sv, "a PDF"},
      {"\x89PNG\r\n\x1A\n\x00\x00\x00\rIHDR"sv, "a PNG picture"},
      {"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"sv, "a JPEG picture"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00"sv, "a document of Microsoft Office"},
      {"\xFF\xFE:\x00"
       "1\x00"
       "0\x00"sv,
       "text in UTF-16"},
      {"\xFE\xFF\x00:\x00"
       "1\x00"
       "0"sv,
       "text in UTF-16"},
      {"<!DOCTYPE html>\n<html lang=\"en\">"sv, "an HTML page"},
      {"\n\n<HTML><head>"sv, "an HTML page"},
      {"\xEF\xBB\xBF<!doctype HTML>"sv, "an HTML page"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"sv, "a Git LFS pointer"},
      {"<?xml version=\"1.0\"?>"sv, "XML"},
      {"{\"message\": \"Not Found\"}"sv, "JSON"},
      {"404: Not Found"sv, "text that begins with \"404: Not Found\""},
      {"Gr\xC3\xBC\xC3\x9F"
       "e!"sv,
       "text that begins with \"Gr\xC3\xBC\xC3\x9F"
       "e!\""},
  };
  return all;
}

TEST(Foreign, C5IsNamed) {
  for (const Foreign& sample : samples()) {
    EXPECT_THAT(foreign_content(view(sample.start)), StartsWith(sample.name)) << sample.name;
    EXPECT_ERROR(parse_image(view(sample.start)), Errc::bad_image,
                 AllOf(HasSubstr("is no firmware, but "), HasSubstr(sample.name)));
  }
}

TEST(Foreign, C5WhatHasItsMarkFurtherOn) {
  Bytes tar(512);
  std::memcpy(tar.data(), "firmware/app.bin", 16);
  std::memcpy(tar.data() + 257, "ustar", 5);
  EXPECT_EQ(foreign_content(tar), "a tar archive");
  Bytes windows(256);
  std::memcpy(windows.data(), "MZ\x90", 3);
  windows[0x3C] = 0x80;
  std::memcpy(windows.data() + 0x80, "PE\0\0", 4);
  EXPECT_EQ(foreign_content(windows), "a program for Windows");
  windows[0x3F] = 0xFF;  // a place far outside
  EXPECT_THAT(foreign_content(windows), IsEmpty());
}

TEST(Foreign, C5ALongTextIsTextWhereverItsCharactersAreCut) {
  std::string text;
  while (text.size() < 4096) text += "\xC3\xA4\xE2\x82\xAC";
  for (int shift = 0; shift < 5; ++shift) {
    text.insert(text.begin(), 'x');
    EXPECT_THAT(foreign_content(view(text)), StartsWith("text that begins with")) << shift;
  }
}

// Whatever its stack pointer and reset vector spell, and whatever follows.
TEST(Foreign, C5NoProgramIsTakenForOne) {
  for (const std::uint32_t stack :
       {0x20001FF0U, 0x20005A4DU, 0x20202020U, 0x2001FFFFU, 0x10010000U, 0x10088B1FU, 0x24080000U,
        0x30048000U, 0x31685A42U, 0x38010000U, 0x2000FEFFU}) {
    for (const std::uint32_t reset : {0x08000009U, 0x0C000141U, 0x08202021U, 0x09616161U}) {
      for (const Foreign& sample : samples()) {
        Bytes program = long_word(stack) + long_word(reset) + bytes(sample.start);
        program.resize(1024, ' ');
        std::memcpy(program.data() + 257, "ustar", 5);
        EXPECT_THAT(foreign_content(program), IsEmpty()) << hex32(stack) << " " << hex32(reset);
      }
    }
  }
}

// Settings pages and other data may be flashed, too.
TEST(Foreign, C5DataIsLeftAlone) {
  for (const Bytes& data :
       {Bytes(4096, 0xFF), Bytes(4096), counting(256), Bytes{'a', 'b', 'c'},
        bytes("settings\0\0\0\0"sv), bytes("\xFF\xFE\x00\x01\x02\x03\x04\x05"sv)}) {
    EXPECT_THAT(foreign_content(data), IsEmpty()) << testing::PrintToString(data);
  }
}

class Named : public testing::Test {
 protected:
  Image load(const std::string& name, const Bytes& content) {
    support::write_file(folder_ / name, content);
    return load_image(folder_ / name);
  }
  support::TemporaryFolder folder_;
};

TEST_F(Named, C5WhatIsNotWhatItsNameSaysIsNoRawBinary) {
  const Bytes program = long_word(0x20001000) + long_word(0x08000009) + Bytes(8);
  for (const auto& [name, title] :
       std::vector<std::pair<std::string, std::string>>{{"app.hex", "Intel HEX"},
                                                        {"app.IHX", "Intel HEX"},
                                                        {"app.elf", "ELF"},
                                                        {"app.s19", "Motorola S-record"},
                                                        {"app.uf2", "UF2"},
                                                        {"app.dfu", "DfuSe"}}) {
    EXPECT_ERROR(load(name, program), Errc::bad_image,
                 AllOf(HasSubstr(name), HasSubstr("is no " + title +
                                                  " file, as its name says: it "
                                                  "begins with 00 10 00 20 09 00 00 08")));
  }
  EXPECT_EQ(load("app.bin", program).format, "bin");
  EXPECT_EQ(load("app.fw", program).format, "bin");
  EXPECT_EQ(load("app.dfu", with_suffix(program, 0x0100)).format, "bin")
      << "as dfu-suffix makes it";
}

TEST_F(Named, C5AnotherFormatIsTakenByItsContent) {
  const Bytes hex = bytes(hex_record(0, 0, {1}) + hex_end);
  for (const char* name : {"app.hex", "app.bin", "app.elf", "app.dfu", "app.txt"}) {
    EXPECT_EQ(load(name, hex).format, "hex") << name;
  }
}

}  // namespace
}  // namespace sysboot
