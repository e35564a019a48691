// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "chip/chip.hpp"
#include "connection.hpp"
#include "core/patience.hpp"
#include "core/timing.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// DfuSe commands: first byte of a DNLOAD to block 0 (AN3156, table 2).
constexpr std::uint8_t command_set_address = 0x21;
constexpr std::uint8_t command_erase = 0x41;
constexpr std::uint8_t command_read_unprotect = 0x92;
constexpr std::uint16_t command_block = 0;
constexpr std::uint16_t first_data_block = 2;

constexpr int leave_attempts = 3;

// Where a request for block 1 has led the F413's ROM: only CLRSTATUS leads on (measured).
constexpr auto after_reserved_block = static_cast<DfuState>(15);

// Blocks that are asked for while the one before is on its way.
constexpr std::uint64_t reads_ahead = 2;
constexpr int most_queue_failures = 3;

std::array<std::uint8_t, 5> command(std::uint8_t code, std::uint32_t address) {
  return {code, static_cast<std::uint8_t>(address), static_cast<std::uint8_t>(address >> 8),
          static_cast<std::uint8_t>(address >> 16), static_cast<std::uint8_t>(address >> 24)};
}

bool is_refusal(const Error& error) {
  return error.code() == Errc::read_protected || error.code() == Errc::protocol;
}

}  // namespace

Duration operation_budget(std::uint64_t flash_bytes) {
  // 128 KiB in 8 s, and 5 s at least.
  const auto by_size = std::chrono::milliseconds(flash_bytes / 16);
  return std::max<Duration>(by_size, std::chrono::seconds(5));
}

struct DfuseSession::State {
  enum class Direction { none, write, read };

  State(const Job& the_job, DfuseConnection&& the_connection)
      : job(the_job),
        link(std::move(the_connection)),
        quirks(dfu_util_quirks(link.description.usb)),
        requests(job, *link.device, link.description.interface_number, quirks) {}

  Job job;
  DfuseConnection link;
  std::uint16_t quirks;
  DfuRequests requests;
  bool patient = false;  // sleeps the claimed poll timeouts, because asking early got a stall
  bool holds_answers_back = false;  // says NAK while it programs, as a write has shown
  int queue_failures = 0;

  // Where the device's address pointer stands, and which block of that run comes next.
  Direction direction = Direction::none;
  std::uint32_t base = 0;
  std::uint32_t next_block = first_data_block;
  bool has_default_pointer = true;  // the start of flash, until a Set Address is taken
  bool is_protected = false;        // against reading, as far as the leave has shown

  void set_address(std::uint32_t address);
  void aim(Direction wanted, std::uint32_t address, std::size_t length);
  bool continues(Direction wanted, std::uint32_t address, std::size_t length) const;
  void send_command(ByteView bytes, const std::string& step, Duration budget,
                    bool may_stick = false);
  void start(std::uint16_t block, ByteView data, const std::string& step, Duration budget);
  bool complete(const std::string& step, Duration most, bool may_stick = false);
  void queue_operation(std::uint16_t block, ByteView data, Duration budget);
  bool may_follow(ByteView data, ByteView next) const;
  bool write_queued(ByteView data, ByteView next, const std::string& step);
  bool completes_at_once(ByteView data, const std::string& step);
  void queue_reads(std::size_t length, std::uint64_t ahead);
  void unstick(const std::string& step);
  DfuStatus start_operation(const std::string& step, Duration budget);
  DfuStatus status_while_busy(const std::string& step, Duration claimed, Budget& budget);
  void complete_or_reset(const std::string& step, Duration most);
  void wait_claimed(Duration claimed, Budget& budget);
  void to_idle();
  void abort();
  void check(const TransferResult& result, const std::string& step);
  void check_on_the_way(const TransferResult& result, const std::string& step);
  void point_at(std::uint32_t start);
  bool try_leave(std::uint32_t start);
  bool is_idle_again();
  bool has_left(Duration within = timing::leaving_shows);
  [[noreturn]] void explain_stall(const std::string& step);
  [[noreturn]] void refused(const DfuStatus& status, const std::string& step);
};

