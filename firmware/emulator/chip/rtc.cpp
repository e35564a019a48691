// SPDX-License-Identifier: GPL-3.0-or-later
#include "emulator/chip/rtc.hpp"

#include <array>

namespace emulator {
namespace {

enum Register : std::uint16_t {
  TR = 0x00,
  DR = 0x04,
  CR = 0x08,
  ISR = 0x0C,
  PRER = 0x10,
  WUTR = 0x14,
  ALRMAR = 0x1C,
  ALRMBR = 0x20,
  WPR = 0x24,
  SSR = 0x28,
  BKP0R = 0x50,
};

// ISR
constexpr std::uint32_t alarm_a_writable = bit(0);
constexpr std::uint32_t alarm_b_writable = bit(1);
constexpr std::uint32_t wakeup_writable = bit(2);
constexpr std::uint32_t initialised = bit(4);
constexpr std::uint32_t synchronised = bit(5);
constexpr std::uint32_t init_flag = bit(6);
constexpr std::uint32_t init_mode = bit(7);
constexpr std::uint32_t alarm_a_flag = bit(8);
constexpr std::uint32_t alarm_b_flag = bit(9);
constexpr std::uint32_t wakeup_flag = bit(10);
constexpr std::uint32_t event_flags = 0x7F00;
// CR; an alarm's or the wake-up timer's interrupt enable is four bits above its enable.
constexpr std::uint32_t twelve_hours = bit(6);
constexpr std::uint32_t alarm_a_on = bit(8);
constexpr std::uint32_t alarm_b_on = bit(9);
constexpr std::uint32_t wakeup_on = bit(10);
constexpr unsigned to_interrupt_enable = 4;

constexpr std::uint32_t key1 = 0xCA;
constexpr std::uint32_t key2 = 0x53;

// RM0383 18.6. Refused: 12-hour format, time stamps, shifts, calibration, tamper detection.
constexpr RegisterSpec fixed_rows[] = {
    {TR, "TR", 0, 0x007F7F7F},
    {DR, "DR", 0x00002101, 0x00FFFF3F},
    {CR, "CR", 0, 0x00F077B7, 0x00008840},
    {ISR, "ISR", 0x00000007},
    {PRER, "PRER", 0x007F00FF, 0x007F7FFF},
    {WUTR, "WUTR", 0x0000FFFF, 0xFFFF},
    {0x18, "CALIBR", 0, 0, 0x9F},
    {ALRMAR, "ALRMAR", 0, ~0U},
    {ALRMBR, "ALRMBR", 0, ~0U},
    {WPR, "WPR"},
    {SSR, "SSR"},
    {0x2C, "SHIFTR", 0, 0, 0x80007FFF},
    {0x30, "TSTR"},
    {0x34, "TSDR"},
    {0x38, "TSSSR"},
    {0x3C, "CALR", 0, 0xE1FF},
    {0x40, "TAFCR", 0, 0x00040000, 0x0003FF9F},
    {0x44, "ALRMASSR", 0, 0, 0x0F007FFF},
    {0x48, "ALRMBSSR", 0, 0, 0x0F007FFF},
};
constexpr std::array<std::string_view, 20> backup_names = {
    "BKP0R",  "BKP1R",  "BKP2R",  "BKP3R",  "BKP4R",  "BKP5R",  "BKP6R",
    "BKP7R",  "BKP8R",  "BKP9R",  "BKP10R", "BKP11R", "BKP12R", "BKP13R",
    "BKP14R", "BKP15R", "BKP16R", "BKP17R", "BKP18R", "BKP19R"};

RegisterTable table() {
  static const std::vector<RegisterSpec> rows = [] {
    std::vector<RegisterSpec> all(std::begin(fixed_rows), std::end(fixed_rows));
    std::uint16_t offset = BKP0R;
    for (const std::string_view name : backup_names) {
      all.push_back({offset, name, 0, ~0U});
      offset = static_cast<std::uint16_t>(offset + 4);
    }
    return all;
  }();
  return rows;
}

unsigned from_bcd(std::uint32_t value) {
  return 10 * (value >> 4) + (value & 0xF);
}
std::uint32_t to_bcd(unsigned value) {
  return value / 10 << 4 | value % 10;
}

// The registers, one second later.
struct Calendar {
  std::uint32_t time;
  std::uint32_t date;
};

void next_day(std::uint32_t& date) {
  using namespace std::chrono;
  const year_month_day today{year(2000 + static_cast<int>(from_bcd(field(date, 16, 8)))),
                             month(from_bcd(field(date, 8, 5))), day(from_bcd(field(date, 0, 6)))};
  const year_month_day tomorrow{sys_days(today) + days(1)};
  const std::uint32_t weekday = field(date, 13, 3) % 7 + 1;
  date = to_bcd(static_cast<unsigned>(static_cast<int>(tomorrow.year()) % 100)) << 16 |
         weekday << 13 | to_bcd(unsigned{tomorrow.month()}) << 8 | to_bcd(unsigned{tomorrow.day()});
}

Calendar one_second_after(Calendar c) {
  unsigned seconds = from_bcd(field(c.time, 0, 7)) + 60 * from_bcd(field(c.time, 8, 7)) +
                     3600 * from_bcd(field(c.time, 16, 6)) + 1;
  if (seconds >= 24 * 3600) {
    seconds = 0;
    next_day(c.date);
  }
  c.time = to_bcd(seconds / 3600) << 16 | to_bcd(seconds / 60 % 60) << 8 | to_bcd(seconds % 60);
  return c;
}

}  // namespace

Rtc::Rtc(Wiring& wiring, const Rcc& rcc, Exti& exti)
    : Peripheral(wiring, {"RTC", 0x40002800, 0x400, Bus::apb1}, table()),
      rcc_(rcc),
      exti_(exti),
      second_(wiring.scheduler,
              [this](Time due) {
                second_began_ = due;
                one_second();
                arm();
              }),
      wakeup_(wiring.scheduler,
              [this](Time due) {
                raise(wakeup_flag, wakeup_on << to_interrupt_enable, Exti::rtc_wakeup);
                wakeup_.set(due + wakeup_period());
              }),
      ready_(wiring.scheduler,
             [this](Time) { at(ISR) |= (at(ISR) & init_mode) != 0 ? init_flag : synchronised; }) {}

Hertz Rtc::clock() const {
  return rcc_.rtc_enabled() ? rcc_.rtc_clock() : 0;
}

Hertz Rtc::subsecond_clock() const {
  return clock() / (field(at(PRER), 16, 7) + 1);
}

bool Rtc::initialises() const {
  return (at(ISR) & init_flag) != 0;
}

bool Rtc::may_write(std::uint32_t offset) const {
  return backup_is_writable() &&
         (offset >= BKP0R || offset == WPR || offset == 0x40 || offset == ISR || keys_seen_ == 2);
}

void Rtc::unlock(std::uint32_t key) {
  if (keys_seen_ < 2 && (key & 0xFF) == (keys_seen_ == 0 ? key1 : key2)) {
    ++keys_seen_;
  } else {
    keys_seen_ = 0;
  }
}

std::uint32_t Rtc::on_read(std::uint32_t offset) {
  if (offset != SSR) return at(offset);
  const std::uint32_t prescaler = field(at(PRER), 0, 15);
  if (subsecond_clock() == 0 || initialises()) return prescaler;
  return prescaler - static_cast<std::uint32_t>(ticks_in(now() - second_began_, subsecond_clock()) %
                                                (prescaler + 1));
}

void Rtc::on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) {
  if (!may_write(offset)) {
    at(offset) = before;
    return report(Finding::misuse, offset,
                  backup_is_writable() ? "written while write-protected"
                                       : "written while PWR_CR.DBP is 0: nothing happens");
  }
  switch (offset) {
    case WPR: unlock(value); break;
    case ISR: write_isr(value, before); break;
    case CR: write_cr(before); break;
    case TR:
    case DR:
    case PRER:
      if (!initialises()) {
        at(offset) = before;
        report(Finding::misuse, offset, "written outside initialisation mode");
      }
      break;
    case WUTR:
      if ((at(ISR) & wakeup_writable) == 0) {
        at(offset) = before;
        report(Finding::misuse, offset, "written while WUTWF is 0");
      }
      break;
    default: break;
  }
}

