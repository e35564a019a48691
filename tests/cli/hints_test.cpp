// SPDX-License-Identifier: GPL-3.0-or-later
// A hint has to help in the case in which it is shown.
#include "output/error_table.hpp"

#include <set>

#include "board/loader.hpp"
#include "cli.hpp"

namespace {

using stm32boot::hints;
using sysboot::Errc;
using sysboot::Error;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What only Windows runs into, and cannot be provoked with a virtual board.
TEST(NoDriver, IsExit69AndSaysWhatToInstall) {
  EXPECT_EQ(stm32boot::exit_code(Errc::no_driver), 69);
  const auto lines = hints(Error(Errc::no_driver, "x"), "flash");
  for (const char* text : {"STM32CubeProgrammer", "Zadig", "WinUSB", "0483 DF11", "STTub30"}) {
    EXPECT_THAT(lines, Contains(HasSubstr(text)));
  }
}

TEST(NoDriver, C6NamesEveryLoaderThatCanBeFlashedAndNoOther) {
  const auto lines = hints(Error(Errc::no_driver, "x"), "flash");
  for (const auto& loader : sysboot::known_loaders()) {
    std::string id = loader.id.text();
    std::transform(id.begin(), id.end(), id.begin(), [](char c) {
      return c == ':' ? ' ' : c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    const auto names_it = Contains(HasSubstr(id));
    EXPECT_THAT(lines, loader.is_dfuse ? testing::Matcher<decltype(lines)>(names_it)
                                       : testing::Matcher<decltype(lines)>(Not(names_it)))
        << loader.name;
  }
}

TEST(Hints, WhatOnlyMacsAskIsNamedOnMacs) {
  const auto lines = hints(Error(Errc::lost, "x"), "flash");
#ifdef __APPLE__
  EXPECT_THAT(lines, Contains(HasSubstr("Allow accessory to connect")));
#else
  EXPECT_THAT(lines, Not(Contains(HasSubstr("accessory"))));
  EXPECT_THAT(lines, Contains(HasSubstr("PA10"))) << "and what is so everywhere is there";
#endif
}

TEST(ExitCodes, EveryKindOfErrorHasOneThatIsExplained) {
  std::set<int> explained;
  for (const auto& row : stm32boot::exit_codes()) explained.insert(row.code);
  for (int code = 0; code <= static_cast<int>(Errc::internal); ++code) {
    const auto errc = static_cast<Errc>(code);
    const int exit = stm32boot::exit_code(errc);
    EXPECT_EQ(exit == stm32boot::exit_internal, errc == Errc::internal) << to_string(errc);
    EXPECT_TRUE(explained.contains(exit)) << exit;
  }
}

TEST(Hints, C6ForceIsNamedOnlyWhereItGoesOn) {
  const Error doubt = Error(Errc::bad_image, "this is no program").unless_forced();
  EXPECT_THAT(hints(doubt, "flash"), Contains(HasSubstr("--force")));
  EXPECT_THAT(hints(doubt.at("app.bin").during("looking"), "flash"), Contains(HasSubstr("--force")))
      << "told on the way";
  EXPECT_THAT(hints(doubt, "verify"), Not(Contains(HasSubstr("--force")))) << "which has none";
  EXPECT_THAT(hints(Error(Errc::bad_image, "is empty"), "flash"),
              Not(Contains(HasSubstr("--force"))));
  const Error other = Error(Errc::image_does_not_fit, "is for another").unless_forced();
  EXPECT_THAT(hints(other, "flash"), Contains(HasSubstr("--force")));
  EXPECT_THAT(hints(Error(Errc::image_does_not_fit, "past the end"), "flash"), IsEmpty());
}

TEST(Hints, A3ErasedFlashCannotBeStartedByForce) {
  const Error erased(Errc::no_program, "erased");
  EXPECT_THAT(hints(erased.unless_forced(), "run"), Contains(HasSubstr("--force")));
  EXPECT_THAT(hints(erased, "run"), Not(Contains(HasSubstr("--force"))));
  EXPECT_THAT(hints(erased, "run"), Contains(HasSubstr("flash FILE")));
}

TEST(Hints, C6AMismatchHasMoreCausesThanWornOutFlash) {
  const auto after_flash = hints(Error(Errc::mismatch, "x"), "flash");
  EXPECT_THAT(after_flash, Contains(HasSubstr("write-protected or worn out")));
  EXPECT_THAT(after_flash, Contains(HasSubstr("two banks")));
  EXPECT_THAT(hints(Error(Errc::mismatch, "x"), "erase"), Not(Contains(HasSubstr("--full"))));
  EXPECT_THAT(hints(Error(Errc::mismatch, "x"), "option-bytes"),
              Not(Contains(HasSubstr("sector"))));
}

TEST(Hints, C6LostNamesWhatKeepsABootloaderFromAVirtualMachine) {
  const auto lines = hints(Error(Errc::lost, "x"), "enter");
  for (const char* text : {"VirtualBox", "VMware", "WSL", "usbipd", "0483:df11"}) {
    EXPECT_THAT(lines, Contains(HasSubstr(text)));
  }
}

TEST(Hints, C6WhatACommandDoesNotDoIsNotPromised) {
  EXPECT_THAT(hints(Error(Errc::board_gone, "x"), "flash"), Contains(HasSubstr("left alone")));
  EXPECT_THAT(hints(Error(Errc::board_gone, "x"), "read"), Not(Contains(HasSubstr("left alone"))));
  EXPECT_THAT(hints(Error(Errc::board_gone, "x"), "verify"), Not(Contains(HasSubstr("BOOT0"))));
  EXPECT_THAT(hints(Error(Errc::interrupted, "x"), "erase"), Not(Contains(HasSubstr("run`"))));
  EXPECT_THAT(hints(Error(Errc::read_protected, "x"), "unlock"), IsEmpty());
  EXPECT_THAT(hints(Error(Errc::application_missing, "x"), "read"),
              Not(Contains(HasSubstr("--no-wait"))));
}

#ifdef __linux__
TEST(Hints, C6ThePermissionHintHasARuleForEveryLoaderThatCanBeFlashed) {
  EXPECT_THAT(hints(Error(Errc::not_permitted, "x"), "flash"),
              Contains(HasSubstr(sysboot::udev_rule_for_loaders())));
}
#endif

class HintsOf : public Cli {
 protected:
  static int all_of(std::string_view text, std::string_view part) {
    int count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
  }
};

#ifndef _WIN32
TEST_F(HintsOf, I1AnErrorEndsWithItsSectionOnTroubles) {
  const std::string more = "  more: man 7 stm32boot-troubleshooting, section ";
  const auto lost = with_boards({"lost"}, {"enter"});
  EXPECT_THAT(lost.err, testing::EndsWith("\n" + more + "4\n"));
  const auto both = with_boards({"lost", "lost"}, {"enter", "--all"});
  EXPECT_EQ(all_of(both.err, more + "4\n"), 1) << "once";
  EXPECT_THAT(stm32boot({"flash", "--no-such"}).err, Not(HasSubstr("more:"))) << "says it all";
  EXPECT_THAT(with_boards({"id=0483:374b"}, {"list"}).err,
              HasSubstr("\nmore: man 7 stm32boot-troubleshooting, section 1\n"));
}
#endif

TEST_F(HintsOf, C6FilesThatForceCannotMend) {
  const std::string elf_for_a_pc(
      "\x7f"
      "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0",
      24);
  const std::string text[] = {"", ":10000000000102030405060708090A0B0C0D0E0F", elf_for_a_pc};
  for (const auto& content : text) {
    const auto image = file("app", {content.begin(), content.end()});
    const auto done = with_boards({"mode=dfu"}, {"flash", image});
    EXPECT_EQ(done.exit, 65) << content;
    EXPECT_THAT(done.err, Not(HasSubstr("--force"))) << content;
  }
}

TEST_F(HintsOf, C6WhatForceDoesMend) {
  const auto image = file("app.bin", sysboot::Bytes(4096, 0xA5));
  const auto refused = with_boards({"mode=dfu"}, {"flash", image});
  EXPECT_EQ(refused.exit, 65);
  EXPECT_THAT(refused.err, HasSubstr("hint: --force"));
  EXPECT_EQ(with_boards({"mode=dfu"}, {"flash", "--force", "--stay", image}).exit, 0);
}

}  // namespace