// Hosts report an unplugged device as an I/O error at first.
bool DfuseSession::State::has_left(Duration within) {
  const auto& usb = link.description.usb;
  return job.wait_until(job.host.now() + within, [&] {
    const auto devices = job.host.usb_devices();
    return std::none_of(devices.begin(), devices.end(), [&](const UsbDeviceInfo& device) {
      return device.port_path == usb.port_path && device.address == usb.address;
    });
  });
}

// A failed transfer becomes the error that says so.
void DfuseSession::State::check(const TransferResult& result, const std::string& step) {
  switch (result.status) {
    case TransferStatus::ok: return;
    case TransferStatus::no_device:
      throw Error(Errc::board_gone, step + ": the board left the bus");
    case TransferStatus::stall: explain_stall(step);
    case TransferStatus::timeout: break;
    case TransferStatus::io_error:
      if (has_left()) check({TransferStatus::no_device, 0}, step);
      break;
  }
  throw Error(Errc::usb_io,
              fmt::format("{}: USB transfer failed ({})", step, to_string(result.status)));
}

// On the way to dfuIDLE the error that a device tells is one from before, and no reason for a
// stall.
void DfuseSession::State::check_on_the_way(const TransferResult& result, const std::string& step) {
  if (result.status != TransferStatus::stall) return check(result, step);
  throw Error(Errc::usb_io, step + ": the device stalled the request");
}

// A device that stalls usually says why when asked.
void DfuseSession::State::explain_stall(const std::string& step) {
  DfuStatus status;
  const TransferResult asked = requests.get_status(status, timing::set_address);
  if (asked.status == TransferStatus::no_device) check(asked, step);
  const bool has_reason = asked.status == TransferStatus::ok &&
                          status.state == DfuState::dfuERROR && status.status != DfuStatusCode::ok;
  if (has_reason) refused(status, step);
  throw Error(Errc::usb_io, step + ": the device stalled the request");
}

void DfuseSession::State::refused(const DfuStatus& status, const std::string& step) {
  direction = Direction::none;
  if (status.state == DfuState::dfuERROR) requests.clear_status();
  if (status.status == DfuStatusCode::errVENDOR) {
    throw Error(Errc::read_protected,
                step + ": the device answered errVENDOR, as with read protection (RDP) active");
  }
  if (status.status == DfuStatusCode::errTARGET) {
    throw Error(Errc::protocol,
                step + ": the device answered errTARGET: it does not support this address");
  }
  throw Error(Errc::protocol, fmt::format("{}: the device answered {}", step, status.describe()));
}

void DfuseSession::State::wait_claimed(Duration claimed, Budget& budget) {
  job.host.sleep(std::min(std::max(claimed, timing::shortest_pause), budget.left()));
}

// The first GETSTATUS, which starts the operation (AN3156). A ROM that is late with its STALL may
// hear it and stall its answer (F413, measured: 9 of 1,810 transfers): the next one says more.
DfuStatus DfuseSession::State::start_operation(const std::string& step, Duration budget) {
  DfuStatus status;
  TransferResult result = requests.get_status(status, budget);
  if (result.status == TransferStatus::stall) result = requests.get_status(status, budget);
  check(result, step);
  return status;
}

// Another GETSTATUS. A stall once the operation runs means busy; some L4 and F4 ROMs do that.
DfuStatus DfuseSession::State::status_while_busy(const std::string& step, Duration claimed,
                                                 Budget& budget) {
  const Duration left = budget.left();
  if (left == Duration::zero()) {
    throw Error(Errc::protocol, step + ": the device stays busy (dfuDNBUSY) past every limit");
  }
  DfuStatus status;
  const TransferResult result = requests.get_status(status, left);
  if (result.status != TransferStatus::stall) {
    check(result, step);
    return status;
  }
  if (!patient) {
    job.note(Note::Level::debug, step + ": the device stalled while busy; waiting as it claims");
  }
  patient = true;
  wait_claimed(claimed, budget);
  return {DfuStatusCode::ok, DfuState::dfuDNBUSY, claimed};
}

