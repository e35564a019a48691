// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/option_bytes.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "chip/chip.hpp"
#include "chip/option_fields.hpp"
#include "dfuse/session.hpp"
#include "step/dfu_stay.hpp"
#include "step/follow.hpp"
#include "step/option_bytes.hpp"
#include "sysboot/error.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

constexpr std::uint8_t level_0 = 0xAA;
constexpr std::uint8_t level_2 = 0xCC;  // on every line that has RDP as a byte

// Names in device logs: "Option Bytes", "Option byte", and "OB Bytes" on the C0.
bool names_option_bytes(const MemoryLayout& layout) {
  return layout.name.starts_with("Option ") || layout.name.starts_with("OB ");
}

std::optional<std::uint32_t> protection(const OptionBytes& options) {
  for (const OptionField& field : options.fields) {
    if (field.name == "RDP") return field.value;
  }
  return std::nullopt;
}

OptionBytes with_bytes(const OptionBytes& like, ByteView bytes) {
  OptionBytes options = like;
  options.bytes.assign(bytes.begin(), bytes.end());
  options.fields = decode_option_bytes(options.bytes, options.chip);
  return options;
}

// Where a chip keeps its RDP byte is only known of those that are decoded.
bool may_set_level_2(const OptionBytes& before, ByteView wanted) {
  if (const auto level = protection(with_bytes(before, wanted))) return *level == level_2;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == level_2 && before.bytes[i] != level_2) return true;
  }
  return false;
}

void check_wanted(const OptionBytes& before, ByteView wanted) {
  if (wanted.size() != before.bytes.size()) {
    throw Error(Errc::usage,
                fmt::format("{} given, but the device has {}",
                            counted(wanted.size(), "option byte"), before.bytes.size()));
  }
  if (may_set_level_2(before, wanted)) {
    throw Error(Errc::usage,
                fmt::format("these bytes {} read protection level 2 (0xCC), which closes the "
                            "bootloader for ever; this program does not do that",
                            before.fields.empty() ? "may set" : "set"));
  }
}

std::uint32_t address_of(const OptionBytes& options, std::size_t index) {
  for (const OptionArea& area : options.areas) {
    if (index < area.size) return area.address + static_cast<std::uint32_t>(index);
    index -= area.size;
  }
  return 0;
}

void check_after(const OptionBytes& after, ByteView wanted) {
  const Bytes bits = option_bits(wanted.size(), after.chip);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (((after.bytes[i] ^ wanted[i]) & bits[i]) == 0) continue;
    throw Error(
        Errc::mismatch,
        fmt::format("the option bytes differ from what was written, first at {}\n  "
                    "expected {}\n  observed {}",
                    hex32(address_of(after, i)), hex_bytes(wanted), hex_bytes(after.bytes)));
  }
}

// Read protection may be what was wanted.
std::optional<OptionBytes> load_after(const Job& job, DfuseSession& dfu, const OptionBytes& before,
                                      ByteView wanted) {
  try {
    OptionBytes after = load_option_bytes(job, dfu);
    check_after(after, wanted);
    return after;
  } catch (const Error& error) {
    const auto level = protection(with_bytes(before, wanted));
    if (error.code() != Errc::read_protected || !level || level == level_0) throw;
    return std::nullopt;
  }
}

// The reset starts the application, unless BOOT0 is held.
void return_to_dfu_mode(const Job& job, DfuStay& stay, Duration back_within) {
  const Returned returned = follow_into_application(job, stay.board(), back_within);
  if (!returned.board) {
    throw Error(Errc::not_proved,
                fmt::format("the option bytes were sent, and not read back: the board {} within "
                            "{}",
                            returned.left ? "reset, and did not come back" : "did not reset",
                            human_time(back_within)));
  }
  stay.enter_again(*returned.board);
}

struct AreaWrite {
  std::uint32_t address = 0;
  Bytes before;
  Bytes data;
};

