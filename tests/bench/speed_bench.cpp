// SPDX-License-Identifier: GPL-3.0-or-later
// How long things take beside dfu-util: the same virtual board, the same image, one run. The
// figures are reported, not asserted; that everything worked is.
#include <fmt/core.h>

#include <algorithm>

#include "../e2e/bus.hpp"

namespace {

using Seconds = std::chrono::duration<double>;
using support::program;

constexpr int rounds = 3;
constexpr std::size_t kib = 1024;

class Bench : public Bus {
 protected:
  static void row(const std::string& what, const std::string& figure, const std::string& goal) {
    std::cout << fmt::format("| {:<62} | {:>10} | {:<14} |\n", what, figure, goal);
  }
  static void ratio_row(const std::string& what, Seconds ours, Seconds theirs, double goal) {
    row(fmt::format("{}: {:.2f} s over {:.2f} s", what, ours.count(), theirs.count()),
        fmt::format("{:.3f}", ours / theirs), fmt::format("{:.3g} or less", goal));
  }

  static Seconds time_of(const Words& command) {
    const auto start = std::chrono::steady_clock::now();
    const auto done = support::run(command);
    const Seconds took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(done.exit, 0) << done.out << done.err;
    return took;
  }
  /// The median of some rounds, each after what prepares it.
  static Seconds median_of(const Words& command, const std::function<void()>& prepare = {}) {
    std::vector<Seconds> times;
    for (int i = 0; i < rounds; ++i) {
      if (prepare) prepare();
      times.push_back(time_of(command));
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

  /// What a command took at most. Measured from a small process: what a process takes before it
  /// becomes another program counts as that program's, and ours holds the memory of all boards.
  static long peak_kib(Words command) {
    const std::string file = "/tmp/peak";
    const Words measured = {"time", "-f", "%M", "-o", file};
    command.insert(command.begin(), measured.begin(), measured.end());
    time_of(command);
    const auto figure = read_file(file);
    return std::stol(std::string(figure.begin(), figure.end()));
  }

  bool in_dfu_mode() {
    const auto board = at("1-1");
    return board && board->mode == sysboot::BoardMode::dfu;
  }

  static Words flash(const std::string& file, const Words& how = {}) {
    Words command = {STM32BOOT, "-q", "flash", "--stay", file};
    command.insert(command.end(), how.begin(), how.end());
    return command;
  }
  static Words flash_x32(const std::string& file) { return flash(file, {"--x32"}); }
  // As a chip comes from the factory.
  static void make_new() { time_of({STM32BOOT, "-q", "erase", "--chip", "--x32", "--stay"}); }
  static Words dfu_util(const std::string& file) {
    return {"dfu-util", "-a", "0", "-s", "0x08000000", "-D", file};
  }
};

class BesideDfuUtil : public Bench {
 protected:
  void compare() {
    const auto image = program(300 * kib, 1);
    const std::string file = write_file("/tmp/300k.bin", image);
    const std::string other = write_file("/tmp/other.bin", program(300 * kib, 2));
    auto changed = image;
    changed.at(20 * kib) ^= 0x01;  // in the second sector of 16 KiB
    const std::string one_sector = write_file("/tmp/one-sector.bin", changed);

    const auto theirs = median_of(dfu_util(file));
    EXPECT_TRUE(holds(0, image));
    const auto whole = median_of(flash(file), [&] { time_of(dfu_util(other)); });
    EXPECT_TRUE(holds(0, image));
    const auto x32 = median_of(flash_x32(file), [&] { time_of(flash_x32(other)); });
    EXPECT_TRUE(holds(0, image));
    const auto blank = median_of(flash(file, {"--skip-blank"}), make_new);
    EXPECT_TRUE(holds(0, image));
    const auto blank_x32 = median_of(flash(file, {"--skip-blank", "--x32"}), make_new);
    EXPECT_TRUE(holds(0, image));
    const auto unchanged = median_of(flash(file));
    const auto sector = median_of(flash(one_sector), [&] { time_of(flash(file)); });
    EXPECT_TRUE(holds(0, changed));

    ratio_row("300 KiB, verified / dfu-util, not verified", whole, theirs, 0.31);
    ratio_row("the same with --x32 / dfu-util", x32, theirs, 0.13);
    ratio_row("--x32 / default", x32, whole, 0.50);
    ratio_row("the same, a new chip, with --skip-blank / dfu-util", blank, theirs, 0.17);
    ratio_row("the same, a new chip, --skip-blank --x32 / dfu-util", blank_x32, theirs, 0.09);
    ratio_row("the same again, nothing changed", unchanged, theirs, 0.015);
    ratio_row("one sector of 16 KiB changed", sector, theirs, 0.03);
  }
};

TEST_F(BesideDfuUtil, OnAFastHost) {
  plug_in({"mode=dfu,times=x8"});
  compare();
}

// One that needs a frame of 1 ms for each transfer, besides its data.
TEST_F(BesideDfuUtil, OnASlowHost) {
  plug_in({"mode=dfu,times=x8"}, {"--transfer-time", "1000"});
  compare();
}

// The same words, with the application started at the end; ours also waits until it is back.
TEST_F(Bench, InPlaceOfDfuUtil) {
  plug_in({"mode=dfu,times=x8"});
  const auto image = program(300 * kib, 1);
  const std::string file = write_file("/tmp/300k.bin", image);
  const std::string other = write_file("/tmp/other.bin", program(300 * kib, 2));
  const auto in_dfu_mode_with = [&](const std::string& what) {
    await([this] { return at("1-1").has_value(); }, "the board, which dfu-util does not wait for");
    time_of({STM32BOOT, "-q", "flash", "--stay", what});
  };
  Words theirs_words = {"dfu-util", "-a", "0", "-s", "0x08000000:leave", "-D", file};
  Words words = theirs_words;
  words.insert(words.begin(), STM32BOOT);
  const auto theirs = median_of(theirs_words, [&] { in_dfu_mode_with(other); });
  const auto whole = median_of(words, [&] { in_dfu_mode_with(other); });
  const auto unchanged = median_of(words, [&] { in_dfu_mode_with(file); });
  EXPECT_TRUE(holds(0, image));
  ratio_row("in its place, verified / dfu-util, not verified", whole, theirs, 0.31);
  ratio_row("in its place, nothing changed", unchanged, theirs, 0.015);
}

TEST_F(Bench, Reading) {
  plug_in({"mode=dfu,times=none"});
  const auto image = program(512 * kib);
  time_of(flash(write_file("/tmp/512k.bin", image)));
  const auto remove = [] { std::filesystem::remove("/tmp/read.bin"); };
  const auto theirs =
      median_of({"dfu-util", "-a", "0", "-s", "0x08000000:524288", "-U", "/tmp/read.bin"}, remove);
  EXPECT_EQ(read_file("/tmp/read.bin"), image);
  const auto ours =
      median_of({STM32BOOT, "-q", "read", "--length", "512K", "/tmp/read.bin"}, remove);
  EXPECT_EQ(read_file("/tmp/read.bin"), image);
  ratio_row("reading 512 KiB", ours, theirs, 0.85);
}

// What a developer does all day: one line of a program changed, built, flashed.
TEST_F(Bench, OneLineOfRealFirmware) {
  plug_in({"mode=dfu,times=x8"});
  const std::string before = COMPANION_DIR "/blackpill.bin";
  const std::string after = COMPANION_DIR "/blackpill-next.bin";
  const auto theirs = median_of(dfu_util(after), [&] { time_of(dfu_util(before)); });
  const auto ours = median_of(flash(after), [&] { time_of(flash(before)); });
  EXPECT_TRUE(holds(0, read_file(after)));
  ratio_row("companion firmware, its version changed", ours, theirs, 1.0);
}

// The same, from the running program to the next one: in RAM, and in flash.
TEST_F(Bench, BuildToRunning) {
  plug_in({"times=x8"});
  const auto compare = [](const std::string& what, const std::string& in_ram,
                          const std::string& in_flash, const std::string& before) {
    const auto loaded = median_of({STM32BOOT, "-q", "run", in_ram});
    const auto flashed = median_of({STM32BOOT, "-q", "flash", in_flash}, [&] {
      time_of({STM32BOOT, "-q", "flash", before});
    });
    row(fmt::format("{}, in RAM / in flash: {:.2f} s over {:.2f} s", what, loaded.count(),
                    flashed.count()),
        fmt::format("{:.3f}", loaded / flashed), "");
  };
  compare("companion firmware", COMPANION_DIR "/blackpill-ram.elf",
          COMPANION_DIR "/blackpill-next.bin", COMPANION_DIR "/blackpill.bin");
  compare("100 KiB", write_file("/tmp/ram.bin", program(100 * kib, 1, 0x20004000)) + "@0x20004000",
          write_file("/tmp/100k.bin", program(100 * kib, 1)),
          write_file("/tmp/other.bin", program(100 * kib, 2)));
}

// From the moment at which the board leaves the bus: when the kernel has the bootloader, and when
// `enter` has ended, with the bootloader found and the process gone.
TEST_F(Bench, Entering) {
  plug_in({"times=none"});
  std::vector<double> ratios;
  Seconds board_took{};
  Seconds we_took{};
  for (int i = 0; i < rounds; ++i) {
    support::Background enter({STM32BOOT, "-q", "enter", "--usb", "1-1"});
    boards_->wait_for("\"detached\"");
    const auto left = std::chrono::steady_clock::now();
    await([this] { return in_dfu_mode(); }, "the bootloader on the bus");
    board_took = std::chrono::steady_clock::now() - left;
    EXPECT_EQ(enter.join(), 0) << enter.transcript();
    we_took = std::chrono::steady_clock::now() - left;
    ratios.push_back(we_took / board_took);
    time_of({STM32BOOT, "-q", "run"});
  }
  std::sort(ratios.begin(), ratios.end());
  row(fmt::format("enter / the board's own way into the ROM: {:.2f} s over {:.2f} s",
                  we_took.count(), board_took.count()),
      fmt::format("{:.3f}", ratios[ratios.size() / 2]), "1.10 or less");
}

// One command for all of them. The kernel sets up the ports of a hub one after the other, so they
// are on as many hubs as there are.
TEST_F(Bench, ManyBoards) {
  controllers_ = 8;
  const auto image = program(100 * kib);
  const std::string file = write_file("/tmp/100k.bin", image);
  Seconds one{};
  for (const std::size_t count : {1U, 2U, 4U, 8U, 16U, 32U}) {
    plug_in(Words(count, "times=x8"));
    const Seconds took =
        time_of({STM32BOOT, "-q", "flash", "--count", std::to_string(count), file});
    save();
    for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE(holds_saved(i, image)) << i;
    if (count == 1) one = took;
    row(fmt::format("{} boards, 100 KiB each, over one: {:.2f} s over {:.2f} s", count,
                    took.count(), one.count()),
        fmt::format("{:.3f}", took / one), count == 32 ? "1.25 or less" : "");
    unplug_all();
  }
}

TEST_F(Bench, MemoryOfManyBoards) {
  controllers_ = 8;
  const std::string file = write_file("/tmp/100k.bin", program(100 * kib));
  plug_in(Words(32, "times=none"));
  const long one = peak_kib({STM32BOOT, "-q", "flash", "--usb", path_of(0), file});
  const long all = peak_kib({STM32BOOT, "-q", "flash", "--full", "--count", "32", file});
  row("peak memory, flashing 100 KiB to one board", fmt::format("{} KiB", one), "");
  row("memory for each board beyond the first", fmt::format("{} KiB", (all - one) / 31), "");
}

TEST_F(Bench, Memory) {
  plug_in({"mode=dfu,times=none"});
  const long peak = peak_kib(flash(write_file("/tmp/512k.bin", program(512 * kib))));
  row("peak memory, flashing 512 KiB", fmt::format("{:.1f} MiB", double(peak) / kib),
      "20 MiB or less");
}

}  // namespace
