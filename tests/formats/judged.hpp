// SPDX-License-Identifier: GPL-3.0-or-later
// Images to convert, and running the programs that convert them, too.
#pragma once

#include <gmock/gmock.h>

#include <random>

#include "programs.hpp"
#include "support/files.hpp"
#include "support/process.hpp"
#include "support/temporary.hpp"
#include "sysboot/image.hpp"
#include "sysboot/image_file.hpp"

namespace judged {

using sysboot::Bytes;
using sysboot::Image;
using sysboot::Segment;

/// Runs a program that must succeed; returns what it said, standard error last.
inline std::string run(const std::vector<std::string>& words) {
  const support::Finished done = support::run(words);
  EXPECT_EQ(done.exit, 0) << testing::PrintToString(words) << "\n" << done.err;
  return done.out + done.err;
}

inline Bytes random_bytes(std::size_t size, std::uint32_t seed) {
  std::mt19937 generator(seed);
  Bytes out(size);
  for (Bytes::value_type& byte : out) byte = static_cast<std::uint8_t>(generator());
  return out;
}

inline Image image_of(std::vector<Segment> segments) {
  Image image;
  image.name = "judged";
  image.segments = std::move(segments);
  return image;
}

/// Sizes and places at which programs that write records have to decide something.
inline std::vector<Image> images() {
  std::vector<Image> all = {
      image_of({{0x08000000, {0x5A}}}),
      image_of({{0x08000000, random_bytes(16, 1)}}),
      image_of({{0x08000000, random_bytes(100'001, 2)}}),
      image_of({{0x08000000, random_bytes(14784, 3)}, {0x08020000, random_bytes(3076, 4)}}),
      image_of({{0x0800FFF7, random_bytes(20, 5)}}),
      image_of({{0x08000004, {1}}, {0x08000006, {2}}, {0x1FFFC000, random_bytes(16, 6)}}),
      image_of({{0x90000000, random_bytes(70'000, 7)}}),
      image_of({{0x00000000, random_bytes(70'000, 8)}}),
      image_of({{0x0000FFF0, random_bytes(100, 9)}, {0x00FFFFF8, random_bytes(16, 10)}}),
  };
  std::mt19937 generator(11);
  const auto up_to = [&](std::uint32_t most) {
    return 1 + static_cast<std::uint32_t>(generator() % most);
  };
  for (std::uint32_t seed = 20; seed < 28; ++seed) {
    std::vector<Segment> segments;
    std::uint64_t end = 0x08000000;
    for (int n = 0; n < 12; ++n) {
      const auto address = static_cast<std::uint32_t>(end + up_to(5000));
      segments.push_back({address, random_bytes(up_to(3000), seed)});
      end = segments.back().end();
    }
    all.push_back(image_of(std::move(segments)));
  }
  return all;
}

/// Each of images(), by its number.
class EachImage : public testing::TestWithParam<std::size_t> {
 protected:
  const Image& image() const { return image_; }
  /// The image as a file in this format.
  std::string ours(const std::string& format) const {
    std::string file = (folder_ / ("ours." + format)).string();
    save_image(file, image_, format);
    return file;
  }
  /// Where a program may put its result.
  std::string theirs() const { return (folder_ / "theirs").string(); }
  Image load_theirs() const { return sysboot::load_image(theirs()); }

 private:
  support::TemporaryFolder folder_;
  Image image_ = images().at(GetParam());
};

}  // namespace judged

#define INSTANTIATE_FOR_EACH_IMAGE(suite) \
  INSTANTIATE_TEST_SUITE_P(Images, suite, testing::Range(std::size_t{0}, judged::images().size()))
