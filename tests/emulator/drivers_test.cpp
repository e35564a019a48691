// SPDX-License-Identifier: GPL-3.0-or-later
// What drivers for many chips do to registers of this one: HAL, libopencm3 and TinyUSB among them.
#include "support.hpp"

namespace emulator {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr Address rcc = 0x40023800;
constexpr Address gpio_a = 0x40020000;
constexpr Address otg = 0x50000000;

class Drivers : public testing::Test {
 protected:
  void power_on(bool vbus_on_pa9 = false) {
    MachineSettings settings;
    settings.board.vbus_on_pa9 = vbus_on_pa9;
    machine_ = std::make_unique<Machine>(settings);
    machine_->power_on();
    write(rcc + 0x30, bit(0));  // GPIOA
    write(rcc + 0x34, bit(7));  // OTG_FS
  }
  void write(Address address, std::uint32_t value) { machine_->chip().write(address, 4, value); }
  std::uint32_t read(Address address) { return machine_->chip().read(address, 4); }
  std::vector<std::string> reports() const { return machine_->reports().texts(); }
  /// PA11 and PA12 belong to USB; GCCFG is this.
  bool attaches_with(std::uint32_t gccfg) {
    write(gpio_a + 0x00, 2U << 22 | 2U << 24);
    write(gpio_a + 0x24, 10U << 12 | 10U << 16);
    machine_->usb().set_cable(true);
    write(otg + 0x38, gccfg);
    return machine_->usb().is_attached();
  }

  std::unique_ptr<Machine> machine_;
};

struct Word {
  const char* name;
  Address address;
};
void PrintTo(const Word& word, std::ostream* out) {
  *out << word.name;
}

class Reserved : public Drivers, public testing::WithParamInterface<Word> {};

TEST_P(Reserved, HoldsNothingAndIsNoReasonToStop) {
  power_on();
  write(GetParam().address, ~0U);
  EXPECT_EQ(read(GetParam().address), 0U);
  EXPECT_THAT(reports(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Words, Reserved,
                         testing::Values(Word{"AHB3RSTR", rcc + 0x18}, Word{"AHB3ENR", rcc + 0x38},
                                         Word{"AHB3LPENR", rcc + 0x58},
                                         Word{"GDFIFOCFG", otg + 0x5C},
                                         Word{"DEACHINTMSK", otg + 0x83C}),
                         [](const auto& instance) { return instance.param.name; });

class Unlisted : public Drivers, public testing::WithParamInterface<Word> {};

TEST_P(Unlisted, IsReported) {
  power_on();
  write(GetParam().address, 0);
  EXPECT_THAT(reports(), testing::ElementsAre(HasSubstr("unmodelled: write of 0x00000000 to ")));
}

INSTANTIATE_TEST_SUITE_P(Words, Unlisted,
                         testing::Values(Word{"RCC", rcc + 0x1C}, Word{"OTG", otg + 0x58},
                                         Word{"DEACHINT", otg + 0x838}),
                         [](const auto& instance) { return instance.param.name; });

// Nothing asks DMA for items but serial ports, SPI and the ADC: a driver that waits for that would
// wait forever, so it is told.
TEST_F(Drivers, RequestsOfATimerAreReportedAndStopTheRun) {
  constexpr std::uint32_t update_asks = bit(8);  // TIMx_DIER UDE
  power_on();
  write(rcc + 0x40, bit(0));
  write(0x4000000C, update_asks);
  EXPECT_THAT(reports(), testing::ElementsAre(testing::AllOf(HasSubstr("unmodelled: "),
                                                             HasSubstr("TIM2_DIER ("),
                                                             HasSubstr(": bits 0x00000100"))));
  EXPECT_TRUE(machine_->is_stopped());
}

// A Black Pill does not lead VBUS to PA9: a driver that wants to sense it there never shows up.
TEST_F(Drivers, SenseVbusWhereItIs) {
  constexpr std::uint32_t powered = bit(16);
  constexpr std::uint32_t senses = powered | bit(19);
  constexpr std::uint32_t does_not_sense = powered | bit(21);
  power_on(true);
  EXPECT_TRUE(attaches_with(senses));
  machine_->usb().set_cable(false);
  EXPECT_FALSE(machine_->usb().is_attached());
  power_on(false);
  EXPECT_FALSE(attaches_with(senses));
  EXPECT_TRUE(attaches_with(does_not_sense));
}

}  // namespace
}  // namespace emulator
