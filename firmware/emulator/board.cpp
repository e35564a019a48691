// SPDX-License-Identifier: GPL-3.0-or-later
// Power, time, and the way into the ROM and back; transfers are in board_transfers.cpp.
#include "emulator/board.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>

#include "emulator/rom/entry.hpp"
#include "emulator/rom/file.hpp"
#include "sysboot/error.hpp"
#include "sysboot/image.hpp"
#include "sysboot/image_file.hpp"

namespace emulator {
namespace {

using sysboot::Duration;

constexpr Time button_time = std::chrono::milliseconds(1200);
constexpr Time slice = std::chrono::milliseconds(1);
constexpr std::array<char, 4> elf_magic = {0x7F, 'E', 'L', 'F'};
constexpr Duration patience = std::chrono::milliseconds(20);  // of a server for one board

Duration to_duration(Time time) {
  return std::chrono::duration_cast<Duration>(time);
}

// A ROM that is there to run has chosen one already.
void choose_model(MachineSettings& machine, const std::string& chip) {
  if (chip.empty()) return;
  const ChipModel& wanted = model_named(chip);
  if (!machine.rom.empty() && machine.model.name != wanted.name) {
    throw sysboot::Error(
        sysboot::Errc::usage,
        fmt::format("emulated board: the ROM runs in an {}, and its chip is to be an {}",
                    machine.model.name, wanted.name));
  }
  machine.model = wanted;
}

EmulatedBoardSettings completed(EmulatedBoardSettings settings) {
  choose_model(settings.machine, settings.board.rom.chip);
  settings.machine.unique_id = settings.board.unique_id;
  settings.board.disconnect = Duration::zero();
  settings.board.application_start = Duration::zero();
  settings.machine.boot0 = settings.board.boot0_held || settings.board.starts_in_rom;
  settings.board.boot0_held = false;
  return settings;
}

UsbHostSettings host_settings(const EmulatedBoardSettings& settings) {
  UsbHostSettings result;
  result.configures = !settings.real_time;  // whoever is outside configures it
  return result;
}

}  // namespace

EmulatedBoard::EmulatedBoard(EmulatedBoardSettings settings)
    : settings_(completed(std::move(settings))),
      machine_(settings_.machine),
      host_(machine_.scheduler(), machine_.usb(), host_settings(settings_)),
      rom_(settings_.board, TimePoint{}),
      release_(machine_.scheduler(), [this](Time) { press_button(false); }) {
  rom_.settings().bounces = 0;
  press_button(false);
}

void EmulatedBoard::load(const std::string& path) {
  std::array<char, 4> magic{};
  std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
  if (magic == elf_magic) return machine_.load_elf(path);
  for (const auto& [address, data] : sysboot::load_image(path).segments) {
    machine_.load(address, data);
  }
}

TimePoint EmulatedBoard::at(Time machine_time) const {
  return epoch_ + to_duration(machine_time);
}

void EmulatedBoard::set_machine_time(TimePoint now) {
  epoch_ = now - to_duration(machine_.now());
}

void EmulatedBoard::start(TimePoint now) {
  started_ = true;
  set_machine_time(now);
  machine_.flash_changed();
  machine_.power_on();
  // BOOT0 was held for the start only.
  if (settings_.board.starts_in_rom) machine_.settings().boot0 = false;
  state_ = State::running;
  host_.plug(true);
}

void EmulatedBoard::advance(TimePoint now) {
  if (!started_) start(now);
  if (state_ == State::rom) advance_rom(now);
  if (state_ == State::running) run_until(now);
}

void EmulatedBoard::run_until(TimePoint now) {
  const auto begin = std::chrono::steady_clock::now();
  while (state_ == State::running && machine_time() < now && !machine_.is_stopped()) {
    const Time rest = std::chrono::duration_cast<Time>(now - machine_time());
    machine_.run_for(std::min(rest, slice));
    if (machine_.in_rom()) enter_rom_at(machine_time());
    if (layout_to_fit_ && machine_.runs_rom()) {
      layout_to_fit_ = !fit_layout_to_f411(machine_.ram().first(rom_ram_size));
    }
    if (settings_.real_time && std::chrono::steady_clock::now() - begin > patience) {
      set_machine_time(now);
    }
  }
  if (machine_.is_stopped()) set_machine_time(now);
}

void EmulatedBoard::enter_rom_at(TimePoint now) {
  if (!machine_.entered_rom_by_reset()) ++rom_entries_;
  for (const auto& violation : rom_entry_violations(machine_)) {
    violations_.push_back("ROM entry: " + violation);
  }
  in_.clear();
  out_.reset();
  if (settings_.machine.rom.empty()) {
    enter_rom_model(now);
  } else {
    machine_.run_rom();
    layout_to_fit_ = settings_.machine.model.name == f411.name;
  }
}

void EmulatedBoard::enter_rom_model(TimePoint now) {
  state_ = State::rom;
  machine_.randomise(machine_.ram().first(rom_ram_size));
  host_.plug(false);
  rom_was_up_ = false;
  leaves_to_.reset();
  if (settings_.board.bounces > 0) {
    --settings_.board.bounces;
    bounces_at_ = now + settings_.board.rom.gives_up_crystal;
    return;
  }
  rom_.unplug(now);  // a board that starts in the ROM has one already, with RAM of its own
  rom_.flash().load(flash_base, machine_.flash().content());
  const ByteView ram = ByteView(machine_.ram()).subspan(rom_ram_size);
  rom_.ram().assign(ram.begin(), ram.end());
  rom_.enter_rom(now);
}

// What the ROM will do next shows only as long as it is there.
void EmulatedBoard::watch_rom() {
  if (rom_.rom() == nullptr) return;
  rom_was_up_ = true;
  leaves_to_ = rom_.rom()->leaving();
  rom_resets_ = rom_.rom()->resetting();
}

void EmulatedBoard::advance_rom(TimePoint now) {
  if (bounces_at_) {
    if (now < *bounces_at_) return;
    reset(ResetCause::software, TimePoint(*bounces_at_));
    return;
  }
  watch_rom();
  rom_.advance(now);
  watch_rom();
  // What starts now is up to the firmware, guard's too.
  if (rom_was_up_ && rom_.rom() == nullptr) leave_rom_model(now);
}

void EmulatedBoard::leave_rom_model(TimePoint now) {
  machine_.flash().load(flash_base, rom_.flash().content());
  machine_.flash_changed();
  if (!leaves_to_ && !rom_resets_) {  // the cable went
    state_ = State::off;
    return;
  }
  if (!leaves_to_) return reset(ResetCause::software, now);
  set_machine_time(now);
  state_ = State::running;
  machine_.load(ram_base + rom_ram_size, rom_.ram());
  leave_rom(machine_, *leaves_to_, settings_.leave);
  host_.plug(true);
}

void EmulatedBoard::reset(ResetCause cause, TimePoint now) {
  if (state_ == State::rom) {
    rom_.unplug(now);
    if (!bounces_at_) machine_.flash().load(flash_base, rom_.flash().content());
    machine_.flash_changed();
  }
  bounces_at_.reset();
  set_machine_time(now);
  state_ = State::running;
  if (cause == ResetCause::power_on) {
    machine_.power_on();
  } else {
    machine_.reset(cause);
  }
  host_.plug(true);
}

std::optional<TimePoint> EmulatedBoard::next_event() const {
  if (!started_) return TimePoint{};
  switch (state_) {
    case State::off: return std::nullopt;
    case State::rom: return bounces_at_ ? bounces_at_ : rom_.next_event();
    case State::running: break;
  }
  if (machine_.is_stopped()) return std::nullopt;
  return machine_time() + to_duration(slice);
}

void EmulatedBoard::unplug(TimePoint now) {
  if (state_ == State::rom) {
    rom_.unplug(now);
    machine_.flash().load(flash_base, rom_.flash().content());
  }
  host_.plug(false);
  in_.clear();
  out_.reset();
  bounces_at_.reset();
  state_ = State::off;
}

void EmulatedBoard::plug_in(TimePoint now, bool boot0_held) {
  machine_.settings().boot0 = boot0_held;
  machine_.flash_changed();
  rom_entries_ = 0;
  reset(ResetCause::power_on, now);
}

void EmulatedBoard::enter_rom(TimePoint now) {
  advance(now);
  press_button(true);
  release_.set_in(button_time);
}

sysboot::virtual_bench::FlashMemory& EmulatedBoard::flash() {
  return state_ == State::rom && !bounces_at_ ? rom_.flash() : machine_.flash();
}

std::vector<std::string> EmulatedBoard::violations() const {
  std::vector<std::string> all = violations_;
  for (const auto& violation : rom_.violations()) all.push_back(violation);
  for (const auto& report : machine_.reports().texts()) all.push_back(report);
  return all;
}

}  // namespace emulator
