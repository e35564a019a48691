// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/inspect.hpp"

#include "support/bench.hpp"
#include "support/throws.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::image_of;
using support::program;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kib = 1024;

class Verify : public support::Bench {
 protected:
  static BoardSettings in_dfu_mode() {
    BoardSettings settings;
    settings.starts_in_rom = true;
    return settings;
  }
  void load(const Image& image) {
    for (const auto& segment : image.segments) {
      host_.board("1-1").flash().load(segment.address, segment.data);
    }
  }
  VerifyResult verify_it(const Image& image, const VisitOptions& options = {}) {
    return verify(job(), {}, image, options);
  }
};

TEST_F(Verify, ARunningBoardIsLookedAtAndRunsAgain) {
  add_board();
  const Image image = image_of(program(100 * kib + 3));
  load(image);
  const VerifyResult result = verify_it(image);
  EXPECT_EQ(result.sectors, 5U);
  EXPECT_EQ(result.bytes, 100 * kib + 3);
  EXPECT_THAT(result.differences, IsEmpty());
  EXPECT_EQ(result.problem(), std::nullopt);
  ASSERT_TRUE(result.visit.run && result.visit.run->board);
  EXPECT_EQ(result.visit.run->board->mode, BoardMode::application);
  EXPECT_THAT(stages(), ElementsAre(Stage::find, Stage::enter, Stage::verify, Stage::run));
}

TEST_F(Verify, ABoardInDfuModeStaysThere) {
  add_board(in_dfu_mode());
  const Image image = image_of(program(kib));
  load(image);
  EXPECT_FALSE(verify_it(image).visit.run);
  EXPECT_NE(host_.board("1-1").rom(), nullptr);
}

TEST_F(Verify, StayKeepsARunningBoardInDfuMode) {
  add_board();
  const Image image = image_of(program(kib));
  load(image);
  VisitOptions options;
  options.stay = true;
  EXPECT_FALSE(verify_it(image, options).visit.run);
  EXPECT_NE(host_.board("1-1").rom(), nullptr);
}

TEST_F(Verify, NamesTheOneOfSeveralImagesThatDiffers) {
  add_board();
  Image data = image_of(Bytes(64, 0x41));
  data.name = "data.bin";
  data.segments.front().address = 0x08008010;
  const Image whole = merge_images({image_of(program(kib)), data});
  load(whole);
  EXPECT_THAT(verify_it(whole).differences, IsEmpty());
  host_.board("1-1").flash().load(0x08008012, Bytes{0});
  const VerifyResult result = verify_it(whole);
  ASSERT_THAT(result.differences, SizeIs(1));
  EXPECT_EQ(result.differences[0].image, "data.bin");
  EXPECT_THAT(result.problem()->text(),
              HasSubstr("flash differs from app.bin + data.bin in 1 of 2 sectors, first at "
                        "0x08008012 of data.bin, in the 16 KiB sector at 0x08008000"));
  EXPECT_EQ(verify_it(data).differences[0].image, "") << "there is only one";
}

TEST_F(Verify, NamesTheFirstDifferenceOfEachSector) {
  add_board();
  const Image image = image_of(program(70 * kib));
  load(image);
  auto& flash = host_.board("1-1").flash();
  flash.load(0x08004123, Bytes{static_cast<std::uint8_t>(~image.segments[0].data[0x4123])});
  flash.load(0x08004200, Bytes(4, 0));
  flash.load(0x080117FF, Bytes{static_cast<std::uint8_t>(~image.segments[0].data[0x117FF])});
  const VerifyResult result = verify_it(image);
  ASSERT_THAT(result.differences, SizeIs(2));
  EXPECT_EQ(result.differences[0].address, 0x08004123U);
  EXPECT_THAT(result.differences[0].observed, SizeIs(16));
  EXPECT_EQ(result.differences[1].address, 0x080117FFU);
  EXPECT_THAT(result.differences[1].observed, SizeIs(1)) << "the image ends there";
  const auto error = result.problem();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), Errc::differs);
  EXPECT_THAT(error->text(),
              HasSubstr("flash differs from app.bin in 2 of 5 sectors, first at "
                        "0x08004123, in the 16 KiB sector at 0x08004000\n  expected "));
  EXPECT_TRUE(result.visit.run && result.visit.run->board) << "as it was found";
}

