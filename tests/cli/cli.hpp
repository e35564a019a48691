// SPDX-License-Identifier: GPL-3.0-or-later
// Runs stm32boot as a user would and holds what it said.
#pragma once

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/bench.hpp"
#include "support/process.hpp"
#include "support/temporary.hpp"

class Cli : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  /// Settings of the person who runs the tests are not read.
  Cli() {
#ifdef _WIN32
    ::_putenv_s("APPDATA", "");
#else
    ::setenv("XDG_CONFIG_HOME", path("config").c_str(), 1);
#endif
  }

  static support::Finished stm32boot(const Words& words, const support::RunOptions& options = {}) {
    Words command = {STM32BOOT};
    command.insert(command.end(), words.begin(), words.end());
    return support::run(command, options);
  }

  /// With a virtual board for each description.
  static support::Finished with_boards(const Words& boards, Words words,
                                       const support::RunOptions& options = {}) {
    words.insert(words.begin(), "--virtual");
    for (const auto& board : boards) words.insert(words.end(), {"--virtual-board", board});
    return stm32boot(words, options);
  }

  std::string file(const std::string& name, const sysboot::Bytes& content) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return path.string();
  }
  std::string program(std::size_t size = 20 * 1024 + 37, unsigned seed = 1) {
    return file("app.bin", support::program(size, seed));
  }
  std::string path(const std::string& name) const {
    return (folder_.path() / name).string();
  }

  static std::vector<nlohmann::json> json_lines(const std::string& text) {
    std::vector<nlohmann::json> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

 private:
  support::TemporaryFolder folder_;
};
