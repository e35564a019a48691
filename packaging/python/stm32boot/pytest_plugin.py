# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of pytest: the fixture `board`, and what its consoles have heard in the reports of tests that fail."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any, Generator, List, Optional, Tuple

import pytest

from . import commands, results
from .board import Board
from .commands import Images, StrPath
from .console import Console

_PLUGIN = "stm32boot-consoles"
_NAMES = ("port", "usb", "serial")
_OPTIONS = {
    "port": ("TTY", "the board with this serial port"),
    "usb": ("PATH", "the board at this USB port path, such as 1-4.2"),
    "serial": ("TEXT", "the board with this USB serial number"),
    "virtual": ("FILE", "a virtual board, whose flash is kept in this file"),
    "image": ("FILE", "flash this once, before the first test with a board"),
}


@dataclasses.dataclass(frozen=True, repr=False)
class BoardUnderTest(Board):
    """The board of the tests. All functions of stm32boot take it as their Board."""

    image: Optional[StrPath] = None
    consoles: Optional[Consoles] = dataclasses.field(default=None, repr=False, compare=False)

    def flash(self, image: Optional[Images] = None, **options: Any) -> results.FlashResult:
        """As stm32boot.flash(); by default the image that pytest was given."""
        chosen = image if image is not None else self.image
        if chosen is None:
            raise ValueError("no image: neither is one given, nor --stm32boot-image")
        return commands.flash(chosen, self, **options)

    def restart(self, **options: Any) -> results.RestartResult:
        """As stm32boot.restart()."""
        return commands.restart(self, **options)

    def console(self, *, timeout: float = 10.0) -> Console:
        """As stm32boot.Console(); what it hears is in the report of a test that fails."""
        console = Console(self, timeout=timeout)
        if self.consoles is not None:
            self.consoles.add(console)
        return console


class Consoles:
    """What consoles hear while a test runs."""

    def __init__(self) -> None:
        self._open: List[Tuple[Console, int]] = []  # and how much they had heard before

    def add(self, console: Console) -> None:
        self._open.append((console, 0))

    def heard(self) -> str:
        return "".join(console.text[start:] for console, start in self._open)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        self._open = [(console, len(console.text)) for console, _ in self._open if not console.is_closed]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, Any, None]:
        report = (yield).get_result()
        heard = self.heard()
        if heard:
            report.sections.append(("Console of the board", _printable(heard)))


def _printable(text: str) -> str:
    """A board must not control the terminal of who reads the report."""
    lines = text.replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in lines)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("stm32boot", "boards that stm32boot flashes")
    for name, (value, text) in _OPTIONS.items():
        group.addoption(f"--stm32boot-{name}", metavar=value, help=text)
        parser.addini(f"stm32boot_{name}", f"{text} (--stm32boot-{name})")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Consoles(), _PLUGIN)


def _file(config: pytest.Config, name: str) -> Optional[Path]:
    given: Optional[str] = config.getoption(f"--stm32boot-{name}")
    if given:
        return Path(config.invocation_params.dir, given)
    set_in_ini: str = config.getini(f"stm32boot_{name}")
    folder = config.inipath.parent if config.inipath else config.rootpath
    return Path(folder, set_in_ini) if set_in_ini else None


def _named(config: pytest.Config) -> Tuple[Optional[str], ...]:
    """Which board: the command line, or else the environment, which stm32boot reads by itself, or else the ini-file."""
    given = [config.getoption(f"--stm32boot-{name}") for name in _NAMES]
    if any(given) or any(os.environ.get(f"STM32BOOT_{name.upper()}") for name in _NAMES):
        return tuple(given)
    return tuple(config.getini(f"stm32boot_{name}") or None for name in _NAMES)


@pytest.fixture(scope="session")
def board(pytestconfig: pytest.Config) -> BoardUnderTest:
    """The board of the tests, with the image of --stm32boot-image, if any."""
    port, usb, serial = _named(pytestconfig)
    image = _file(pytestconfig, "image")
    consoles = pytestconfig.pluginmanager.get_plugin(_PLUGIN)
    virtual = _file(pytestconfig, "virtual") or False
    found = BoardUnderTest(port=port, usb=usb, serial=serial, virtual=virtual, image=image, consoles=consoles)
    if image is not None:
        found.flash()
    return found
