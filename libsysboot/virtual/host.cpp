// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/virtual/host.hpp"

#include <algorithm>
#include <stdexcept>

#include "dfuse/descriptors.hpp"
#include "sysboot/error.hpp"
#include "sysboot/virtual/queued_device.hpp"

namespace sysboot::virtual_bench {
namespace {

constexpr std::size_t packet_size = 64;
constexpr unsigned kernel_default_baud = 9600;

// USB CDC PSTN 1.2, table 13.
constexpr std::uint8_t class_out_interface = 0x21;
constexpr std::uint8_t set_line_coding = 0x20;
constexpr std::uint8_t set_control_line_state = 0x22;
constexpr std::uint16_t line_dtr = 1;
constexpr std::uint16_t line_rts = 2;
constexpr std::uint8_t dfu_download = 1;  // DFU 1.1, table 3.2

constexpr std::uint8_t direction_in = 0x80;
constexpr std::uint8_t cdc_class = 0x02;
constexpr std::uint8_t cdc_data_class = 0x0A;

// Where requests and data of a device's first serial port go.
struct SerialFunction {
  std::uint8_t control = 0;  // interface
  std::uint8_t in = 0;       // endpoints
  std::uint8_t out = 0;

  bool is_complete() const { return in != 0 && out != 0; }
};

// USB 2.0 tables 9-12 and 9-13. A composite device has bulk endpoints of its disk, too.
SerialFunction serial_function(const Descriptors& descriptors) {
  constexpr std::uint8_t interface_descriptor = 4;
  constexpr std::uint8_t endpoint_descriptor = 5;
  constexpr std::uint8_t bulk = 2;
  const Bytes& all = descriptors.configuration;
  SerialFunction found;
  std::uint8_t class_code = 0;
  for (std::size_t at = 0; at + 5 < all.size() && all[at] != 0; at += all[at]) {
    if (all[at + 1] == interface_descriptor) {
      if (found.is_complete()) break;
      class_code = all[at + 5];
      if (class_code == cdc_class) found.control = all[at + 2];
    } else if (all[at + 1] == endpoint_descriptor && class_code == cdc_data_class &&
               (all[at + 3] & 3) == bulk) {
      ((all[at + 2] & direction_in) != 0 ? found.in : found.out) = all[at + 2];
    }
  }
  if (!found.is_complete()) throw Error(Errc::serial_io, "the board has no bulk endpoint");
  return found;
}

bool has_cdc(const Descriptors& descriptors) {
  const auto interfaces = interfaces_in(descriptors.configuration);
  return std::any_of(interfaces.begin(), interfaces.end(),
                     [](const UsbInterface& i) { return i.class_code == cdc_data_class; });
}

std::uint16_t word(const Bytes& bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}

std::string text_of(const Descriptors& descriptors, std::uint8_t index) {
  if (index == 0) return {};  // the list of languages
  const auto found = descriptors.strings.find(index);
  return found == descriptors.strings.end() ? std::string()
                                            : parse_string_descriptor(found->second);
}

}  // namespace

class VirtualSerial;

struct VirtualHost::Slot {
  explicit Slot(std::unique_ptr<BusBoard> the_board) : owned(std::move(the_board)), board(*owned) {}

  std::set<std::size_t> writers;
  std::unique_ptr<BusBoard> owned;
  BusBoard& board;
  unsigned seen_generation = 0;
  unsigned address = 0;
  std::string tty;  // while the application is there
  const VirtualSerial* opened = nullptr;
};

struct VirtualHost::Task {
  Task(std::size_t the_number, TimePoint now) : number(the_number), wakes(now) {}

  std::size_t number;
  TimePoint wakes;
  bool wakes_at_events = false;
  bool has_ended = false;
  std::uint64_t last_turn = 0;
  std::condition_variable turn;
};

class VirtualHost::Lock : public BoardLock {
 public:
  Lock(std::set<std::string>& locked, const std::string& port_path)
      : locked_(locked), place_(locked.insert(port_path).first) {}
  ~Lock() override { locked_.erase(place_); }

