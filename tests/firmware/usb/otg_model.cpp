// SPDX-License-Identifier: GPL-3.0-or-later
#include "otg_model.hpp"

#include <gtest/gtest.h>

#include "register.hpp"

extern "C" {
#include "registers/otg_fs.h"
}

namespace firmware_test {
namespace {

// RM0383 section 22.16.6.
constexpr std::uint32_t grstctl = 0x010;
constexpr std::uint32_t gintsts = 0x014;
constexpr std::uint32_t grxstsp = 0x020;
constexpr std::uint32_t dctl = 0x804;
constexpr std::uint32_t dsts = 0x808;
constexpr std::uint32_t in_endpoints = 0x900;
constexpr std::uint32_t out_endpoints = 0xB00;
constexpr std::uint32_t endpoints_end = 0xD00;
constexpr std::uint32_t endpoint_size = 0x20;
constexpr std::uint32_t interrupts_of = 0x08;
constexpr std::uint32_t size_of = 0x10;
constexpr std::uint32_t fifos = 0x1000;
constexpr std::uint32_t transfer_bytes = 0x7F;

OtgModel* current_model = nullptr;
// Addresses of registers; what is in them is in the model.
std::array<std::uint32_t, 0x6000 / 4> places;

}  // namespace

std::uintptr_t core_address() {
  return reinterpret_cast<std::uintptr_t>(places.data());
}

std::uint32_t read_register(const void* place) {
  return OtgModel::current().read(
      static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(place) - core_address()));
}

void write_register(const void* place, std::uint32_t value) {
  OtgModel::current().write(
      static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(place) - core_address()), value);
}

OtgModel::OtgModel() {
  current_model = this;
}

OtgModel::~OtgModel() {
  current_model = nullptr;
}

OtgModel& OtgModel::current() {
  return *current_model;
}

void OtgModel::reset_bus() {
  registers_[gintsts] |= GINT_USBRST | GINT_ENUMDNE;
}

void OtgModel::suspend() {
  registers_[dsts] |= DSTS_SUSPSTS;
  registers_[gintsts] |= GINT_USBSUSP;
}

void OtgModel::resume() {
  registers_[dsts] &= ~DSTS_SUSPSTS;
  registers_[gintsts] |= GINT_WKUPINT;
}

void OtgModel::receive(std::uint32_t kind, unsigned endpoint, std::uint32_t count,
                       const Bytes& data) {
  Received entry{kind << 17 | count << 4 | endpoint, {}};
  const bool carries = kind == RX_SETUP_DATA || kind == RX_OUT_DATA;
  for (std::size_t at = 0; carries && at < count; at += 4) {
    std::uint32_t word = 0;
    for (std::size_t n = 0; n < 4 && at + n < data.size(); ++n) {
      word |= std::uint32_t{data[at + n]} << 8 * n;
    }
    entry.words.push_back(word);
  }
  received_.push_back(std::move(entry));
}

void OtgModel::setup(const Bytes& eight_bytes) {
  registers_[in_endpoints] &= ~EPCTL_STALL;
  registers_[out_endpoints] &= ~EPCTL_STALL;
  receive(RX_SETUP_DATA, 0, 8, eight_bytes);
  receive(RX_SETUP_DONE, 0, 0, {});
}

void OtgModel::out(unsigned endpoint, const Bytes& packet) {
  registers_[out_endpoints + endpoint * endpoint_size] &= ~EPCTL_EPENA;
  receive(RX_OUT_DATA, endpoint, static_cast<std::uint32_t>(packet.size()), packet);
  receive(RX_OUT_DONE, endpoint, 0, {});
}

bool OtgModel::in(unsigned endpoint, Bytes& packet) {
  const std::uint32_t at = in_endpoints + endpoint * endpoint_size;
  if ((registers_[at] & EPCTL_EPENA) == 0 || is_stalled(endpoint)) return false;
  const std::uint32_t count = registers_[at + size_of] & transfer_bytes;
  auto& words = sent_.at(endpoint);
  EXPECT_LE(count, 64U);
  EXPECT_EQ(words.size(), (count + 3) / 4) << "the FIFO holds what the size register says";
  packet.clear();
  for (std::uint32_t n = 0; n < count && n / 4 < words.size(); ++n) {
    packet.push_back(static_cast<std::uint8_t>(words[n / 4] >> 8 * (n % 4)));
  }
  words.clear();
  registers_[at] &= ~EPCTL_EPENA;
  registers_[at + interrupts_of] |= EPINT_XFRC;
  return true;
}

