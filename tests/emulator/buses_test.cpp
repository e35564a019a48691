// SPDX-License-Identifier: GPL-3.0-or-later
// Drivers get an answer from SPI, I2C and DMA, whether or not anything is connected.
#include "support.hpp"

namespace emulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum Scenario : std::uint32_t {
  spi_polled,
  spi_by_dma,
  i2c_without_devices,
  serial_by_dma,
  adc_by_dma,
  adc_injected,
  memory_copy,
  pins_by_dma,
};

TEST(SpiBus, ExchangesFrameByFrame) {
  Bench bench("buses", spi_polled);
  bench.machine.chip().spi(1).exchange = [](std::uint16_t out) { return out + 0x100U; };
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0x50, 0x51, 2));
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(SpiBus, ReadsOnesWhereNobodyIs) {
  EXPECT_THAT(Bench("buses", spi_polled).notes_after(milliseconds(1)), ElementsAre(0xFF, 0xFF, 2));
}

TEST(SpiBus, IsServedByDma) {
  constexpr std::uint32_t half_and_complete = 0x30;
  Bench bench("buses", spi_by_dma);
  bench.machine.chip().spi(1).exchange = [](std::uint16_t out) { return 2U * out; };
  EXPECT_THAT(bench.notes_after(milliseconds(1)),
              ElementsAre(2, 4, 6, 8, 0, 0, half_and_complete << 16 | half_and_complete << 22, 0));
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(I2cBus, NobodyAcknowledges) {
  constexpr std::uint32_t master_and_busy = 3;
  Bench bench("buses", i2c_without_devices);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(0, master_and_busy, 1 << 10, 0, 1));
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(SerialPort, SendsAndReceivesByDma) {
  Bench bench("buses", serial_by_dma);
  bench.machine.run_for(microseconds(300));
  EXPECT_LT(bench.machine.chip().usart(1).sent().size(), 5U) << "5 bytes take 434 us";
  constexpr std::uint32_t half_and_complete = 0x30;
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(half_and_complete));
  EXPECT_EQ(bench.machine.chip().usart(1).sent(), "hello");
  bench.machine.chip().usart(1).receive("abcdef");
  bench.machine.run_for(milliseconds(1));
  const Address received = bench.machine.symbol("received");
  EXPECT_EQ(bench.machine.word(received), 0x64636665U) << "efcd: it goes round";
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(AnalogInputs, AreConvertedInTurnAndStoredByDma) {
  Bench bench("buses", adc_by_dma);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(1489, 943, 1489, 943));
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(AnalogInputs, AreConvertedBetweenOthersWhenAskedFor) {
  Bench bench("buses", adc_injected);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(1489, 943 - 43, 0));
  EXPECT_THAT(bench.reports(), IsEmpty());
}

TEST(MemoryCopies, AreDoneByDmaAndFailWhereNoMemoryIs) {
  Bench bench("buses", memory_copy);
  EXPECT_THAT(bench.notes_after(milliseconds(1)), ElementsAre(1, 2, 3, 4, 0));
}

TEST(StreamsThatNobodyKnownAsksFor, AreReported) {
  Bench bench("buses", pins_by_dma);
  EXPECT_THAT(bench.notes_after(milliseconds(5)), IsEmpty());
  EXPECT_THAT(bench.reports(),
              ElementsAre(HasSubstr("unmodelled: DMA2_S5CR (0x40026488): what asks for items")));
}

TEST(StreamsThatNobodyKnownAsksFor, EndAllTheSameForForeignPrograms) {
  Bench bench("buses", pins_by_dma);
  bench.machine.reports().be_lenient();
  EXPECT_THAT(bench.notes_after(milliseconds(5)), ElementsAre(4));
}

}  // namespace
}  // namespace emulator
