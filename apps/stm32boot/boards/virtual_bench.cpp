// SPDX-License-Identifier: GPL-3.0-or-later
#include "virtual_bench.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>

#include "sysboot/board.hpp"
#include "sysboot/error.hpp"
#include "sysboot/file.hpp"
#include "sysboot/virtual/board_spec.hpp"
#include "sysboot/virtual/host.hpp"

namespace stm32boot {
namespace {

namespace fs = std::filesystem;
using sysboot::Errc;
using sysboot::Error;
using sysboot::virtual_bench::BoardSettings;
using sysboot::virtual_bench::BusBoard;
using sysboot::virtual_bench::VirtualBoard;
using sysboot::virtual_bench::VirtualHost;

// Behind the flash: what has it was written by this program, and may be written again.
constexpr std::string_view mark = "\nflash of a virtual board of stm32boot\n";
constexpr std::string_view mark_in_dfu_mode =
    "\nflash of a virtual board of stm32boot, in DFU mode\n";

struct Kept {
  sysboot::Bytes flash;
  bool is_in_dfu_mode = false;
};

bool ends_with(const sysboot::Bytes& content, std::size_t size, std::string_view what) {
  return content.size() == size + what.size() &&
         std::equal(what.begin(), what.end(), content.begin() + static_cast<std::ptrdiff_t>(size));
}

// None when there is no such file yet, or an empty one.
std::optional<Kept> read_kept(const fs::path& file, std::size_t size) {
  std::error_code code;
  const fs::file_status status = fs::status(file, code);
  if (!fs::exists(status)) return std::nullopt;
  sysboot::Bytes content(size + mark_in_dfu_mode.size() + 1);
  std::size_t count = 0;
  if (fs::is_regular_file(status)) {
    std::ifstream in(file, std::ios::binary);
    in.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(content.size()));
    count = static_cast<std::size_t>(in.gcount());
    if (in.is_open() && !in.bad() && count == 0) return std::nullopt;
  }
  content.resize(count);
  const bool is_in_dfu_mode = ends_with(content, size, mark_in_dfu_mode);
  if (!is_in_dfu_mode && !ends_with(content, size, mark)) {
    throw Error(Errc::no_input,
                fmt::format("is no flash of a virtual board, which has {} bytes and a mark behind "
                            "them; it stays as it is",
                            size),
                sysboot::to_text(file));
  }
  content.resize(size);
  return Kept{std::move(content), is_in_dfu_mode};
}

}  // namespace

struct VirtualBench::State {
  fs::path file;
  VirtualHost host;
  BusBoard* first_board = nullptr;
};

std::unique_ptr<BusBoard> make_model(BoardSettings settings, sysboot::TimePoint now) {
  return std::make_unique<VirtualBoard>(std::move(settings), now);
}

VirtualBench::VirtualBench(fs::path file, const std::vector<std::string>& specs,
                           const MakeBoard& make_board)
    : state_(std::make_unique<State>()) {
  state_->file = std::move(file);
  const std::vector<std::string> wanted = specs.empty() ? std::vector<std::string>{""} : specs;
  std::optional<Kept> kept;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BoardSettings settings = sysboot::virtual_bench::parse_board_spec(wanted[i]);
    settings.unique_id[0] = static_cast<std::uint8_t>(settings.unique_id[0] + i);
    const auto stacks = settings.rom.stacks;
    BusBoard& board = state_->host.add_board(fmt::format("1-{}", i + 1),
                                             make_board(std::move(settings), state_->host.now()));
    if (i != 0) continue;
    state_->first_board = &board;
    if (!state_->file.empty()) kept = read_kept(state_->file, board.flash().content().size());
    if (!kept) continue;
    board.flash().load(board.flash().address(), kept->flash);
    // Without a program that starts, somebody has to hold BOOT0 to get anywhere.
    board.unplug(state_->host.now());
    board.plug_in(state_->host.now(),
                  kept->is_in_dfu_mode || !boots(board.flash(), board.flash().address(), stacks));
  }
  if (state_->first_board->descriptors() == nullptr) state_->host.sleep(std::chrono::seconds(1));
}

VirtualBench::~VirtualBench() = default;

sysboot::Host& VirtualBench::host() {
  return state_->host;
}

void VirtualBench::save() const {
  if (state_->file.empty()) return;
  const sysboot::ByteView flash = state_->first_board->flash().content();
  sysboot::Bytes content(flash.begin(), flash.end());
  const auto board = sysboot::board_at(state_->host, "1-1");
  const bool is_in_dfu_mode = board && board->mode == sysboot::BoardMode::dfu;
  const std::string_view its = is_in_dfu_mode ? mark_in_dfu_mode : mark;
  content.insert(content.end(), its.begin(), its.end());
  sysboot::write_file(state_->file, content);
}

}  // namespace stm32boot
