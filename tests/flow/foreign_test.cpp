// SPDX-License-Identifier: GPL-3.0-or-later
// What is never taken for the board that is meant: neither opened nor asked, and no rival of it.
#include "support/foreign.hpp"

#include <array>

#include "support/bench.hpp"
#include "support/throws.hpp"
#include "sysboot/erase.hpp"
#include "sysboot/inspect.hpp"
#include "sysboot/several.hpp"

namespace sysboot {
namespace {

using support::BoardSettings;
using support::Foreign;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ForeignDevices : public support::Bench {
 protected:
  static std::string port_of(const std::string& port_path) { return "/dev/ttyX" + port_path; }

  static void add(support::VirtualHost& host, const Foreign& device, const std::string& path) {
    std::vector<SerialPortInfo> ports;
    if (device.has_port) ports.push_back({port_of(path), path, 0});
    host.add_device(device.at(path, 100 + static_cast<unsigned>(path.size())), ports);
  }
  void add_all() {
    unsigned number = 1;
    for (const Foreign& device : support::foreign_devices()) {
      add(host_, device, "2-" + std::to_string(number++));
    }
  }
  static BoardSettings named(const char* product) {
    BoardSettings settings;
    settings.application.product_name = product;
    return settings;
  }
  const Image image_ = support::image_of(support::program(5000));
};

TEST_F(ForeignDevices, B1AloneAreNeitherTakenNorTouched) {
  EXPECT_GE(support::foreign_devices().size(), 40U);
  for (const Foreign& device : support::foreign_devices()) {
    SCOPED_TRACE(device.what);
    support::VirtualHost host;
    add(host, device, "1-1");
    const Job job{host};
    EXPECT_ERROR(enter(job, {}, {}), Errc::no_board, HasSubstr("no STM32 board"));
    EXPECT_ERROR(flash(job, {}, image_, {}), Errc::no_board, HasSubstr("no STM32 board"));
    EXPECT_ERROR(verify(job, {}, image_, {}), Errc::no_board, HasSubstr("no STM32 board"));
    EXPECT_ERROR(erase(job, {}, EraseAll{}, {}), Errc::no_board, HasSubstr("no STM32 board"));
    EXPECT_ERROR(run(job, {}, flash_base, {}), Errc::no_board, HasSubstr("no STM32 board"));
    EXPECT_ERROR(inspect(job, {}, nullptr), Errc::no_board, HasSubstr("no STM32 board"));
    EXPECT_THAT(host.opened, IsEmpty());
    EXPECT_THAT(host.reboots(), IsEmpty());
  }
}

TEST_F(ForeignDevices, B1AreToldToBeOnlyForThoseWhoNameThem) {
  for (const Foreign& device : support::foreign_devices()) {
    SCOPED_TRACE(device.what);
    support::VirtualHost host;
    add(host, device, "1-1");
    const auto seen = look_around(host);
    ASSERT_THAT(seen, testing::SizeIs(1));
    const bool is_probe = seen.front().why.starts_with("a debug probe");
    if (!is_probe) {
      EXPECT_EQ(seen.front().why, "only used when it is named");
      EXPECT_EQ(seen.front().missing, Sighting::Missing::name);
      EXPECT_EQ(seen.front().board->port_path(), "1-1");
    }
    const Selector selector =
        device.has_port ? Selector{port_of("1-1"), "", ""} : Selector{"", "1-1", ""};
    if (is_probe) {
      EXPECT_ERROR(find_board(host, selector), Errc::no_board, HasSubstr("no board fits"));
    } else {
      EXPECT_EQ(find_board(host, selector).port_path(), "1-1") << "as it says";
    }
  }
}

TEST_F(ForeignDevices, B1AreNoRivalsOfTheBoardThatIsMeant) {
  add_all();
  support::VirtualBoard& board = add_board({}, "1-1");
  const FlashResult result = flash(job(), {}, image_, {});
  EXPECT_EQ(result.entered.before.port_path(), "1-1");
  EXPECT_TRUE(holds(board, image_));
  EXPECT_THAT(host_.opened, Each(testing::AnyOf("1-1", "/dev/ttyACM0")));
}

TEST_F(ForeignDevices, B1NorOfOneInDfuMode) {
  add_all();
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings, "1-1");
  EXPECT_EQ(flash(job(), {}, image_, {}).entered.outcome, Outcome::already);
  EXPECT_THAT(host_.opened, Each("1-1"));
}

TEST_F(ForeignDevices, B1AllLeavesThemOutWhateverIsAsked) {
  add_all();
  const std::vector<TriggerChoice> choices = {{},
                                              trigger_named("touch-1200"),
                                              trigger_named("dfu-detach"),
                                              trigger_named("text", {'x'}),
                                              {"touch-1200"},
                                              {"dfu-runtime"},
                                              {"inav"},
                                              {"companion"}};
  for (const TriggerChoice& choice : choices) {
    SCOPED_TRACE(choice.ways.empty() ? choice.firmware : choice.ways.front().name);
    const AllBoards all = all_boards(host_, choice);
    EXPECT_THAT(all.taken, IsEmpty());
    EXPECT_EQ(all.left_out.size(), list_boards(host_).size());
  }
  EXPECT_THAT(host_.opened, IsEmpty());
}

TEST_F(ForeignDevices, B1WhoSaysWhichFirmwareItIsMeansTheDeviceThatShowsIt) {
  add_all();
  const std::pair<const char*, const char*> shown[] = {
      {"nanovna", "NanoVNA-H4"},      {"tinysa", "tinySA"},
      {"flipper", "Flipper Unfp0ur"}, {"betaflight", "Betaflight STM32F411"},
      {"klipper", "stm32f446xx"},     {"panda", "panda"}};
  for (const auto& [firmware, product] : shown) {
    EXPECT_EQ(find_board(host_, {}, firmware).usb.product_name, product);
    const auto all = all_boards(host_, {firmware});
    ASSERT_THAT(all.taken, testing::SizeIs(1)) << firmware;
    EXPECT_EQ(all.taken.front().usb.product_name, product);
  }
  for (const char* firmware : {"inav", "grblhal", "dfu-runtime", "touch-1200"}) {
    EXPECT_ERROR(find_board(host_, {}, firmware), Errc::no_board, HasSubstr("no STM32 board"));
  }
}

// Boards that people develop for, as templates name them.
constexpr std::array templates = {"STM32 Virtual ComPort",
                                  "STM32 Virtual COM Port  ",
                                  "STM32 Virtual ComPort in FS Mode",
                                  "CDC-ACM Demo",
                                  "TinyUSB Device",
                                  "BLACKPILL_F411CE CDC in FS Mode",
                                  "GENERIC_F411CEUX CDC in FS Mode",
                                  "NUCLEO_H743ZI2 CDC in HS Mode"};

TEST_F(ForeignDevices, B1ATemplateIsTakenWhenItIsTheOnlyOneThatFits) {
  for (const char* product : templates) {
    SCOPED_TRACE(product);
    support::VirtualHost host;
    unsigned number = 1;
    for (const Foreign& device : support::foreign_devices()) {
      add(host, device, "2-" + std::to_string(number++));
    }
    host.add_board("1-1", named(product));
    EXPECT_EQ(enter({host}, {}, {}).outcome, Outcome::entered);
    EXPECT_THAT(host.opened, ElementsAre("/dev/ttyACM0", "1-1"));
  }
}

TEST_F(ForeignDevices, B1TwoTemplatesAreAChoice) {
  add_board(named(templates[0]), "1-1");
  add_board(named(templates[3]), "1-2");
  EXPECT_ERROR(enter(job(), {}, {}), Errc::ambiguous_board,
               AllOf(HasSubstr("\n  1-1 "), HasSubstr("\n  1-2 ")));
  EXPECT_THAT(host_.opened, IsEmpty());
}

TEST_F(ForeignDevices, B1SoAreATemplateAndABoardInDfuMode) {
  add_board(named(templates[0]), "1-1");
  BoardSettings settings;
  settings.starts_in_rom = true;
  add_board(settings, "1-2");
  EXPECT_ERROR(enter(job(), {}, {}), Errc::ambiguous_board,
               AllOf(HasSubstr("\n  1-1 "), HasSubstr("\n  1-2 ")));
}

TEST_F(ForeignDevices, B1AllTakesTemplatesOnlyWithAWayToRebootThem) {
  add_board(named(templates[0]), "1-1");
  add_board(named(templates[5]), "1-2");
  const AllBoards alone = all_boards(host_, {});
  EXPECT_THAT(alone.taken, IsEmpty());
  ASSERT_THAT(alone.left_out, testing::SizeIs(2));
  EXPECT_EQ(alone.left_out.front().missing, Sighting::Missing::way);
  EXPECT_EQ(alone.left_out.front().board->ports.front().path, "/dev/ttyACM0");
  EXPECT_THAT(all_boards(host_, trigger_named("touch-1200")).taken, testing::SizeIs(2));
  EXPECT_THAT(all_boards(host_, trigger_named("text", {'x'})).taken, testing::SizeIs(2));
  EXPECT_THAT(all_boards(host_, {"inav"}).taken, testing::SizeIs(2));
  EXPECT_THAT(all_boards(host_, {"klipper"}).taken, IsEmpty());
}

}  // namespace
}  // namespace sysboot