 private:
  std::set<std::string>& locked_;
  std::set<std::string>::iterator place_;
};

Duration WireTimes::of(std::size_t bytes) const {
  const std::size_t packets = (bytes + packet_size - 1) / packet_size;
  return transfer + packet * static_cast<Duration::rep>(packets);
}

// One opened device; stale as soon as the board enumerates again.
class VirtualUsb : public QueuedDevice {
 public:
  VirtualUsb(VirtualHost& host, VirtualHost::Slot& slot)
      : QueuedDevice(host), host_(host), slot_(slot), generation_(slot.board.generation()) {}
  // What was under way is carried out, as it may be on a real bus.
  ~VirtualUsb() override {
    while (has_under_way()) reap({});
  }

  void claim_interface(std::uint8_t /*number*/) override { require_device(); }

  void set_alternate(std::uint8_t interface_number, std::uint8_t alternate) override {
    const Setup setup{0x01, 0x0B, alternate, interface_number, 0};
    if (control(setup, {}, std::chrono::seconds(1)).status != TransferStatus::ok) {
      throw Error(Errc::usb_io, "selecting the alternate setting failed");
    }
  }

  void reset() override {
    if (is_there()) slot_.board.usb_reset(host_.now());
  }

  std::size_t longest_transfer() const override { return host_.longest_transfer; }

 protected:
  void forgive(bool on) override { slot_.board.forgive(on); }
  TransferResult carry_out(const Setup& setup, std::span<std::uint8_t> data, Duration timeout,
                           bool follows) override {
    ++host_.control_transfers;
    const TimePoint deadline = host_.now() + timeout;
    if (!follows) host_.advance_to(host_.now() + host_.wire.turn_around);
    if (!is_there()) return {TransferStatus::no_device, 0};
    const TimePoint ready = slot_.board.ready_at(host_.now());
    if (ready > deadline) {
      host_.advance_to(deadline);
      return {is_there() ? TransferStatus::timeout : TransferStatus::no_device, 0};
    }
    // The device acts when the last stage has crossed the wire.
    host_.advance_to(ready + host_.wire.of(setup.length));
    if (!is_there()) return {TransferStatus::no_device, 0};
    const ByteView out = setup.is_in() ? ByteView() : ByteView(data);
    if (setup.request_type == class_out_interface && setup.request == dfu_download) {
      host_.note_writer(slot_);
    }
    const Answer answer = slot_.board.control(setup, out, host_.now());
    if (answer.status == TransferStatus::timeout) host_.advance_to(std::max(host_.now(), deadline));
    if (answer.status != TransferStatus::ok) return {answer.status, 0};
    if (!setup.is_in()) return {TransferStatus::ok, data.size()};
    const std::size_t moved = std::min(answer.data.size(), data.size());
    std::copy_n(answer.data.begin(), moved, data.begin());
    return {TransferStatus::ok, moved};
  }

 private:
  bool is_there() const {
    return slot_.board.descriptors() != nullptr && slot_.board.generation() == generation_;
  }
  void require_device() const {
    if (!is_there()) throw Error(Errc::board_gone, "the board left the bus");
  }

  VirtualHost& host_;
  VirtualHost::Slot& slot_;
  unsigned generation_;
};

// One opened port, with the habits of Linux' cdc-acm: lines rise on opening and fall on closing,
// the rate outlives the port, and the device only hears of changes.
class VirtualSerial : public SerialPort {
 public:
  VirtualSerial(VirtualHost& host, VirtualHost::Slot& slot)
      : host_(host),
        slot_(slot),
        path_(slot.tty),
        generation_(slot.board.generation()),
        function_(serial_function(*slot.board.descriptors())) {
    if (slot.opened != nullptr && slot.opened->is_there()) {
      throw Error(Errc::busy, "cannot open " + path_ + ": it is open already");
    }
    slot.opened = this;
    send_baud(saved_baud());
    set_lines(line_dtr | line_rts);
  }
  ~VirtualSerial() override {
    if (is_there()) set_lines(0);
    if (slot_.opened == this) slot_.opened = nullptr;
  }

  unsigned baud() override { return saved_baud(); }
  unsigned saved_baud() const {
    const auto saved = host_.saved_baud_.find(path_);
    return saved == host_.saved_baud_.end() ? kernel_default_baud : saved->second;
  }
  void set_baud(unsigned baud) override {
    require_device();
    host_.saved_baud_[path_] = baud;
    send_baud(baud);
  }
  void set_dtr(bool on) override { change_line(line_dtr, on); }
  void set_rts(bool on) override { change_line(line_rts, on); }