void Rtc::write_isr(std::uint32_t value, std::uint32_t before) {
  at(ISR) = before & (value | ~event_flags);
  if (keys_seen_ != 2) return;  // only the event flags are not protected
  if ((value & synchronised) == 0) at(ISR) &= ~synchronised;
  at(ISR) = (at(ISR) & ~init_mode) | (value & init_mode);
  const bool leaves = (before & init_mode) != 0 && (value & init_mode) == 0;
  if (leaves) {
    at(ISR) &= ~init_flag;
    if (field(at(DR), 16, 8) != 0) at(ISR) |= initialised;
    second_began_ = now();
  }
  if (clock() != 0) ready_.set_in(duration_of(2, clock()));
  arm();
}

void Rtc::write_cr(std::uint32_t before) {
  const auto writable = [&](std::uint32_t on, std::uint32_t flag) {
    at(ISR) = (at(CR) & on) != 0 ? at(ISR) & ~flag : at(ISR) | flag;
  };
  writable(alarm_a_on, alarm_a_writable);
  writable(alarm_b_on, alarm_b_writable);
  writable(wakeup_on, wakeup_writable);
  const bool started = (at(CR) & ~before & wakeup_on) != 0;
  if (started) wakeup_.set_in(wakeup_period());
  if ((at(CR) & wakeup_on) == 0) wakeup_.cancel();
}

