# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong: one exception for each exit status of stm32boot, and those about the program itself."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple, Type


class Stm32bootError(Exception):
    """All exceptions of this package.

    message    what happened, for people
    context    where, such as "board 1-4.2", or ""
    hints      what may help
    kind       the word of stm32boot-json(5), such as "no-board", or ""
    exit_code  of the program, or None if it has not ended by itself
    result     the JSON object that the program ended with, or None
    """

    exit_code: Optional[int] = None

    def __init__(
        self,
        message: str,
        *,
        context: str = "",
        hints: Tuple[str, ...] = (),
        kind: str = "",
        exit_code: Optional[int] = None,
        result: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.context = context
        self.hints = hints
        self.kind = kind
        if exit_code is not None:
            self.exit_code = exit_code
        self.result = result

    def __str__(self) -> str:
        text = f"{self.context}: {self.message}" if self.context else self.message
        return "\n  hint: ".join([text, *self.hints])


class UsageError(Stm32bootError):
    """The arguments make no sense, or several boards fit and none was chosen."""

    exit_code = 64


class ImageError(Stm32bootError):
    """The image is broken, is no firmware, or does not fit the board."""

    exit_code = 65


class NoInputError(Stm32bootError):
    """The image cannot be read."""

    exit_code = 66


class NoBoardError(Stm32bootError):
    """There is no such board, none in DFU mode, or no driver for it."""

    exit_code = 69


class InternalError(Stm32bootError):
    """A defect in stm32boot: please report it."""

    exit_code = 70


class CannotWriteError(Stm32bootError):
    """Output cannot be written."""

    exit_code = 73


class DeviceError(Stm32bootError):
    """USB or the serial port failed, was unplugged, or is held by another program."""

    exit_code = 74


class NoResponseError(Stm32bootError):
    """The board did not enter DFU mode, did not come back, or did not say what was waited for."""

    exit_code = 75


class MismatchError(Stm32bootError):
    """Flash does not hold the image, is read-protected, or the device broke the protocol."""

    exit_code = 76


class NotPermittedError(Stm32bootError):
    """This user may not open the device."""

    exit_code = 77


class ApplicationMissingError(Stm32bootError):
    """Flashed and verified, but the application did not come back; or there is no program to run."""

    exit_code = 79


class StoppedError(Stm32bootError):
    """Somebody interrupted the program; the same call again finishes the work."""

    exit_code = 130


class ProgramError(Stm32bootError):
    """The program stm32boot is not what this package can work with."""


class ProgramNotFoundError(ProgramError):
    """There is no program of that name that can be started."""


class ProgramVersionError(ProgramError):
    """The program is too old or too new for this package."""


class ProgramKilledError(ProgramError):
    """A signal killed the program."""


class ProgramOutputError(ProgramError):
    """The program printed something else than JSON, or no result."""


class UnknownExitError(ProgramError):
    """The program ended with an exit status that this package does not know."""


class DeadlineError(ProgramError, TimeoutError):
    """The program took longer than allowed, and was stopped."""


class ConsoleClosedError(ProgramError):
    """The console is closed, or has ended by itself."""


#: The exception for each exit status.
BY_EXIT_CODE: Dict[int, Type[Stm32bootError]] = {
    kind.exit_code: kind for kind in Stm32bootError.__subclasses__() if kind.exit_code is not None
}
