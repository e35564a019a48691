// SPDX-License-Identifier: GPL-3.0-or-later
// Intel HEX and S-records: what we write goes through objcopy, srec_cat or intelhex, and what they
// write must come back as the same image.
#include "judged.hpp"
#include "support/throws.hpp"
#include "sysboot/image_file.hpp"

namespace {

using judged::run;

class TextPrograms : public judged::EachImage {};
INSTANTIATE_FOR_EACH_IMAGE(TextPrograms);

TEST_P(TextPrograms, SrecCatFromHexToSRecord) {
  run({programs::srec_cat, ours("hex"), "-intel", "-output", theirs(), "-motorola"});
  EXPECT_EQ(load_theirs().format, "srec");
  EXPECT_EQ(load_theirs().segments, image().segments);
}

TEST_P(TextPrograms, SrecCatFromSRecordToHex) {
  run({programs::srec_cat, ours("srec"), "-motorola", "-output", theirs(), "-intel"});
  EXPECT_EQ(load_theirs().format, "hex");
  EXPECT_EQ(load_theirs().segments, image().segments);
}

// objcopy reads text formats as sections and sorts what it writes; -I and -O make it a converter.
TEST_P(TextPrograms, ObjcopyFromHexToSRecord) {
  for (const char* objcopy : {programs::objcopy, programs::arm_objcopy}) {
    run({objcopy, "-I", "ihex", "-O", "srec", ours("hex"), theirs()});
    EXPECT_EQ(load_theirs().format, "srec");
    EXPECT_EQ(load_theirs().segments, image().segments);
  }
}

TEST_P(TextPrograms, ObjcopyFromSRecordToHex) {
  for (const char* objcopy : {programs::objcopy, programs::arm_objcopy}) {
    run({objcopy, "-I", "srec", "-O", "ihex", ours("srec"), theirs()});
    EXPECT_EQ(load_theirs().format, "hex");
    EXPECT_EQ(load_theirs().segments, image().segments);
  }
}

TEST_P(TextPrograms, IntelhexReadsAndWritesHex) {
  const std::string script =
      "import sys, intelhex\n"
      "image = intelhex.IntelHex(sys.argv[1])\n"
      "image.write_hex_file(sys.argv[2])\n"
      "for start, end in image.segments(): print('%08X-%08X' % (start, end))\n";
  std::string expected;
  for (const auto& segment : image().segments) {
    expected += sysboot::hex32(segment.address).substr(2) + "-" +
                sysboot::hex32(segment.end()).substr(2) + "\n";
  }
  EXPECT_EQ(run({programs::python, "-c", script, ours("hex"), theirs()}), expected);
  EXPECT_EQ(load_theirs().segments, image().segments);
}

TEST_P(TextPrograms, RawBinariesAreWhatObjcopyMakes) {
  const std::uint64_t span = image().segments.back().end() - image().start();
  if (span > 64 * 1024 * 1024) {
    EXPECT_ERROR(ours("bin"), sysboot::Errc::bad_image, testing::HasSubstr("are gaps"));
    return;
  }
  run({programs::objcopy, "-I", "srec", "-O", "binary", "--gap-fill", "0xFF", ours("srec"),
       theirs()});
  EXPECT_EQ(support::read_file(theirs()), support::read_file(ours("bin")));
}

class TextFile : public testing::Test {
 protected:
  support::TemporaryFolder folder_;
  std::string ours_ = (folder_ / "ours").string();
  std::string theirs_ = (folder_ / "theirs").string();
};

TEST_F(TextFile, StartAddressSurvivesObjcopyAndSrecCat) {
  judged::Image image = judged::image_of({{0x08000000, judged::random_bytes(40, 1)}});
  image.entry = 0x08000141;
  const auto check = [&](const std::string& format, const std::vector<std::string>& words) {
    save_image(ours_, image, format);
    run(words);
    EXPECT_EQ(sysboot::load_image(theirs_).entry, image.entry) << testing::PrintToString(words);
  };
  check("hex", {programs::objcopy, "-I", "ihex", "-O", "srec", ours_, theirs_});
  check("srec", {programs::objcopy, "-I", "srec", "-O", "ihex", ours_, theirs_});
  check("hex", {programs::srec_cat, ours_, "-intel", "-output", theirs_, "-motorola"});
  check("srec", {programs::srec_cat, ours_, "-motorola", "-output", theirs_, "-intel"});
}

// A bootloader and its application, as cat puts them together, and with what they share.
TEST_F(TextFile, C5FilesPutTogetherHoldWhatSrecCatMakesOfThem) {
  const judged::Image first = judged::image_of({{0x08000000, judged::random_bytes(300, 1)}});
  judged::Image second = judged::image_of({{0x08004000, judged::random_bytes(300, 2)}});
  for (const bool share : {false, true}) {
    if (share) second.segments.insert(second.segments.begin(), first.segments.front());
    for (const auto& [format, kind] :
         {std::pair{"hex", "-intel"}, std::pair{"srec", "-motorola"}}) {
      const std::string one = ours_ + ".1";
      const std::string two = ours_ + ".2";
      save_image(one, first, format);
      save_image(two, second, format);
      run({"/bin/sh", "-c", "cat '" + one + "' '" + two + "' > '" + ours_ + "'"});
      run({programs::srec_cat, "-multiple", one, kind, two, kind, "-output", theirs_, kind});
      EXPECT_EQ(sysboot::load_image(ours_).segments, sysboot::load_image(theirs_).segments)
          << format << share;
    }
  }
}

// What the other programs take as well is no error here.
TEST_F(TextFile, C5WhatIsAroundRecordsIsReadAsOthersReadIt) {
  const judged::Image image = judged::image_of({{0x08000000, judged::random_bytes(300, 1)}});
  save_image(ours_, image, "hex");
  const sysboot::Bytes plain = support::read_file(ours_);
  std::string text(plain.begin(), plain.end());
  const auto judge = [&](const std::string& changed) {
    support::write_file(ours_,
                        {reinterpret_cast<const std::uint8_t*>(changed.data()), changed.size()});
    run({programs::srec_cat, ours_, "-intel", "-output", theirs_, "-intel"});
    EXPECT_EQ(sysboot::load_image(ours_).segments, sysboot::load_image(theirs_).segments);
    EXPECT_EQ(sysboot::load_image(ours_).segments, image.segments);
  };
  judge("\n\n" + text + "\n");
  judge(text + "\x1A");
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  judge(crlf);
}

// Address modes and record sizes that we do not write ourselves.
TEST_F(TextFile, NoneOfSrecCatsVariantsIsMisread) {
  const judged::Image image = judged::image_of({{0x0000FFF0, judged::random_bytes(40'000, 1)}});
  save_image(ours_, image, "hex");
  const std::vector<std::vector<std::string>> variants = {
      {"-intel", "-address-length=3"},  // extended segment addresses
      {"-intel", "-line-length=500"},
      {"-intel", "-line-length=20"},
      {"-motorola", "-address-length=3"},  // S2 where S1 would do
      {"-motorola", "-address-length=4"},
      {"-motorola", "-line-length=500"},
      {"-motorola", "-disable=data-count", "-execution-start-address=0xFFF1"}};
  for (const auto& variant : variants) {
    std::vector<std::string> words = {programs::srec_cat, ours_, "-intel", "-output", theirs_};
    words.insert(words.end(), variant.begin(), variant.end());
    run(words);
    EXPECT_EQ(sysboot::load_image(theirs_).segments, image.segments)
        << testing::PrintToString(variant);
  }
}

}  // namespace
