// SPDX-License-Identifier: GPL-3.0-or-later
// The USB core in device mode, full speed, without DMA (RM0383 chapter 22).
#pragma once

#include <deque>

#include "emulator/chip/peripheral.hpp"
#include "emulator/usb/device_port.hpp"

namespace emulator {

/// What the rest of the chip and the board do for USB.
struct OtgSurroundings {
  /// The 48 MHz clock; 0 while there is none.
  std::function<Hertz()> clock = [] { return Hertz{0}; };
  /// RCC lets the core run.
  std::function<bool()> is_clocked = [] { return false; };
  /// PA11 and PA12 belong to the core.
  std::function<bool()> has_pins = [] { return false; };
  /// The board leads VBUS to PA9.
  std::function<bool()> senses_vbus = [] { return false; };
  /// The bus wakes the chip: EXTI line 18.
  std::function<void()> wake = [] {};
};

class OtgFs : public Peripheral, public UsbDevicePort {
 public:
  static constexpr unsigned endpoints = 4;

  OtgFs(Wiring& wiring, OtgSurroundings surroundings);

  std::uint32_t read(std::uint32_t offset, unsigned size) override;
  void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;

  bool is_attached() const override { return attached_; }
  void set_cable(bool plugged) override;
  void begin_reset() override;
  void end_reset() override;
  void suspend() override;
  void resume() override;
  Handshake setup(std::uint8_t address, std::uint8_t endpoint, ByteView eight_bytes) override;
  Handshake out(std::uint8_t address, std::uint8_t endpoint, bool data1, ByteView data) override;
  InPacket in(std::uint8_t address, std::uint8_t endpoint) override;

  /// Since when the pull-up has been off; none while it is on.
  std::optional<Time> detached_since() const;
  /// Pins, clocks or the cable may have changed.
  void update_attachment();

 protected:
  std::uint32_t on_read(std::uint32_t offset) override;
  void on_write(std::uint32_t offset, std::uint32_t value, std::uint32_t before) override;
  void on_reset() override;

 private:
  enum class Packet : std::uint32_t;  // GRXSTSP.PKTSTS
  struct Received {
    std::uint32_t status;
    std::vector<std::uint32_t> words;
  };
  struct TxFifo {
    std::deque<Bytes> packets;
    Bytes building;
    unsigned words() const;
  };

  // Registers
  std::uint32_t gintsts() const;
  std::uint32_t daint() const;
  std::uint32_t diepint(unsigned endpoint) const;
  void write_grstctl(std::uint32_t value);
  void write_dctl(std::uint32_t value, std::uint32_t before);
  void write_endpoint(std::uint32_t offset, std::uint32_t value, std::uint32_t before);
  void write_control(std::uint32_t offset, std::uint32_t value, std::uint32_t before);
  void soft_reset();
  void update_line();

  // FIFOs
  void receive(Packet kind, unsigned endpoint, bool data1, ByteView data);
  unsigned receive_room() const;
  std::uint32_t pop_received();
  std::uint32_t read_fifo();
  void write_fifo(unsigned endpoint, std::uint32_t value);
  TxFifo& tx_fifo(unsigned endpoint);
  unsigned tx_depth(unsigned fifo) const;
  void check_fifos(unsigned endpoint);

  // Endpoints
  unsigned packet_size(std::uint32_t control_offset) const;
  bool is_active(std::uint32_t control_offset) const;
  void count_packet(std::uint32_t size_offset, unsigned bytes);
  std::uint32_t packets_left(std::uint32_t size_offset) const;
  void complete_setup_first();

  // Bus
  bool responds(std::uint8_t address);
  bool session_valid() const;
  void address_written();
  void control_stage_done(std::size_t bytes);
  void start_frames(bool on);
  unsigned frame_number() const;
  void arm_frame();

  OtgSurroundings surroundings_;
  std::deque<Received> received_;
  std::deque<std::uint32_t> popped_;  // data of the entry that was popped last
  std::array<TxFifo, endpoints> tx_;
  std::array<bool, 2> control_data1_{};  // endpoint 0: IN, OUT
  bool setup_pending_ = false;           // its completion comes with the next token
  bool in_control_transfer_ = false;
  std::uint8_t address_ = 0;
  bool attached_ = false;
  bool cable_ = false;
  bool clock_reported_ = false;
  Time attachment_changed_{};
  std::optional<Time> frames_since_;
  unsigned frame_seen_ = 0;  // SOF was cleared in this one
  Alarm frame_;
};

}  // namespace emulator
