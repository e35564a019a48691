// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual board whose RAM a host fills: what a leave to it starts, and what a reset brings back.
#include "dfuse/session.hpp"
#include "support/bench.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::program;
using support::VirtualBoard;

constexpr std::uint32_t in_ram = 0x20004000;

class RamBoard : public support::Bench {
 protected:
  void SetUp() override { add_board().enter_rom(host_.now()); }

  VirtualBoard& board() { return host_.board("1-1"); }
  void load(const Bytes& data) {
    host_.sleep(std::chrono::seconds(2));
    const Board found = find_board(host_, {});
    DfuseSession dfu = DfuseSession::open(job(), found);
    dfu.write_block(in_ram, data);
  }
  void power_cycle(bool boot0_held = false) {
    board().unplug(host_.now());
    host_.sleep(std::chrono::seconds(1));
    board().plug_in(host_.now(), boot0_held);
    host_.sleep(std::chrono::seconds(2));
  }
};

TEST_F(RamBoard, 182ALeaveStartsAProgramInRamAndAResetTheOneInFlash) {
  load(program(1024, 1, in_ram));
  EXPECT_TRUE(run(job(), {}, in_ram, {}).board.has_value());
  EXPECT_EQ(board().started_at(), in_ram);
  power_cycle();
  ASSERT_NE(board().application(), nullptr);
  EXPECT_EQ(board().started_at(), flash_base);
}

TEST_F(RamBoard, 182WhatIsInRamIsGoneWithPower) {
  load(program(1024, 1, in_ram));
  board().flash().load(flash_base, Bytes(1024, 0xFF));
  EXPECT_TRUE(run(job(), {}, in_ram, {}).board.has_value());
  power_cycle();
  EXPECT_EQ(board().function(), nullptr) << "neither is there one in flash";
  power_cycle(true);
  EXPECT_EQ(run(job(), {}, in_ram, {}).board, std::nullopt);
}

TEST_F(RamBoard, 182OnlyAProgramStarts) {
  const auto starts = [&](std::uint32_t stack, std::uint32_t reset) {
    Bytes data = program(1024, 1, in_ram);
    for (unsigned i = 0; i < 4; ++i) {
      data[i] = static_cast<std::uint8_t>(stack >> 8 * i);
      data[4 + i] = static_cast<std::uint8_t>(reset >> 8 * i);
    }
    load(data);
    const bool is_back = run(job(), {}, in_ram, {}).board.has_value();
    power_cycle(true);
    return is_back;
  };
  EXPECT_TRUE(starts(0x20020000, in_ram + 9));
  EXPECT_FALSE(starts(0x20020004, in_ram + 9)) << "stack behind RAM";
  EXPECT_FALSE(starts(0x20000000, in_ram + 9)) << "stack before RAM";
  EXPECT_FALSE(starts(0x20020000, in_ram + 8)) << "no Thumb code";
  EXPECT_FALSE(starts(0x20020000, 0x20002FFD)) << "the ROM's RAM";
  EXPECT_FALSE(starts(0x20020000, 0x20020001)) << "behind RAM";
}

}  // namespace
}  // namespace sysboot
