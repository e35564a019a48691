// SPDX-License-Identifier: GPL-3.0-or-later
// An application on a board: a USB serial port with a console, and the triggers it obeys.
#pragma once

#include "sysboot/virtual/console.hpp"
#include "sysboot/virtual/usb_function.hpp"

namespace sysboot::virtual_bench {

struct ApplicationSettings {
  std::uint16_t vendor = 0x0483;
  std::uint16_t product = 0x5740;
  std::string manufacturer = "stm32boot";
  std::string product_name = "stm32boot Black Pill";
  std::string serial;               ///< empty for one that is made of the unique id
  bool shows_unique_id = false;     ///< all 24 digits of it, as Klipper and TinyUSB do
  bool obeys_touch = true;          ///< DTR falls while the rate is 1200
  bool touch_in_any_order = false;  ///< or is low when the rate becomes 1200 (Klipper)
  std::string reboot_line = "dfu";  ///< console line that reboots into the ROM; empty for none
  bool has_dfu_runtime = false;     ///< offers a DFU run-time interface, and obeys DETACH
  bool will_detach = true;          ///< bitWillDetach; without it the host has to reset the port
  bool has_serial_port = true;
  bool obeys_vendor_request = false;  ///< panda's 0xD1
  std::string firmware;  ///< its console (firmware.hpp) answers instead of this one; empty for none
};

class Application : public UsbFunction {
 public:
  explicit Application(ApplicationSettings settings);

  const Descriptors& descriptors() const override { return descriptors_; }
  void bulk_out(std::uint8_t endpoint, ByteView data, TimePoint now) override;
  Bytes bulk_in(std::uint8_t endpoint, std::size_t most) override;

  /// Has it been told to reboot into the ROM?
  bool wants_rom() const;
  /// Has it been told to reboot, but not into the ROM?
  bool wants_reset() const;
  bool has_serial_port() const { return settings_.has_serial_port; }
  /// See Console.
  std::vector<std::string> harm() const;
  std::optional<TimePoint> next_event() const;
  void advance(TimePoint now);
  /// A USB reset arrived; that ends a detach without bitWillDetach.
  void usb_reset();

  unsigned baud() const { return baud_; }
  /// What arrived on the console; the first megabyte.
  const std::string& received() const { return received_; }

 protected:
  Answer class_request(const Setup& setup, ByteView out, TimePoint now) override;
  Answer interface_descriptor(const Setup& setup) override;

 private:
  void make_descriptors();
  void add_serial_port(DescriptorBuilder& builder) const;
  Answer set_lines(std::uint16_t state, TimePoint now);
  void line(const std::string& text);
  void say(std::string_view text);

  ApplicationSettings settings_;
  Descriptors descriptors_;
  unsigned baud_ = 115200;
  std::uint16_t line_state_ = 0;
  bool detach_pending_ = false;
  bool wants_rom_ = false;
  std::string received_;
  std::string current_line_;
  Bytes to_host_;
  std::unique_ptr<Console> console_;
};

}  // namespace sysboot::virtual_bench
