# SPDX-License-Identifier: GPL-3.0-or-later
"""What these tests share. STM32BOOT is the program, PROJECT the folder of the sources."""

import os
import shlex
import stat
import struct
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PROGRAM = os.environ["STM32BOOT"]
PROJECT = Path(os.environ["PROJECT"])


@pytest.fixture(autouse=True)
def nothing_of_the_user(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("STM32BOOT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def app(tmp_path):
    """An image: a stack pointer, a reset vector, code."""
    path = tmp_path / "app.bin"
    path.write_bytes(struct.pack("<II", 0x20020000, 0x08000009) + bytes(range(200)) * 30)
    return path


@pytest.fixture
def script(tmp_path):
    """A program of the given lines of sh."""

    def write(lines, name="program"):
        path = tmp_path / name
        path.write_text("#!/bin/sh\n" + lines + "\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return write


@pytest.fixture
def wrapped(script):
    """stm32boot with more options; it adds what it was called with to calls.txt."""

    def wrap(*words):
        return script(f'echo "$@" >>calls.txt\nexec {shlex.join([PROGRAM, *words])} "$@"', "stm32boot")

    return wrap


@pytest.fixture
def printing(script):
    """A program that prints this and ends with this status."""

    def write(text, status=0, then=""):
        return script(f"{then}\ncat <<'END'\n{text}\nEND\nexit {status}")

    return write
