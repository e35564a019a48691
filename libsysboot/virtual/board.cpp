// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/board.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "sysboot/text.hpp"
#include "sysboot/virtual/guard.hpp"

namespace sysboot::virtual_bench {
namespace {

constexpr std::uint32_t flash_start = 0x08000000;
constexpr std::uint8_t without_power = 0xA5;  // what is left in RAM

// Long enough for the last answer to reach the host before the pull-up goes.
constexpr Duration leave_delay = std::chrono::milliseconds(10);
// After the pull-up (USB 2.0, 7.1.7.3 and 7.1.7.5).
constexpr Duration first_bus_reset = std::chrono::milliseconds(150);
constexpr Duration nak_fault = std::chrono::milliseconds(300);

constexpr std::uint8_t class_in_interface = 0xA1;
constexpr std::uint8_t request_upload = 2;
constexpr std::uint16_t first_data_block = 2;

// nWRP of an area of option bytes, 16 bytes each: 12 sectors, which are all of a bank that has an
// area of its own (RM0383 section 3.6.1, RM0090 table 17).
constexpr std::uint32_t options_f4 = 0x1FFFC000;
constexpr std::size_t not_write_protected_at = 8;
constexpr std::size_t bytes_an_area = 16;
constexpr std::size_t sectors_an_area = 12;

bool is_stack(const std::vector<RamRange>& stacks, std::uint32_t pointer) {
  return std::any_of(stacks.begin(), stacks.end(), [&](const RamRange& range) {
    return pointer > range.first && pointer <= range.end;
  });
}

std::uint32_t long_word(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

std::string digits_of(const std::array<std::uint8_t, 12>& id) {
  std::string digits;
  for (const std::uint8_t byte : id) digits += fmt::format("{:02X}", byte);
  return digits;
}

BoardSettings with_serials(BoardSettings settings) {
  const std::string serial = serial_from_unique_id(settings.unique_id);
  if (settings.application.serial.empty()) {
    settings.application.serial =
        settings.application.shows_unique_id ? digits_of(settings.unique_id) : serial;
  }
  if (settings.rom.serial.empty()) settings.rom.serial = serial;
  return settings;
}

MemoryLayout flash_layout(const RomSettings& settings) {
  if (!settings.real_flash.empty()) return parse_layout(settings.real_flash);
  for (const auto& name : settings.alternates) {
    const auto layout = memory_named(name);
    if (layout && layout->sector_at(flash_start)) return *layout;
  }
  // Hostile names are the host's problem; the flash behind them is an F411's.
  return parse_layout(RomSettings().alternates.front());
}

void protect_sectors(FlashMemory& flash, const RomSettings& rom) {
  flash.lift_write_protection();
  const bool is_f4 = !rom.option_addresses.empty() && rom.option_addresses.front() == options_f4;
  if (!is_f4) return;
  const Bytes& options = rom.option_bytes;
  const auto sectors = flash.layout().sectors();
  const std::size_t most = options.size() / bytes_an_area * sectors_an_area;
  for (std::size_t i = 0; i < std::min(sectors.size(), most); ++i) {
    const std::size_t bit = i % sectors_an_area;
    const std::size_t at = i / sectors_an_area * bytes_an_area + not_write_protected_at + bit / 8;
    if ((options[at] >> bit % 8 & 1) == 0) flash.write_protect(sectors[i].address);
  }
}

}  // namespace

std::string serial_from_unique_id(const std::array<std::uint8_t, 12>& id) {
  const std::uint32_t sum =
      long_word(ByteView(id).subspan(0, 4)) + long_word(ByteView(id).subspan(8, 4));
  const std::uint32_t middle = long_word(ByteView(id).subspan(4, 4));
  return fmt::format("{:08X}{:04X}", sum, middle >> 16);
}

Bytes stub_application(std::uint32_t address, std::uint32_t stack) {
  // Initial stack pointer, reset vector, then `b .` over and over.
  Bytes image;
  for (const std::uint32_t word : {stack, address + 9}) {
    for (unsigned n = 0; n < 4; ++n) image.push_back(static_cast<std::uint8_t>(word >> 8 * n));
  }
  for (int i = 0; i < 508; ++i) image.insert(image.end(), {0xFE, 0xE7});
  return image;
}

bool boots(const FlashMemory& flash, std::uint32_t address, const std::vector<RamRange>& stacks) {
  if (!flash.contains(address, 8)) return false;
  const std::uint32_t sp = long_word(flash.read(address, 4));
  const std::uint32_t reset = long_word(flash.read(address + 4, 4));
  return is_stack(stacks, sp) && reset % 2 == 1 && flash.contains(reset - 1, 2);
}

bool VirtualBoard::is_program(std::uint32_t address) const {
  if (virtual_bench::boots(flash_, address, settings_.rom.stacks)) return true;
  const std::uint32_t ram = settings_.rom.ram;
  const auto is_ram = [&](std::uint32_t place, std::uint32_t size) {
    return place >= ram && place - ram + std::uint64_t{size} <= ram_.size();
  };
  if (!is_ram(address, 8)) return false;
  const ByteView words = ByteView(ram_).subspan(address - ram, 8);
  const std::uint32_t sp = long_word(words);
  const std::uint32_t reset = long_word(words.subspan(4));
  return is_stack(settings_.rom.stacks, sp) && reset % 2 == 1 && is_ram(reset - 1, 2);
}

VirtualBoard::VirtualBoard(BoardSettings settings, TimePoint now)
    : settings_(with_serials(std::move(settings))),
      flash_(flash_layout(settings_.rom)),
      ram_(settings_.rom.ram_end - settings_.rom.ram) {
  flash_.become(settings_.rom.program_unit, settings_.rom.erased_byte);
  flash_.erase_together(settings_.rom.erase_unit);
  flash_.load(flash_start, stub_application(flash_start, settings_.rom.stacks.front().end));
  if (settings_.guarded) load_guarded(flash_);
  protect_sectors(flash_, settings_.rom);
  attach(settings_.starts_in_rom ? Mode::rom : Mode::application);
  VirtualBoard::advance(now);  // not yet anything more derived
}

UsbFunction* VirtualBoard::function() {
  if (rom_) return rom_.get();
  if (loader_) return loader_.get();
  return application_.get();
}

const Descriptors* VirtualBoard::descriptors() {
  UsbFunction* present = function();
  return present == nullptr ? nullptr : &present->descriptors();
}

void VirtualBoard::attach(Mode mode) {
  ++generation_;
  transfers_ = 0;
  if (mode == Mode::rom) {
    rom_ = std::make_unique<Rom>(settings_.rom, flash_);
    rom_->load_ram(ram_);
  } else if (mode == Mode::loader) {
    loader_ = std::make_unique<OtherLoader>(*settings_.loader);
  } else {
    application_ = std::make_unique<Application>(settings_.application);
  }
}

void VirtualBoard::detach() {
  if (rom_) {
    if (old_violations_.size() < Rom::most_remembered) old_violations_ = violations();
    ram_ = rom_->ram();
    keep_options();
  }
  if (application_) {
    const auto harm = application_->harm();
    old_harm_.insert(old_harm_.end(), harm.begin(), harm.end());
  }
  rom_.reset();
  loader_.reset();
  application_.reset();
  appears_.reset();
  bounces_at_.reset();
  leaves_bus_at_.reset();
  next_transfer_.reset();
}

// What the ROM leaves in the option bytes holds from the next reset on.
void VirtualBoard::keep_options() {
  if (!rom_->resetting()) return;
  settings_.rom.read_protected = rom_->read_protected();
  settings_.rom.option_bytes = rom_->option_bytes();
  protect_sectors(flash_, settings_.rom);
}

// BOOT0 decides, then what is in flash.
std::optional<VirtualBoard::Mode> VirtualBoard::reset_starts() const {
  if (settings_.boot0_held) return Mode::rom;
  if (!boots()) return std::nullopt;
  return has_guard(flash_) && !guard_starts_application(flash_) ? Mode::rom : Mode::application;
}

void VirtualBoard::schedule(TimePoint pull_up, Mode mode) {
  appears_ = {pull_up + settings_.enumeration, mode};
}

void VirtualBoard::boot(TimePoint now) {
  appears_.reset();
  started_at_ = flash_start;
  const auto mode = reset_starts();
  if (!mode) return;
  if (mode == Mode::application) {
    schedule(now + settings_.application_start, Mode::application);
  } else {
    schedule(now + bounce_on_guard(false) + settings_.rom.pull_up, Mode::rom);
  }
}

// A ROM that bounces is entered again: on request a few times, without an application for ever.
Duration VirtualBoard::bounce_on_guard(bool is_request) {
  Duration spent{};
  if (!has_guard(flash_) || !boots()) return spent;
  const bool has_end = is_request && guard_starts_application(flash_);
  for (int entries = 1; settings_.bounces > 0 && (!has_end || entries < guard_tries); ++entries) {
    --settings_.bounces;
    spent += settings_.rom.gives_up_crystal;
  }
  return spent;
}

// A host that sees a device before it has reset the bus sees one that answers nothing.
void VirtualBoard::bounce(TimePoint start) {
  --settings_.bounces;
  bounces_at_ = start + settings_.rom.gives_up_crystal;
  if (settings_.enumeration < first_bus_reset) {
    schedule(start + settings_.rom.pull_up, Mode::rom);
  }
}

void VirtualBoard::enter_rom(TimePoint now) {
  detach();
  const TimePoint start = now + settings_.disconnect + bounce_on_guard(true);
  if (settings_.bounces > 0) {
    bounce(start);
  } else if (!settings_.never_returns) {
    schedule(start + settings_.rom.pull_up, settings_.loader ? Mode::loader : Mode::rom);
  }
}

// What the running program decided to do when it was last spoken to.
void VirtualBoard::leave_bus(TimePoint now) {
  if (application_ && application_->wants_reset()) {
    detach();
    boot(now);
  } else if (application_) {
    enter_rom(now);
  } else if (rom_) {
    const auto start = rom_->leaving();
    detach();
    if (!start) return boot(now);  // it resets
    // guard resets, for a clean start.
    if (*start == flash_start && has_guard(flash_)) return boot(now);
    // A jump into what is no program ends in a fault handler, or nowhere.
    if (is_program(*start)) {
      started_at_ = *start;
      schedule(now + settings_.application_start, Mode::application);
    }
  }
}

void VirtualBoard::act_on_requests(TimePoint now) {
  const bool leaves =
      (application_ && (application_->wants_rom() || application_->wants_reset())) ||
      (rom_ && (rom_->leaving() || rom_->resetting()));
  if (leaves && !leaves_bus_at_) leaves_bus_at_ = now + leave_delay;
}

std::optional<TimePoint> VirtualBoard::next_event() const {
  std::optional<TimePoint> next;
  const auto consider = [&](TimePoint at) { next = next ? std::min(*next, at) : at; };
  if (appears_) consider(appears_->at);
  if (bounces_at_) consider(*bounces_at_);
  if (application_ && application_->next_event()) consider(*application_->next_event());
  if (rom_ && rom_->resets_at()) consider(*rom_->resets_at());
  if (leaves_bus_at_) consider(*leaves_bus_at_);
  if (unplugged_at_) consider(*unplugged_at_);
  return next;
}

void VirtualBoard::advance(TimePoint now) {
  for (auto event = next_event(); event && *event <= now; event = next_event()) {
    if (unplugged_at_ == event) {
      unplug(*event);
    } else if (bounces_at_ == event) {
      detach();
      boot(*event);
    } else if (leaves_bus_at_ == event) {
      leave_bus(*event);
    } else if (rom_ && rom_->resets_at() == event) {
      rom_->advance(*event);
      act_on_requests(*event);
    } else if (application_ && application_->next_event() == event) {
      application_->advance(*event);
      act_on_requests(*event);
    } else {
      const Mode mode = appears_->mode;
      appears_.reset();
      attach(mode);
    }
  }
}

void VirtualBoard::unplug(TimePoint now) {
  if (rom_) rom_->power_off(now);
  detach();
  std::fill(ram_.begin(), ram_.end(), without_power);
  unplugged_at_.reset();
}

void VirtualBoard::plug_in(TimePoint now, bool boot0_held) {
  settings_.boot0_held = boot0_held;
  boot(now);
}

void VirtualBoard::usb_reset(TimePoint now) {
  if (application_) application_->usb_reset();
  act_on_requests(now);
}

TimePoint VirtualBoard::ready_at(TimePoint now) const {
  TimePoint ready = std::max({now, nak_until_, bounces_at_.value_or(now)});
  if (rom_) ready = std::max(ready, rom_->ready_at());
  return ready;
}

Answer VirtualBoard::control(const Setup& setup, ByteView out, TimePoint now) {
  if (function() == nullptr) return {TransferStatus::no_device, {}};
  Answer answer = rom_ ? rom_control(setup, out, now) : function()->control(setup, out, now);
  act_on_requests(now);
  return answer;
}

Answer VirtualBoard::rom_control(const Setup& setup, ByteView out, TimePoint now) {
  ++transfers_;
  auto fault = std::exchange(next_transfer_, std::nullopt);
  if (!fault) fault = take_fault(Fault::Point::transfer, transfers_);
  const bool reads = setup.request_type == class_in_interface && setup.request == request_upload &&
                     setup.value >= first_data_block;
  if (!fault && reads) fault = take_fault(Fault::Point::read, rom_->counts().reads + 1);
  if (fault == Fault::Action::nak) {
    nak_until_ = now + nak_fault;
  } else if (fault) {
    return fault_answer(*fault, now);
  }
  const Rom::Counts before = rom_->counts();
  rom_->forgive(forgives_);
  Answer answer = rom_->control(setup, out, now);
  arm_operation_faults(before, now);
  return answer;
}

void VirtualBoard::arm_operation_faults(const Rom::Counts& before, TimePoint now) {
  std::optional<Fault::Action> fault;
  const Rom::Counts& after = rom_->counts();
  if (after.erases > before.erases) fault = take_fault(Fault::Point::erase, after.erases);
  if (after.writes > before.writes) fault = take_fault(Fault::Point::write, after.writes);
  if (!fault) return;
  const TimePoint end = rom_->busy_until().value_or(now);
  switch (*fault) {
    case Fault::Action::unplug: unplugged_at_ = now + (end - now) / 2; break;
    case Fault::Action::nak: nak_until_ = end + nak_fault; break;
    case Fault::Action::stall:
    case Fault::Action::timeout:
    case Fault::Action::io_error: next_transfer_ = fault; break;
  }
}

std::optional<Fault::Action> VirtualBoard::take_fault(Fault::Point point, unsigned nth) {
  auto& faults = settings_.faults;
  const auto found = std::find_if(faults.begin(), faults.end(), [&](const Fault& fault) {
    return fault.point == point && fault.nth == nth;
  });
  if (found == faults.end()) return std::nullopt;
  const Fault::Action action = found->action;
  faults.erase(found);
  return action;
}

Answer VirtualBoard::fault_answer(Fault::Action action, TimePoint now) {
  switch (action) {
    case Fault::Action::stall: return Answer::stall();
    case Fault::Action::timeout: return {TransferStatus::timeout, {}};
    case Fault::Action::io_error: return {TransferStatus::io_error, {}};
    case Fault::Action::nak: return {};
    case Fault::Action::unplug: break;
  }
  unplug(now);
  return {TransferStatus::no_device, {}};
}

void VirtualBoard::bulk_out(std::uint8_t endpoint, ByteView data, TimePoint now) {
  if (application_) application_->bulk_out(endpoint, data, now);
  act_on_requests(now);
}

Bytes VirtualBoard::bulk_in(std::uint8_t endpoint, std::size_t most) {
  return application_ ? application_->bulk_in(endpoint, most) : Bytes();
}

std::vector<std::string> VirtualBoard::harm() const {
  std::vector<std::string> all = old_harm_;
  if (application_) {
    const auto harm = application_->harm();
    all.insert(all.end(), harm.begin(), harm.end());
  }
  return all;
}

std::vector<std::string> VirtualBoard::violations() const {
  std::vector<std::string> all = old_violations_;
  if (rom_) all.insert(all.end(), rom_->violations().begin(), rom_->violations().end());
  return all;
}

}  // namespace sysboot::virtual_bench
