// SPDX-License-Identifier: GPL-3.0-or-later
// --virtual=FILE: a virtual board whose flash outlives the command.
#include <filesystem>

#include "cli.hpp"

namespace {

using testing::HasSubstr;

class VirtualFile : public Cli {
 protected:
  static constexpr std::size_t size = 512 * 1024;
  std::string board() const { return "--virtual=" + path("board.img"); }
  std::string flash_content() const {
    std::ifstream in(path("board.img"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(VirtualFile, D6IsTheRawFlashAndAMark) {
  const auto app = support::program(20 * 1024 + 37);
  EXPECT_EQ(stm32boot({board(), "flash", file("app.bin", app)}).exit, 0);
  const std::string flash = flash_content();
  ASSERT_GT(flash.size(), size);
  EXPECT_EQ(flash.substr(size), "\nflash of a virtual board of stm32boot\n");
  EXPECT_TRUE(std::equal(app.begin(), app.end(), flash.begin(),
                         [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
  EXPECT_EQ(flash[app.size()], '\xff');
}

TEST_F(VirtualFile, ABrokenOffFlashIsResumed) {
  const std::string app = program(64 * 1024);
  EXPECT_EQ(stm32boot({board(), "--virtual-board", "fault=unplug@write:20", "flash", app}).exit,
            74);
  const auto again = stm32boot({board(), "flash", app, "--json"});
  EXPECT_EQ(again.exit, 0) << again.err;
  EXPECT_LT(json_lines(again.out).back().at("sectors_erased").get<int>(), 4);
}

TEST_F(VirtualFile, TheBoardStaysInTheModeThatItWasLeftIn) {
  EXPECT_EQ(stm32boot({board(), "enter"}).exit, 0);
  EXPECT_THAT(stm32boot({board(), "list"}).out, HasSubstr("DFU  "));
  EXPECT_EQ(stm32boot({board(), "info", "--no-enter"}).exit, 0);
  EXPECT_EQ(stm32boot({board(), "run"}).exit, 0);
  EXPECT_THAT(stm32boot({board(), "list"}).out, HasSubstr("application"));
}

TEST_F(VirtualFile, AnErasedBoardIsNotRun) {
  EXPECT_EQ(stm32boot({board(), "erase", "--chip"}).exit, 0);
  const auto done = stm32boot({board(), "--virtual-board", "mode=dfu", "run"});
  EXPECT_EQ(done.exit, 79);
  EXPECT_THAT(done.err,
              HasSubstr("error: board 1-1: there is no program at 0x08000000: stack "
                        "pointer and reset vector are erased; virtual board\n"
                        "  hint: the board is still in DFU mode: `stm32boot flash FILE`"));
}

TEST_F(VirtualFile, D6AnotherFileIsRefusedAndKept) {
  const std::string marked = std::string(size, 'x') + "\nflash of a virtual board of stm32boot\n";
  for (const std::string& other : {std::string("abc"), std::string(size, 'x'), marked + "x",
                                   marked.substr(1), std::string(marked.size(), 'x')}) {
    file("board.img", {other.begin(), other.end()});
    EXPECT_EQ(stm32boot({board(), "list"}).exit, 66);
    const auto done = stm32boot({board(), "flash", program()});
    EXPECT_EQ(done.exit, 66);
    EXPECT_THAT(done.err, HasSubstr("is no flash of a virtual board, which has 524288 bytes"));
    EXPECT_EQ(flash_content(), other);
  }
}

TEST_F(VirtualFile, D6AnEmptyFileIsANewOne) {
  file("board.img", {});
  EXPECT_EQ(stm32boot({board(), "flash", program()}).exit, 0);
  EXPECT_GT(flash_content().size(), size);
}

TEST_F(VirtualFile, D6NothingBesideItIsTouched) {
  file("board.img.new", {1, 2, 3});
  EXPECT_EQ(stm32boot({board(), "flash", program()}).exit, 0);
  EXPECT_EQ(std::filesystem::file_size(path("board.img.new")), 3U);
}

#ifndef _WIN32  // has no such devices
TEST_F(VirtualFile, D6ADeviceIsNoFile) {
  EXPECT_EQ(stm32boot({"--virtual=/dev/null", "flash", program()}).exit, 66);
}
#endif

TEST_F(VirtualFile, CannotBeWritten) {
  const auto done = stm32boot({"--virtual=/nonexistent/board.img", "flash", program()});
  EXPECT_EQ(done.exit, 73);
  EXPECT_THAT(done.err, HasSubstr("/nonexistent/board.img"));
}

}  // namespace