// The request, and at once the GETSTATUS that starts it and the one that is answered when it is
// done.
void DfuseSession::State::queue_operation(std::uint16_t block, ByteView data, Duration budget) {
  requests.queue_download(block, data, budget);
  requests.queue_status(budget);
  requests.queue_status(budget);
}

void DfuseSession::State::start(std::uint16_t block, ByteView data, const std::string& step,
                                Duration budget) {
  if (!patient && requests.queued() == 0) queue_operation(block, data, budget);
  check(requests.download(block, data), step);
}

// The last GETSTATUS says how it went. False when it took more than two.
bool DfuseSession::State::complete(const std::string& step, Duration most, bool may_stick) {
  DfuStatus status = start_operation(step, most);
  const TimePoint start = job.host.now();
  Budget budget(job.host, most);
  const Duration claimed = status.poll_timeout;
  int asked = 0;
  while (status.state == DfuState::dfuDNBUSY) {
    if (may_stick && asked > 0 && job.host.now() - start > claimed) {
      unstick(step);
      return false;
    }
    if (patient || asked > 0) wait_claimed(status.poll_timeout, budget);
    ++asked;
    status = status_while_busy(step, status.poll_timeout, budget);
  }
  if (status.status != DfuStatusCode::ok || status.state == DfuState::dfuERROR) {
    refused(status, step);
  }
  if (status.state != DfuState::dfuDNLOAD_IDLE) {
    throw Error(Errc::protocol, fmt::format("{}: the device is in {}, expected dfuDNLOAD-IDLE",
                                            step, to_string(status.state)));
  }
  return asked == 1 && !patient;
}

// See stays_busy_after_erase. Whether it was erased shows when it is read back.
void DfuseSession::State::unstick(const std::string& step) {
  job.note(Note::Level::debug, step + ": still dfuDNBUSY; clearing the status, as its ROM needs");
  check(requests.clear_status(), step);
  to_idle();
}

// Where the program starts, for the leave request.
void DfuseSession::State::point_at(std::uint32_t start) {
  try {
    set_address(start);
  } catch (const Error& error) {
    if (!is_refusal(error) || start != flash_base) throw;
    job.note(Note::Level::debug, error.what());
    is_protected = error.code() == Errc::read_protected;
    // A read-protected device may refuse every address; its pointer then still has its default.
    if (has_default_pointer) return;
    to_idle();
    set_address(start);  // the pointer is where nobody wants to start
  }
}

// The request itself and the GETSTATUS that carries it out. A device that leaves may answer
// neither, so only one that stays has not heard them.
bool DfuseSession::State::try_leave(std::uint32_t start) {
  point_at(start);
  requests.download(first_data_block, {});
  DfuStatus status;
  const TransferResult asked = requests.get_status(status, timing::leave_answers);
  const bool agrees = asked.status == TransferStatus::ok && status.state == DfuState::dfuMANIFEST;
  if (asked.status == TransferStatus::ok && is_protected && !has_left()) {
    throw Error(Errc::read_protected,
                "told to leave DFU mode, the device stays, as some do with read protection (RDP) "
                "active");
  }
  return agrees || asked.status == TransferStatus::no_device || has_left();
}

// False when it does not get there, which it does not have to once it leaves.
bool DfuseSession::State::is_idle_again() {
  try {
    to_idle();
    return true;
  } catch (const Error& error) {
    if (error.code() == Errc::interrupted) throw;
    job.note(Note::Level::debug, error.what());
    return false;
  }
}

