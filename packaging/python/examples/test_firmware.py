"""Tests of a firmware on its board. They hold for stm32boot's virtual board:

pytest --stm32boot-virtual board.img --stm32boot-image build/app.elf test_firmware.py
"""

import re

import pytest
import stm32boot


@pytest.fixture
def console(board):
    with board.console(timeout=5) as console:
        yield console


def test_says_its_version(console):
    console.send("version\r")
    assert console.readline() == "virtual board"


def test_refuses_what_it_does_not_know(console):
    console.send("fly\r")
    assert console.expect(re.compile(r"(\w+) command\r\n"))[1] == "unknown"


def test_is_back_after_a_restart(board):
    assert board.restart().run.back


def test_begins_with_its_stack_pointer(board):
    vectors = stm32boot.read_bytes(0x08000000, 8, board)
    assert 0x20000000 < int.from_bytes(vectors[:4], "little") <= 0x20020000
