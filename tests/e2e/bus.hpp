// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual boards on this machine's USB bus, and stm32boot to work with them. Only for the virtual
// machine.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/bench.hpp"
#include "support/process.hpp"
#include "sysboot/job.hpp"

class Bus : public testing::Test {
 protected:
  using Words = std::vector<std::string>;
  static constexpr std::chrono::seconds patience{30};

  Bus() : host_(sysboot::system_host()) { std::filesystem::create_directory("/tmp/bus"); }
  /// The files that a test has written, and the locks and records that stm32boot keeps until the
  /// machine is started again.
  ~Bus() override {
    namespace fs = std::filesystem;
    fs::remove_all("/tmp/bus");
    for (const auto& file : fs::directory_iterator("/run/lock")) {
      if (file.path().filename().string().starts_with("stm32boot-")) fs::remove(file);
    }
  }

  void TearDown() override { unplug_all(); }

  /// Their ROMs must have accepted everything, and their applications have done nothing that a user
  /// would not want; tests that provoke it say so by allow_violations_ and allow_harm_.
  void unplug_all() {
    if (!boards_) return;
    boards_->signal(SIGTERM);
    EXPECT_EQ(boards_->join(), 0) << boards_->transcript();
    if (HasFailure()) std::cout << "the boards said:\n" << boards_->transcript();
    if (!allow_violations_) {
      EXPECT_THAT(boards_->transcript(), testing::Not(testing::HasSubstr("\"violation\"")));
    }
    if (!allow_harm_) {
      EXPECT_THAT(boards_->transcript(), testing::Not(testing::HasSubstr("\"harm\"")));
    }
    boards_.reset();
    await([this] { return on_bus().empty(); }, "an empty bus");
  }

  /// Plugs in a board for each description, at port paths 1-1, 1-2, …, and waits until the kernel
  /// has set them up.
  void plug_in(const Words& specs, const Words& more = {}) {
    std::string ports;
    Words command = virtual_board_;
    command.insert(command.end(), {"--flash-dir", "/tmp/bus"});
    command.insert(command.end(), more.begin(), more.end());
    for (std::size_t i = 0; i < specs.size(); ++i) {
      std::filesystem::remove(flash_file(i));
      if (holds_at_first_) write_file(flash_file(i), holds_at_first_(i));
      ports += (i == 0 ? "" : ",") + std::to_string(vhci_port(i));
      command.insert(command.end(), {"--board", specs[i]});
    }
    command.insert(command.end(), {"--vhci", ports});
    boards_ = std::make_unique<support::Background>(command);
    await([&] { return on_bus().size() == specs.size() && all_have_ports(); },
          "all boards on the bus");
  }

  std::vector<sysboot::Board> on_bus() { return list_boards(*host_); }

  /// What is at this port path; none when nothing is.
  std::optional<sysboot::Board> at(const std::string& port_path) {
    return board_at(*host_, port_path);
  }

  void await(const std::function<bool()>& done, const std::string& what) {
    const sysboot::Job job{*host_};
    ASSERT_TRUE(job.wait_until(host_->now() + patience, done)) << "waited for " << what;
  }

  static support::Finished stm32boot(const Words& words, const support::RunOptions& options = {}) {
    Words command = {STM32BOOT};
    command.insert(command.end(), words.begin(), words.end());
    return support::run(command, options);
  }

  /// As a user who may open nothing.
  static support::Finished as_nobody(const Words& words) {
    Words command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                     program_for_everyone()};
    command.insert(command.end(), words.begin(), words.end());
    return support::run(command);
  }

  /// stm32boot where every user may come to: this tree may be in a folder that is its owner's
  /// alone.
  static std::string program_for_everyone() {
    const char* copy = "/tmp/bus/stm32boot";
    std::filesystem::copy_file(STM32BOOT, copy, std::filesystem::copy_options::overwrite_existing);
    return copy;
  }

  static std::string write_file(const std::string& path, const sysboot::Bytes& content) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path;
  }
  static sysboot::Bytes read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return {text.begin(), text.end()};
  }

  /// The whole flash of board `number`, as it is now.
  sysboot::Bytes flash_of(std::size_t number) {
    save();
    return read_file(flash_file(number));
  }
  /// The flash of all boards goes into their files.
  void save() {
    boards_->say("save");
    boards_->wait_for("\"saved\"");
  }
  static bool holds_saved(std::size_t number, const sysboot::Bytes& image) {
    const sysboot::Bytes flash = read_file(flash_file(number));
    return flash.size() >= image.size() && std::equal(image.begin(), image.end(), flash.begin());
  }
  static std::string flash_file(std::size_t number) {
    return "/tmp/bus/board-" + std::to_string(number) + ".bin";
  }
  bool holds(std::size_t number, const sysboot::Bytes& image) {
    save();
    return holds_saved(number, image);
  }

  static nlohmann::json result_of(const support::Finished& done) {
    const std::size_t last = done.out.rfind('\n', done.out.size() - 2);
    return nlohmann::json::parse(done.out.substr(last == std::string::npos ? 0 : last + 1));
  }

  std::unique_ptr<sysboot::Host> host_;
  std::unique_ptr<support::Background> boards_;
  bool allow_violations_ = false;
  bool allow_harm_ = false;
  Words virtual_board_ = {VIRTUAL_BOARD};
  /// What the flash of board `number` holds when it is plugged in, all of it.
  std::function<sysboot::Bytes(std::size_t number)> holds_at_first_;
  /// The kernel sets up the ports of a hub one after the other; boards on several do not wait.
  unsigned controllers_ = 1;

  /// Where board `number` is: controllers take turns. Each has a bus for high speed and one for
  /// super speed, so that theirs are 1, 3, 5, …
  std::string path_of(std::size_t number) const {
    return std::to_string(1 + 2 * (number % controllers_)) + "-" +
           std::to_string(1 + number / controllers_);
  }

 private:
  static bool has_cdc(const sysboot::Board& board) {
    const auto& all = board.usb.interfaces;
    return std::any_of(all.begin(), all.end(),
                       [](const sysboot::UsbInterface& one) { return one.class_code == 0x02; });
  }
  // 15 ports of a controller for high speed, then 15 for super speed.
  std::size_t vhci_port(std::size_t number) const {
    return number % controllers_ * 30 + number / controllers_;
  }
  bool all_have_ports() {
    const auto boards = on_bus();
    return std::all_of(boards.begin(), boards.end(), [](const sysboot::Board& board) {
      return board.mode == sysboot::BoardMode::dfu || !board.ports.empty() || !has_cdc(board);
    });
  }
};