bool OtgModel::is_stalled(unsigned in_endpoint) const {
  const auto found = registers_.find(in_endpoints + in_endpoint * endpoint_size);
  return found != registers_.end() && (found->second & EPCTL_STALL) != 0;
}

bool OtgModel::is_attached() const {
  const auto found = registers_.find(dctl);
  return found != registers_.end() && (found->second & DCTL_SDIS) == 0;
}

std::uint32_t OtgModel::read(std::uint32_t offset) {
  if (offset >= fifos) return pop_word();
  switch (offset) {
    case grxstsp: return pop_status();
    case grstctl: return GRSTCTL_AHBIDL;
    case gintsts: return registers_[gintsts] | (received_.empty() ? 0 : GINT_RXFLVL);
    default: return registers_[offset];
  }
}

std::uint32_t OtgModel::pop_status() {
  EXPECT_TRUE(words_.empty()) << "data of the last packet is still in the FIFO";
  if (received_.empty()) {
    ADD_FAILURE() << "there is no status to be read";
    return 0;
  }
  const Received entry = std::move(received_.front());
  received_.pop_front();
  words_ = entry.words;
  if (RX_KIND(entry.status) == RX_GLOBAL_OUT_NAK) registers_[gintsts] |= GINT_GONAKEFF;
  return entry.status;
}

std::uint32_t OtgModel::pop_word() {
  if (words_.empty()) {
    ADD_FAILURE() << "there is no data to be read";
    return 0;
  }
  const std::uint32_t word = words_.front();
  words_.pop_front();
  return word;
}

void OtgModel::write(std::uint32_t offset, std::uint32_t value) {
  if (offset >= fifos) {
    sent_.at(offset / fifos - 1).push_back(value);
  } else if (offset == grstctl) {
    reset_core(value);
  } else if (offset == gintsts) {
    registers_[gintsts] &= ~value | GINT_GONAKEFF;
  } else if (offset == dctl) {
    write_device_control(value);
  } else if (offset >= in_endpoints && offset < endpoints_end) {
    write_endpoint(offset, value);
  } else {
    registers_[offset] = value;
  }
}

void OtgModel::reset_core(std::uint32_t value) {
  if ((value & GRSTCTL_CSRST) != 0) registers_.clear();
  if ((value & (GRSTCTL_CSRST | GRSTCTL_RXFFLSH)) != 0) {
    received_.clear();
    words_.clear();
  }
  if ((value & GRSTCTL_TXFFLSH) == 0) return;
  const std::uint32_t fifo = value >> 6 & 0x1F;
  for (std::uint32_t n = 0; n < sent_.size(); ++n) {
    if (fifo == n || fifo == GRSTCTL_ALL_TX_FIFOS) sent_.at(n).clear();
  }
}

void OtgModel::write_device_control(std::uint32_t value) {
  if ((value & DCTL_SGONAK) != 0) receive(RX_GLOBAL_OUT_NAK, 0, 0, {});
  if ((value & DCTL_CGONAK) != 0) registers_[gintsts] &= ~GINT_GONAKEFF;
  registers_[dctl] = value & ~(DCTL_SGONAK | DCTL_CGONAK);
}

void OtgModel::write_endpoint(std::uint32_t offset, std::uint32_t value) {
  const std::uint32_t endpoint = offset - offset % endpoint_size;
  std::uint32_t& interrupts = registers_[endpoint + interrupts_of];
  if (offset == endpoint + interrupts_of) {
    interrupts &= ~value;
    return;
  }
  if (offset == endpoint) {
    if ((value & EPCTL_SNAK) != 0) interrupts |= EPINT_INEPNE;
    if ((value & EPCTL_EPDIS) != 0) {
      interrupts |= EPINT_EPDISD;
      value &= ~EPCTL_EPENA;
    }
    value &= ~(EPCTL_CNAK | EPCTL_SNAK | EPCTL_SD0PID | EPCTL_EPDIS);
  }
  registers_[offset] = value;
}

}  // namespace firmware_test
