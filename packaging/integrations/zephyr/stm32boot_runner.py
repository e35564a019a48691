# SPDX-License-Identifier: GPL-3.0-or-later
"""west flash -r stm32boot"""

import os

from runners.core import RunnerCaps, ZephyrBinaryRunner


class Stm32bootRunner(ZephyrBinaryRunner):
    """Flashes, verifies and starts a board with stm32boot."""

    def __init__(self, cfg, program, serial, options):
        super().__init__(cfg)
        self.program = program
        self.serial = serial
        self.options = options

    @classmethod
    def name(cls):
        return "stm32boot"

    @classmethod
    def capabilities(cls):
        return RunnerCaps(commands={"flash"}, dev_id=True, tool_opt=True)

    @classmethod
    def dev_id_help(cls):
        return "USB serial number of the board"

    @classmethod
    def tool_opt_help(cls):
        return "option of `stm32boot flash`, such as --tool-opt=--usb=1-4.2"

    @classmethod
    def do_add_parser(cls, parser):
        parser.add_argument("--stm32boot", default="stm32boot", help="path of stm32boot")

    @classmethod
    def do_create(cls, cfg, args):
        return cls(cfg, args.stm32boot, args.dev_id, args.tool_opt or [])

    def image(self):
        """What --file names, or what the build has made; signed images are never in the ELF file."""
        made = [getattr(self.cfg, name, None) for name in ("file", "hex_file", "elf_file")]
        there = [file for file in made if file and os.path.isfile(file)]
        if not there:
            raise RuntimeError("there is neither a .hex nor a .elf file to flash: build first")
        return there[0]

    def do_run(self, command, **kwargs):
        self.require(self.program)
        words = [self.program, "flash", self.image()]
        if self.serial:
            words += ["--serial", self.serial]
        self.check_call(words + self.options)
