// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/plan.hpp"

#include <numeric>

#include "support/throws.hpp"

namespace sysboot {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t block_size = 2048;
constexpr WriteSizes sizes{block_size, 8};
constexpr std::uint32_t kib = 1024;

MemoryLayout f411() {
  return parse_layout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg");
}

Bytes counting(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  for (auto& byte : bytes) byte = byte == 0xFF ? 0 : byte;
  return bytes;
}

Image image_of(std::vector<Segment> segments) {
  return {"app.bin", "bin", std::move(segments), {}};
}

std::vector<std::uint32_t> addresses(const std::vector<Block>& blocks) {
  std::vector<std::uint32_t> out;
  for (const auto& block : blocks) out.push_back(block.address);
  return out;
}

std::vector<std::uint32_t> addresses(const std::vector<Sector>& sectors) {
  std::vector<std::uint32_t> out;
  for (const auto& sector : sectors) out.push_back(sector.address);
  return out;
}

WritePlan write_everything(const FlashPlan& plan) {
  return plan_writes(plan, std::vector<bool>(plan.sectors.size(), false), sizes);
}

TEST(FlashPlan, OneSectorForASmallImage) {
  const Image image = image_of({{0x08000000, counting(100)}});
  const FlashPlan plan = plan_flash(image, f411());
  ASSERT_EQ(plan.sectors.size(), 1U);
  EXPECT_EQ(plan.sectors[0].sector.address, 0x08000000U);
  EXPECT_EQ(plan.sectors[0].pieces.size(), 1U);
  EXPECT_EQ(plan.image_bytes, 100U);
  EXPECT_EQ(plan.erase_bytes(), 16U * kib);
}

TEST(FlashPlan, SplitsAtSectorsOfEverySize) {
  const Image image = image_of({{0x08000000, counting(300 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  std::vector<std::uint32_t> starts;
  std::size_t bytes = 0;
  for (const auto& sector : plan.sectors) {
    starts.push_back(sector.sector.address);
    for (const auto& piece : sector.pieces) bytes += piece.data.size();
  }
  EXPECT_THAT(starts, ElementsAre(0x08000000, 0x08004000, 0x08008000, 0x0800C000, 0x08010000,
                                  0x08020000, 0x08040000));
  EXPECT_EQ(bytes, 300U * kib);
}

TEST(FlashPlan, LeavesOutSectorsThatNoSegmentTouches) {
  const Image image = image_of(
      {{0x08000000, counting(10)}, {0x08008010, counting(10)}, {0x08008100, counting(10)}});
  const FlashPlan plan = plan_flash(image, f411());
  ASSERT_EQ(plan.sectors.size(), 2U);
  EXPECT_EQ(plan.sectors[1].sector.address, 0x08008000U);
  EXPECT_EQ(plan.sectors[1].pieces.size(), 2U);
}

TEST(FlashPlan, FillsTheFlashToItsLastByte) {
  const Image image = image_of({{0x08000000, counting(512 * kib)}});
  EXPECT_EQ(plan_flash(image, f411()).erase_bytes(), 512U * kib);
}

TEST(FlashPlan, RefusesOneByteTooMany) {
  const Image image = image_of({{0x08000000, counting(512 * kib + 1)}});
  EXPECT_ERROR(plan_flash(image, f411()), Errc::image_does_not_fit,
               AllOf(HasSubstr("app.bin goes to 0x08000000-0x08080000"),
                     HasSubstr("1 byte past the end of Internal Flash (0x08000000-0x0807FFFF)")));
}

TEST(FlashPlan, NamesTheOneOfSeveralImagesThatDoesNotFit) {
  const Image low = image_of({{0x0807F000, counting(4 * kib)}});
  Image high = image_of({{0x08080000, counting(4)}});
  high.name = "data.bin";
  EXPECT_ERROR(plan_flash(merge_images({low, high}), f411()), Errc::image_does_not_fit,
               HasSubstr("data.bin goes to 0x08080000-0x08080003, outside Internal Flash"));
}

TEST(FlashPlan, RefusesMemoryThatIsNotThere) {
  const Image image = image_of({{0x20000000, counting(16)}});
  EXPECT_ERROR(plan_flash(image, f411()), Errc::image_does_not_fit,
               HasSubstr("goes to 0x20000000-0x2000000F, outside Internal Flash"));
}

TEST(FlashPlan, RefusesSectorsThatCannotBeErasedAndWritten) {
  const MemoryLayout layout = parse_layout("@Flash/0x08000000/1*16Ka,1*16Kg");
  const Image image = image_of({{0x08000000, counting(16)}});
  EXPECT_ERROR(plan_flash(image, layout), Errc::image_does_not_fit,
               HasSubstr("the sector at 0x08000000 allows r--"));
}

TEST(WritePlan, WritesTheFirstWordsLast) {
  const Image image = image_of({{0x08000000, counting(5 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = write_everything(plan);
  EXPECT_THAT(addresses(writes.body.blocks), ElementsAre(0x08000008, 0x08000800, 0x08001000));
  EXPECT_THAT(addresses(writes.start.blocks), ElementsAre(0x08000000));
  EXPECT_EQ(writes.start.verify_bytes, 8U);
  EXPECT_EQ(writes.body.verify_bytes, 5 * kib - 8);
}

TEST(WritePlan, WritesAWholeUnitLastWhereFlashIsWide) {
  const Image image = image_of({{0x08000000, counting(100)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = plan_writes(plan, {false}, {block_size, 32});
  ASSERT_EQ(writes.start.blocks.size(), 1U);
  EXPECT_EQ(writes.start.blocks[0].data.size(), 32U);
  EXPECT_THAT(addresses(writes.body.blocks), ElementsAre(0x08000020));
}

TEST(WritePlan, AnImageOfEightBytesIsAllStart) {
  const Image image = image_of({{0x08000000, counting(8)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = write_everything(plan);
  EXPECT_THAT(writes.body.blocks, IsEmpty());
  EXPECT_EQ(writes.start.blocks.size(), 1U);
  EXPECT_EQ(writes.body.verify_bytes, 0U);
}

TEST(WritePlan, FullBlocksInsideARunAndAPaddedOneAtItsEnd) {
  const Image image = image_of({{0x08000000, counting(3 * block_size + 5)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = write_everything(plan);
  const Block& last = writes.body.blocks.back();
  EXPECT_EQ(last.address, 0x08001800U);
  EXPECT_EQ(last.data.size(), padding_unit);
  EXPECT_EQ(last.data[4], image.segments[0].data.back());
  EXPECT_EQ(last.data[5], 0xFF) << "padding";
  EXPECT_EQ(writes.write_bytes(), 3U * block_size + padding_unit);
}

TEST(WritePlan, LeavesOutBlocksThatErasingAlreadyMade) {
  Bytes data = counting(10 * kib);
  std::fill(data.begin() + 2 * block_size, data.begin() + 4 * block_size, std::uint8_t{0xFF});
  const Image image = image_of({{0x08000000, data}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = write_everything(plan);
  EXPECT_THAT(addresses(writes.body.blocks), ElementsAre(0x08000008, 0x08000800, 0x08002000));
  EXPECT_EQ(writes.body.verify_bytes + writes.start.verify_bytes, 10U * kib)
      << "blank blocks are still proved";
}

TEST(WritePlan, TouchesOnlySectorsThatDiffer) {
  const Image image = image_of({{0x08000000, counting(64 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = plan_writes(plan, {true, true, false, true}, sizes);
  EXPECT_THAT(addresses(writes.erase), ElementsAre(0x08008000));
  EXPECT_EQ(writes.body.blocks.size(), 8U);
  EXPECT_EQ(writes.body.blocks.front().address, 0x08008000U);
  EXPECT_THAT(writes.start.blocks, IsEmpty()) << "its sector matches";
}

TEST(WritePlan, NothingToDoWhenEverythingMatches) {
  const Image image = image_of({{0x08000000, counting(64 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = plan_writes(plan, std::vector<bool>(4, true), sizes);
  EXPECT_THAT(writes.erase, IsEmpty());
  EXPECT_EQ(writes.write_bytes(), 0U);
}

TEST(WritePlan, BlocksMayStraddleSmallSectors) {
  const MemoryLayout f042 = parse_layout("@Internal Flash  /0x08000000/032*0001Kg");
  const Image image = image_of({{0x08000000, counting(5 * kib)}});
  const FlashPlan plan = plan_flash(image, f042);
  EXPECT_EQ(plan.sectors.size(), 5U);
  const WritePlan writes = write_everything(plan);
  EXPECT_THAT(addresses(writes.body.blocks), ElementsAre(0x08000008, 0x08000800, 0x08001000));
  EXPECT_EQ(writes.body.blocks[1].data.size(), block_size);
}

TEST(WritePlan, AStartInTheMiddleOfASectorIsPaddedInFront) {
  const Image image = image_of({{0x08004104, counting(100)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = write_everything(plan);
  ASSERT_EQ(writes.start.blocks.size(), 1U);
  const Block& start = writes.start.blocks.front();
  EXPECT_EQ(start.address, 0x08004100U);
  EXPECT_THAT(start.data, ElementsAre(0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4));
  EXPECT_THAT(addresses(writes.body.blocks), ElementsAre(0x08004108))
      << "blank space is not written";
  EXPECT_EQ(writes.start.verify_bytes, 4U);
}

TEST(WritePlan, CarriesEveryByteOfTheImageExactlyOnce) {
  const Image image =
      image_of({{0x08000004, counting(70 * kib + 3)}, {0x08040001, counting(9 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = write_everything(plan);
  Bytes flash(512 * kib, 0xFF);
  const auto at = [&](std::uint32_t address) {
    return flash.begin() + static_cast<std::ptrdiff_t>(address - 0x08000000);
  };
  const auto put = [&](const WritePart& part) {
    for (const Block& block : part.blocks) {
      EXPECT_EQ(block.address % 8, 0U);
      EXPECT_EQ(block.data.size() % 8, 0U);
      std::copy(block.data.begin(), block.data.end(), at(block.address));
    }
  };
  put(writes.body);
  put(writes.start);
  std::uint64_t verified = 0;
  for (const WritePart* part : {&writes.body, &writes.start}) {
    for (const Piece& piece : part->verify) {
      verified += piece.data.size();
      EXPECT_TRUE(std::equal(piece.data.begin(), piece.data.end(), at(piece.address)));
    }
  }
  EXPECT_EQ(verified, image.size());
}

std::vector<FlashRange> gaps(const FlashPlan& plan) {
  std::vector<FlashRange> all;
  for (const auto& sector : plan.sectors)
    all.insert(all.end(), sector.gaps.begin(), sector.gaps.end());
  return all;
}

TEST(Gaps, C4BeforeTheFirstByteAndBetweenParts) {
  const Image image = image_of({{0x08002000, counting(0x100)},
                                {0x08002200, counting(0x3000)},
                                {0x08008010, counting(0x20)}});
  const FlashPlan plan = plan_flash(image, f411());
  EXPECT_THAT(gaps(plan), ElementsAre(FlashRange{0x08000000, 0x2000}, FlashRange{0x08002100, 0x100},
                                      FlashRange{0x08005200, 0x2E00}, FlashRange{0x08008000, 0x10}))
      << "behind a part that is not the last one, too";
  EXPECT_EQ(plan.tail, (FlashRange{0x08008030, 0x3FD0}));
}

TEST(Gaps, C4BehindAPartThatIsFarFromTheNext) {
  const Image image = image_of({{0x08000000, counting(0x100)}, {0x08020000, counting(128 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  EXPECT_THAT(gaps(plan), ElementsAre(FlashRange{0x08000100, 0x3F00}));
  EXPECT_EQ(plan.tail, std::nullopt) << "the image fills its last sector";
}

TEST(Gaps, C4TheTailIsAGapOnRequest) {
  const Image image = image_of({{0x08000000, counting(0x100)}});
  const FlashPlan plan = plan_flash(image, f411(), true);
  EXPECT_THAT(gaps(plan), ElementsAre(FlashRange{0x08000100, 0x3F00}));
  EXPECT_EQ(plan.tail, std::nullopt);
}

TEST(Gaps, C4RangesReadWell) {
  EXPECT_EQ((FlashRange{0x08000100, 0x3F00}.describe()), "0x08000100-0x08003FFF, 16128 bytes");
  EXPECT_EQ((FlashRange{0xFFFFFFFF, 1}.describe()), "0xFFFFFFFF-0xFFFFFFFF, 1 byte");
}

TEST(Gaps, C4TheUsedPartIsWhatIsNotBlank) {
  const Bytes bytes = {0xFF, 0xFF, 1, 0xFF, 2, 0xFF};
  EXPECT_EQ(used_part(0x08000100, bytes, 0xFF), (FlashRange{0x08000102, 3}));
  EXPECT_EQ(used_part(0x08000100, bytes, 0x00), (FlashRange{0x08000100, 6}));
  EXPECT_EQ(used_part(0x08000100, Bytes(6, 0xFF), 0xFF), std::nullopt);
}

class Kept : public testing::Test {
 protected:
  // An image above something in its first sector, which differs, as all others do.
  WritePlan writes(const Bytes& below, const WriteSizes& with = sizes) {
    read_ = {{0x08000000, below}};
    plan_ = with_kept(plan_flash(image_, f411()), read_);
    return plan_writes(plan_, std::vector<bool>(plan_.sectors.size(), false), with);
  }
  const Image image_ = image_of({{0x08002000, counting(20 * kib)}});
  std::vector<Segment> read_;
  FlashPlan plan_;
};

TEST_F(Kept, C4IsErasedLastAndWrittenFirst) {
  const WritePlan plan = writes(counting(0x2000));
  EXPECT_THAT(addresses(plan.erase), ElementsAre(0x08004000, 0x08000000));
  EXPECT_EQ(plan.kept_sectors, 1U);
  std::vector<std::uint32_t> blocks = addresses(plan.body.blocks);
  ASSERT_GT(blocks.size(), 7U);
  blocks.resize(7);
  EXPECT_THAT(blocks, ElementsAre(0x08000008, 0x08000800, 0x08001000, 0x08001800, 0x08000000,
                                  0x08002008, 0x08002800))
      << "what a reset starts is the last of it";
  EXPECT_EQ(plan.kept_blocks, 5U);
  EXPECT_THAT(addresses(plan.start.blocks), ElementsAre(0x08002000)) << "last of all";
}

TEST_F(Kept, C4BlankBytesNeedNoKeeping) {
  const WritePlan plan = writes(Bytes(0x2000, 0xFF));
  EXPECT_THAT(addresses(plan.erase), ElementsAre(0x08000000, 0x08004000));
  EXPECT_EQ(plan.kept_sectors + plan.kept_blocks, 0U);
  EXPECT_EQ(plan.body.blocks.front().address, 0x08002008U);
}

TEST_F(Kept, C4IsVerifiedAndCounted) {
  const WritePlan plan = writes(counting(0x2000));
  EXPECT_EQ(plan_.image_bytes, 20 * kib);
  EXPECT_EQ(plan_.piece_bytes(), 28 * kib);
  EXPECT_EQ(plan.body.verify_bytes + plan.start.verify_bytes, 28 * kib);
  EXPECT_EQ(plan.write_bytes(), 28 * kib);
}

TEST_F(Kept, C4AWholeUnitWhereFlashIsWide) {
  const WritePlan plan = writes(counting(0x2000), {block_size, 32});
  EXPECT_EQ(plan.body.blocks[4].address, 0x08000000U);
  EXPECT_EQ(plan.body.blocks[4].data.size(), 32U);
}

class UnderGuard : public testing::Test {
 protected:
  static constexpr std::uint32_t vectors = 0x08004000;

  explicit UnderGuard(std::size_t size = 40 * kib) : image_(image_of({{vectors, counting(size)}})) {
    plan_ = plan_flash(image_, f411());
    plan_.guarded_vectors = vectors;
  }

  Image image_;
  FlashPlan plan_;
};

TEST_F(UnderGuard, 173TheLastWriteClearsOneBit) {
  const WritePlan plan = write_everything(plan_);
  ASSERT_EQ(plan.start.blocks.size(), 2U);
  const Block& words = plan.start.blocks[0];
  const Block& pointer = plan.start.blocks[1];
  EXPECT_EQ(words.address, vectors);
  EXPECT_EQ(words.data, (Bytes{1, 2, 3, 4 | 0x80, 5, 6, 7, 8}));
  EXPECT_EQ(pointer.address, vectors);
  EXPECT_EQ(pointer.data, (Bytes{1, 2, 3, 4}));
  ASSERT_EQ(plan.start.verify.size(), 1U);
  EXPECT_THAT(plan.start.verify[0].data, testing::ElementsAreArray(counting(8)));
}

TEST_F(UnderGuard, 173WithoutGuardThereIsOneWrite) {
  plan_.guarded_vectors.reset();
  EXPECT_EQ(write_everything(plan_).start.blocks.size(), 1U);
}

TEST_F(UnderGuard, 173TheVectorsAreWrittenAnewWithWhateverChanges) {
  EXPECT_EQ(may_stay(plan_, {true, true, false}), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(may_stay(plan_, {true, true, true}), (std::vector<bool>{true, true, true}));
  plan_.guarded_vectors.reset();
  EXPECT_EQ(may_stay(plan_, {true, true, false}), (std::vector<bool>{true, true, false}));
}

// The image leaves them alone, but shares their sector.
TEST_F(UnderGuard, 173VectorsThatAreKeptAreWrittenLastToo) {
  const Image image = image_of({{vectors + 0x1000, counting(100)}});
  FlashPlan plan = plan_flash(image, f411());
  plan.guarded_vectors = vectors;
  const Segment kept{vectors, counting(0x1000)};
  const WritePlan writes = write_everything(with_kept(plan, {kept}));
  ASSERT_EQ(writes.start.blocks.size(), 2U);
  EXPECT_EQ(writes.start.blocks[1].address, vectors);
}

// Erasing may have taken them, too.
TEST(WritePlan, A1WhatMatchedIsVerifiedWithTheRest) {
  const Image image = image_of({{0x08000000, counting(64 * kib)}});
  const FlashPlan plan = plan_flash(image, f411());
  const WritePlan writes = plan_writes(plan, {true, true, false, true}, sizes);
  EXPECT_EQ(writes.body.verify_bytes, 64 * kib);
  for (std::size_t i = 1; i < writes.body.verify.size(); ++i) {
    EXPECT_GT(writes.body.verify[i].address, writes.body.verify[i - 1].address);
  }
  EXPECT_EQ(plan_writes(plan, std::vector<bool>(4, true), sizes).body.verify_bytes, 0U)
      << "where nothing was erased, comparing was enough";
}

}  // namespace
}  // namespace sysboot
