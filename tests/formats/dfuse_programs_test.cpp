// SPDX-License-Identifier: GPL-3.0-or-later
// DfuSe files and DFU suffixes against dfu-util's dfuse-pack.py and dfu-suffix.
#include <fmt/core.h>

#include "judged.hpp"
#include "support/throws.hpp"
#include "sysboot/image_file.hpp"

namespace {

using judged::run;
using support::read_file;
using sysboot::Errc;
using sysboot::Image;
using testing::HasSubstr;
using testing::Not;

class DfusePrograms : public judged::EachImage {
 protected:
  // The bytes of one of our segments, as a file.
  std::string part(std::size_t number) const {
    std::string file = fmt::format("{}.{}", theirs(), number);
    support::write_file(file, image().segments[number].data);
    return file;
  }
};
INSTANTIATE_FOR_EACH_IMAGE(DfusePrograms);

TEST_P(DfusePrograms, DfusePackTakesOurFilesApart) {
  const std::string file = ours("dfu");
  const std::string said = run({programs::python, programs::dfuse_pack, "--dump", file});
  EXPECT_THAT(said, Not(HasSubstr("ERROR")));
  EXPECT_THAT(said, HasSubstr("usb: 0483:df11, device: 0xffff, dfu: 0x011a"));
  for (std::size_t i = 0; i < image().segments.size(); ++i) {
    const auto& segment = image().segments[i];
    EXPECT_THAT(said, HasSubstr(fmt::format("  {}, address: 0x{:08x}, size: {}\n", i,
                                            segment.address, segment.data.size())));
    EXPECT_EQ(read_file(fmt::format("{}.target0.image{}.bin", file, i)), segment.data);
  }
}

TEST_P(DfusePrograms, DfusePackPutsFilesTogetherForUs) {
  std::vector<std::string> words = {programs::python, programs::dfuse_pack, "-D", "0x1209:0xdb42"};
  for (std::size_t i = 0; i < image().segments.size(); ++i) {
    words.insert(words.end(),
                 {"-b", fmt::format("0x{:08x}:{}", image().segments[i].address, part(i))});
  }
  words.push_back(theirs());
  run(words);
  EXPECT_EQ(load_theirs().format, "dfu");
  EXPECT_EQ(load_theirs().segments, image().segments);
  EXPECT_EQ(load_theirs().made_for, (std::pair<std::uint16_t, std::uint16_t>(0x1209, 0xDB42)));
}

TEST_P(DfusePrograms, DfusePackReadsOurHex) {
  run({programs::python, programs::dfuse_pack, "-i", ours("hex"), theirs()});
  EXPECT_EQ(load_theirs().segments, image().segments);
}

TEST_P(DfusePrograms, DfuSuffixFindsOursInOrder) {
  const std::string said = run({programs::dfu_suffix, "-c", ours("dfu")});
  EXPECT_THAT(said, HasSubstr("contains a DFU suffix"));
  EXPECT_THAT(said, HasSubstr("Vendor ID:\t0x0483"));
  EXPECT_THAT(said, HasSubstr("Product ID:\t0xDF11"));
  EXPECT_THAT(said, HasSubstr("BCD DFU:\t0x011A"));
}

TEST_P(DfusePrograms, DfuSuffixOnAnyFormat) {
  for (const char* format : {"hex", "srec", "uf2"}) {
    const std::string file = ours(format);
    run({programs::dfu_suffix, "-v", "0x1234", "-p", "0x5678", "-a", file});
    const Image image = sysboot::load_image(file);
    EXPECT_EQ(image.format, format);
    EXPECT_EQ(image.made_for, (std::pair<std::uint16_t, std::uint16_t>(0x1234, 0x5678)));
  }
}

TEST(DfuseTargets, OfSeveralAlternateSettings) {
  const support::TemporaryFolder folder;
  const std::string file = (folder / "app.dfu").string();
  const std::string flash = (folder / "flash").string();
  const std::string options = (folder / "options").string();
  support::write_file(flash, judged::random_bytes(1000, 1));
  support::write_file(options, judged::random_bytes(16, 2));
  run({programs::python, programs::dfuse_pack, "-b", "0x1FFFC000@1:" + options, "-b",
       "0x08000000@0:" + flash, file});
  const Image image = sysboot::load_image(file);
  EXPECT_EQ(image.segments, (std::vector{sysboot::Segment{0x08000000, read_file(flash)}}));
  ASSERT_EQ(image.other_targets.size(), 1U);
  EXPECT_EQ(image.other_targets[0].alternate, 1);

  save_image(file, image, "dfu");
  const std::string said = run({programs::python, programs::dfuse_pack, "--dump", file});
  EXPECT_THAT(said, Not(HasSubstr("ERROR")));
  EXPECT_THAT(said, HasSubstr("Target' 1, alt setting: 1"));
  EXPECT_EQ(read_file(file + ".target1.image0.bin"), read_file(options));
}

TEST(DfuseTargets, OnlyForOptionBytesAreNoProgram) {
  const support::TemporaryFolder folder;
  const std::string file = (folder / "app.dfu").string();
  const std::string options = (folder / "options").string();
  support::write_file(options, judged::random_bytes(16, 2));
  run({programs::python, programs::dfuse_pack, "-b", "0x1FFFC000@1:" + options, file});
  EXPECT_ERROR(sysboot::load_image(file), Errc::bad_image,
               HasSubstr("nothing for alternate setting 0, internal flash; only for 1 (ST...)"));
}

}  // namespace
