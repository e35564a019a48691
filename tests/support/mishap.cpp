// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/mishap.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "sysboot/virtual/queued_device.hpp"

namespace support {
namespace {

using sysboot::Bytes;
using sysboot::ByteView;
using sysboot::DfuState;
using sysboot::Duration;
using sysboot::Errc;
using sysboot::Error;
using sysboot::Setup;
using sysboot::TransferResult;
using sysboot::TransferStatus;

constexpr std::uint8_t dnload = 1;
constexpr std::uint8_t upload = 2;
constexpr std::uint8_t getstatus = 3;
constexpr std::uint16_t first_data_block = 2;
constexpr std::size_t state_byte = 4;
constexpr Duration stands_still = std::chrono::seconds(20);

bool is_class_request(const Setup& setup, std::uint8_t request) {
  return (setup.request_type & 0x7F) == 0x21 && setup.request == request;
}
bool is_get_status(const Setup& setup) {
  return setup.is_in() && is_class_request(setup, getstatus);
}
bool moves_block(const Setup& setup, std::uint8_t request) {
  return is_class_request(setup, request) && setup.value >= first_data_block && setup.length > 0;
}

// Not the same one each time: a bit that is flipped twice is right again.
void flip_a_bit(std::span<std::uint8_t> data, std::size_t step) {
  const std::size_t bit = step * 2654435761U % (data.size() * 8);
  data[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
}

class MishapUsb : public sysboot::virtual_bench::QueuedDevice {
 public:
  MishapUsb(MishapHost& host, std::unique_ptr<sysboot::UsbDevice> device, std::string port_path)
      : QueuedDevice(host.bench()),
        host_(host),
        device_(std::move(device)),
        port_path_(std::move(port_path)) {}

  void claim_interface(std::uint8_t number) override { device_->claim_interface(number); }
  void set_alternate(std::uint8_t interface_number, std::uint8_t alternate) override {
    device_->set_alternate(interface_number, alternate);
  }
  void reset() override { device_->reset(); }
  std::size_t longest_transfer() const override { return device_->longest_transfer(); }

 protected:
  void forgive(bool on) override { host_.forgive(port_path_, on); }
  TransferResult carry_out(const Setup& setup, std::span<std::uint8_t> data, Duration timeout,
                           bool /*follows*/) override {
    const auto wrong = host_.next({setup, {}});
    if (host_.is_stuck() && is_get_status(setup)) return tell(DfuState::dfuDNBUSY, data);
    if (!wrong) return remember(setup, data, timeout);
    switch (*wrong) {
      case Wrong::stall: return {TransferStatus::stall, 0};
      case Wrong::io_error: return {TransferStatus::io_error, 0};
      case Wrong::timeout: host_.bench().sleep(timeout); return {TransferStatus::timeout, 0};
      case Wrong::unplug: host_.pull_cable(port_path_); return {TransferStatus::no_device, 0};
      case Wrong::written_bit: {
        Bytes damaged(data.begin(), data.end());
        flip_a_bit(damaged, host_.steps().size());
        return device_->control(setup, damaged, timeout);
      }
      default: return spoil_answer(*wrong, setup, data, timeout);
    }
  }

 private:
  TransferResult remember(const Setup& setup, std::span<std::uint8_t> data, Duration timeout) {
    const TransferResult result = device_->control(setup, data, timeout);
    if (moves_block(setup, upload) && result.status == TransferStatus::ok) {
      before_ = std::exchange(latest_, Bytes(data.begin(), data.end()));
    }
    return result;
  }

  // What the board does is right; what the host hears of it is not.
  TransferResult spoil_answer(Wrong wrong, const Setup& setup, std::span<std::uint8_t> data,
                              Duration timeout) {
    const TransferResult result = remember(setup, data, timeout);
    if (result.status != TransferStatus::ok) return result;
    switch (wrong) {
      case Wrong::lost_answer: host_.bench().sleep(timeout); return {TransferStatus::timeout, 0};
      case Wrong::lost_answer_error: return {TransferStatus::io_error, 0};
      case Wrong::short_data: return {TransferStatus::ok, result.length / 2};
      case Wrong::read_bit: flip_a_bit(data, host_.steps().size()); return result;
      case Wrong::stale_read:
        std::copy_n(before_.begin(), std::min(before_.size(), data.size()), data.begin());
        return result;
      case Wrong::state:
        data[state_byte] = static_cast<std::uint8_t>(host_.mishap()->state);
        return result;
      default: throw std::logic_error(to_string(wrong) + " is no mishap of a USB transfer");
    }
  }

  static TransferResult tell(DfuState state, std::span<std::uint8_t> data) {
    std::fill(data.begin(), data.end(), std::uint8_t{0});
    data[1] = 10;  // ms to wait
    data[state_byte] = static_cast<std::uint8_t>(state);
    return {TransferStatus::ok, data.size()};
  }

  MishapHost& host_;
  std::unique_ptr<sysboot::UsbDevice> device_;
  std::string port_path_;
  Bytes latest_;  // block that the board sent
  Bytes before_;  // and the one before that
};

class MishapSerial : public sysboot::SerialPort {
 public:
  MishapSerial(MishapHost& host, std::unique_ptr<sysboot::SerialPort> port, std::string path,
               std::string port_path)
      : host_(host),
        port_(std::move(port)),
        path_(std::move(path)),
        port_path_(std::move(port_path)) {}

  unsigned baud() override { return port_->baud(); }
  void set_baud(unsigned baud) override {
    step("baud");
    port_->set_baud(baud);
  }
  void set_dtr(bool on) override {
    step("dtr");
    port_->set_dtr(on);
  }
  void set_rts(bool on) override {
    step("rts");
    port_->set_rts(on);
  }
  void write(ByteView data, Duration timeout) override {
    step("write");
    port_->write(data, timeout);
  }
  Bytes read(std::size_t most, Duration timeout) override {
    const bool garbage = step("read") == Wrong::serial_garbage;
    Bytes data = port_->read(most, timeout);
    if (garbage) data = Bytes(std::min<std::size_t>(most, 7), 0xA5);
    return data;
  }

 private:
  std::optional<Wrong> step(const std::string& operation) {
    const auto wrong = host_.next({std::nullopt, operation});
    if (wrong == Wrong::unplug) host_.pull_cable(port_path_);
    if (wrong == Wrong::io_error || wrong == Wrong::unplug) {
      throw Error(Errc::serial_io, path_ + ": input/output error");
    }
    return wrong;
  }

  MishapHost& host_;
  std::unique_ptr<sysboot::SerialPort> port_;
  std::string path_;
  std::string port_path_;
};

}  // namespace

std::string to_string(Wrong wrong) {
  switch (wrong) {
    case Wrong::stall: return "stall";
    case Wrong::timeout: return "timeout";
    case Wrong::lost_answer: return "timeout of the answer";
    case Wrong::io_error: return "I/O error";
    case Wrong::lost_answer_error: return "I/O error of the answer";
    case Wrong::short_data: return "short data";
    case Wrong::unplug: return "unplug";
    case Wrong::written_bit: return "bit error on write";
    case Wrong::read_bit: return "bit error on read";
    case Wrong::state: return "wrong state";
    case Wrong::stuck: return "stuck in dfuDNBUSY";
    case Wrong::serial_busy: return "port busy";
    case Wrong::serial_refused: return "port refused";
    case Wrong::serial_garbage: return "garbage from the port";
    case Wrong::device_busy: return "device busy";
    case Wrong::device_refused: return "device refused";
    case Wrong::device_no_driver: return "no driver for the device";
    case Wrong::stale_read: return "stale block";
    case Wrong::stopped: return "stopped for 20 s";
  }
  return "?";
}

std::string Step::describe() const {
  if (!setup) return operation;
  return fmt::format("transfer {:02X} request {} value {} length {}", setup->request_type,
                     setup->request, setup->value, setup->length);
}

std::vector<Wrong> Step::possible() const {
  if (!setup) {
    if (operation == "open device") {
      return {Wrong::io_error, Wrong::unplug, Wrong::device_busy, Wrong::device_refused,
              Wrong::device_no_driver};
    }
    if (operation == "open") return {Wrong::io_error, Wrong::serial_busy, Wrong::serial_refused};
    if (operation == "read") return {Wrong::io_error, Wrong::unplug, Wrong::serial_garbage};
    const std::set<std::string> of_the_host = {"clock", "sleep", "wait", "look"};
    if (of_the_host.contains(operation)) return {};
    return {Wrong::io_error, Wrong::unplug};
  }
  std::vector<Wrong> all = {Wrong::stall,    Wrong::timeout,           Wrong::lost_answer,
                            Wrong::io_error, Wrong::lost_answer_error, Wrong::unplug};
  if (setup->length > 0) all.push_back(Wrong::short_data);
  if (moves_block(*setup, dnload)) all.push_back(Wrong::written_bit);
  if (moves_block(*setup, upload)) {
    all.push_back(Wrong::read_bit);
    all.push_back(Wrong::stale_read);
  }
  if (is_get_status(*setup)) {
    all.push_back(Wrong::state);
    all.push_back(Wrong::stuck);
  }
  return all;
}

std::optional<Wrong> MishapHost::next(Step step) {
  steps_.push_back(std::move(step));
  if (chooser_) return chooser_(steps_.back());
  if (!mishap_ || steps_.size() != mishap_->at + 1) return std::nullopt;
  switch (mishap_->wrong) {
    case Wrong::stuck: stuck_ = true; return std::nullopt;
    case Wrong::stopped: bench_.sleep(stands_still); return std::nullopt;
    default: return mishap_->wrong;
  }
}

void MishapHost::pull_cable(const std::string& port_path) {
  bench_.board(port_path).unplug(bench_.now());
}

void MishapHost::forgive(const std::string& port_path, bool on) {
  bench_.board(port_path).forgive(on);
}

std::unique_ptr<sysboot::UsbDevice> MishapHost::open_usb(const sysboot::UsbDeviceInfo& device) {
  opened_.insert(device.port_path);
  const std::string text = "cannot open " + device.id();
  const auto wrong = next({std::nullopt, "open device"});
  if (wrong == Wrong::io_error) throw Error(Errc::usb_io, text);
  if (wrong == Wrong::device_busy) throw Error(Errc::busy, text);
  if (wrong == Wrong::device_refused) throw Error(Errc::not_permitted, text);
  if (wrong == Wrong::device_no_driver) throw Error(Errc::no_driver, text);
  if (wrong == Wrong::unplug) pull_cable(device.port_path);
  return std::make_unique<MishapUsb>(*this, bench_.open_usb(device), device.port_path);
}

std::unique_ptr<sysboot::SerialPort> MishapHost::open_serial(const std::string& path) {
  opened_.insert(path);
  const auto wrong = next({std::nullopt, "open"});
  if (wrong == Wrong::io_error) throw Error(Errc::serial_io, "cannot open " + path);
  if (wrong == Wrong::serial_busy) throw Error(Errc::busy, path + " is in use by minicom");
  if (wrong == Wrong::serial_refused) throw Error(Errc::not_permitted, "cannot open " + path);
  std::string port_path;
  for (const auto& port : bench_.serial_ports()) {
    if (port.path == path) port_path = port.port_path;
  }
  return std::make_unique<MishapSerial>(*this, bench_.open_serial(path), path, port_path);
}

}  // namespace support
