// SPDX-License-Identifier: GPL-3.0-or-later
// 32 boards at once, each with a program of its own at first: what is flashed ends where it should,
// and nowhere else.
#include <fmt/core.h>

#include <set>

#include "bus.hpp"

namespace {

using nlohmann::json;
using support::program;
using sysboot::Bytes;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::size_t many = 32;
constexpr std::size_t kib = 1024;

class ManyBoards : public Bus {
 protected:
  void SetUp() override {
    controllers_ = 8;
    holds_at_first_ = [](std::size_t number) { return earlier(number); };
  }
  void plug_in_boards(std::size_t count) { plug_in(Words(count, "times=x32")); }

  static Bytes whole_flash(Bytes app) {
    app.resize(512 * kib, 0xFF);
    return app;
  }
  static Bytes earlier(std::size_t number) {
    return whole_flash(program(30 * kib, static_cast<unsigned>(100 + number)));
  }
  /// Flash as the image leaves it: sectors that it does not touch, and nothing else of what was.
  static Bytes flashed(const Bytes& image) { return whole_flash(image); }

  void expect_flash(std::size_t number, const Bytes& wanted, const std::string& what) {
    EXPECT_TRUE(read_file(flash_file(number)) == wanted)
        << "board " << number << " at " << path_of(number) << ": " << what;
  }
  Words named(std::size_t first, std::size_t step) const {
    Words words;
    for (std::size_t i = first; i < many; i += step)
      words.insert(words.end(), {"--usb", path_of(i)});
    return words;
  }
  static Words command(Words words, const Words& more = {}) {
    words.insert(words.begin(), STM32BOOT);
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(ManyBoards, AllOfThemAtOnce) {
  plug_in_boards(many);
  const Bytes app = program(20 * kib);
  const auto done =
      stm32boot({"--json", "flash", "--count", "32", write_file("/tmp/bus/app.bin", app)});
  EXPECT_EQ(done.exit, 0) << done.out << done.err;
  const json result = result_of(done);
  ASSERT_THAT(result.at("boards"), SizeIs(many));
  for (const auto& board : result.at("boards")) {
    EXPECT_TRUE(board.at("ok")) << board;
    EXPECT_TRUE(board.at("verified")) << board;
    EXPECT_TRUE(at(board.at("board"))) << board;
  }
  save();
  for (std::size_t i = 0; i < many; ++i) expect_flash(i, flashed(app), "flashed");
}

TEST_F(ManyBoards, EachAsItIsPluggedIn) {
  plug_in_boards(many);
  boards_->say("unplug 7");
  await([this] { return on_bus().size() == many - 1; }, "all boards but one");
  const Bytes app = program(20 * kib);
  support::Background bench(command({"flash", "--each", "--count", "32", "--report",
                                     "/tmp/bus/boards.csv", write_file("/tmp/bus/app.bin", app)}));
  bench.wait_for("PASS  " + path_of(0) + " ");
  boards_->say("plug 7");
  EXPECT_EQ(bench.join(), 0) << bench.transcript();
  EXPECT_THAT(bench.transcript(), HasSubstr("32 passed, 0 failed, "));
  const Bytes report = read_file("/tmp/bus/boards.csv");
  const std::string lines(report.begin(), report.end());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 33) << lines;
  for (std::size_t i = 0; i < many; ++i) {
    EXPECT_THAT(lines, HasSubstr("," + path_of(i) + ",")) << "board " << i;
  }
  save();
  for (std::size_t i = 0; i < many; ++i) expect_flash(i, flashed(app), "flashed");
}

TEST_F(ManyBoards, OneThatIsPulledFailsAndPassesWhenItReturns) {
  plug_in(Words(4, "times=x8"));
  const Bytes app = program(60 * kib);
  support::Background bench(
      command({"--json", "flash", "--each", "--count", "4", write_file("/tmp/bus/app.bin", app)}));
  bench.wait_for(fmt::format("\"progress\",\"board\":\"{}\",\"stage\":\"write\"", path_of(2)));
  boards_->say("unplug 2");
  bench.wait_for(fmt::format("\"event\":\"board\",\"board\":\"{}\",\"ok\":false", path_of(2)));
  boards_->say("plug 2 boot0");
  EXPECT_EQ(bench.join(), 0) << bench.transcript();
  EXPECT_THAT(bench.transcript(), HasSubstr("\"passed\":4,\"failed\":1,"));
  save();
  for (std::size_t i = 0; i < 4; ++i) expect_flash(i, flashed(app), "flashed");
}

TEST_F(ManyBoards, TwoProcessesWithAnImageEach) {
  Words specs(many, "times=x32");
  specs.front() = "times=x8";  // is worked on for seconds
  plug_in(specs);
  const Bytes even = program(60 * kib, 1);
  const Bytes odd = program(20 * kib, 2);
  support::Background first(
      command({"--json", "flash", write_file("/tmp/bus/even.bin", even)}, named(0, 2)));
  support::Background second(
      command({"--json", "flash", write_file("/tmp/bus/odd.bin", odd)}, named(1, 2)));
  first.wait_for(fmt::format("\"begin\",\"board\":\"{}\",\"stage\":\"erase\"", path_of(0)));
  const auto third = stm32boot({"enter", "--usb", path_of(0)});
  EXPECT_EQ(third.exit, 74);
  EXPECT_THAT(third.err, AllOf(HasSubstr("another stm32boot (process "),
                               HasSubstr("is working on this board")));
  EXPECT_EQ(first.join(), 0) << first.transcript();
  EXPECT_EQ(second.join(), 0) << second.transcript();
  save();
  for (std::size_t i = 0; i < many; ++i) {
    expect_flash(i, flashed(i % 2 == 0 ? even : odd), "its own process's image");
  }
}

TEST_F(ManyBoards, ThatComeGoAndAreSwappedMeanwhile) {
  plug_in_boards(16);
  boards_->say("unplug 15");
  await([this] { return on_bus().size() == 15; }, "15 boards on the bus");
  const Bytes app = program(60 * kib);
  support::Background flash(
      command({"--json", "flash", "--count", "15", write_file("/tmp/bus/app.bin", app)}));
  boards_->wait_for("\"detached\",\"board\":3");
  boards_->say("swap 3");  // while it reboots
  boards_->say("plug 15");
  const auto writing = [&](std::size_t number) {
    flash.wait_for(
        fmt::format("\"progress\",\"board\":\"{}\",\"stage\":\"write\"", path_of(number)));
  };
  writing(5);
  boards_->say("unplug 5");
  boards_->say("swap 9");
  EXPECT_EQ(flash.join(), 74) << flash.transcript();

  save();
  const std::set<std::size_t> swapped = {3, 9};
  for (std::size_t i = 0; i < 15; ++i) {
    if (i != 5 && !swapped.contains(i)) expect_flash(i, flashed(app), "flashed");
  }
  for (const auto i : swapped) EXPECT_FALSE(holds(i, app)) << "what came is left alone: " << i;
  EXPECT_FALSE(holds(5, app));
  expect_flash(15, earlier(15), "came too late");
}

}  // namespace