  void write(ByteView data, Duration timeout) override {
    require_device();
    const TimePoint deadline = host_.now() + timeout;
    while (!slot_.board.takes_bulk(function_.out)) {
      if (host_.now() >= deadline) throw Error(Errc::serial_io, path_ + ": does not take data");
      host_.wait_for_change(deadline);
      require_device();
    }
    slot_.board.bulk_out(function_.out, data, host_.now());
    host_.advance_to(host_.now() + host_.wire.of(data.size()));
  }

  Bytes read(std::size_t most, Duration timeout) override {
    const TimePoint deadline = host_.now() + timeout;
    Bytes data;
    while (data.size() < most) {
      require_device();
      const Bytes chunk = slot_.board.bulk_in(function_.in, most - data.size());
      data.insert(data.end(), chunk.begin(), chunk.end());
      if (data.size() >= most || host_.now() >= deadline) break;
      host_.wait_for_change(deadline);
    }
    return data;
  }

 private:
  bool is_there() const {
    return slot_.board.descriptors() != nullptr && slot_.board.generation() == generation_;
  }
  void require_device() const {
    if (!is_there()) throw Error(Errc::serial_io, path_ + ": the port is gone");
  }
  void send_baud(unsigned baud) {
    const Bytes coding = {static_cast<std::uint8_t>(baud),
                          static_cast<std::uint8_t>(baud >> 8),
                          static_cast<std::uint8_t>(baud >> 16),
                          static_cast<std::uint8_t>(baud >> 24),
                          0,
                          0,
                          8};
    slot_.board.control({class_out_interface, set_line_coding, 0, function_.control, 7}, coding,
                        host_.now());
  }
  void change_line(std::uint16_t line, bool on) {
    require_device();
    set_lines(static_cast<std::uint16_t>(on ? lines_ | line : lines_ & ~line));
  }
  void set_lines(std::uint16_t lines) {
    if (lines == lines_) return;
    lines_ = lines;
    slot_.board.control({class_out_interface, set_control_line_state, lines, function_.control, 0},
                        {}, host_.now());
  }

