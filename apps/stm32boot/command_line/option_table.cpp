// SPDX-License-Identifier: GPL-3.0-or-later
#include "option_table.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stm32boot {
namespace {

using enum OptionGroup;

// What makes stm32boot erase, overwrite, unlock, skip a check, only pretend, or never end has no
// place beside the command line. Text is sent to whatever has the port, which may be a printer.
constexpr std::array table = {
    OptionRow{
        .name = "-p,--port",
        .value = "TTY",
        .group = board,
        .help = "Serial port of the board",
        .manual =
            "The board with this serial port, such as /dev/ttyACM0 or a link in "
            "/dev/serial/by-id. This also works in DFU mode, if stm32boot brought the board there.",
        .completion = Completion::ports,
        .places = everywhere,
        .choice = Choice::of_board,
    },
    OptionRow{
        .name = "--usb",
        .value = "PATH",
        .group = board,
        .help = "USB port path of the board, such as 1-4.2",
        .manual = "The board at this USB port path, such as 1-4.2.",
        .completion = Completion::port_paths,
        .places = everywhere,
        .choice = Choice::of_board,
    },
    OptionRow{
        .name = "--serial",
        .value = "TEXT",
        .group = board,
        .help = "USB serial number of the board",
        .manual = "The board with this USB serial number.",
        .completion = Completion::serials,
        .places = everywhere,
        .choice = Choice::of_board,
    },
    OptionRow{
        .name = "--all",
        .value = "",
        .group = board,
        .help = "All boards that are certain to be meant",
        .manual = "All boards that are certain to be meant. With *run* without an image: all that "
                  "are in DFU mode. *erase* only takes boards that are named.",
    },
    OptionRow{
        .name = "--count",
        .value = "N",
        .group = board,
        .help = "Wait until N boards are there, and take them",
        .manual = "Waits until _N_ boards are there, for as long as *--timeout* says, and takes "
                  "them. More are an error. With *--each*: ends once _N_ boards have passed.",
    },
    OptionRow{
        .name = "--each",
        .value = "",
        .group = board,
        .help = "Each board as it is plugged in, until Ctrl-C or --count N passed",
        .manual = "Each board that is there or is plugged in, until Ctrl-C, or until as many have "
                  "passed as *--count* says. See PRODUCTION.",
    },
    OptionRow{
        .name = "--report",
        .value = "FILE",
        .group = work,
        .help = "With --each: add a line for each board to a .csv or .jsonl",
        .manual = "With *--each*: adds a line for each board to this file, a table (.csv) or an "
                  "object a line (.jsonl), as soon as the board is done.",
        .completion = Completion::files,
    },
    OptionRow{
        .name = "--bell",
        .value = "",
        .group = work,
        .help = "With --each: ring the terminal's bell for each board",
        .manual = "With *--each*: rings the bell of the terminal whenever a board is done.",
    },
    OptionRow{
        .name = "--virtual",
        .value = "[=FILE]",
        .group = board,
        .help = "Use a virtual Black Pill; =FILE keeps its flash between runs, =3 makes three",
        .manual =
            "Uses a virtual Black Pill instead of what is on the bus. The last line of every "
            "result then ends with \"virtual board\". With *--json*, results and the boards in "
            "them have \"virtual\": true; without *--virtual* there is no such field. With a "
            "number, "
            "there are as many. With _FILE_, its flash is kept there between runs, with a mark "
            "behind it that says whether it is in DFU mode. A file without the mark "
            "belongs to somebody else and is left alone. *--virtual*=_NEW_ *flash* _OLD_ makes one "
            "from a raw binary.",
        .completion = Completion::files,
    },
    OptionRow{
        .name = "--virtual-speed",
        .value = "N",
        .group = board,
        .help = "How fast the time of virtual boards goes by: 1 as real, 0 at once",
        .manual =
            "With *--virtual*: how fast the time of the board goes by. 1 is as fast as with a "
            "real one, which is the default on a terminal, so that progress can be seen; 10 is "
            "ten times as fast; 0, the default elsewhere, does not wait at all.",
    },
    OptionRow{
        .name = "--firmware",
        .value = "NAME",
        .group = entering,
        .help = "Firmware that it runs, from `stm32boot profiles`",
        .manual = "The firmware that it runs, from *stm32boot profiles*.",
        .completion = Completion::profiles,
        .places = everywhere,
        .choice = Choice::of_way,
    },
    OptionRow{
        .name = "--trigger",
        .value = "NAME",
        .group = entering,
        .help = "How to reboot it: auto, touch-1200, text, dfu-detach",
        .manual = "_auto_, _touch-1200_, _text_ or _dfu-detach_ (_dfu_ for short). _auto_, the "
                  "default, tries all "
                  "that fit the board, and never sends text to firmware that it does not know.",
        .completion = Completion::triggers,
        .places = everywhere,
        .choice = Choice::of_way,
    },
    OptionRow{
        .name = "--text",
        .value = "TEXT",
        .group = entering,
        .help = "Text that reboots it, with C escapes such as \\r",
        .manual = "Sends this text to its port, with C escapes such as \\\\r.",
        .places = in_environment | in_given_file | in_own_file,
        .choice = Choice::of_way,
    },
    OptionRow{
        .name = "--timeout",
        .value = "S",
        .group = entering,
        .help = "Time to wait for the bootloader or the application: 5, 500ms, 2min",
        .manual =
            "Time to wait for the bootloader, or for the application, in seconds, or with a "
            "unit: _5_, _500ms_, _2min_. Default: 10. *monitor* ends after this time, which is an "
            "error if *--until* is still waited for then; without it, *monitor* does not end by "
            "itself.",
        .places = everywhere,
        .not_settable_for = "monitor",  // there it is not patience, but the end
    },
    OptionRow{
        .name = "--tries",
        .value = "N",
        .group = entering,
        .help = "How often to try if its application comes back",
        .manual = "How often to try if the application comes back instead of the bootloader. "
                  "Default: 3.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--no-enter",
        .value = "",
        .group = entering,
        .help = "Leave a board alone that runs its application",
        .manual = "Leaves a board alone that runs its application; only one in DFU mode is used. "
                  "*--dry-run* then assumes an STM32F411xE.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--address",
        .value = "ADDR",
        .group = work,
        .help = "Where a raw binary goes (default 0x08000000)",
        .manual =
            "Where a raw binary goes, or where to begin. Default: 0x08000000. With *erase*: the "
            "first byte. With *run* and an image: where in RAM a raw binary goes. With several "
            "images it stands behind each: _FILE_*@*_ADDR_. A program "
            "that runs behind a bootloader is linked for another address, "
            "such as 0x08004000: *flash* says which when that is clear from its vectors.",
        .places = everywhere,
        .choice = Choice::of_address,
        .not_settable_for = "erase read",  // there it says what to erase, or what to keep a copy of
    },
    OptionRow{
        .name = "--only-flash",
        .value = "",
        .group = work,
        .help = "Leave out what is not for internal flash",
        .manual =
            "Leaves out of the image what is for other memories than internal flash, such as "
            "option bytes or external flash, and says so. Without it such an image is refused. "
            "What is for RAM is always left out when flashing.",
    },
    OptionRow{
        .name = "--length",
        .value = "BYTES",
        .group = work,
        .help = "How many bytes",
        .manual = "How many bytes, such as 65536, 0x10000 or 64K.",
    },
    OptionRow{
        .name = "--overwrite",
        .value = "",
        .group = work,
        .help = "Replace the file if there is one",
        .manual = "Replaces the file if there is one.",
    },
    OptionRow{
        .name = "--chip",
        .value = "",
        .group = work,
        .help = "Erase the whole flash of the board",
        .manual = "Erases the whole flash of the board.",
    },
    OptionRow{
        .name = "--sectors",
        .value = "LIST",
        .group = work,
        .help = "Erase sectors by number, such as 0,2-4",
        .manual = "Erases sectors by number, such as 0,2-4.",
    },
    OptionRow{
        .name = "--full",
        .value = "",
        .group = work,
        .help = "Write every sector, even those that match already",
        .manual = "Writes every sector, even those that match already.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--skip-blank",
        .value = "",
        .group = work,
        .help = "Do not erase sectors that read erased: new chips",
        .manual =
            "Does not erase sectors that read erased already, which halves the time for a new "
            "chip. Only for boards whose flash nobody has worked on: a sector that lost power "
            "while it was erased may read erased, too, and later lose what is written to it. What "
            "does not come out right is erased and written again. Not for chips whose flash has "
            "error correction (L4, L5, G0, G4, H7, U5 and others), and without effect under guard.",
    },
    OptionRow{
        .name = "--no-verify",
        .value = "",
        .group = work,
        .help = "Do not read back what was written",
        .manual = "Does not read back. The result says so.",
    },
    OptionRow{
        .name = "--keep",
        .value = "",
        .group = work,
        .help = "Also keep what is behind the image in its last sector",
        .manual =
            "Also keeps what is behind the last byte of the image in its last sector. By default "
            "it is erased, as it mostly is the end of a longer program that was there before. "
            "*--dry-run*, *-v* and *--json* (_lost_) say what is erased, unless it is blank. What "
            "is in front of the image and between its parts is always kept.",
    },
    OptionRow{
        .name = "--x32",
        .value = "",
        .group = work,
        .help = "Program 32 bits at a time: F2, F4, F7 with 2.7 V or more",
        .manual =
            "Erases and programs 32 bits at a time instead of 8, which takes a quarter to a half "
            "of the time. This is only for STM32F2, F4 and F7, and only where VDD is 2.7 V or more "
            "all the while. With less, bytes may come out wrong, or read back right and be lost "
            "later. Flash is always verified then. The chip forgets the setting with the next "
            "reset.",
        .places = in_own_file,
    },
    OptionRow{
        .name = "--stay",
        .value = "",
        .group = work,
        .help = "Stay in DFU mode, even if the application was running",
        .manual = "Leaves the board in DFU mode.",
        .places = everywhere,
        .choice = Choice::of_end,
    },
    OptionRow{
        .name = "--no-wait",
        .value = "",
        .group = work,
        .help = "Do not wait for the application to appear",
        .manual = "Does not wait for the application.",
        .places = everywhere,
        .choice = Choice::of_end,
    },
    OptionRow{
        .name = "--dry-run",
        .value = "",
        .group = work,
        .help = "Print the plan and change nothing",
        .manual = "Prints what would be erased and written, and changes nothing. With *run*: says "
                  "whether the image can be loaded.",
    },
    OptionRow{
        .name = "--force",
        .value = "",
        .group = work,
        .help = "Flash it even if it does not look right for this board",
        .manual =
            "With *flash*: even if the image looks like no STM32 program, like one that is linked "
            "for another address than it goes to, like one for a chip with other RAM, or says that "
            "it is for another device. With *option-bytes*: really writes them. With *run*: starts "
            "what looks like no program.",
    },
    OptionRow{
        .name = "--watch",
        .value = "",
        .group = work,
        .help = "Flash again whenever a file changes",
        .manual = "Flashes again whenever a file changes.",
    },
    OptionRow{
        .name = "--monitor",
        .value = "",
        .group = work,
        .help = "Open the board's console afterwards",
        .manual =
            "Opens the console of the board afterwards; Ctrl-] leaves it. With *--json*, what "
            "the board says comes as events named _console_, before the result.",
        .choice = Choice::of_end,
    },
    OptionRow{
        .name = "--timestamps",
        .value = "",
        .group = work,
        .help = "Console: the time in front of each line",
        .manual = "On a console: the time of day in front of each line.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--log",
        .value = "FILE",
        .group = work,
        .help = "Console: also write it to the end of this file",
        .manual = "Adds what the board says to this file, byte by byte as it comes, with the times "
                  "of *--timestamps* if these are shown.",
        .completion = Completion::files,
    },
    OptionRow{
        .name = "--send",
        .value = "TEXT",
        .group = work,
        .help = "Send this first, with C escapes such as \r",
        .manual = "Sends this text once, as soon as the console is open, with C escapes such as "
                  "\\r.",
    },
    OptionRow{
        .name = "--until",
        .value = "TEXT",
        .group = work,
        .help = "End as soon as the board says this",
        .manual = "Ends, with exit status 0, as soon as the board says this text, with C escapes "
                  "such as \\r. What it said before *--send* does not count, nor does a text "
                  "that a reset of the board divides.",
    },
    OptionRow{
        .name = "--write",
        .value = "HEX",
        .group = work,
        .help = "Write these bytes, all of them, in hexadecimal",
        .manual = "Writes these option bytes, all of them. Wrong ones can lock the chip for ever.",
    },
    OptionRow{
        .name = "--yes",
        .value = "",
        .group = work,
        .help = "Do not ask",
        .manual = "Does not ask.",
    },
    OptionRow{
        .name = "--guard-image",
        .value = "FILE",
        .group = work,
        .help = "Guard to install: a file, or a name (default: that for the chip)",
        .manual = "The guard to install: a file, or one that is built in, such as _guard-f411_. "
                  "Default: the one for the chip that is there.",
        .completion = Completion::files,
    },
    OptionRow{
        .name = "--protect",
        .value = "",
        .group = work,
        .help = "Write-protect guard's sector afterwards, by option bytes",
        .manual = "Write-protects guard's sector afterwards, by option bytes, so that no other "
                  "tool overwrites it. The board resets once more for it.",
    },
    OptionRow{
        .name = "--unprotect",
        .value = "",
        .group = work,
        .help = "Take that protection back first",
        .manual = "Takes the protection of guard's sector back first.",
    },
    OptionRow{
        .name = "--no-stamp",
        .value = "",
        .group = work,
        .help = "On a board with guard: put no stamp into the application",
        .manual = "On a board with guard: puts no stamp into the application, for one that changes "
                  "its own image, such as settings in it. A stamp would no longer fit then, and "
                  "guard would not start it.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--guard",
        .value = "",
        .group = work,
        .help = "Put guard's stamp in, for other tools to write",
        .manual = "Puts the stamp into the application by which guard knows that it is whole, as "
                  "*flash* does it on a board with guard. For files that other tools write. A raw "
                  "binary is taken to be for 0x08004000.",
    },
    OptionRow{
        .name = "--to",
        .value = "hex|srec|dfu|uf2|bin",
        .group = work,
        .help = "Format to write, whatever the extension",
        .manual = "The format to write, whatever the extension.",
    },
    OptionRow{
        .name = "--family",
        .value = "NAME",
        .group = work,
        .help = "UF2: which microcontroller it is for, such as STM32F4",
        .manual = "UF2: which microcontroller the file is for, such as STM32F4.",
        .completion = Completion::families,
    },
    OptionRow{
        .name = "--id",
        .value = "VID:PID",
        .group = work,
        .help = "DfuSe: which device it is for (default 0483:df11)",
        .manual = "DfuSe: which device the file is for. Default: 0483:df11.",
    },
    OptionRow{
        .name = "--json",
        .value = "",
        .group = output,
        .help = "Print one JSON object per line",
        .manual = "Prints one JSON object a line on standard output and nothing else there; the "
                  "last one is the result. *stm32boot-json*(5) explains them.",
        .places = everywhere,
    },
    OptionRow{
        .name = "-q,--quiet",
        .value = "",
        .group = output,
        .help = "Print nothing but errors",
        .manual = "Prints nothing but errors.",
        .places = everywhere,
    },
    OptionRow{
        .name = "-v,--verbose",
        .value = "",
        .group = output,
        .help = "Say what is tried; -vv: every control transfer",
        .manual = "Says what is tried. *-vv* shows every control transfer.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--progress",
        .value = "auto|always|never",
        .group = output,
        .help = "Draw progress bars",
        .manual = "Draws progress bars. By default, only on a terminal.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--color",
        .value = "auto|always|never",
        .group = output,
        .help = "Use colours",
        .manual = "Uses colours. By default, only on a terminal.",
        .places = everywhere,
    },
    OptionRow{
        .name = "--config",
        .value = "FILE",
        .group = other,
        .help = "Read this settings file, not stm32boot.toml",
        .manual = "Reads these settings instead of the project's *stm32boot.toml*(5).",
        .completion = Completion::files,
    },
    OptionRow{
        .name = "--no-config",
        .value = "",
        .group = other,
        .help = "Read no settings file",
        .manual = "Reads no settings file, not even your own.",
    },
    OptionRow{
        .name = "-h,--help",
        .value = "",
        .group = other,
        .help = "Show this help; after a command, its options",
        .manual = "Shows the commands and options; after a command, its options.",
    },
    OptionRow{
        .name = "-V,--version",
        .value = "",
        .group = other,
        .help = "Print the version",
        .manual = "Prints the version.",
    },
};

}  // namespace

std::string_view heading(OptionGroup group) {
  switch (group) {
    case board: return "Which board";
    case entering: return "How to enter DFU mode";
    case work: return "What to do";
    case OptionGroup::output: return "Output";
    case other: return "Other options";
  }
  return "";
}

std::string_view OptionRow::long_name() const {
  return name.substr(name.find("--"));
}

std::string_view OptionRow::key() const {
  return long_name().substr(2);
}

std::vector<std::string> OptionRow::words() const {
  std::vector<std::string> all;
  if (value.find('|') == std::string_view::npos) return all;
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find('|', at), value.size());
    all.emplace_back(value.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

std::span<const OptionRow> option_table() {
  return table;
}

const OptionRow* find_option_row(std::string_view long_name) {
  const auto row = std::find_if(table.begin(), table.end(),
                                [&](const OptionRow& one) { return one.long_name() == long_name; });
  return row == table.end() ? nullptr : &*row;
}

std::string variable_for(const OptionRow& row) {
  std::string name = "STM32BOOT_";
  for (const char c : row.key()) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace stm32boot
