// SPDX-License-Identifier: GPL-3.0-or-later
// Debian's LAVA, without a server: a whole job that takes a board from its running application to
// the new one.
#include "with_udev.hpp"

namespace {

namespace fs = std::filesystem;

class Lava : public WithUdev {};

TEST_F(Lava, FlashesABoardInAJob) {
  plug_in_and_settle({"times=none", "times=none"});
  const auto beside_it = flash_of(0);
  for (const char* folder : {"/tmp/bus/bin", "/tmp/bus/job"}) fs::create_directory(folder);
  fs::create_symlink(STM32BOOT, "/tmp/bus/bin/stm32boot");
  const auto app = support::program(20 * 1024);
  ASSERT_EQ(stm32boot({"convert", write_file("/tmp/bus/app.bin", app), "/tmp/bus/app.hex"}).exit,
            0);
  support::RunOptions options;
  options.folder = "/tmp/bus/job";
  options.timeout = std::chrono::seconds(300);
  options.environment = {"PATH=/tmp/bus/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  const auto done = support::run(
      {PYTHON, INTEGRATIONS_TESTS "/lava_job.py", INTEGRATIONS, LAVA, "/tmp/bus/app.hex"}, options);
  EXPECT_EQ(done.exit, 0) << done.out << done.err;
  EXPECT_THAT(done.err, testing::HasSubstr("Job finished correctly"));
  EXPECT_TRUE(holds(1, app));
  EXPECT_EQ(at("1-2")->mode, sysboot::BoardMode::application);
  EXPECT_EQ(flash_of(0), beside_it);
}

}  // namespace
