// SPDX-License-Identifier: GPL-3.0-or-later
// States and transitions follow ST's published DFU class code and AN3156, and what the ROM of the
// F413 (V9.0) was measured to do; see rom.hpp.
#include "sysboot/virtual/rom.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sysboot/error.hpp"

namespace sysboot::virtual_bench {
namespace {

enum Request : std::uint8_t {
  detach,
  dnload,
  upload_request,
  getstatus,
  clrstatus,
  getstate,
  abort_request
};

constexpr std::uint8_t type_mask = 0x60;  // bmRequestType (USB 2.0 table 9-2)
constexpr std::uint8_t type_class = 0x20;

constexpr std::uint8_t command_get = 0x00;
constexpr std::uint8_t command_set_address = 0x21;
constexpr std::uint8_t command_erase = 0x41;
constexpr std::uint8_t command_read_unprotect = 0x92;
constexpr std::uint16_t reserved_block = 1;
constexpr auto no_state = static_cast<DfuState>(15);  // what an UPLOAD of that block leads to
constexpr std::uint16_t first_data_block = 2;

constexpr std::uint32_t device_feature = 0xFFFF0000;
constexpr std::uint8_t level_0 = 0xAA;  // no read protection (RM0383 table 8)

// AN2606 table 4, and what each allows (RM0383 table 6). The fifth takes 9 V at VPP, which no board
// has: it changes nothing here.
struct VoltageRange {
  unsigned from_mv;
  FlashTimes times;
};
const std::array<VoltageRange, 4>& voltage_ranges() {
  static const std::array<VoltageRange, 4> ranges = {{{1700, FlashTimes::x8()},
                                                      {2100, FlashTimes::x16()},
                                                      {2400, FlashTimes::x16()},
                                                      {2700, FlashTimes::x32()}}};
  return ranges;
}

// AN2606 table 4 ends with 4.
bool is_no_range(std::uint8_t number) {
  return number > voltage_ranges().size();
}

// The first byte is the range; nobody looks at the others, which are to stay as they are.
bool is_proper_feature(const Bytes& data) {
  return std::all_of(data.begin() + 1, data.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

std::uint32_t address_in(const Bytes& command) {
  std::uint32_t address = 0;
  for (std::size_t i = 4; i >= 1; --i) address = address << 8 | command[i];
  return address;
}

// How many bytes a ROM takes from memory for an answer of so many: it fills its FIFO with words.
std::size_t in_words(std::size_t length) {
  return (length + 3) / 4 * 4;
}

bool names(const std::vector<std::string>& alternates, std::string_view memory) {
  return std::any_of(alternates.begin(), alternates.end(),
                     [&](const std::string& name) { return name.starts_with(memory); });
}

}  // namespace

std::optional<MemoryLayout> memory_named(const std::string& alternate) {
  try {
    return parse_layout(alternate);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Rom::Rom(RomSettings settings, FlashMemory& flash)
    : settings_(std::move(settings)), flash_(flash), times_(settings_.times) {
  if (settings_.starts_in_error) {
    state_ = DfuState::dfuERROR;
    status_ = DfuStatusCode::errFIRMWARE;
  }
  add_memories();
  make_descriptors();
}

void Rom::add_memories() {
  memories_.push_back({settings_.ram, Bytes(settings_.ram_end - settings_.ram), true});
  Bytes system(settings_.system_memory_size, 0);
  const std::uint32_t id_at = settings_.bootloader_id_at - settings_.system_memory;
  if (id_at < system.size()) system[id_at] = settings_.bootloader_id;
  memories_.push_back({settings_.system_memory, std::move(system), false});
  for (std::size_t i = 0; i < settings_.option_addresses.size(); ++i) {
    const auto size = static_cast<std::ptrdiff_t>(option_area_size());
    const auto from = settings_.option_bytes.begin() + static_cast<std::ptrdiff_t>(i) * size;
    memories_.push_back({settings_.option_addresses[i], {from, from + size}, true});
  }
  if (names(settings_.alternates, "@Device Feature")) {
    memories_.push_back({device_feature, {0x00, 0xFF, 0xFF, 0xFF}, true});
  }
  add_named_memories();
}

// OTP, EEPROM and others that are nothing more than memory.
void Rom::add_named_memories() {
  for (const std::string& name : settings_.alternates) {
    const auto layout = memory_named(name);
    if (!layout) continue;
    for (const SectorRun& run : layout->runs) {
      if (flash_.contains(run.address, 1) || memory_at(run.address, 1) != nullptr) continue;
      const auto size = static_cast<std::size_t>(layout->contiguous_end(run.address) - run.address);
      memories_.push_back({run.address, Bytes(size, 0xFF), true});
    }
  }
}

void Rom::make_descriptors() {
  descriptors_.device = DescriptorBuilder()
                            .add({18, 1, 0x00, 0x01, 0, 0, 0, 64})
                            .word(settings_.vendor)
                            .word(settings_.product_id)
                            .word(settings_.release)
                            .add({1, 2, 3, 1})
                            .bytes();
  DescriptorBuilder builder;
  builder.add({9, 2, 0, 0, 1, 1, 0, 0xC0, 50});
  descriptors_.strings[0] = {4, 3, 0x09, 0x04};
  descriptors_.strings[1] = Descriptors::string("STMicroelectronics");
  descriptors_.strings[2] = Descriptors::string(settings_.product);
  descriptors_.strings[3] = Descriptors::string(settings_.serial);
  for (unsigned i = 0; i < settings_.alternates.size(); ++i) {
    builder.add({9, 4, 0, i, 0, 0xFE, 1, 2, 4 + i});
    descriptors_.strings[static_cast<std::uint8_t>(4 + i)] =
        Descriptors::string(settings_.alternates[i]);
  }
  builder.add({9, 0x21, 0x0B, 0xFF, 0x00}).word(settings_.transfer_size).word(0x011A);
  descriptors_.configuration = settings_.raw_configuration.value_or(builder.configuration());
  descriptors_.strings.insert({8, Bytes(255, 0)});  // whatever is there, measured
  for (const auto& [index, bytes] : settings_.raw_strings) descriptors_.strings[index] = bytes;
}

Answer Rom::interface_descriptor(const Setup& setup) {
  if (setup.value >> 8 != 0x21 || !settings_.tells_functional_descriptor) return Answer::stall();
  const Bytes& all = descriptors_.configuration;
  if (all.size() < 9) return Answer::stall();
  return {TransferStatus::ok, Bytes(all.end() - 9, all.end())};
}

TimePoint Rom::ready_at() const {
  const bool holds_back = !settings_.stalls_while_busy && !settings_.answers_while_busy;
  return holds_back ? busy_until().value_or(TimePoint{}) : TimePoint{};
}

std::optional<TimePoint> Rom::busy_until() const {
  if (operation_.kind == Operation::Kind::none) return std::nullopt;
  return operation_.begin + operation_.takes;
}

std::optional<TimePoint> Rom::resets_at() const {
  const bool ends_so = operation_.kind == Operation::Kind::read_unprotect;
  return ends_so ? busy_until() : std::nullopt;
}

// The rest of a flood says nothing new.
void Rom::remember(std::string violation) {
  if (violations_.size() < most_remembered && !forgives_)
    violations_.push_back(std::move(violation));
}

Answer Rom::violate(std::string what) {
  remember(std::move(what));
  return Answer::stall();
}

Answer Rom::class_request(const Setup& setup, ByteView out, TimePoint now) {
  settle(now);
  if (leaving_ || resetting_) return {TransferStatus::no_device, {}};
  if ((setup.request_type & type_mask) != type_class) {
    return violate(fmt::format("request of type 0x{:02X}", setup.request_type));
  }
  switch (setup.request) {
    case dnload: return download(setup, out);
    case upload_request: return upload(setup);
    case getstatus: return get_status(now);
    case clrstatus: return clear_status();
    case getstate: return {TransferStatus::ok, {static_cast<std::uint8_t>(state_)}};
    case abort_request: return abort();
    case detach: return violate("DETACH");
    default: return violate(fmt::format("unknown request {}", setup.request));
  }
}

Answer Rom::download(const Setup& setup, ByteView out) {
  const bool waits = state_ == DfuState::dfuDNLOAD_SYNC || state_ == DfuState::dfuMANIFEST_SYNC ||
                     state_ == no_state;
  if (waits && setup.length > 0) {
    remember("DNLOAD in " + to_string(state_));
    return {TransferStatus::timeout, {}};  // nobody takes its data
  }
  if (state_ != DfuState::dfuIDLE && state_ != DfuState::dfuDNLOAD_IDLE) {
    return violate("DNLOAD in " + to_string(state_));
  }
  if (setup.length == 0) {
    state_ = DfuState::dfuMANIFEST_SYNC;
    if (settings_.leaves_at_once) leaving_ = pointer_;
    return {};
  }
  if (setup.length > settings_.transfer_size) {
    remember(fmt::format("DNLOAD of {} bytes", setup.length));
  }
  if (setup.value == reserved_block) remember("DNLOAD to block 1");
  if (setup.value >= first_data_block && setup.length < 2) remember("DNLOAD of 1 byte");
  block_ = setup.value;
  pending_.assign(out.begin(), out.end());
  state_ = DfuState::dfuDNLOAD_SYNC;
  return {};
}

Answer Rom::upload(const Setup& setup) {
  if (setup.length == 0) {
    state_ = DfuState::dfuIDLE;
    return {};
  }
  if (state_ != DfuState::dfuIDLE && state_ != DfuState::dfuUPLOAD_IDLE) {
    return violate("UPLOAD in " + to_string(state_));
  }
  if (setup.length > settings_.transfer_size) {
    remember(fmt::format("UPLOAD of {} bytes", setup.length));
  }
  if (setup.value == command_get) {
    state_ = setup.length > 3 ? DfuState::dfuIDLE : DfuState::dfuUPLOAD_IDLE;
    Bytes commands = {command_get, command_set_address, command_erase};
    if (settings_.knows_read_unprotect) commands.push_back(command_read_unprotect);
    return {TransferStatus::ok, std::move(commands)};
  }
  if (setup.value == reserved_block) {
    state_ = no_state;
    return violate("UPLOAD of block 1");
  }
  ++counts_.reads;
  if (settings_.read_protected) {
    fail(DfuStatusCode::errVENDOR);
    return Answer::stall();
  }
  const std::uint32_t address =
      pointer_ + (setup.value - std::uint32_t{first_data_block}) * settings_.transfer_size;
  state_ = DfuState::dfuUPLOAD_IDLE;
  const std::size_t taken = settings_.checks_end_of_reads ? setup.length : in_words(setup.length);
  if (flash_.contains(address, taken)) {
    const ByteView data = flash_.read(address, setup.length);
    return {TransferStatus::ok, Bytes(data.begin(), data.end())};
  }
  if (const Memory* memory = memory_at(address, setup.length)) {
    if (is_option_area(*memory) && setup.length != memory->content.size()) {
      remember(fmt::format("UPLOAD of {} option bytes", setup.length));
    }
    const ByteView data =
        ByteView(memory->content).subspan(address - memory->address, setup.length);
    return {TransferStatus::ok, Bytes(data.begin(), data.end())};
  }
  return upload_past_the_end(address, setup.length);
}

// Only where a read begins is checked. Behind flash and RAM is nothing: the fault handler resets.
Answer Rom::upload_past_the_end(std::uint32_t address, std::size_t length) {
  std::string what = fmt::format("UPLOAD of {} bytes at {}", length, hex32(address));
  const Memory* memory = memory_at(address, 1);
  const bool begins_in_flash = flash_.contains(address, 1);
  if (settings_.checks_end_of_reads || (memory == nullptr && !begins_in_flash)) {
    fail(DfuStatusCode::errTARGET);
    return violate(std::move(what));
  }
  remember(std::move(what));
  if (begins_in_flash || memory == &memories_[ram_memory]) {
    resetting_ = true;
    return {TransferStatus::io_error, {}};
  }
  Bytes data(memory->content.begin() + static_cast<std::ptrdiff_t>(address - memory->address),
             memory->content.end());
  data.resize(length, 0xFF);
  return {TransferStatus::ok, std::move(data)};
}

Answer Rom::status_answer(Duration poll) const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(poll).count();
  Bytes data = {static_cast<std::uint8_t>(status_), static_cast<std::uint8_t>(ms),
                static_cast<std::uint8_t>(ms >> 8), static_cast<std::uint8_t>(ms >> 16),
                static_cast<std::uint8_t>(state_),  0};
  data.resize(settings_.status_length);
  return {TransferStatus::ok, std::move(data)};
}

// The request is heard in any case.
Answer Rom::get_status(TimePoint now) {
  const bool is_behind_download = state_ == DfuState::dfuDNLOAD_SYNC && !pending_.empty();
  Answer answer = tell_status(now);
  const unsigned every = settings_.stalls_early_setup;
  if (every == 0 || !is_behind_download || ++downloads_ % every != 0) return answer;
  ++counts_.early_setups;
  return Answer::stall();
}

Answer Rom::tell_status(TimePoint now) {
  if (state_ == DfuState::dfuDNBUSY && settings_.stalls_while_busy) return Answer::stall();
  if (state_ == DfuState::dfuDNLOAD_SYNC && !pending_.empty()) {
    const bool is_erase = block_ == 0 && pending_.front() == command_erase;
    state_ = DfuState::dfuDNBUSY;
    begin(now);
    return status_answer(is_erase ? settings_.erase_poll : settings_.other_poll);
  }
  if (state_ == DfuState::dfuDNBUSY) {
    return status_answer(stuck_ ? settings_.erase_poll : settings_.other_poll);
  }
  if (state_ == DfuState::dfuDNLOAD_SYNC) {
    state_ = DfuState::dfuDNLOAD_IDLE;
    return status_answer({});
  }
  if (state_ == DfuState::dfuMANIFEST_SYNC) {
    if (settings_.read_protected && !settings_.leaves_when_protected) return status_answer({});
    state_ = DfuState::dfuMANIFEST;
    leaving_ = pointer_;
    if (settings_.leaves_without_status) return Answer::stall();
    return status_answer(std::chrono::milliseconds(1));
  }
  return status_answer({});
}

Answer Rom::clear_status() {
  if (state_ == DfuState::dfuERROR) {
    state_ = DfuState::dfuIDLE;
    status_ = DfuStatusCode::ok;
    return {};
  }
  if (settings_.refuses_needless_requests) return violate("CLRSTATUS in " + to_string(state_));
  if (!std::exchange(stuck_, false)) remember("CLRSTATUS in " + to_string(state_));
  constexpr auto err_unknown = static_cast<DfuStatusCode>(0x0E);
  fail(err_unknown);
  return {};
}

Answer Rom::abort() {
  if (state_ == DfuState::dfuERROR || state_ == DfuState::dfuDNBUSY ||
      state_ == DfuState::dfuMANIFEST || state_ == no_state) {
    return {};  // acknowledged and ignored
  }
  state_ = DfuState::dfuIDLE;
  status_ = DfuStatusCode::ok;
  block_ = 0;
  pending_.clear();
  return {};
}

void Rom::fail(DfuStatusCode status) {
  state_ = DfuState::dfuERROR;
  status_ = status;
}

Rom::Memory* Rom::memory_at(std::uint32_t address, std::size_t length) {
  const auto found = std::find_if(memories_.begin(), memories_.end(), [&](const Memory& memory) {
    return address >= memory.address &&
           address - memory.address + std::uint64_t{length} <= memory.content.size();
  });
  return found == memories_.end() ? nullptr : &*found;
}

// What the pending DNLOAD asks for, and how long it will take.
Rom::Operation Rom::operation_for(std::uint16_t block, const Bytes& data) {
  if (block == 0) return command(data);
  if (block == reserved_block) {
    Operation nothing;
    nothing.kind = Operation::Kind::nothing;
    return nothing;
  }
  const auto offset = (block - std::uint32_t{first_data_block}) * settings_.transfer_size;
  return write_to(pointer_ + offset, data);
}

Rom::Operation Rom::set_address(std::uint32_t address) {
  Operation operation;
  operation.address = address;
  operation.kind = Operation::Kind::set_address;
  const bool known = flash_.contains(address, 1) || memory_at(address, 1) != nullptr;
  if (settings_.read_protected && !settings_.takes_address_when_protected) {
    refuse(operation, DfuStatusCode::errVENDOR, {});  // which no host can know before
  } else if (!known) {
    refuse(operation, DfuStatusCode::errTARGET, "Set Address " + hex32(address));
  }
  return operation;
}

Rom::Operation Rom::command(const Bytes& data) {
  Operation operation;
  operation.kind = Operation::Kind::refused;
  const std::uint8_t code = data.front();
  if (code == command_set_address && data.size() == 5) return set_address(address_in(data));
  if (settings_.read_protected && code == command_erase) {
    refusal_ = DfuStatusCode::errVENDOR;
  } else if (code == command_erase && data.size() == 5) {  // any other number does nothing
    operation.address = address_in(data);
    operation.sector = flash_.layout().sector_at(operation.address);
    refusal_ = DfuStatusCode::errTARGET;
    if (operation.sector) {
      operation.kind = Operation::Kind::erase;
      operation.takes = times_.of_sector(operation.sector->size);
    }
  } else if (code == command_erase && data.size() == 1) {
    operation.kind = Operation::Kind::mass_erase;
    operation.takes = times_.mass_erase;
  } else if (code == command_read_unprotect && data.size() == 1 && settings_.knows_read_unprotect) {
    operation.kind = Operation::Kind::read_unprotect;
    operation.takes = times_.mass_erase;
  } else if ((code == command_get && data.size() == 1) || code == command_erase) {
    operation.kind = Operation::Kind::nothing;
    remember(fmt::format("command 0x{:02X} with {} bytes", code, data.size()));
  } else {
    refusal_ = static_cast<DfuStatusCode>(0x0F);  // errSTALLEDPKT
  }
  if (operation.kind == Operation::Kind::refused) {
    remember(fmt::format("command 0x{:02X} with {} bytes, address {}", code, data.size(),
                         hex32(operation.address)));
  }
  return operation;
}

void Rom::refuse(Operation& operation, DfuStatusCode status, std::string violation) {
  operation.kind = Operation::Kind::refused;
  refusal_ = status;
  if (!violation.empty()) remember(std::move(violation));
}

Rom::Operation Rom::write_to(std::uint32_t address, const Bytes& data) {
  Operation operation;
  operation.address = address;
  operation.data = data;
  operation.kind = Operation::Kind::write;
  operation.takes = times_.of_program(data.size());
  const auto what = fmt::format("write of {} bytes at {}", data.size(), hex32(address));
  const auto is_multiple = [&](std::uint32_t unit) {
    return address % unit == 0 && data.size() % unit == 0;
  };
  const bool is_flash = flash_.contains(address, data.size());
  const Memory* memory = is_flash ? nullptr : memory_at(address, data.size());
  const bool is_ram = memory == &memories_[ram_memory];
  if (is_ram) operation.takes = {};
  if (is_flash && !is_multiple(settings_.program_unit)) {
    remember(fmt::format("{}, which only takes {} at a time", what, settings_.program_unit));
  }
  if (settings_.read_protected) {
    refuse(operation, DfuStatusCode::errVENDOR, {});
  } else if (!is_flash && (memory == nullptr || !memory->writable)) {
    refuse(operation, DfuStatusCode::errTARGET, what);
  } else if (memory != nullptr && is_option_area(*memory) &&
             data.size() != memory->content.size()) {
    refuse(operation, DfuStatusCode::errTARGET,
           fmt::format("write of {} option bytes", data.size()));
  } else if (memory != nullptr && memory->address == device_feature) {
    const bool is_range = address == device_feature && !is_no_range(data.front());
    if (!is_range) operation.kind = Operation::Kind::nothing;
    if (!is_range || !is_proper_feature(data)) remember(what + ", which is no voltage range");
    operation.data.resize(1);
  } else if (is_flash && !is_multiple(bytes_at_once_)) {
    refuse(operation, DfuStatusCode::errTARGET,
           fmt::format("{}, {} at a time (AN2606 section 4.6)", what, bytes_at_once_));
  }
  return operation;
}

void Rom::begin(TimePoint now) {
  operation_ = operation_for(block_, pending_);
  operation_.begin = now;
  if (settings_.never_finishes) operation_.takes = std::chrono::hours(1000);
  const bool erases =
      operation_.kind == Operation::Kind::erase || operation_.kind == Operation::Kind::mass_erase;
  const bool writes = operation_.kind == Operation::Kind::write;
  if (erases) ++counts_.erases;
  if (writes) ++counts_.writes;
  const bool changes_flash = erases || (writes && flash_.contains(operation_.address, 1));
  if (changes_flash && is_supply_too_low()) {
    remember(fmt::format("{} bytes at a time with {} mV", bytes_at_once_, settings_.supply_mv));
  }
}

// They take effect with a reset. Leaving level 1 erases the flash (RM0383, section 3.6.3).
void Rom::load_options(const Memory& area) {
  const auto& places = settings_.option_addresses;
  const auto index = std::find(places.begin(), places.end(), area.address) - places.begin();
  Bytes& options = settings_.option_bytes;
  std::copy(area.content.begin(), area.content.end(),
            options.begin() + index * static_cast<std::ptrdiff_t>(option_area_size()));
  resetting_ = true;
  if (!settings_.protection_at) return;
  const bool is_open = options.at(*settings_.protection_at) == level_0;
  if (settings_.read_protected && is_open) flash_.erase_all();
  settings_.read_protected = !is_open;
}

std::size_t Rom::option_area_size() const {
  if (settings_.option_addresses.empty()) return 0;
  return settings_.option_bytes.size() / settings_.option_addresses.size();
}

bool Rom::is_option_area(const Memory& memory) const {
  const auto& places = settings_.option_addresses;
  return std::find(places.begin(), places.end(), memory.address) != places.end();
}

void Rom::settle(TimePoint now) {
  const auto end = busy_until();
  if (!end || now < *end) return;
  stuck_ = settings_.sticks_after_erase && operation_.kind == Operation::Kind::erase;
  state_ = stuck_ ? DfuState::dfuDNBUSY : DfuState::dfuDNLOAD_SYNC;
  pending_.clear();
  apply(1.0);
  operation_ = {};
}

void Rom::power_off(TimePoint now) {
  if (operation_.kind == Operation::Kind::none) return;
  const auto done = std::chrono::duration<double>(now - operation_.begin);
  const auto whole = std::chrono::duration<double>(operation_.takes);
  apply(whole.count() > 0 ? std::clamp(done / whole, 0.0, 1.0) : 1.0);
  operation_ = {};
}

// Carries out the operation, or the part of it that there was power for.
void Rom::apply(double fraction) {
  const Operation& op = operation_;
  switch (op.kind) {
    case Operation::Kind::none:
    case Operation::Kind::nothing: break;
    case Operation::Kind::refused: fail(refusal_); break;
    case Operation::Kind::set_address: pointer_ = op.address; break;
    case Operation::Kind::erase:
      flash_.erase(*op.sector, is_supply_too_low() ? fraction / 2 : fraction);
      pointer_ = op.address;
      break;
    case Operation::Kind::mass_erase:
      if (!flash_.is_write_protected()) flash_.erase_all(fraction);  // RM0383, section 3.6.4
      break;
    case Operation::Kind::read_unprotect:
      flash_.erase_all(fraction);
      if (fraction < 1) break;  // the option bytes come after the erase (RM0383, section 3.6.3)
      settings_.read_protected = false;
      std::copy_n(settings_.factory_option_bytes.begin(),
                  std::min(settings_.factory_option_bytes.size(), settings_.option_bytes.size()),
                  settings_.option_bytes.begin());
      resetting_ = true;
      break;
    case Operation::Kind::write: program(op, fraction); break;
  }
}

void Rom::choose_voltage_range(std::uint8_t number) {
  if (number >= voltage_ranges().size()) return remember("voltage range 4, which takes 9 V at VPP");
  const VoltageRange& range = voltage_ranges().at(number);
  needs_mv_ = range.from_mv;
  bytes_at_once_ = range.times.bytes_per_program;
  if (settings_.times != FlashTimes::none()) times_ = range.times;
}

void Rom::program(const Operation& write, double fraction) {
  if (flash_.contains(write.address, write.data.size())) {
    Bytes data = write.data;
    for (std::size_t i = 3; is_supply_too_low() && i < data.size(); i += 4) data[i] = 0xFF;
    if (flash_.program(write.address, data, fraction, bytes_at_once_)) return;
    remember(fmt::format("programmed {} bytes at {} over bits that were not erased", data.size(),
                         hex32(write.address)));
    return;
  }
  Memory* memory = memory_at(write.address, write.data.size());
  if (memory == nullptr) return;
  std::copy(write.data.begin(), write.data.end(),
            memory->content.begin() + static_cast<std::ptrdiff_t>(write.address - memory->address));
  if (is_option_area(*memory)) load_options(*memory);
  if (memory->address == device_feature) choose_voltage_range(memory->content.front());
}

}  // namespace sysboot::virtual_bench
