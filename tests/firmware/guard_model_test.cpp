// SPDX-License-Identifier: GPL-3.0-or-later
// The guard of virtual boards decides as the real one does.
#include <gmock/gmock.h>

#include "guard_host.hpp"
#include "sysboot/virtual/board.hpp"
#include "sysboot/virtual/guard.hpp"

namespace {

using sysboot::Bytes;
using sysboot::virtual_bench::FlashMemory;

constexpr std::uint32_t application = GUARD_APPLICATION;

class GuardModel : public testing::Test {
 protected:
  GuardModel() { sysboot::virtual_bench::load_guarded(flash); }

  void put(std::uint32_t offset, std::uint32_t word) {
    Bytes bytes(4);
    guard_put_word(bytes.data(), 0, word);
    flash.load(application + offset, bytes);
  }
  /// One that is stamped, of this length.
  void put_stamped(std::uint32_t length) {
    Bytes image(length);
    for (std::uint32_t n = 0x2C; n < length; ++n) image[n] = static_cast<std::uint8_t>(n * 7);
    guard_put_word(image.data(), 0, 0x2001FFF8);
    guard_put_word(image.data(), 4, application + 0x41);
    ASSERT_TRUE(guard_stamp_put(image.data(), length));
    flash.load(application, image);
  }
  bool agrees() {
    const bool real = support::guard_starts(flash);
    (real ? started : refused) += 1;
    return sysboot::virtual_bench::guard_starts_application(flash) == real;
  }

  FlashMemory flash{sysboot::parse_layout(sysboot::f411_flash)};
  int started = 0;
  int refused = 0;
};

TEST_F(GuardModel, 176AgreesOnStackPointersAndResetVectors) {
  const std::uint32_t stacks[] = {0,          1,          0x10000001, 0x10010000, 0x1FFFFFFF,
                                  0x20000000, 0x20000001, 0x20000002, 0x2001FFF8, 0x20020000,
                                  0x20020001, 0x20030000, 0x80000000, 0xFFFFFFFF};
  const std::uint32_t entries[] = {0,
                                   1,
                                   0x08000001,
                                   application - 1,
                                   application + 1,
                                   application + 7,
                                   application + 8,
                                   application + 9,
                                   application + 0x40,
                                   application + 0x41,
                                   0x0807FFFE,
                                   0x0807FFFF,
                                   0x08080001,
                                   0x20000001,
                                   0xFFFFFFFF};
  for (const std::uint32_t stack : stacks) {
    for (const std::uint32_t entry : entries) {
      put(0, stack);
      put(4, entry);
      EXPECT_TRUE(agrees()) << std::hex << stack << " " << entry;
    }
  }
  EXPECT_GT(started, 10);
  EXPECT_GT(refused, 100);
}

TEST_F(GuardModel, 176AgreesOnStamps) {
  for (const std::uint32_t length : {0x2CU, 0x30U, 0x100U, 0x4000U, 0x7C000U}) {
    for (const std::uint32_t slot : {0x1CU, 0x20U, 0x24U, 0x28U, 0x2CU}) {
      for (const std::uint32_t word : {0U, 1U, 2U, 0x28U, 0x2CU, 0x100U, 0x4000U, 0x7C000U,
                                       0x7C004U, 0xFFFFFFFCU, 0xFFFFFFFFU}) {
        put_stamped(length);
        EXPECT_TRUE(agrees());
        if (slot < length) put(slot, word);
        EXPECT_TRUE(agrees()) << std::hex << length << " " << slot << " " << word;
      }
    }
  }
  EXPECT_GT(started, 250);
  EXPECT_GT(refused, 100);
}

TEST_F(GuardModel, 176AgreesOnEveryBitOfAnImageWithAStamp) {
  put_stamped(0x80);
  const auto seen = flash.read(application, 0x80);
  const Bytes image(seen.begin(), seen.end());
  for (std::size_t bit = 0; bit < image.size() * 8; ++bit) {
    Bytes wrong = image;
    wrong[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    flash.load(application, wrong);
    EXPECT_TRUE(agrees()) << bit;
  }
  EXPECT_EQ(started, 32) << "without its magic it is an image without a stamp";
}

TEST_F(GuardModel, 176NeitherStartsWhatReadsOtherwiseEachTime) {
  using sysboot::virtual_bench::Torn;
  for (std::uint32_t seed = 1; seed < 100; ++seed) {
    sysboot::virtual_bench::load_guarded(flash);
    put(0, 0xA001FFF8);
    flash.tear(Torn::unstable, seed);
    flash.program(application, Bytes{0xF8, 0xFF, 0x01, 0x20}, 0.1, 4);
    EXPECT_FALSE(support::guard_starts(flash));
    EXPECT_FALSE(sysboot::virtual_bench::guard_starts_application(flash));
  }
}

TEST_F(GuardModel, 176TheStubHasGuardsHeader) {
  EXPECT_TRUE(sysboot::virtual_bench::has_guard(flash));
  EXPECT_TRUE(agrees());
  EXPECT_EQ(started, 1) << "the application above it";
  flash.load(0x08000000, sysboot::virtual_bench::stub_application());
  EXPECT_FALSE(sysboot::virtual_bench::has_guard(flash));
}

}  // namespace