// RM0383 18.3.4: RTCCLK through a divider, or once a second.
Time Rtc::wakeup_period() const {
  const std::uint32_t selection = field(at(CR), 0, 3);
  const std::uint64_t reload = at(WUTR) + (selection >= 6 ? 0x10000ULL : 0ULL) + 1;
  if (clock() == 0) return never;
  if (selection < 4) return duration_of(reload * (16ULL >> selection), clock());
  return duration_of(reload * (field(at(PRER), 0, 15) + 1ULL), subsecond_clock());
}

void Rtc::raise(std::uint32_t flag, std::uint32_t enable, Exti::Line line) {
  at(ISR) |= flag;
  if ((at(CR) & enable) != 0) exti_.edge(line, true);
}

bool Rtc::alarm_matches(std::uint32_t alarm) const {
  const std::uint32_t date = at(DR);
  const std::uint32_t time = at(TR);
  if ((alarm & bit(7)) == 0 && field(alarm, 0, 7) != field(time, 0, 7)) return false;
  if ((alarm & bit(15)) == 0 && field(alarm, 8, 7) != field(time, 8, 7)) return false;
  if ((alarm & bit(23)) == 0 && field(alarm, 16, 6) != field(time, 16, 6)) return false;
  if ((alarm & bit(31)) != 0) return true;
  const bool by_weekday = (alarm & bit(30)) != 0;
  return by_weekday ? field(alarm, 24, 4) == field(date, 13, 3)
                    : field(alarm, 24, 6) == field(date, 0, 6);
}

void Rtc::one_second() {
  const Calendar next = one_second_after({at(TR), at(DR)});
  at(TR) = next.time;
  at(DR) = next.date;
  if (alarm_matches(at(ALRMAR)) && (at(CR) & alarm_a_on) != 0) {
    raise(alarm_a_flag, alarm_a_on << to_interrupt_enable, Exti::rtc_alarm);
  }
  if (alarm_matches(at(ALRMBR)) && (at(CR) & alarm_b_on) != 0) {
    raise(alarm_b_flag, alarm_b_on << to_interrupt_enable, Exti::rtc_alarm);
  }
}

void Rtc::arm() {
  const Hertz rate = subsecond_clock();
  const bool counts = rate != 0 && !initialises();
  second_.set(counts ? second_began_ + duration_of(field(at(PRER), 0, 15) + 1ULL, rate) : never);
}

void Rtc::clocks_changed() {
  if (second_.is_set() == (clock() != 0)) return;
  second_began_ = now();
  if (clock() != 0) ready_.set_in(duration_of(2, clock()));
  arm();
}

void Rtc::on_reset() {
  keys_seen_ = 0;
}

void Rtc::lose_backup() {
  reset(true);
  second_.cancel();
  wakeup_.cancel();
  ready_.cancel();
}

}  // namespace emulator