// For what ends in a reset: only a command that failed is answered for certain (AN3156), and how a
// request to a device that resets ends differs from host to host.
void DfuseSession::State::complete_or_reset(const std::string& step, Duration most) {
  DfuStatus status = start_operation(step, most);
  Budget budget(job.host, most);
  while (status.state == DfuState::dfuDNBUSY) {
    const Duration left = budget.left();
    if (left == Duration::zero()) {
      throw Error(Errc::protocol, step + ": the device neither resets nor says that it is done");
    }
    const TransferResult result = requests.get_status(status, left);
    if (result.status == TransferStatus::ok) {
      if (status.state == DfuState::dfuDNBUSY) wait_claimed(status.poll_timeout, budget);
      continue;
    }
    if (has_left(timing::reset_shows)) return;
    check(result, step);
  }
  if (status.status != DfuStatusCode::ok || status.state == DfuState::dfuERROR) {
    refused(status, step);
  }
  has_left(timing::reset_shows);
}

void DfuseSession::State::send_command(ByteView bytes, const std::string& step, Duration budget,
                                       bool may_stick) {
  if (direction == Direction::read) abort();
  direction = Direction::none;
  start(command_block, bytes, step, budget);
  complete(step, budget, may_stick);
}

void DfuseSession::State::set_address(std::uint32_t address) {
  const bool had_default = std::exchange(has_default_pointer, false);
  try {
    send_command(command(command_set_address, address),
                 "setting the address pointer to " + hex32(address), timing::set_address);
  } catch (const Error& error) {
    has_default_pointer = had_default && is_refusal(error);
    throw;
  }
}

bool DfuseSession::State::continues(Direction wanted, std::uint32_t address,
                                    std::size_t length) const {
  const std::uint64_t due = base + std::uint64_t{next_block - first_data_block} * link.block_size;
  const bool first = next_block == first_data_block;
  return direction == wanted && address == due && next_block <= 0xFFFF &&
         (first || (length == link.block_size && !link.address_every_block));
}

// Points the device at `address`, with as few requests as it takes.
void DfuseSession::State::aim(Direction wanted, std::uint32_t address, std::size_t length) {
  if (continues(wanted, address, length)) return;
  const bool is_read_again = wanted == Direction::read && direction == wanted && address == base;
  if (!is_read_again) set_address(address);
  if (wanted == Direction::read && !is_read_again) abort();  // no UPLOAD from dfuDNLOAD-IDLE
  direction = wanted;
  base = address;
  next_block = first_data_block;
}

// rom-dfu state recovery: dfuERROR needs CLRSTATUS, an unfinished transfer needs ABORT; CLRSTATUS
// anywhere else makes things worse (ST's class code answers errUNKNOWN).
void DfuseSession::State::to_idle() {
  const std::string step = "bringing the device to dfuIDLE";
  Budget budget(job.host, timing::become_idle);
  direction = Direction::none;
  // A request that an earlier session left pending would start on GETSTATUS.
  const auto state = requests.get_state();
  const bool pending = state == DfuState::dfuDNLOAD_SYNC || state == DfuState::dfuMANIFEST_SYNC;
  if (pending) check_on_the_way(requests.abort(), step);
  if (state == DfuState::dfuERROR) check_on_the_way(requests.clear_status(), step);
  for (;;) {
    const Duration left = budget.left();
    if (left == Duration::zero()) break;
    DfuStatus status;
    check_on_the_way(requests.get_status(status, left), step);
    switch (status.state) {
      case DfuState::dfuIDLE: return;
      case DfuState::dfuERROR: check_on_the_way(requests.clear_status(), step); break;
      case DfuState::dfuDNLOAD_SYNC:
      case DfuState::dfuDNLOAD_IDLE:
      case DfuState::dfuUPLOAD_IDLE:
      case DfuState::dfuMANIFEST_SYNC: check_on_the_way(requests.abort(), step); break;
      case DfuState::dfuDNBUSY: wait_claimed(status.poll_timeout, budget); continue;
      default:
        if (status.state == after_reserved_block) {
          check_on_the_way(requests.clear_status(), step);
          break;
        }
        throw Error(Errc::protocol, fmt::format("{}: it is in {}", step, to_string(status.state)));
    }
    job.host.sleep(timing::shortest_pause);
  }
  throw Error(Errc::protocol, step + ": it does not get there");
}

