// SPDX-License-Identifier: GPL-3.0-or-later
// What only Windows runs into, and cannot be provoked with a virtual board.
#include "hints.hpp"

#include <gmock/gmock.h>

#include "exit_code.hpp"

namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(NoDriver, IsExit69AndSaysWhatToInstall) {
  EXPECT_EQ(stm32boot::exit_code(sysboot::Errc::no_driver), 69);
  const auto hints = stm32boot::hints(sysboot::Errc::no_driver);
  for (const char* text : {"STM32CubeProgrammer", "Zadig", "WinUSB", "0483 DF11", "STTub30"}) {
    EXPECT_THAT(hints, Contains(HasSubstr(text)));
  }
}

}  // namespace
