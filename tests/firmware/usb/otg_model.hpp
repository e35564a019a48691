// SPDX-License-Identifier: GPL-3.0-or-later
// The USB core's registers (RM0383 chapter 22) with only the rules that the driver needs to go on,
// and a host behind them that may put anything into the FIFO, whatever a real core would let
// through.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace firmware_test {

using Bytes = std::vector<std::uint8_t>;

class OtgModel {
 public:
  OtgModel();
  ~OtgModel();
  OtgModel(const OtgModel&) = delete;
  OtgModel& operator=(const OtgModel&) = delete;
  static OtgModel& current();

  // What the host does.
  void reset_bus();
  void suspend();
  void resume();
  /// A status word and the data that it announces: as many bytes as it says.
  void receive(std::uint32_t kind, unsigned endpoint, std::uint32_t count, const Bytes& data);
  void setup(const Bytes& eight_bytes);
  void out(unsigned endpoint, const Bytes& packet);
  /// Takes what waits on this IN endpoint; false: NAK or STALL.
  bool in(unsigned endpoint, Bytes& packet);
  bool is_stalled(unsigned in_endpoint) const;
  bool is_attached() const;

  // What the driver does.
  std::uint32_t read(std::uint32_t offset);
  void write(std::uint32_t offset, std::uint32_t value);

 private:
  struct Received {
    std::uint32_t status = 0;
    std::deque<std::uint32_t> words;
  };

  std::uint32_t pop_status();
  std::uint32_t pop_word();
  void write_endpoint(std::uint32_t offset, std::uint32_t value);
  void reset_core(std::uint32_t value);
  void write_device_control(std::uint32_t value);

  std::map<std::uint32_t, std::uint32_t> registers_;
  std::deque<Received> received_;
  std::deque<std::uint32_t> words_;  // of the status that was taken last
  std::array<std::vector<std::uint32_t>, 16> sent_;
};

}  // namespace firmware_test
