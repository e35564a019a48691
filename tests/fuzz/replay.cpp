// SPDX-License-Identifier: GPL-3.0-or-later
// Takes libFuzzer's place in builds without it: runs a target on every file of a folder.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzzing.hpp"

int main(int argc, char** argv) {
  int count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream in(entry.path(), std::ios::binary);
      const sysboot::Bytes content{std::istreambuf_iterator<char>(in), {}};
      LLVMFuzzerTestOneInput(content.data(), content.size());
      ++count;
    }
  }
  std::printf("%d inputs\n", count);
  return count > 0 ? 0 : 1;
}
