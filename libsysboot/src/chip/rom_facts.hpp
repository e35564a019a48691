// SPDX-License-Identifier: GPL-3.0-or-later
// What ROMs show and do in DFU mode, one part each, with the sources. Reported: from listings and
// logs of dfu-util that people have made public, and from programs that work with these chips; the
// names of alternate settings with all their blanks and zeros.
#pragma once

#include <array>

#include "ram.hpp"

namespace sysboot::rom {

using Names = std::span<const std::string_view>;
using Facts = RomFacts;

constexpr auto reported = Certainty::reported;
constexpr auto documented = Certainty::documented;
constexpr auto measured = Certainty::measured;

// What several have in common.
inline constexpr std::string_view option_bytes_f4 = "@Option Bytes  /0x1FFFC000/01*016 e";
inline constexpr std::string_view otp_f4 = "@OTP Memory /0x1FFF7800/01*512 e,01*016 e";
inline constexpr std::string_view device_feature = "@Device Feature/0xFFFF0000/01*004 e";
inline constexpr std::string_view option_bytes_f0 = "@Option Bytes  /0x1FFFF800/01*016 e";
inline constexpr std::string_view older_product = "STM32  BOOTLOADER";
inline constexpr std::string_view newer_product = "DFU in FS Mode";
// dts/arm/st/*/stm32*.dtsi of github.com/zephyrproject-rtos/zephyr: max-erase-time
inline constexpr std::string_view zephyr = "Zephyr's device tree";

// RM0383 section 3.6.1; RM0430, FLASH_OPTCR: 15 sectors
inline constexpr std::array<std::uint8_t, 16> factory_f411 = {
    0xEF, 0xAA, 0x10, 0x55, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0xFF};
// RM0368, RM0090, RM0390, FLASH_OPTCR after reset: 12 sectors or fewer
inline constexpr std::array<std::uint8_t, 16> factory_f4 = {
    0xEF, 0xAA, 0x10, 0x55, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF};
// RM0091 section 4.1, RM0316 section 5: "ST production value"
inline constexpr std::array<std::uint8_t, 16> factory_f0 = {
    0xAA, 0x55, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00};

// Where the level of protection is: so it is, too, in data/registers/flash_*.yaml of
// github.com/embassy-rs/stm32-data (RDP, RDPRT, RDPROT) and in OpenOCD's drivers stm32f1x.c,
// stm32f2x.c, stm32l4x.c and stm32h7x.c.
// The second byte (RM0431 and RM0410 section 3.4; RM0433 and RM0455
// FLASH_OPTSR_CUR).
inline constexpr OptionFacts second_byte{1};
// The first byte (RM0351, RM0394, RM0440, RM0444, RM0456, RM0490 and RM0503 FLASH_OPTR; RM0367).
inline constexpr OptionFacts first_byte{0};

inline constexpr std::array f401_names{
    std::string_view("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,01*128Kg"), option_bytes_f4,
    otp_f4, device_feature};
inline constexpr std::array f401_quirks{
    Known<Quirk>{Quirk::starts_in_error, reported, "modm's log of an STM32F401CC"}};
inline constexpr Facts f401{
    .name = "stm32f401",
    .alternates = {f401_names, reported, "OpenDeck's listing of an STM32F401CC"},
    .product = {older_product, reported, "modm's log of an STM32F401CC"},
    .release = {0x2200, reported, "G30TH's listing of an STM32F401CE"},
    .transfer_size = {2048, reported, "modm's log of an STM32F401CC"},
    .erase_poll_ms = {100, reported, "modm's log of an STM32F401CC"},
    .other_poll_ms = {104, reported, "modm's log of an STM32F401CC"},
    .options = {{1, factory_f4}, documented, "RM0368"},
    .erase_ms = {4000, reported, zephyr},
    .quirks = f401_quirks};

// V3.1; later ones have "e" where this one has "g".
inline constexpr std::array f405_names{
    std::string_view("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg"),
    std::string_view("@Option Bytes  /0x1FFFC000/01*016 g"),
    std::string_view("@OTP Memory /0x1FFF7800/01*512 g,01*016 g"),
    std::string_view("@Device Feature/0xFFFF0000/01*004 g")};
inline constexpr std::array f405_quirks{
    Known<Quirk>{Quirk::starts_in_error, reported, "dfu-util's logs of an STM32F4DISCOVERY"}};
inline constexpr Facts f405{
    .name = "stm32f405",
    .alternates = {f405_names, reported, "dfu-util's logs of an STM32F4DISCOVERY"},
    .product = {older_product, reported, "dfu-util's logs of an STM32F4DISCOVERY"},
    .release = {0x2100, reported, "dfu-util's logs of an STM32F4DISCOVERY"},
    .transfer_size = {2048, reported, "dfu-util's logs of an STM32F4DISCOVERY"},
    .erase_poll_ms = {100, reported, "dfu-util's dfuse.c, of erasing everything"},
    .options = {{1, factory_f4}, documented, "RM0090"},
    .erase_ms = {4000, reported, zephyr},
    .quirks = f405_quirks};

inline constexpr std::array f411_names{f411_flash, option_bytes_f4, otp_f4, device_feature};
inline constexpr std::array f411_quirks{
    Known<Quirk>{Quirk::starts_in_error, reported, "a ticket of dfu-util, 140"}};
inline constexpr Facts f411{
    .name = "stm32f411",
    .alternates = {f411_names, reported, "WEACT_F411CEU6's listing of a Black Pill"},
    .product = {older_product, reported, "a kernel log of a Black Pill"},
    .release = {0x2200, reported, "WEACT_F411CEU6's listing of a Black Pill"},
    .transfer_size = {2048, reported, "a log of flashing a Black Pill's blinky"},
    .options = {{1, factory_f411}, documented, "RM0383"},
    .erase_ms = {4000, documented, "DS-F411 table 45"},
    .quirks = f411_quirks};

inline constexpr std::array f413_names{
    std::string_view("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,011*128Kg"), option_bytes_f4,
    otp_f4, device_feature};
inline constexpr std::string_view f413_rom = "the code of its ROM, V9.0";
inline constexpr std::array f413_quirks{
    Known<Quirk>{Quirk::starts_in_error, measured, f413_rom},
    Known<Quirk>{Quirk::hides_bootloader_id, measured, f413_rom},
    Known<Quirk>{Quirk::reads_past_end, measured, f413_rom}};
inline constexpr Facts f413{.name = "stm32f413",
                            .alternates = {f413_names, reported, "panda's python/usb.py"},
                            .product = {older_product, measured, f413_rom},
                            .release = {0x2200, measured, f413_rom},
                            .transfer_size = {2048, measured, f413_rom},
                            .erase_poll_ms = {100, measured, f413_rom},
                            .other_poll_ms = {104, measured, f413_rom},
                            .options = {{1, factory_f411}, documented, "RM0430"},
                            .erase_ms = {4000, reported, zephyr},
                            .quirks = f413_quirks};

inline constexpr std::array f429_names{
    std::string_view("@Internal Flash  /0x08000000/"
                     "04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg"),
    std::string_view("@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e"), otp_f4,
    device_feature};
inline constexpr Facts f429{.name = "stm32f429",
                            .alternates = {f429_names, reported, "LEIA's listing of an STM32F439"},
                            .release = {0x2200, reported, "LEIA's listing of an STM32F439"},
                            .options = {{1, factory_f4}, documented, "RM0090"},
                            .erase_ms = {4000, reported, zephyr}};

inline constexpr std::array f446_names{f411_flash, option_bytes_f4, otp_f4, device_feature};
inline constexpr Facts f446{
    .name = "stm32f446",
    .alternates = {f446_names, reported, "a listing of a board with an STM32F446"},
    .release = {0x2200, reported, "a listing of a board with an STM32F446"},
    .serial = {"STM32FxSTM32", reported, "FYSETC's listing of an STM32F446"},
    .options = {{1, factory_f4}, documented, "RM0390"},
    .erase_ms = {4000, reported, zephyr}};

inline constexpr std::array f722_names{
    std::string_view("@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg"),
    std::string_view("@Option Bytes  /0x1FFF0000/01*048 e"),
    std::string_view("@OTP Memory /0x1FF07800/01*528e"), device_feature};
inline constexpr Facts f722{
    .name = "stm32f722",
    .alternates = {f722_names, reported, "a listing of a board with an STM32F722"},
    .release = {0x2200, reported, "a listing of a board with an STM32F722"},
    .serial = {"STM32FxSTM32", reported, "a listing of a board with an STM32F722"},
    .options = {second_byte, documented, "RM0431"},
    .erase_ms = {4000, reported, zephyr}};

inline constexpr std::array f745_names{
    std::string_view("@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg")};
inline constexpr std::array f745_quirks{
    Known<Quirk>{Quirk::starts_in_error, reported, "fwupd's log of an STM32F745"}};
inline constexpr Facts f745{
    .name = "stm32f745",
    .alternates = {f745_names, reported, "fwupd's log of an STM32F745; only its flash"},
    .transfer_size = {2048, reported, "fwupd's log of an STM32F745"},
    .other_poll_ms = {5, reported, "fwupd's log of an STM32F745"},
    .erase_ms = {4000, reported, zephyr},
    .quirks = f745_quirks};

inline constexpr Facts f767{
    .name = "stm32f767",
    .product = {older_product, reported, "rusefi's log of STM32CubeProgrammer"},
    .erase_ms = {4000, reported, zephyr}};

inline constexpr std::array f042_names{std::string_view("@Internal Flash  /0x08000000/032*0001Kg"),
                                       option_bytes_f0};
inline constexpr Facts f042{
    .name = "stm32f042",
    .alternates = {f042_names, reported, "a listing of a board with an STM32F042"},
    .release = {0x2200, reported, "a listing of a board with an STM32F042"},
    .serial = {"FFFFFFFEFFFF", reported, "a listing of a board with an STM32F042"},
    .options = {{0, factory_f0}, documented, "RM0091"},
    .erase_ms = {40, reported, zephyr}};

inline constexpr std::array f072_names{std::string_view("@Internal Flash  /0x08000000/064*0002Kg"),
                                       option_bytes_f0};
inline constexpr std::array f072_quirks{
    Known<Quirk>{Quirk::starts_in_error, reported, "a log of flashing a keyboard"}};
inline constexpr Facts f072{
    .name = "stm32f072",
    .alternates = {f072_names, reported, "snickerdoodle's listing of an STM32F078"},
    .release = {0x2200, reported, "snickerdoodle's listing of an STM32F078"},
    .serial = {"FFFFFFFEFFFF", reported, "listings of CAN adapters and keyboards"},
    .transfer_size = {2048, reported, "a log of reading a CAN adapter"},
    .options = {{0, factory_f0}, documented, "RM0091"},
    .erase_ms = {40, reported, zephyr},
    .ram = {ram::f072, documented, "RM0091"},
    .quirks = f072_quirks};

inline constexpr std::array f303_names{std::string_view("@Internal Flash  /0x08000000/128*0002Kg"),
                                       option_bytes_f0};
inline constexpr Facts f303{
    .name = "stm32f303",
    .alternates = {f303_names, reported, "listings of SPRacingF3 and Preonic boards"},
    .release = {0x2200, reported, "a listing of a Preonic board"},
    .transfer_size = {2048, reported, "a log of flashing a Preonic board"},
    .options = {{0, factory_f0}, documented, "RM0316"},
    .erase_ms = {40, reported, zephyr},
    .ram = {ram::f303, documented, "RM0316"}};

inline constexpr std::array f105_names{std::string_view("@Internal Flash  /0x08000000/128*002Kg"),
                                       option_bytes_f0};
inline constexpr Facts f105{
    .name = "stm32f105",
    .alternates = {f105_names, reported, "flashfloppy's listing of an STM32F105"},
    .product = {"STM32 0x418 DFU Bootloader", reported, "dfu-util's logs of an STM32F107"},
    .release = {0x2200, reported, "flashfloppy's listing of an STM32F105"},
    .serial = {"STM32", reported, "flashfloppy's listing of an STM32F105"},
    .ram = {ram::f105, documented, "RM0008"}};

inline constexpr std::array l072_names{std::string_view("@Internal Flash  /0x08000000/1536*128g"),
                                       std::string_view("@Option Bytes  /0x1FF80000/01*032 e"),
                                       std::string_view("@DATA Memory /0x08080000/2*3Ke")};
inline constexpr std::array l072_quirks{
    Known<Quirk>{Quirk::names_more_flash, reported, "a log of a keyboard with 128 KiB"}};
inline constexpr Facts l072{
    .name = "stm32l072",
    .alternates = {l072_names, reported, "bigclown-notes' listing of an STM32L083"},
    .release = {0x2200, reported, "bigclown-notes' listing of an STM32L083"},
    .options = {first_byte, documented, "RM0367"},
    .erase_ms = {4, reported, zephyr},
    .quirks = l072_quirks};

inline constexpr std::array l4_quirks{
    Known<Quirk>{Quirk::stalls_while_busy, reported, "dfu-util's dfuse.c, of STM32L4"}};
inline constexpr std::array l452_names{std::string_view("@Internal Flash  /0x08000000/0256*0002Kg"),
                                       std::string_view("@Option Bytes  /0x1FFF7800/01*040 e"),
                                       std::string_view("@OTP Memory /0x1FFF7000/01*0001Ke"),
                                       device_feature};
inline constexpr Facts l452{
    .name = "stm32l452",
    .alternates = {l452_names, reported, "a listing of an STM32L45x, and Inertial Sense's SDK"},
    .release = {0x2200, reported, "a listing of an STM32L45x"},
    .options = {first_byte, documented, "RM0394"},
    .erase_ms = {25, reported, zephyr},
    .ram = {ram::l452, documented, "RM0394"},
    .quirks = l4_quirks};

inline constexpr Facts l476{.name = "stm32l476",
                            .options = {first_byte, documented, "RM0351"},
                            .erase_ms = {25, reported, zephyr},
                            .quirks = l4_quirks};

inline constexpr std::array l412_names{std::string_view("@Internal Flash   /0x08000000/64*02Kg"),
                                       std::string_view("@Option Bytes   /0x1FFF7800/01*40Be"),
                                       std::string_view("@OTP Memory   /0x1FFF7000/01*01Ke")};
inline constexpr std::array l412_quirks{
    Known<Quirk>{Quirk::stalls_while_busy, reported, "redbear/Duo's log of a NUCLEO-L412"}};
inline constexpr Facts l412{
    .name = "stm32l412",
    .alternates = {l412_names, reported, "a listing of a board like a NUCLEO-L412"},
    .release = {0x0200, reported, "a listing of a board like a NUCLEO-L412"},
    .options = {first_byte, documented, "RM0394"},
    .erase_ms = {25, reported, zephyr},
    .ram = {ram::l412, documented, "RM0394"},
    .quirks = l412_quirks};

// All three really have the same name.
inline constexpr std::string_view g0b1_flash = "@Internal Flash   /0x08000000/64*02Kg";
inline constexpr std::array g0b1_names{g0b1_flash, g0b1_flash, g0b1_flash};
inline constexpr std::array g0b1_quirks{
    Known<Quirk>{Quirk::leaves_without_answer, reported, "klipper_canbus' log of a Manta M8P"}};
inline constexpr Facts g0b1{
    .name = "stm32g0b1",
    .alternates = {g0b1_names, reported, "several listings of an STM32G0B1CB"},
    .release = {0x0200, reported, "several listings of an STM32G0B1CB"},
    .transfer_size = {1024, reported, "klipper_canbus' log of a Manta M8P"},
    .options = {first_byte, documented, "RM0444"},
    .erase_ms = {40, reported, zephyr},
    .ram = {ram::g0b1, documented, "RM0444"},
    .quirks = g0b1_quirks};

inline constexpr std::string_view g0c1_flash = "@Internal Flash   /0x08000000/256*02Kg";
inline constexpr std::array g0c1_names{g0c1_flash, g0c1_flash, g0c1_flash};
inline constexpr Facts g0c1{.name = "stm32g0c1",
                            .alternates = {g0c1_names, reported, "a listing in ST's community"},
                            .product = {newer_product, reported, "a listing in ST's community"},
                            .release = {0x0200, reported, "a listing in ST's community"},
                            .options = {first_byte, documented, "RM0444"},
                            .erase_ms = {40, reported, zephyr},
                            .ram = {ram::g0b1, documented, "RM0444"}};

inline constexpr std::array g474_names{
    std::string_view("@Internal Flash   /0x08000000/256*02Kg"),
    std::string_view("@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e"),
    std::string_view("@OTP Memory   /0x1FFF7000/01*1024 e")};
inline constexpr std::array g474_quirks{
    Known<Quirk>{Quirk::leaves_without_answer, reported, "logs of STM32G4 boards"}};
inline constexpr Facts g474{
    .name = "stm32g474",
    .alternates = {g474_names, reported, "modm's listing of a WeAct STM32G474"},
    .release = {0x0200, reported, "modm's listing of a WeAct STM32G474"},
    .transfer_size = {1024, reported, "web-stm32-updater, of an STM32G431"},
    .options = {first_byte, documented, "RM0440"},
    .ram = {ram::g474, documented, "RM0440"},
    .quirks = g474_quirks};
// The same with option DBANK cleared, as nobody has listed it.
inline constexpr Facts g474_one_bank{.name = "stm32g474-1b",
                                     .release = g474.release,
                                     .transfer_size = g474.transfer_size,
                                     .ram = {ram::g474, documented, "RM0440"},
                                     .quirks = g474_quirks};

inline constexpr std::array h743_names{std::string_view("@Internal Flash   /0x08000000/16*128Kg"),
                                       std::string_view("@Option Bytes   /0x5200201C/01*128 e")};
inline constexpr std::array h743_quirks{
    Known<Quirk>{Quirk::stays_busy_after_erase, reported, "betaflight-configurator, of revision V"},
    Known<Quirk>{Quirk::leaves_without_answer, reported, "logs of Daisy Seed and others"}};
inline constexpr Facts h743{
    .name = "stm32h743",
    .alternates = {h743_names, reported, "listings of Daisy Seed, WeAct and other boards"},
    .product = {newer_product, reported, "listings of Daisy Seed, WeAct and other boards"},
    .release = {0x0200, reported, "listings of Daisy Seed, WeAct and other boards"},
    .serial = {"200364500000", reported, "most listings, 200000500000 in others"},
    .transfer_size = {1024, reported, "INAV's log of flashing an STM32H743"},
    .options = {second_byte, documented, "RM0433"},
    .erase_ms = {4000, reported, zephyr},
    .quirks = h743_quirks};

inline constexpr std::array h7a3_names{std::string_view("@Internal Flash   /0x08000000/256*08Kg"),
                                       std::string_view("@Option Bytes   /0x5200201C/01*297 e"),
                                       std::string_view("@OTP Memory   /0x08FFF000/01*1024 e")};
inline constexpr std::array h7a3_quirks{
    Known<Quirk>{Quirk::leaves_without_answer, reported, "a log of flashing a games console"}};
inline constexpr Facts h7a3{
    .name = "stm32h7a3",
    .alternates = {h7a3_names, reported, "listings of an STM32H7A3 and an STM32H7B0"},
    .release = {0x0200, reported, "listings of an STM32H7A3 and an STM32H7B0"},
    .transfer_size = {1024, reported, "a log of flashing a games console"},
    .options = {second_byte, documented, "RM0455"},
    .quirks = h7a3_quirks};

inline constexpr std::array h563_names{std::string_view("@Internal Flash   /0x08000000/256*08Kg")};
inline constexpr std::array h563_quirks{
    Known<Quirk>{Quirk::has_no_read_unprotect, documented, "AN3156, V3.0"},
    Known<Quirk>{Quirk::hangs_after_leave, reported, "a bootloader project's notes"}};
inline constexpr Facts h563{.name = "stm32h563",
                            .alternates = {h563_names, reported, "a listing of an STM32H563"},
                            .product = {newer_product, reported, "a listing of an STM32H563"},
                            .release = {0x0300, reported, "a listing of an STM32H563"},
                            .erase_ms = {5, reported, zephyr},
                            .quirks = h563_quirks};

inline constexpr std::array u575_names{std::string_view("@Internal Flash   /0x08000000/256*08Kg"),
                                       std::string_view("@Option Bytes   /0x40022040/01*64 e"),
                                       std::string_view("@OTP Memory   /0x0BFA0000/01*512 e")};
inline constexpr std::array u575_quirks{
    Known<Quirk>{Quirk::leaves_without_answer, reported, "a log of flashing an STM32U5"}};
inline constexpr Facts u575{
    .name = "stm32u575",
    .alternates = {u575_names, reported, "Zephyr's listing of a STWINBX1"},
    .product = {newer_product, reported, "Zephyr's kernel log of a STWINBX1"},
    .release = {0x0200, reported, "Zephyr's listing of a STWINBX1"},
    .options = {first_byte, documented, "RM0456"},
    .erase_ms = {5, reported, zephyr},
    .ram = {ram::u575, documented, "RM0456"},
    .quirks = u575_quirks};

inline constexpr std::array c071_names{std::string_view("@Internal Flash    /0x08000000/64*02Kg")};
inline constexpr Facts c071{
    .name = "stm32c071",
    .alternates = {c071_names, reported, "the tests of a web flasher; only its flash"},
    .transfer_size = {1024, reported, "the tests of a web flasher"},
    .options = {first_byte, documented, "RM0490"},
    .erase_ms = {40, reported, zephyr},
    .ram = {ram::c071, documented, "RM0490"}};

inline constexpr std::array u083_names{
    std::string_view("@Internal Flash    /0x08000000/128*02Kg"),
    std::string_view("@OB Bytes          /0x40022020/01*136 e"),
    std::string_view("@OTP Memory        /0x1FFF6800/01*1024 e"),
    std::string_view("@ENGI Bytes        /0x1FFF6C00/01*1024.e")};
inline constexpr Facts u083{.name = "stm32u083",
                            .alternates = {u083_names, reported, "a listing of an STM32U083CC"},
                            .release = {0x0220, reported, "a listing of an STM32U083CC"},
                            .options = {first_byte, documented, "RM0503"},
                            .erase_ms = {40, reported, zephyr},
                            .ram = {ram::u083, documented, "RM0503"}};

inline constexpr std::array wb55_names{std::string_view("@Internal Flash   /0x08000000/256*04Kg")};
inline constexpr std::array wb55_quirks{
    Known<Quirk>{Quirk::leaves_without_answer, reported, "qFlipper, of the Flipper Zero"}};
inline constexpr Facts wb55{
    .name = "stm32wb55",
    .alternates = {wb55_names, reported, "a project's script for dfu-util; only its flash"},
    .product = {newer_product, reported, "a log of STM32CubeProgrammer"},
    .release = {0x0200, reported, "a listing of an STM32WB55"},
    .erase_ms = {25, reported, zephyr},
    .quirks = wb55_quirks};

}  // namespace sysboot::rom