// From dfuDNLOAD-IDLE and dfuUPLOAD-IDLE back to dfuIDLE.
void DfuseSession::State::abort() {
  direction = Direction::none;
  check(requests.abort(), "bringing the device back to dfuIDLE");
}

// Can the next block be under way while this one is programmed?
bool DfuseSession::State::may_follow(ByteView data, ByteView next) const {
  return holds_answers_back && queue_failures < most_queue_failures && !link.address_every_block &&
         data.size() == link.block_size && next.size() == link.block_size && next_block < 0xFFFF;
}

// False when the device did not keep up. It may have programmed the block, the next one, or none.
bool DfuseSession::State::completes_at_once(ByteView data, const std::string& step) {
  const Duration budget = operation_budget(data.size());
  const auto block = static_cast<std::uint16_t>(next_block);
  DfuStatus status;
  TransferResult result = requests.download(block, data);
  if (result.status == TransferStatus::ok) {
    result = requests.get_status(status, budget);
    const bool is_heard =
        result.status == TransferStatus::ok || result.status == TransferStatus::stall;
    if (is_heard) result = requests.get_status(status, budget);
  }
  if (result.status == TransferStatus::stall) return false;
  check(result, step);
  if (status.status != DfuStatusCode::ok || status.state == DfuState::dfuERROR) {
    refused(status, step);
  }
  return status.state == DfuState::dfuDNLOAD_IDLE;
}

// The block, with the next one under way behind it. False: it is to be written by itself.
bool DfuseSession::State::write_queued(ByteView data, ByteView next, const std::string& step) {
  const Duration budget = operation_budget(data.size());
  if (requests.queued() == 0) {
    queue_operation(static_cast<std::uint16_t>(next_block), data, budget);
  }
  queue_operation(static_cast<std::uint16_t>(next_block + 1), next, 2 * budget);
  if (completes_at_once(data, step)) return true;
  ++queue_failures;
  const std::string problem = step + ": the device did not take the next block at once";
  // Flash with error correction takes no byte twice.
  if (program_unit(link.layout()) > 1) throw Error(Errc::usb_io, problem);
  job.note(Note::Level::debug, problem);
  to_idle();
  return false;
}

// This read and some behind it.
void DfuseSession::State::queue_reads(std::size_t length, std::uint64_t ahead) {
  const auto queue = [&](std::uint64_t block, std::size_t size) {
    if (block > 0xFFFF) return;
    requests.queue_upload(static_cast<std::uint16_t>(block), size, timing::request);
  };
  if (requests.queued() == 0) queue(next_block, length);
  if (length != link.block_size || link.address_every_block) return;
  const std::uint64_t most = 1 + std::min(ahead / link.block_size, reads_ahead);
  for (std::uint64_t n = requests.queued(); n < most; ++n) queue(next_block + n, link.block_size);
}

DfuseSession::DfuseSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
DfuseSession::DfuseSession(DfuseSession&&) noexcept = default;
DfuseSession::~DfuseSession() = default;

DfuseSession DfuseSession::open(const Job& job, const Board& board) {
  auto state = std::make_unique<State>(job, connect(job, board));
  state->to_idle();
  return DfuseSession(std::move(state));
}