TEST_F(Verify, GapsMayHoldAnything) {
  add_board();
  Image image = image_of(program(100));
  image.segments.push_back({0x08008000, program(100, 2)});
  load(image);
  host_.board("1-1").flash().load(0x08001000, Bytes(100, 0));
  EXPECT_THAT(verify_it(image).differences, IsEmpty());
}

TEST_F(Verify, NothingIsWrittenOrErased) {
  add_board(in_dfu_mode());
  verify_it(image_of(program(200 * kib)));
  EXPECT_EQ(host_.board("1-1").rom()->counts().erases, 0U);
  EXPECT_EQ(host_.board("1-1").rom()->counts().writes, 0U);
}

TEST_F(Verify, AnImageThatDoesNotFitLeavesTheBoardAsItWas) {
  add_board();
  EXPECT_ERROR(verify_it(image_of(program(100), 0x08100000)), Errc::image_does_not_fit,
               HasSubstr("outside Internal Flash"));
  EXPECT_NE(host_.board("1-1").application(), nullptr);
}

TEST_F(Verify, ReadProtectedFlashCannotBeVerified) {
  BoardSettings settings;
  settings.rom.read_protected = true;
  settings.rom.leaves_when_protected = true;
  add_board(settings);
  EXPECT_ERROR(verify_it(image_of(program(100))), Errc::read_protected, HasSubstr("errVENDOR"));
  EXPECT_NE(host_.board("1-1").application(), nullptr) << "it runs its application again";
}

TEST_F(Verify, BrokenOffItStaysInDfuMode) {
  add_board();
  on_event_ = [this](const Event& event) {
    if (std::holds_alternative<StageProgress>(event)) stop_ = true;
  };
  EXPECT_ERROR(verify_it(image_of(program(200 * kib))), Errc::interrupted, HasSubstr(""));
  EXPECT_NE(host_.board("1-1").rom(), nullptr);
}

// A bootloader whose functional descriptor lacks bitCanUpload (DFU 1.1, table 4.2).
class CannotUpload : public Verify {
 protected:
  void SetUp() override {
    virtual_bench::FlashMemory flash(parse_layout("@Internal Flash  /0x08000000/04*016Kg"));
    Bytes configuration = virtual_bench::Rom({}, flash).descriptors().configuration;
    configuration[configuration.size() - 7] ^= 0x02;
    BoardSettings settings = in_dfu_mode();
    settings.rom.raw_configuration = configuration;
    add_board(settings);
    on_event_ = [this](const Event& event) {
      const auto* transfer = std::get_if<Transfer>(&event);
      if (transfer != nullptr && transfer->setup.request == 2) ++uploads_;
    };
  }
  void TearDown() override {
    EXPECT_EQ(uploads_, 0);
    Verify::TearDown();
  }

  const Image image_ = image_of(program(20 * kib));

 private:
  int uploads_ = 0;
};

TEST_F(CannotUpload, NothingCanBeVerified) {
  EXPECT_ERROR(verify_it(image_), Errc::protocol, HasSubstr("does not let its flash be read"));
}

TEST_F(CannotUpload, ItIsOnlyFlashedWhenThatIsAccepted) {
  FlashOptions options;
  EXPECT_ERROR(flash(job(), {}, image_, options), Errc::protocol,
               HasSubstr("nothing can be compared or verified"));
  options.compare_first = false;
  options.verify = false;
  const FlashResult result = flash(job(), {}, image_, options);
  EXPECT_EQ(result.bytes_verified, 0U);
  EXPECT_THAT(host_.board("1-1").flash().read(flash_base, 20 * kib),
              ElementsAreArray(image_.segments.front().data));
  EXPECT_TRUE(result.run->board);
}

TEST_F(CannotUpload, ItsApplicationIsStarted) {
  EXPECT_TRUE(run(job(), {}, flash_base, {}).board);
}

}  // namespace
}  // namespace sysboot
