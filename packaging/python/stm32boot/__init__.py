# SPDX-License-Identifier: GPL-3.0-or-later
"""Flashes STM32 boards, and talks to them, with the program stm32boot.

    import stm32boot

    result = stm32boot.flash("build/app.elf")
    with stm32boot.Console() as console:
        stm32boot.restart()
        console.expect("ready", timeout=5)

Each function is the command of its name; stm32boot(1) explains these and their options, stm32boot-json(5) what they
return. All of them take a Board, which says which one. What goes wrong is a Stm32bootError.
"""

from .board import Board
from .commands import enter, erase, flash, info, list_boards, read, read_bytes, restart, run, verify
from .console import Console
from .errors import (
    ApplicationMissingError,
    CannotWriteError,
    ConsoleClosedError,
    DeadlineError,
    DeviceError,
    ImageError,
    InternalError,
    MismatchError,
    NoBoardError,
    NoInputError,
    NoResponseError,
    NotPermittedError,
    ProgramError,
    ProgramKilledError,
    ProgramNotFoundError,
    ProgramOutputError,
    ProgramVersionError,
    Stm32bootError,
    StoppedError,
    UnknownExitError,
    UsageError,
)
from .results import (
    Device,
    Difference,
    Enter,
    EnterResult,
    EraseResult,
    FlashResult,
    Guard,
    ImageFile,
    InfoResult,
    Memory,
    MemoryPart,
    Progress,
    Range,
    ReadResult,
    RestartResult,
    Result,
    Run,
    RunResult,
    Sector,
    UnderGuard,
    VerifyResult,
)

__all__ = [
    "ApplicationMissingError",
    "Board",
    "CannotWriteError",
    "Console",
    "ConsoleClosedError",
    "DeadlineError",
    "Device",
    "DeviceError",
    "Difference",
    "Enter",
    "EnterResult",
    "EraseResult",
    "FlashResult",
    "Guard",
    "ImageError",
    "ImageFile",
    "InfoResult",
    "InternalError",
    "Memory",
    "MemoryPart",
    "MismatchError",
    "NoBoardError",
    "NoInputError",
    "NoResponseError",
    "NotPermittedError",
    "ProgramError",
    "ProgramKilledError",
    "ProgramNotFoundError",
    "ProgramOutputError",
    "ProgramVersionError",
    "Progress",
    "Range",
    "ReadResult",
    "RestartResult",
    "Result",
    "Run",
    "RunResult",
    "Sector",
    "Stm32bootError",
    "StoppedError",
    "UnderGuard",
    "UnknownExitError",
    "UsageError",
    "VerifyResult",
    "enter",
    "erase",
    "flash",
    "info",
    "list_boards",
    "read",
    "read_bytes",
    "restart",
    "run",
    "verify",
]