const DfuseDescription& DfuseSession::description() const {
  return state_->link.description;
}
const std::vector<AltSetting>& DfuseSession::alternates() {
  auto& s = *state_;
  s.requests.drop_queue();
  read_alternates(s.job, s.link);
  return s.link.alternates;
}
const MemoryLayout& DfuseSession::layout() const {
  return state_->link.layout();
}
std::uint32_t DfuseSession::block_size() const {
  return state_->link.block_size;
}

void DfuseSession::erase(const Sector& sector) {
  state_->send_command(
      command(command_erase, sector.address),
      fmt::format("erasing the {} sector at {}", human_size(sector.size), hex32(sector.address)),
      operation_budget(sector.size), stays_busy_after_erase(layout()));
}

void DfuseSession::mass_erase() {
  state_->send_command(std::array{command_erase}, "erasing the whole flash", mass_erase_budget);
}

void DfuseSession::write_block(std::uint32_t address, ByteView data, ByteView next) {
  auto& s = *state_;
  const auto step = fmt::format("writing {} bytes at {}", data.size(), hex32(address));
  s.aim(State::Direction::write, address, data.size());
  const bool is_written = s.may_follow(data, next) && s.write_queued(data, next, step);
  if (!is_written) {
    const Duration budget = operation_budget(data.size());
    s.aim(State::Direction::write, address, data.size());
    s.start(static_cast<std::uint16_t>(s.next_block), data, step, budget);
    s.holds_answers_back = s.complete(step, budget);
  }
  ++s.next_block;
}

void DfuseSession::read_block(std::uint32_t address, std::span<std::uint8_t> out,
                              std::uint64_t ahead) {
  auto& s = *state_;
  const auto step = fmt::format("reading {} bytes at {}", out.size(), hex32(address));
  s.aim(State::Direction::read, address, out.size());
  s.queue_reads(out.size(), ahead);
  const TransferResult result = s.requests.upload(static_cast<std::uint16_t>(s.next_block), out);
  s.check(result, step);
  if (result.length != out.size()) {
    s.direction = State::Direction::none;
    throw Error(Errc::usb_io,
                fmt::format("{}: the device sent {}", step, human_size(result.length)));
  }
  ++s.next_block;
}

void DfuseSession::leave(std::uint32_t address) {
  auto& s = *state_;
  for (int attempt = 1;; ++attempt) {
    try {
      if (s.try_leave(address)) return;
    } catch (const Error& error) {
      if (error.code() != Errc::usb_io || attempt == leave_attempts) throw;
    }
    if (attempt == leave_attempts || !s.is_idle_again()) return;
  }
}

void DfuseSession::select(std::size_t alternate) {
  auto& s = *state_;
  if (alternate == s.link.alternate) return;
  if (s.direction == State::Direction::read) s.abort();
  s.direction = State::Direction::none;
  s.requests.drop_queue();
  s.link.device->set_alternate(s.link.description.interface_number,
                               s.link.alternates.at(alternate).number);
  s.link.alternate = alternate;
}

std::size_t DfuseSession::selected() const {
  return state_->link.alternate;
}
std::size_t DfuseSession::flash() const {
  return state_->link.flash;
}

void DfuseSession::write_option_bytes(std::uint32_t address, ByteView data) {
  auto& s = *state_;
  const auto step = fmt::format("writing {} option bytes at {}", data.size(), hex32(address));
  s.aim(State::Direction::write, address, data.size());
  s.check(s.requests.download(static_cast<std::uint16_t>(s.next_block), data), step);
  s.direction = State::Direction::none;
  s.complete_or_reset(step, timing::write_options);
}

void DfuseSession::read_unprotect() {
  auto& s = *state_;
  const std::string step = "lifting the read protection";
  if (s.direction == State::Direction::read) s.abort();
  s.direction = State::Direction::none;
  s.check(s.requests.download(command_block, std::array{command_read_unprotect}), step);
  s.complete_or_reset(step, mass_erase_budget);
}

void DfuseSession::recover() {
  state_->direction = State::Direction::none;
  state_->to_idle();
}

}  // namespace sysboot