// What differs, from the last area to the first. When nothing does, the first one all the same.
std::vector<AreaWrite> area_writes(const OptionBytes& before, ByteView wanted) {
  std::vector<AreaWrite> writes;
  std::size_t end = wanted.size();
  for (auto area = before.areas.rbegin(); area != before.areas.rend(); ++area) {
    end -= area->size;
    const ByteView now = ByteView(before.bytes).subspan(end, area->size);
    const ByteView data = wanted.subspan(end, area->size);
    const bool differs = !std::equal(data.begin(), data.end(), now.begin());
    const bool is_needed = differs || (end == 0 && writes.empty());
    if (is_needed) {
      writes.push_back({area->address, {now.begin(), now.end()}, {data.begin(), data.end()}});
    }
  }
  return writes;
}

// After a failed transfer they are written again only where they read as before: what was
// programmed takes effect with a reset, which may be on its way.
void write_area(const Job& job, DfuStay& stay, const AreaWrite& write) {
  stay.open();
  DfuseSession& dfu = stay.dfu();
  bool is_sent = false;
  with_restarts(job, dfu, [&] {
    dfu.select(option_alternate(dfu.alternates()));
    Bytes now(write.before.size());
    if (is_sent) dfu.read_block(write.address, now);
    if (is_sent && now != write.before) return;
    is_sent = true;
    expect_reboot(job.host, stay.board());
    dfu.write_option_bytes(write.address, write.data);
  });
  stay.close();
}

}  // namespace

std::size_t option_alternate(const std::vector<AltSetting>& memories) {
  for (std::size_t i = 0; i < memories.size(); ++i) {
    const auto& layout = memories[i].layout;
    if (layout && names_option_bytes(*layout)) return i;
  }
  throw Error(Errc::protocol, "the device offers no option bytes");
}

// Selects their memory, too. An area is read as a whole, or not at all (AN3156).
OptionBytes load_option_bytes(const Job& job, DfuseSession& dfu) {
  OptionBytes options;
  options.chip = guess_chip(dfu.layout(), read_bootloader_id(job, dfu));
  dfu.select(option_alternate(dfu.alternates()));
  for (const SectorRun& run : dfu.layout().runs) {
    Bytes area(static_cast<std::size_t>(std::min<std::uint64_t>(run.size(), dfu.block_size())));
    dfu.read_block(run.address, area);
    options.areas.push_back({run.address, static_cast<std::uint32_t>(area.size())});
    options.bytes.insert(options.bytes.end(), area.begin(), area.end());
  }
  options.fields = decode_option_bytes(options.bytes, options.chip);
  return options;
}

OptionBytesRead read_option_bytes(const Job& job, const Selector& selector,
                                  const VisitOptions& options) {
  DfuStay stay(job, selector, options);
  OptionBytesRead result;
  stay.look([&](DfuseSession& dfu) {
    require_readable(dfu);
    result.now = load_option_bytes(job, dfu);
  });
  result.visit = stay.leave_as_found();
  return result;
}

OptionBytesWritten write_option_bytes(const Job& job, const Selector& selector, ByteView wanted,
                                      const VisitOptions& options) {
  check_options(options);
  if (wanted.empty()) throw Error(Errc::usage, "no option bytes are given");
  DfuStay stay(job, selector, options);
  OptionBytesWritten result;
  stay.look([&](DfuseSession& dfu) {
    require_readable(dfu);
    result.before = load_option_bytes(job, dfu);
    check_wanted(result.before, wanted);
  });
  stay.named([&] {
    for (const AreaWrite& write : area_writes(result.before, wanted)) {
      job.check_stop();
      write_area(job, stay, write);
      return_to_dfu_mode(job, stay, options.run.back_within);
    }
    stay.open();
    with_restarts(job, stay.dfu(),
                  [&] { result.after = load_after(job, stay.dfu(), result.before, wanted); });
  });
  result.visit = stay.leave_as_found();
  return result;
}

}  // namespace sysboot
