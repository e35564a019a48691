// SPDX-License-Identifier: GPL-3.0-or-later
#include "x32.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "chip/chip.hpp"
#include "dfuse/session.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

// AN2606 table 4: the first byte is the range of the supply, the others are reserved.
constexpr std::uint32_t voltage_setting = 0xFFFF0000;
constexpr std::array<std::uint8_t, 4> from_2700_mv = {0x03, 0xFF, 0xFF, 0xFF};

// Leaves the memory selected that was before.
class VoltageSetting {
 public:
  explicit VoltageSetting(DfuseSession& dfu)
      : dfu_(dfu), flash_(dfu.selected()), place_(require_voltage_setting(dfu)) {}

  Bytes read() {
    Bytes bytes(from_2700_mv.size());
    dfu_.select(place_);
    dfu_.read_block(voltage_setting, bytes);
    dfu_.select(flash_);
    return bytes;
  }
  void write(ByteView bytes) {
    dfu_.select(place_);
    dfu_.write_block(voltage_setting, bytes);
    dfu_.select(flash_);
  }

 private:
  DfuseSession& dfu_;
  std::size_t flash_;
  std::size_t place_;
};

void choose_2700_mv(VoltageSetting& setting) {
  setting.write(from_2700_mv);
  const Bytes now = setting.read();
  if (std::equal(now.begin(), now.end(), from_2700_mv.begin(), from_2700_mv.end())) return;
  throw Error(Errc::protocol,
              fmt::format("wrote {} at {}, where {} is read", hex_bytes(from_2700_mv),
                          hex32(voltage_setting), hex_bytes(now)));
}

// What it was set to before.
Bytes choose_2700_mv(const Job& job, DfuseSession& dfu, VoltageSetting& setting) {
  Bytes before;
  try {
    with_restarts(job, dfu, [&] {
      if (before.empty()) before = setting.read();
      choose_2700_mv(setting);
    });
    return before;
  } catch (const Error& error) {
    throw error.during("choosing 32 bits at a time");
  }
}

void take_back(const Job& job, DfuseSession& dfu, VoltageSetting& setting, ByteView before) {
  try {
    dfu.recover();
    setting.write(before);
  } catch (const Error& error) {
    job.note(Note::Level::debug,
             std::string("32 bits at a time until it is reset: ") + error.what());
  }
}

}  // namespace

void require_verify_with_x32(bool x32, bool verify) {
  if (!x32 || verify) return;
  throw Error(Errc::usage,
              "what is programmed 32 bits at a time is always verified: a supply below 2.7 V shows "
              "in nothing else");
}

std::size_t require_voltage_setting(DfuseSession& dfu) {
  const std::string refusal = "the device cannot be told to program 32 bits at a time: ";
  if (!programs_by_voltage(dfu.layout())) {
    throw Error(Errc::usage, refusal + "only the ROMs of F2, F4 and F7 can");
  }
  std::string problem;
  const auto& alternates = dfu.alternates();
  for (std::size_t i = 0; i < alternates.size(); ++i) {
    const auto& layout = alternates[i].layout;
    if (layout && layout->sector_at(voltage_setting)) return i;
    if (!layout) problem = alternates[i].problem;
  }
  const std::string missing = refusal + "it offers no memory at " + hex32(voltage_setting);
  if (problem.empty()) throw Error(Errc::usage, missing);
  throw Error(Errc::protocol, missing + "; of one that it offers, " + problem);
}

void work_with_x32(const Job& job, DfuseSession& dfu, bool x32, const std::function<void()>& work) {
  if (!x32) return work();
  VoltageSetting setting(dfu);
  const Bytes before = choose_2700_mv(job, dfu, setting);
  try {
    work();
  } catch (const Error& error) {
    if (error.code() == Errc::board_gone) throw;
    take_back(job, dfu, setting, before);
    if (error.code() != Errc::mismatch) throw;
    throw Error(
        error.code(),
        error.text() + "\n  written 32 bits at a time, which takes a supply of 2.7 V or more",
        error.context());
  }
  take_back(job, dfu, setting, before);
}

}  // namespace sysboot
