# SPDX-License-Identifier: GPL-3.0-or-later
"""Each exit status of the program is an exception, with what the program says."""

import pickle
import re

import pytest
import stm32boot
from conftest import PROJECT
from stm32boot import Board, errors


def test_there_is_one_for_each_exit_status_of_the_readme():
    readme = (PROJECT / "README.md").read_text()
    table = readme[readme.index("\n## Exit codes") : readme.index("\n## As a library")]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert len(codes) >= 13
    assert set(errors.BY_EXIT_CODE) == codes - {0}


def test_all_are_exported():
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, Exception):
            assert getattr(stm32boot, name) is kind and name in stm32boot.__all__


def unplugged(app, wrapped):
    stm32boot.flash(app, Board(program=wrapped("--virtual", "--virtual-board=fault=unplug@write:1")))


def lost(app, wrapped):
    stm32boot.enter(Board(program=wrapped("--virtual", "--virtual-board=lost")))


def dead(app, wrapped):
    stm32boot.flash(app, Board(program=wrapped("--virtual", "--virtual-board=app-lost")))


CASES = {
    "usage": (stm32boot.UsageError, lambda app, _: stm32boot.enter(Board(virtual=True, port=""))),
    "ambiguous-board": (
        stm32boot.UsageError,
        lambda app, wrapped: stm32boot.enter(Board(program=wrapped("--virtual=2"))),
    ),
    "bad-image": (stm32boot.ImageError, lambda app, _: stm32boot.flash("/dev/null", Board(virtual=True))),
    "no-input": (stm32boot.NoInputError, lambda app, _: stm32boot.flash("none", Board(virtual=True))),
    "no-board": (stm32boot.NoBoardError, lambda app, _: stm32boot.restart(Board(virtual=True, usb="9-9"))),
    "cannot-write-output": (stm32boot.CannotWriteError, lambda app, _: stm32boot.read(app, Board(virtual=True))),
    "board-gone": (stm32boot.DeviceError, unplugged),
    "lost": (stm32boot.NoResponseError, lost),
    "differs": (stm32boot.MismatchError, lambda app, _: stm32boot.verify(app, Board(virtual=True))),
    "application-missing": (stm32boot.ApplicationMissingError, dead),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_program_ends_with_this_one(kind, app, wrapped):
    expected, call = CASES[kind]
    with pytest.raises(stm32boot.Stm32bootError) as caught:
        call(app, wrapped)
    error = caught.value
    assert type(error) is expected
    assert (error.kind, error.exit_code) == (kind, expected.exit_code)
    assert error.message and error.result["error"]["text"] == error.message
    assert error.hints == tuple(error.result["error"]["hints"])


@pytest.mark.parametrize("code", sorted(errors.BY_EXIT_CODE))
def test_each_status_gives_its_exception(code, printing):
    error = '"error":{"kind":"k","text":"t","context":"c","hints":["h"]}'
    result = f'{{"event":"result","schema":1,"ok":false,"exit":{code},{error}}}'
    with pytest.raises(stm32boot.Stm32bootError) as caught:
        stm32boot.enter(Board(program=printing(result, code)))
    assert type(caught.value) is errors.BY_EXIT_CODE[code]
    assert str(caught.value) == "c: t\n  hint: h"


def test_differences_are_in_the_result(app):
    with pytest.raises(stm32boot.MismatchError) as caught:
        stm32boot.verify(app, Board(virtual=True))
    (difference,) = caught.value.result["differences"]
    assert difference["address"] == "0x08000008"  # the board's own program has the same vectors


def test_they_survive_a_pickle():
    error = stm32boot.NoBoardError("gone", context="board 1-1", hints=("look",), kind="no-board", result={"a": 1})
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.kind, copy.exit_code, copy.result) == (str(error), "no-board", 69, {"a": 1})