  VirtualHost& host_;
  VirtualHost::Slot& slot_;
  std::string path_;
  unsigned generation_;
  SerialFunction function_;
  std::uint16_t lines_ = 0;
};

VirtualHost::VirtualHost() : now_(std::chrono::hours(1)) {}
VirtualHost::~VirtualHost() = default;

VirtualBoard& VirtualHost::add_board(const std::string& port_path, BoardSettings settings) {
  auto made = std::make_unique<VirtualBoard>(std::move(settings), now_);
  VirtualBoard& board = *made;
  add_slot(port_path, std::move(made));
  return board;
}

BusBoard& VirtualHost::add_board(const std::string& port_path, std::unique_ptr<BusBoard> board) {
  return add_slot(port_path, std::move(board)).board;
}

VirtualHost::Slot& VirtualHost::add_slot(const std::string& port_path,
                                         std::unique_ptr<BusBoard> board) {
  auto& made = slots_[port_path];
  if (made) throw std::logic_error("port path " + port_path + " is taken");
  made = std::make_unique<Slot>(std::move(board));
  refresh(*made);
  return *made;
}

VirtualBoard& VirtualHost::board(const std::string& port_path) {
  return dynamic_cast<VirtualBoard&>(slot(port_path)->board);
}

void VirtualHost::add_device(const UsbDeviceInfo& device,
                             const std::vector<SerialPortInfo>& ports) {
  other_devices_.push_back(device);
  other_ports_.insert(other_ports_.end(), ports.begin(), ports.end());
}

void VirtualHost::at(TimePoint when, std::function<void()> action) {
  actions_.emplace(when, std::move(action));
}

void VirtualHost::refuse(const std::string& what, const Error& error, TimePoint until) {
  refusals_.insert_or_assign(what, std::pair(error, until));
}

bool VirtualHost::refuses(const std::string& what) const {
  const auto found = refusals_.find(what);
  return found != refusals_.end() && now_ < found->second.second;
}

void VirtualHost::check_refusal(const std::string& what) const {
  if (refuses(what)) throw refusals_.at(what).first;
}

std::vector<std::string> VirtualHost::violations() const {
  std::vector<std::string> all;
  for (const auto& [path, slot] : slots_) {
    for (const auto& violation : slot->board.violations()) all.push_back(path + ": " + violation);
  }
  return all;
}

VirtualHost::Slot* VirtualHost::slot(const std::string& port_path) {
  const auto found = slots_.find(port_path);
  if (found == slots_.end()) throw std::logic_error("no board at port path " + port_path);
  return found->second.get();
}

// A board that enumerated again has a new address, and its serial port the lowest free number.
void VirtualHost::refresh(Slot& slot) {
  const bool has_port = slot.board.descriptors() != nullptr && has_cdc(*slot.board.descriptors());
  if (!has_port) slot.tty.clear();
  if (slot.board.descriptors() == nullptr || slot.board.generation() == slot.seen_generation)
    return;
  slot.seen_generation = slot.board.generation();
  slot.address = next_address_++;
  if (!has_port) return;
  slot.tty.clear();
  for (int number = 0; slot.tty.empty(); ++number) {
    const std::string name = "/dev/ttyACM" + std::to_string(number);
    const bool taken = std::any_of(slots_.begin(), slots_.end(),
                                   [&](const auto& entry) { return entry.second->tty == name; });
    if (!taken) slot.tty = name;
  }
}

std::optional<TimePoint> VirtualHost::next_event() const {
  std::optional<TimePoint> next;
  if (!actions_.empty()) next = actions_.begin()->first;
  for (const auto& [path, slot] : slots_) {
    const auto event = slot->board.next_event();
    if (event) next = next ? std::min(*next, *event) : *event;
  }
  return next;
}

void VirtualHost::run_due() {
  while (!actions_.empty() && actions_.begin()->first <= now_) {
    const auto action = actions_.extract(actions_.begin());
    action.mapped()();
  }
  for (auto& [path, slot] : slots_) {
    slot->board.advance(now_);
    refresh(*slot);
  }
}

void VirtualHost::pass_events_until(TimePoint when) {
  for (auto event = next_event(); event && *event <= when; event = next_event()) {
    now_ = std::max(now_, *event);
    run_due();
  }
  now_ = std::max(now_, when);
  run_due();
}

void VirtualHost::advance_to(TimePoint when) {
  if (running_ != nullptr) {
    pause(when, false);
  } else {
    pass_events_until(when);
  }
  if (now_ > give_up_at) throw std::logic_error("the virtual clock has passed its limit");
}

void VirtualHost::wait_for_change(TimePoint until) {
  if (running_ == nullptr) {
    const auto event = next_event();
    advance_to(event ? std::min(*event, until) : until);
    return;
  }
  pause(until, true);
  if (now_ > give_up_at) throw std::logic_error("the virtual clock has passed its limit");
}

void VirtualHost::run_all(std::vector<std::function<void()>> tasks,
                          const std::function<void()>& meanwhile) {
  if (!tasks_.empty()) throw std::logic_error("earlier tasks still run");
  for (auto& [path, slot] : slots_) slot->writers.clear();
  for (std::size_t number = 0; number < tasks.size(); ++number) {
    tasks_.push_back(std::make_unique<Task>(number, now_));
    tasks[number] = [this, number, work = std::move(tasks[number])] { run_task(number, work); };
  }
  if (!tasks_.empty()) running_ = tasks_.front().get();
  Host::run_all(std::move(tasks), meanwhile);
}

void VirtualHost::run_task(std::size_t number, const std::function<void()>& work) {
  {
    std::unique_lock lock(mutex_);
    await_turn(lock, *tasks_[number]);
  }
  work();
  const std::lock_guard lock(mutex_);
  tasks_[number]->has_ended = true;
  pass_turn();
}

void VirtualHost::await_turn(std::unique_lock<std::mutex>& lock, Task& task) {
  task.turn.wait(lock, [&] { return running_ == &task; });
  task.last_turn = ++turns_;
}

void VirtualHost::pause(TimePoint until, bool comes_back_at_events) {
  std::unique_lock lock(mutex_);
  Task& me = *running_;
  me.wakes = std::max(until, now_);
  me.wakes_at_events = comes_back_at_events;
  pass_turn();
  await_turn(lock, me);
}

VirtualHost::Task* VirtualHost::next_task() const {
  Task* next = nullptr;
  for (const auto& task : tasks_) {
    if (task->has_ended) continue;
    const bool comes_first = next == nullptr || std::pair(task->wakes, task->last_turn) <
                                                    std::pair(next->wakes, next->last_turn);
    if (comes_first) next = task.get();
  }
  return next;
}

// To whoever wakes first, once the clock has got there. An event on the way may wake others sooner.
void VirtualHost::pass_turn() {
  Task* next = next_task();
  if (next == nullptr) {
    running_ = nullptr;
    tasks_.clear();
    return;
  }
  for (auto event = next_event(); event && *event <= next->wakes; event = next_event()) {
    now_ = std::max(now_, *event);
    run_due();
    for (const auto& task : tasks_) {
      if (task->wakes_at_events) task->wakes = std::min(task->wakes, now_);
    }
    next = next_task();
  }
  now_ = std::max(now_, next->wakes);
  run_due();
  running_ = next;
  next->turn.notify_one();
}

void VirtualHost::note_writer(Slot& slot) const {
  if (running_ != nullptr) slot.writers.insert(running_->number);
}

std::set<std::size_t> VirtualHost::writers(const std::string& port_path) const {
  return slots_.at(port_path)->writers;
}

std::vector<UsbDeviceInfo> VirtualHost::usb_devices() {
  std::vector<UsbDeviceInfo> devices = other_devices_;
  for (auto& [path, slot] : slots_) {
    const Descriptors* present = slot->board.descriptors();
    if (present == nullptr) continue;
    const Descriptors& descriptors = *present;
    const Bytes& device = descriptors.device;
    devices.push_back({path, 1, slot->address, word(device, 8), word(device, 10), word(device, 12),
                       text_of(descriptors, device[14]), text_of(descriptors, device[15]),
                       text_of(descriptors, device[16]), interfaces_in(descriptors.configuration)});
  }
  std::sort(devices.begin(), devices.end(), [](const UsbDeviceInfo& a, const UsbDeviceInfo& b) {
    return a.port_path < b.port_path;
  });
  return devices;
}

std::vector<SerialPortInfo> VirtualHost::serial_ports() {
  std::vector<SerialPortInfo> ports = other_ports_;
  for (const auto& [path, slot] : slots_) {
    if (!slot->tty.empty()) ports.push_back({slot->tty, path, 0});
  }
  std::sort(ports.begin(), ports.end(),
            [](const SerialPortInfo& a, const SerialPortInfo& b) { return a.path < b.path; });
  return ports;
}

std::unique_ptr<UsbDevice> VirtualHost::open_usb(const UsbDeviceInfo& device) {
  opened.push_back(device.port_path);
  check_refusal(device.port_path);
  const auto found = slots_.find(device.port_path);
  const bool there = found != slots_.end() && found->second->board.descriptors() != nullptr &&
                     found->second->address == device.address;
  if (!there) throw Error(Errc::board_gone, "the board left the bus");
  return std::make_unique<VirtualUsb>(*this, *found->second);
}

std::unique_ptr<SerialPort> VirtualHost::open_serial(const std::string& path) {
  opened.push_back(path);
  check_refusal(path);
  for (auto& [port_path, slot] : slots_) {
    const bool there = slot->tty == path && slot->board.descriptors() != nullptr;
    if (there) return std::make_unique<VirtualSerial>(*this, *slot);
  }
  throw Error(Errc::no_board, "cannot open " + path + ": no such port");
}

std::unique_ptr<BoardLock> VirtualHost::lock_board(const std::string& port_path) {
  if (held_.contains(port_path)) {
    throw Error(Errc::busy, "another stm32boot (process 4711) is working on this board",
                "board " + port_path);
  }
  if (locked_.contains(port_path)) {
    throw Error(Errc::busy, "this stm32boot is working on this board already",
                "board " + port_path);
  }
  return std::make_unique<Lock>(locked_, port_path);
}

void VirtualHost::remember_reboot(const RebootRecord& record) {
  records_[record.port_path] = {record, now_};
}

std::vector<RebootRecord> VirtualHost::reboots() {
  std::vector<RebootRecord> all;
  for (const auto& [path, remembered] : records_) {
    all.push_back(remembered.first);
    all.back().age = now_ - remembered.second;
  }
  return all;
}

}  // namespace sysboot::virtual_bench
