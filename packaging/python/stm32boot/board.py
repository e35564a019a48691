# SPDX-License-Identifier: GPL-3.0-or-later
"""Which board, and how it is reached."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import List, Optional, Union


@dataclass(frozen=True, repr=False)
class Board:
    """Which board, and how it is reached; stm32boot(1) explains the options of these names.

    Without port, usb and serial, it is the one that stm32boot finds by itself, or that its settings and STM32BOOT_*
    name.

    port, usb, serial         the board with this serial port, USB port path or serial number
    firmware, trigger, text   how it is rebooted into its bootloader
    tries, timeout            how often, and how many seconds to wait for it
    virtual                   a virtual board whose flash is kept in this file; True for a new one in each call
    program                   the program stm32boot; by default $STM32BOOT, or else what is on the PATH
    deadline                  seconds after which a call is stopped, and raises DeadlineError
    """

    port: Optional[str] = None
    usb: Optional[str] = None
    serial: Optional[str] = None
    firmware: Optional[str] = None
    trigger: Optional[str] = None
    text: Optional[str] = None
    tries: Optional[int] = None
    timeout: Optional[float] = None
    virtual: Union[bool, str, os.PathLike[str]] = False
    program: Optional[str] = None
    deadline: float = 600.0

    def __repr__(self) -> str:
        fields = [field for field in dataclasses.fields(self) if field.repr]
        given = [f"{f.name}={getattr(self, f.name)!r}" for f in fields if getattr(self, f.name) != f.default]
        return f"{type(self).__name__}({', '.join(given)})"

    def words(self, *without: str) -> List[str]:
        """The options for the command line; not those named, which some commands have not."""
        names = ["port", "usb", "serial", "firmware", "trigger", "text", "tries", "timeout"]
        given = {name: getattr(self, name) for name in names if name not in without}
        words = [f"--{name}={value}" for name, value in given.items() if value is not None]
        if self.virtual is True:
            words.append("--virtual")
        elif self.virtual:
            # A whole path: "3" by itself would be three boards.
            words.append("--virtual=" + os.path.abspath(self.virtual))
        return words
