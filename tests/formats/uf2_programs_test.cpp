// SPDX-License-Identifier: GPL-3.0-or-later
// UF2 against file(1), the only program in Debian that reads it.
#include <regex>

#include "judged.hpp"
#include "sysboot/image_file.hpp"

namespace {

class Uf2Programs : public judged::EachImage {};
INSTANTIATE_FOR_EACH_IMAGE(Uf2Programs);

// The family is one that no release of file(1) has a name for.
TEST_P(Uf2Programs, FileKnowsWhatItIs) {
  const support::TemporaryFolder folder;
  const std::string file = (folder / "app.uf2").string();
  judged::Image labelled = image();
  labelled.uf2_family = 0x12345678;
  save_image(file, labelled, "uf2");
  const std::string said = judged::run({programs::file, "--brief", file});
  std::smatch parts;
  const std::regex wanted(
      "UF2 firmware image, family 0x12345678, address (?:0x)?([0-9a-f]+), ([0-9]+) total blocks\n");
  ASSERT_TRUE(std::regex_match(said, parts, wanted)) << said;
  EXPECT_EQ(std::stoul(parts[1], nullptr, 16), image().start() / 256 * 256);
  EXPECT_EQ(std::stoul(parts[2]), support::read_file(file).size() / 512);
}

// Our own reader: what is not padding is the image.
TEST_P(Uf2Programs, ComesBackWithPaddingOnly) {
  const judged::Image back = sysboot::load_image(ours("uf2"));
  std::uint64_t found = 0;
  for (const auto& segment : image().segments) {
    for (const auto& whole : back.segments) {
      if (segment.address < whole.address || segment.end() > whole.end()) continue;
      const sysboot::ByteView part =
          sysboot::ByteView(whole.data)
              .subspan(segment.address - whole.address, segment.data.size());
      EXPECT_TRUE(std::equal(part.begin(), part.end(), segment.data.begin()));
      found += part.size();
    }
  }
  EXPECT_EQ(found, image().size());
  for (const auto& whole : back.segments)
    EXPECT_EQ(whole.address % 256 + whole.data.size() % 256, 0U);
}

}  // namespace
